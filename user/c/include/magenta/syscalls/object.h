// Topics and properties of objects: those of Zircon under Magenta's names.

#ifndef MAGENTA_SYSCALLS_OBJECT_H_
#define MAGENTA_SYSCALLS_OBJECT_H_

#include <magenta/types.h>
#include <zircon/syscalls/object.h>

#define MX_INFO_HANDLE_VALID ZX_INFO_HANDLE_VALID
#define MX_INFO_HANDLE_BASIC ZX_INFO_HANDLE_BASIC
#define MX_INFO_PROCESS ZX_INFO_PROCESS
#define MX_INFO_PROCESS_THREADS ZX_INFO_PROCESS_THREADS
#define MX_INFO_JOB_CHILDREN ZX_INFO_JOB_CHILDREN
#define MX_INFO_JOB_PROCESSES ZX_INFO_JOB_PROCESSES
#define MX_INFO_THREAD ZX_INFO_THREAD
#define MX_PROP_NAME ZX_PROP_NAME

typedef zx_info_handle_basic_t mx_info_handle_basic_t;
typedef zx_info_process_t mx_info_process_t;
typedef zx_info_thread_t mx_info_thread_t;

#endif
