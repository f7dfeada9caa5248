// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_PROCESSARGS_H_
#define ZIRCON_PROCESSARGS_H_

// The message that a new process finds in its bootstrap channel: this head, then, at the offsets it names, one PA_HND
// word for each handle of the message, and the arguments, environment and names as NUL-terminated strings.

#include <stdint.h>
#include <zircon/types.h>

__BEGIN_CDECLS

// The message that a new process finds in its bootstrap channel.
#define ZX_PROCARGS_PROTOCOL ((uint32_t)0x4150585du)
#define ZX_PROCARGS_VERSION ((uint32_t)0x1000u)

// What a handle in the bootstrap message is for (bits 0 to 7 of its word in the table; bits 16 to 31: argument).
#define PA_PROC_SELF ((uint32_t)0x1u)
#define PA_THREAD_SELF ((uint32_t)0x2u)
#define PA_JOB_DEFAULT ((uint32_t)0x3u)
#define PA_VMAR_ROOT ((uint32_t)0x4u)
#define PA_VMAR_LOADED ((uint32_t)0x5u)
#define PA_LDSVC_LOADER ((uint32_t)0x10u)
#define PA_VMO_VDSO ((uint32_t)0x11u)
#define PA_VMO_STACK ((uint32_t)0x13u)
#define PA_VMO_EXECUTABLE ((uint32_t)0x14u)
#define PA_VMO_BOOTDATA ((uint32_t)0x1au)
#define PA_VMO_BOOTFS ((uint32_t)0x1bu)
#define PA_VMO_KERNEL_FILE ((uint32_t)0x1cu)
#define PA_NS_DIR ((uint32_t)0x20u)
#define PA_FD ((uint32_t)0x30u)
#define PA_FDIO_REMOTE ((uint32_t)0x32u)
#define PA_FDIO_LOGGER ((uint32_t)0x35u)
#define PA_FDIO_SOCKET ((uint32_t)0x36u)
#define PA_DIRECTORY_REQUEST ((uint32_t)0x3bu)
#define PA_RESOURCE ((uint32_t)0x3fu)
#define PA_USER0 ((uint32_t)0xf0u)
#define PA_USER1 ((uint32_t)0xf1u)
#define PA_USER2 ((uint32_t)0xf2u)

// The head of a new process's bootstrap message; offsets count from its start.
typedef struct zx_proc_args {
    uint32_t protocol;
    uint32_t version;
    uint32_t handle_info_off;
    uint32_t args_off;
    uint32_t args_num;
    uint32_t environ_off;
    uint32_t environ_num;
    uint32_t names_off;
    uint32_t names_num;
} zx_proc_args_t;

#define PA_HND(type, arg) (((type) & 0xFF) | (((arg) & 0xFFFF) << 16))
#define PA_HND_TYPE(n) ((n) & 0xFF)
#define PA_HND_SUBTYPE(n) (((n) >> 8) & 0xFF)
#define PA_HND_ARG(n) (((n) >> 16) & 0xFFFF)

__END_CDECLS

#endif
