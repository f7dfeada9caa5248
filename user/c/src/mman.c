// <sys/mman.h>: mappings of fresh VMOs in the root region.

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zircon/syscalls.h>

static int fail(int error) {
    errno = error;
    return -1;
}

static void* fail_map(int error) {
    errno = error;
    return MAP_FAILED;
}

static bool is_aligned(uintptr_t value) { return value % ZX_PAGE_SIZE == 0; }

#define PROT_ALL (PROT_READ | PROT_WRITE | PROT_EXEC)

static zx_vm_option_t options_of(int protection) {
    zx_vm_option_t options = protection == PROT_NONE ? 0 : ZX_VM_PERM_READ;
    if ((protection & PROT_WRITE) != 0) options |= ZX_VM_PERM_WRITE;
    if ((protection & PROT_EXEC) != 0) options |= ZX_VM_PERM_EXECUTE;
    return options;
}

// What is wrong with a request, before anything is tried; 0 if nothing is.
static int check(uintptr_t address, size_t length, int protection, int flags, int file, off_t offset) {
    int kind = flags & (MAP_SHARED | MAP_PRIVATE);
    bool fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
    if (length == 0 || (kind != MAP_SHARED && kind != MAP_PRIVATE)) return EINVAL;
    if ((protection & ~PROT_ALL) != 0 || !is_aligned((uintptr_t)offset) || (fixed && !is_aligned(address))) return EINVAL;
    if ((flags & MAP_ANONYMOUS) != 0) return 0;
    return file >= STDIN_FILENO && file <= STDERR_FILENO ? ENODEV : EBADF;
}

// Memory that may become code: a program may decide that later, by mprotect.
static zx_status_t new_memory(size_t length, int protection, zx_handle_t* out) {
    zx_status_t status = zx_vmo_create(length, 0, out);
    if (status != ZX_OK) return status;
    status = zx_vmo_replace_as_executable(*out, ZX_HANDLE_INVALID, out);
    // The handle is gone. Who does not ask for code does without it.
    if (status != ZX_OK && (protection & PROT_EXEC) == 0) status = zx_vmo_create(length, 0, out);
    return status;
}

static int errno_of(zx_status_t status, int flags) {
    switch (status) {
        case ZX_ERR_ACCESS_DENIED: return EACCES;
        // Of a place that was named, the kernel says with this that it is not free.
        case ZX_ERR_NO_MEMORY: case ZX_ERR_ALREADY_EXISTS:
            return (flags & MAP_FIXED_NOREPLACE) != 0 ? EEXIST : ENOMEM;
        default: return ENOMEM;
    }
}

// Where in the root region an address is.
static zx_status_t offset_of(uintptr_t address, size_t* offset) {
    zx_info_vmar_t region;
    zx_status_t status = zx_object_get_info(zx_vmar_root_self(), ZX_INFO_VMAR, &region, sizeof(region), NULL, NULL);
    *offset = address - region.base;
    return status == ZX_OK && address < region.base ? ZX_ERR_OUT_OF_RANGE : status;
}

static zx_status_t map(uintptr_t address, size_t length, int protection, int flags, zx_vaddr_t* out) {
    zx_handle_t memory;
    zx_vm_option_t options = options_of(protection);
    size_t offset = 0;
    zx_status_t status = ZX_OK;
    if ((flags & MAP_FIXED_NOREPLACE) != 0) options |= ZX_VM_SPECIFIC;
    else if ((flags & MAP_FIXED) != 0) options |= ZX_VM_SPECIFIC_OVERWRITE;
    if ((options & (ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE)) != 0) status = offset_of(address, &offset);
    if (status == ZX_OK) status = new_memory(length, protection, &memory);
    if (status != ZX_OK) return status;
    status = zx_vmar_map(zx_vmar_root_self(), options, offset, memory, 0, length, out);
    zx_handle_close(memory);
    return status;
}

void* mmap(void* address, size_t length, int protection, int flags, int file, off_t offset) {
    int error = check((uintptr_t)address, length, protection, flags, file, offset);
    if (error != 0) return fail_map(error);
    if (length > PTRDIFF_MAX) return fail_map(ENOMEM);
    size_t whole = (length + ZX_PAGE_SIZE - 1) / ZX_PAGE_SIZE * ZX_PAGE_SIZE;
    zx_vaddr_t mapped;
    zx_status_t status = map((uintptr_t)address, whole, protection, flags, &mapped);
    return status == ZX_OK ? (void*)mapped : fail_map(errno_of(status, flags));
}

int munmap(void* address, size_t length) {
    if (length == 0 || !is_aligned((uintptr_t)address)) return fail(EINVAL);
    size_t whole;
    if (__builtin_add_overflow(length, ZX_PAGE_SIZE - 1, &whole)) return fail(EINVAL);
    whole = whole / ZX_PAGE_SIZE * ZX_PAGE_SIZE;
    switch (zx_vmar_unmap(zx_vmar_root_self(), (uintptr_t)address, whole)) {
        case ZX_OK: case ZX_ERR_NOT_FOUND: return 0;
        case ZX_ERR_NO_MEMORY: case ZX_ERR_NO_RESOURCES: return fail(ENOMEM);
        default: return fail(EINVAL);
    }
}

int mprotect(void* address, size_t length, int protection) {
    if (!is_aligned((uintptr_t)address) || (protection & ~PROT_ALL) != 0) return fail(EINVAL);
    if (length == 0) return 0;
    if (length > PTRDIFF_MAX) return fail(ENOMEM);
    size_t whole = (length + ZX_PAGE_SIZE - 1) / ZX_PAGE_SIZE * ZX_PAGE_SIZE;
    zx_status_t status = zx_vmar_protect(zx_vmar_root_self(), options_of(protection), (uintptr_t)address, whole);
    return status == ZX_OK ? 0 : fail(errno_of(status, 0));
}

int msync(void* address, size_t length, int flags) {
    (void)length;
    bool both = (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC);
    bool known = (flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE)) == 0;
    return is_aligned((uintptr_t)address) && known && !both ? 0 : fail(EINVAL);
}

int posix_madvise(void* address, size_t length, int advice) {
    (void)length;
    bool known = advice >= POSIX_MADV_NORMAL && advice <= POSIX_MADV_DONTNEED;
    return is_aligned((uintptr_t)address) && known ? 0 : EINVAL;
}
