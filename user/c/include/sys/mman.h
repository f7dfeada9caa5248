// Memory by the page: anonymous mappings, over VMOs and the process's root region. There are no files to map, and no
// forks to share with: a shared mapping is a private one.

#ifndef HAFNON_SYS_MMAN_H_
#define HAFNON_SYS_MMAN_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// The processor can not write or execute what it can not read, so those two give reading as well.
#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_NORESERVE 0x4000
#define MAP_STACK 0x20000
#define MAP_FIXED_NOREPLACE 0x100000
#define MAP_FAILED ((void*)-1l)

// Pages are taken when they are touched. Without MAP_FIXED the address is not looked at. EBADF and ENODEV for files,
// EEXIST for MAP_FIXED_NOREPLACE where something is, EACCES for what may not be executed, ENOMEM without room or memory.
void* mmap(void* address, size_t length, int protection, int flags, int file, off_t offset);
// It is no error if nothing is there.
int munmap(void* address, size_t length);
// ENOMEM if a part of the range is not mapped.
int mprotect(void* address, size_t length, int protection);

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

// There is nothing to write to.
int msync(void* address, size_t length, int flags);

#define POSIX_MADV_NORMAL 0
#define POSIX_MADV_RANDOM 1
#define POSIX_MADV_SEQUENTIAL 2
#define POSIX_MADV_WILLNEED 3
#define POSIX_MADV_DONTNEED 4

// Advice that nobody takes. EINVAL for what is none.
int posix_madvise(void* address, size_t length, int advice);

#ifdef __cplusplus
}
#endif
#endif
