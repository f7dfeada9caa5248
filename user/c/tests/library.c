// The rest of the C library: <stdio.h>, <stdlib.h>, <string.h>, <time.h>, and what happens around main.

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <strings.h>

#include "support.h"

static char text[1024];

// What a format makes of its arguments.
#define FORMATS(expected, ...)                                          \
    do {                                                                \
        int length_ = snprintf(text, sizeof(text), __VA_ARGS__);        \
        if (strcmp(text, expected) != 0 || length_ != (int)strlen(expected)) \
            FAIL("\"%s\" (%d) instead of \"%s\"", text, length_, expected); \
    } while (0)

TEST(stdio, integers) {
    FORMATS("-5 7 077 0xff FF 0", "%d %u %#o %#x %X %#x", -5, 7u, 077, 0xff, 0xff, 0);
    FORMATS("[   42] [42   ] [00042] [+42] [ 42] [  042]", "[%5d] [%-5d] [%05d] [%+d] [% d] [%5.3d]", 42, 42, 42, 42,
            42, 42);
    FORMATS("-1 255 -9223372036854775808 18446744073709551615", "%hhd %hhu %" PRId64 " %zu", (signed char)-1,
            (unsigned char)255, INT64_MIN, SIZE_MAX);
    FORMATS("[       7] [7       ]", "[%*d] [%-*d]", 8, 7, 8, 7);
    FORMATS("0x1234 deadbeef 00000000000000ff", "%p %" PRIx32 " %016" PRIx64, (void*)0x1234, 0xdeadbeefu,
            (uint64_t)255);
}

TEST(stdio, strings_and_characters) {
    FORMATS("[abc] [  abc] [abc  ] [ab]", "[%s] [%5s] [%-5s] [%.2s]", "abc", "abc", "abc", "abc");
    FORMATS("x%y", "%c%%%c", 'x', 'y');
}

TEST(stdio, floating_point) {
    FORMATS("1.500000 -0.25 3", "%f %.2f %.0f", 1.5, -0.25, 2.5 + 0.25);
    FORMATS("1.234560e+05 1.0E-07", "%e %.1E", 123456.0, 1e-7);
    FORMATS("0.0001 1e-05 123456 1.23457e+06 0", "%g %g %g %g %g", 1e-4, 1e-5, 123456.0, 1234567.0, 0.0);
    FORMATS("[  3.14] [3.14  ] [003.14] [+3.14] inf -inf NAN", "[%6.2f] [%-6.2f] [%06.2f] [%+.2f] %f %f %F", 3.14159,
            3.14159, 3.14159, 3.14159, __builtin_inf(), -__builtin_inf(), __builtin_nan(""));
    FORMATS("0.1000000000000000055511151231257827", "%.34f", 0.1);
    FORMATS("1.00 100", "%#.3g %.3Lg", 1.0, 100.0L);
}

TEST(stdio, buffers_are_never_overrun) {
    char small[4] = "zzz";
    ASSERT_EQ(snprintf(small, sizeof(small), "%d", 123456), 6);
    ASSERT(strcmp(small, "123") == 0);
    ASSERT_EQ(snprintf(NULL, 0, "%s", "hello"), 5);
    ASSERT_EQ(snprintf(small, 1, "x"), 1);
    ASSERT_EQ(small[0], 0);
    ASSERT_EQ(sprintf(text, "%s-%d", "a", 1), 3);
    ASSERT_EQ(printf("%s\n", "to the console"), 15);
    ASSERT_EQ(fprintf(stderr, "%c\n", 'e'), 2);
    ASSERT(fputs("as it is\n", stdout) >= 0 && puts("a line") >= 0 && fflush(stdout) == 0);
}

TEST(stdlib, memory_is_aligned_kept_and_reused) {
    char* blocks[50];
    for (int i = 0; i < 50; i++) {
        blocks[i] = malloc((size_t)i * 37);
        ASSERT(blocks[i] != NULL && (uintptr_t)blocks[i] % _Alignof(max_align_t) == 0);
        memset(blocks[i], i, (size_t)i * 37);
    }
    for (int i = 0; i < 50; i++) {
        for (int place = 0; place < i * 37; place++) ASSERT_EQ(blocks[i][place], i);
        free(blocks[i]);
    }
    free(NULL);
    uint64_t* zeros = calloc(1000, sizeof(*zeros));
    for (int i = 0; i < 1000; i++) ASSERT_EQ(zeros[i], 0);
    free(zeros);
    char* page = aligned_alloc(4096, 100);
    ASSERT_EQ((uintptr_t)page % 4096, 0);
    free(page);
}

TEST(stdlib, realloc_keeps_what_fits) {
    char* memory = realloc(NULL, 10);
    memcpy(memory, "123456789", 10);
    memory = realloc(memory, 100000);
    ASSERT(strcmp(memory, "123456789") == 0);
    memory = realloc(memory, 4);
    ASSERT(memcmp(memory, "1234", 4) == 0);
    free(memory);
}

// A request that has to be refused, and for what reason.
#define REFUSED(error, request)           \
    do {                                  \
        errno = 0;                        \
        ASSERT((request) == NULL);        \
        ASSERT_EQ(errno, error);          \
    } while (0)

TEST(stdlib, more_memory_than_there_is_is_refused) {
    // The first two lengths wrap around, the next are more than there are addresses.
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 8, PTRDIFF_MAX, (size_t)1 << 60, (size_t)1 << 47};
    char* memory = malloc(8);
    memcpy(memory, "as ever", 8);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        volatile size_t length = lengths[i];
        REFUSED(ENOMEM, malloc(length));
        REFUSED(ENOMEM, calloc(1, length));
        REFUSED(ENOMEM, realloc(memory, length));
        REFUSED(ENOMEM, realloc(NULL, length));
        REFUSED(ENOMEM, aligned_alloc(64, length));
    }
    volatile size_t half = SIZE_MAX / 2;
    REFUSED(ENOMEM, calloc(half, 3));
    REFUSED(ENOMEM, reallocarray(memory, half, 3));
    REFUSED(EINVAL, aligned_alloc(24, 8));
    ASSERT(strcmp(memory, "as ever") == 0);
    free(memory);
}

TEST(stdlib, success_leaves_errno_alone) {
    void* memory;
    errno = EDOM;
    free(reallocarray(malloc(100000), 1000, 1000));
    free(calloc(1, 1000000));
    ASSERT_EQ(posix_memalign(&memory, 64, PTRDIFF_MAX), ENOMEM);
    ASSERT_EQ(errno, EDOM);
}

#define LARGE ((size_t)600 << 20)

// The machine has less memory than this, so it shows that nothing is touched beforehand.
TEST(stdlib, large_memory_is_taken_when_it_is_touched) {
    for (int round = 0; round < 20; round++) {
        char* memory = round % 2 == 0 ? calloc(LARGE / 8, 8) : calloc(1, LARGE);
        ASSERT(memory != NULL);
        for (size_t place = 0; place < LARGE; place += LARGE / 64 - 1) {
            ASSERT_EQ(memory[place], 0);
            memory[place] = 1;
        }
        free(memory);
    }
}

TEST(stdlib, large_memory_changes_its_size_and_keeps_what_fits) {
    size_t length = 100;
    unsigned char* memory = malloc(length);
    for (size_t place = 0; place < length; place++) memory[place] = (unsigned char)place;
    // From small to large, larger, a little smaller, and small again.
    static const size_t lengths[] = {300000, 3000000, 2990000, 2999000, 700000, 262144, 262127, 5000, 400000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        memory = realloc(memory, lengths[i]);
        size_t kept = lengths[i] < length ? lengths[i] : length;
        for (size_t place = 0; place < kept; place++) ASSERT_EQ(memory[place], (unsigned char)place);
        for (size_t place = kept; place < lengths[i]; place++) memory[place] = (unsigned char)place;
        length = lengths[i];
    }
    free(memory);
    for (size_t alignment = 16; alignment <= 1 << 21; alignment *= 8) {
        memory = aligned_alloc(alignment, 500000);
        ASSERT_EQ((uintptr_t)memory % alignment, 0);
        memset(memory, 7, 500000);
        free(memory);
    }
}

TEST(stdlib, numbers_are_read) {
    char* end;
    ASSERT_EQ(strtol("  -42xyz", &end, 10), -42);
    ASSERT(strcmp(end, "xyz") == 0);
    ASSERT_EQ(strtol("0x1F", NULL, 0), 31);
    ASSERT_EQ(strtol("017", NULL, 0), 15);
    ASSERT_EQ(strtoul("zz", NULL, 36), 35 * 36 + 35);
    ASSERT_EQ(strtol("0xg", &end, 16), 0);
    ASSERT(strcmp(end, "xg") == 0);
    static const char none[] = "  +";
    strtol(none, &end, 10);
    ASSERT(end == none);
    ASSERT_EQ(atoi("12 monkeys"), 12);
    errno = 0;
    ASSERT_EQ(strtoll("-9223372036854775808", NULL, 10), INT64_MIN);
    ASSERT_EQ(errno, 0);
    ASSERT_EQ(strtoll("-9223372036854775809", NULL, 10), INT64_MIN);
    ASSERT_EQ(errno, ERANGE);
    errno = 0;
    ASSERT(strtoull("18446744073709551616", NULL, 10) == UINT64_MAX);
    ASSERT_EQ(errno, ERANGE);
}

static int compare(const void* left, const void* right) {
    int one = *(const int*)left, other = *(const int*)right;
    return (one > other) - (one < other);
}

TEST(stdlib, items_are_sorted_and_found) {
    int numbers[300];
    srand(1);
    for (int count = 0; count <= 300; count += 37) {
        for (int i = 0; i < count; i++) numbers[i] = rand() % 1000;
        qsort(numbers, (size_t)count, sizeof(int), compare);
        for (int i = 1; i < count; i++) ASSERT(numbers[i - 1] <= numbers[i]);
        for (int i = 0; i < count; i++) {
            int* found = bsearch(&numbers[i], numbers, (size_t)count, sizeof(int), compare);
            ASSERT(found != NULL && *found == numbers[i]);
        }
        ASSERT(bsearch(&(int){-1}, numbers, (size_t)count, sizeof(int), compare) == NULL);
    }
}

TEST(string, memory) {
    char bytes[] = "0123456789";
    memmove(bytes + 2, bytes, 5);
    ASSERT(strcmp(bytes, "0101234789") == 0);
    memmove(bytes, bytes + 2, 5);
    ASSERT(strcmp(bytes, "0123434789") == 0);
    ASSERT(memcmp("abc", "abd", 3) < 0 && memcmp("b", "a", 1) > 0 && memcmp("x", "y", 0) == 0);
    ASSERT(memchr(bytes, '4', 10) == bytes + 4 && memchr(bytes, 'x', 10) == NULL);
    char high[] = {1, (char)0xfe, 2};
    ASSERT(memchr(high, -2, 3) == high + 1);
}

TEST(string, strings) {
    ASSERT_EQ(strlen("four"), 4);
    ASSERT_EQ(strnlen("four", 3), 3);
    ASSERT(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("\xff", "a") > 0 && strcmp("", "") == 0);
    ASSERT(strncmp("abcd", "abxx", 2) == 0 && strncmp("abcd", "abxx", 3) < 0);
    ASSERT(strcasecmp("HeLLo", "hello") == 0 && strncasecmp("ABx", "aby", 2) == 0);
    ASSERT(strcmp(strcat(strcpy(text, "one"), " two"), "one two") == 0);
    ASSERT(strcmp(strncat(text, " three", 3), "one two th") == 0);
    memset(text, 'z', 8);
    strncpy(text, "ab", 5);
    ASSERT(memcmp(text, "ab\0\0\0zzz", 8) == 0);
    static const char path[] = "/a/b/c";
    ASSERT(strchr(path, '/') == path && strrchr(path, '/') == path + 4 && strchr(path, 0) == path + 6);
    ASSERT(strstr(path, "b/") == path + 3 && strstr(path, "x") == NULL && strstr(path, "") == path);
    ASSERT_EQ(strspn("aabbc", "ab"), 4);
    ASSERT_EQ(strcspn("aabbc", "cb"), 2);
    char* copy = strdup(path);
    ASSERT(strcmp(copy, path) == 0 && copy != path);
    free(copy);
}

TEST(string, pieces) {
    char small[6] = "zzzzz";
    ASSERT_EQ(strlcpy(small, "longer", 4), 6);
    ASSERT(memcmp(small, "lon\0z", 5) == 0);
    ASSERT_EQ(strlcat(small, "dons", sizeof(small)), 7);
    ASSERT(strcmp(small, "londo") == 0);
    ASSERT_EQ(strlcat(small, "x", 2), 3);
    ASSERT(strlcpy(small, "x", 0) == 1 && strcmp(small, "londo") == 0);
    char words[] = "  one, two";
    ASSERT(strcmp(strtok(words, " ,"), "one") == 0 && strcmp(strtok(NULL, " ,"), "two") == 0);
    ASSERT(strtok(NULL, " ,") == NULL && strtok(NULL, " ,") == NULL);
}

TEST(library, limits_and_characters) {
    static_assert(INT_MAX == 0x7fffffff && CHAR_BIT == 8 && LONG_MIN == INT64_MIN && UCHAR_MAX == 255, "limits");
    ASSERT(isdigit('7') && !isdigit('x') && isxdigit('f') && isspace('\t') && !isprint('\n'));
    ASSERT_EQ(toupper('a'), 'A');
    ASSERT_EQ(tolower('-'), '-');
}

static int constructed;

__CONSTRUCTOR static void construct(void) { constructed = 1; }

TEST(library, constructors_ran_before_main) { ASSERT_EQ(constructed, 1); }

TEST(library, statuses_have_names) {
    ASSERT(strcmp(zx_status_get_string(ZX_OK), "ZX_OK") == 0);
    ASSERT(strcmp(zx_status_get_string(ZX_ERR_PEER_CLOSED), "ZX_ERR_PEER_CLOSED") == 0);
    ASSERT(strcmp(zx_status_get_string(-9999), "(UNKNOWN)") == 0);
}

TEST(library, startup_handles_are_there) {
    ASSERT(is_open(zx_process_self()) && is_open(zx_thread_self()) && is_open(zx_vmar_root_self()));
    ASSERT(is_open(zx_job_default()));
    ASSERT_EQ(zx_take_startup_handle(PA_HND(PA_USER2, 77)), ZX_HANDLE_INVALID);
}
