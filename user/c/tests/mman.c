// <sys/mman.h>: mappings that are there, are gone, and are what was asked for; the errors.

#include <errno.h>
#include <sys/mman.h>

#include "support.h"

#define PAGE ((size_t)ZX_PAGE_SIZE)
#define READ_WRITE (PROT_READ | PROT_WRITE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)

static char* map(void* address, size_t pages, int protection, int flags) {
    char* memory = mmap(address, pages * PAGE, protection, flags, -1, 0);
    ASSERT(memory != MAP_FAILED);
    ASSERT_EQ((uintptr_t)memory % PAGE, 0);
    return memory;
}

// Whether the kernel can read from, and write to, that memory, as this program could.
static bool is_readable(const char* memory) {
    zx_handle_t vmo;
    ASSERT_OK(zx_vmo_create(PAGE, 0, &vmo));
    bool readable = zx_vmo_write(vmo, memory, 0, 8) == ZX_OK;
    zx_handle_close(vmo);
    return readable;
}

static bool is_writable(char* memory) {
    return zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_COUNT, memory, sizeof(zx_info_handle_count_t), NULL,
                              NULL) == ZX_OK;
}

#define REFUSED(error, ...)                          \
    do {                                             \
        errno = 0;                                   \
        ASSERT(mmap(__VA_ARGS__) == MAP_FAILED);     \
        ASSERT_EQ(errno, error);                     \
    } while (0)

TEST(mman, anonymous_memory_is_zeros_and_one_s_own) {
    static const int kinds[] = {MAP_PRIVATE, MAP_SHARED};
    for (int i = 0; i < 2; i++) {
        char *one = map(NULL, 3, READ_WRITE, MAP_ANONYMOUS | kinds[i]), *other = map(NULL, 3, READ_WRITE, MAP_ANON | kinds[i]);
        for (size_t place = 0; place < 3 * PAGE; place++) ASSERT(one[place] == 0);
        memset(one, 1, 3 * PAGE);
        ASSERT_EQ(other[PAGE], 0);
        ASSERT_EQ(munmap(one, 3 * PAGE), 0);
        ASSERT(!is_readable(one) && is_readable(other));
        ASSERT_EQ(munmap(other, 2 * PAGE + 1), 0);
        ASSERT(!is_readable(other + 2 * PAGE));
    }
}

TEST(mman, more_than_there_is_may_be_mapped_and_little_of_it_used) {
    size_t length = (size_t)2 << 30;
    char* memory = mmap(NULL, length, READ_WRITE, ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT(memory != MAP_FAILED);
    memory[0] = memory[length / 2] = memory[length - 1] = 1;
    ASSERT_EQ(munmap(memory, length), 0);
}

TEST(mman, protection_is_as_asked) {
    char* memory = map(NULL, 3, PROT_NONE, ANONYMOUS);
    ASSERT(!is_readable(memory) && !is_writable(memory));
    ASSERT_EQ(mprotect(memory, PAGE, PROT_READ), 0);
    ASSERT_EQ(mprotect(memory + PAGE, 1, PROT_WRITE), 0);
    ASSERT(is_readable(memory) && !is_writable(memory) && is_writable(memory + PAGE) && !is_readable(memory + 2 * PAGE));
    ASSERT_EQ(mprotect(memory, 3 * PAGE, READ_WRITE), 0);
    ASSERT(is_writable(memory) && is_writable(memory + 2 * PAGE));
    ASSERT_EQ(mprotect(memory, 3 * PAGE, PROT_NONE), 0);
    ASSERT(!is_readable(memory + PAGE));
    ASSERT_EQ(munmap(memory, 3 * PAGE), 0);
}

TEST(mman, memory_becomes_code) {
    // mov eax, 42; ret
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
    char* memory = map(NULL, 1, READ_WRITE, ANONYMOUS);
    memcpy(memory, code, sizeof(code));
    ASSERT_EQ(mprotect(memory, PAGE, PROT_READ | PROT_EXEC), 0);
    ASSERT(!is_writable(memory));
    ASSERT_EQ(((int (*)(void))(uintptr_t)memory)(), 42);
    ASSERT_EQ(munmap(memory, PAGE), 0);
    memory = map(NULL, 1, READ_WRITE | PROT_EXEC, ANONYMOUS);
    memcpy(memory, code, sizeof(code));
    ASSERT_EQ(((int (*)(void))(uintptr_t)memory)(), 42);
    ASSERT_EQ(munmap(memory, PAGE), 0);
}

TEST(mman, a_fixed_mapping_takes_the_place_of_others) {
    char* memory = map(NULL, 4, READ_WRITE, ANONYMOUS);
    memset(memory, 7, 4 * PAGE);
    ASSERT(map(memory + PAGE, 2, PROT_READ, ANONYMOUS | MAP_FIXED) == memory + PAGE);
    ASSERT(memory[0] == 7 && memory[PAGE] == 0 && memory[2 * PAGE] == 0 && memory[3 * PAGE] == 7);
    ASSERT(!is_writable(memory + PAGE) && is_writable(memory + 3 * PAGE));
    REFUSED(EEXIST, memory, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    ASSERT_EQ(memory[0], 7);
    ASSERT_EQ(munmap(memory + PAGE, PAGE), 0);
    ASSERT(map(memory + PAGE, 1, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE) == memory + PAGE);
    ASSERT_EQ(munmap(memory, 4 * PAGE), 0);
    // An address that is only wished for takes nothing away.
    char* own = map(NULL, 1, READ_WRITE, ANONYMOUS);
    own[0] = 7;
    char* other = map(own, 1, READ_WRITE, ANONYMOUS);
    ASSERT(other != own && own[0] == 7);
    ASSERT(munmap(own, PAGE) == 0 && munmap(other, PAGE) == 0);
}

TEST(mman, what_can_not_be_is_refused) {
    char* memory = map(NULL, 2, READ_WRITE, ANONYMOUS);
    REFUSED(EINVAL, NULL, 0, PROT_READ, ANONYMOUS, -1, 0);
    REFUSED(EINVAL, NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0);
    REFUSED(EINVAL, NULL, PAGE, PROT_READ, ANONYMOUS | MAP_SHARED, -1, 0);
    REFUSED(EINVAL, NULL, PAGE, 8, ANONYMOUS, -1, 0);
    REFUSED(EINVAL, memory + 1, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    REFUSED(EINVAL, NULL, PAGE, PROT_READ, ANONYMOUS, -1, 1);
    REFUSED(EBADF, NULL, PAGE, PROT_READ, MAP_PRIVATE, 5, 0);
    REFUSED(EBADF, NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0);
    REFUSED(ENODEV, NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 0);
    REFUSED(ENOMEM, NULL, SIZE_MAX, PROT_READ, ANONYMOUS, -1, 0);
    REFUSED(ENOMEM, NULL, (size_t)1 << 48, PROT_READ, ANONYMOUS, -1, 0);
    REFUSED(ENOMEM, NULL, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    REFUSED(ENOMEM, (void*)-PAGE, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
    ASSERT_ERRNO(EINVAL, munmap(memory, 0));
    ASSERT_ERRNO(EINVAL, munmap(memory + 1, PAGE));
    ASSERT_ERRNO(EINVAL, munmap((void*)-PAGE, PAGE));
    ASSERT_ERRNO(EINVAL, munmap(memory, SIZE_MAX));
    ASSERT_ERRNO(EINVAL, mprotect(memory + 1, PAGE, PROT_READ));
    ASSERT_ERRNO(EINVAL, mprotect(memory, PAGE, 16));
    ASSERT_EQ(mprotect(memory, 0, PROT_NONE), 0);
    ASSERT(is_writable(memory));
    ASSERT_EQ(munmap(memory + PAGE, PAGE), 0);
    ASSERT_EQ(munmap(memory + PAGE, PAGE), 0);
    ASSERT_ERRNO(ENOMEM, mprotect(memory + PAGE, PAGE, PROT_READ));
    ASSERT_ERRNO(ENOMEM, mprotect(memory, SIZE_MAX, PROT_READ));
    ASSERT_EQ(msync(memory, PAGE, MS_SYNC | MS_INVALIDATE), 0);
    ASSERT_ERRNO(EINVAL, msync(memory, PAGE, MS_SYNC | MS_ASYNC));
    ASSERT_ERRNO(EINVAL, msync(memory + 1, PAGE, MS_SYNC));
    ASSERT_EQ(posix_madvise(memory, PAGE, POSIX_MADV_DONTNEED), 0);
    ASSERT_EQ(posix_madvise(memory, PAGE, 77), EINVAL);
    ASSERT_EQ(munmap(memory, PAGE), 0);
}
