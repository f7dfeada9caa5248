// Tests in C: a program of them is a suite for the host's runner (`qemu-tests`), which finds the names in the
// section .hafnon_tests of the ELF file and starts the program once for each, with the name as its argument.
//
//     #include <hafnon/test.h>
//
//     TEST(channel, is_writable_when_new) {
//         zx_handle_t ends[2];
//         ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
//         ...
//     }
//
//     int main(int argc, char** argv) { return hafnon_test_main(argc, argv); }
//
// A test passes when it returns with as many open handles as before, which is reported on the console; without an
// argument, all tests run one after the other in the same process. TEST_NEEDS takes words for the runner too, such as
// "cpus=4 timeout=90".

#ifndef HAFNON_TEST_H_
#define HAFNON_TEST_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

// One test. The line is its name, and perhaps a space and what it needs.
typedef struct {
    const char* line;
    void (*run)(void);
} hafnon_test_t;

#define TEST(group, name) TEST_NEEDS(group, name, "")

#define TEST_NEEDS(group, name, needs)                                                                  \
    static void group##_##name(void);                                                                   \
    static const char line_of_##group##_##name[] __attribute__((section(".hafnon_tests"), used)) =      \
        #group "::" #name " " needs "\n";                                                               \
    static const hafnon_test_t test_##group##_##name __attribute__((section("hafnon_test_table"), used, \
                                                                    aligned(sizeof(void*)))) = {        \
        line_of_##group##_##name, group##_##name};                                                      \
    static void group##_##name(void)

// Ends the whole process, from whatever thread.
#define FAIL(...)                                            \
    do {                                                     \
        printf("%s:%d: ", __FILE__, __LINE__);               \
        printf(__VA_ARGS__);                                 \
        printf("\n");                                        \
        exit(EXIT_FAILURE);                                  \
    } while (0)

#define ASSERT(condition)                                    \
    do {                                                     \
        if (!(condition)) FAIL("not so: %s", #condition);    \
    } while (0)

// Two integers are equal; both are printed if not.
#define ASSERT_EQ(left, right)                                                                      \
    do {                                                                                            \
        const int64_t left_ = (int64_t)(left), right_ = (int64_t)(right);                           \
        if (left_ != right_)                                                                        \
            FAIL("%s is %ld (%#lx), not %s, which is %ld (%#lx)", #left, left_, left_, #right, right_, right_); \
    } while (0)

// A call returns this status.
#define ASSERT_STATUS(expected, call)                                                               \
    do {                                                                                            \
        const zx_status_t wanted_ = (expected), got_ = (call);                                      \
        if (wanted_ != got_)                                                                        \
            FAIL("%s: %s instead of %s", #call, zx_status_get_string(got_), zx_status_get_string(wanted_)); \
    } while (0)

#define ASSERT_OK(call) ASSERT_STATUS(ZX_OK, call)

extern const hafnon_test_t __start_hafnon_test_table[] __attribute__((visibility("hidden")));
extern const hafnon_test_t __stop_hafnon_test_table[] __attribute__((visibility("hidden")));

// How many handles this process has.
static inline uint32_t hafnon_count_handles(void) {
    zx_info_process_handle_stats_t stats;
    ASSERT_OK(zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats), NULL, NULL));
    uint32_t count = 0;
    for (size_t kind = 0; kind < sizeof(stats.handle_count) / sizeof(stats.handle_count[0]); kind++) {
        count += stats.handle_count[kind];
    }
    return count;
}

// Whether `test` has this name.
static inline int hafnon_test_is(const hafnon_test_t* test, const char* name) {
    size_t length = strlen(name);
    return strncmp(test->line, name, length) == 0 && test->line[length] == ' ';
}

// Runs a test between its announcement and its result.
static inline void hafnon_test_run(const hafnon_test_t* test, int number) {
    int length = (int)strcspn(test->line, " ");
    printf("# start %.*s\n", length, test->line);
    uint32_t before = hafnon_count_handles();
    test->run();
    ASSERT_EQ(hafnon_count_handles(), before);
    // The test may have left the console in the middle of a line.
    printf("\nok %d %.*s\n", number, length, test->line);
}

// Runs the test named by the first argument, or all; the program's exit code.
static inline int hafnon_test_main(int argc, char** argv) {
    int ran = 0;
    printf("KTAP version 1\n1..%d\n", argc > 1 ? 1 : (int)(__stop_hafnon_test_table - __start_hafnon_test_table));
    for (const hafnon_test_t* test = __start_hafnon_test_table; test < __stop_hafnon_test_table; test++) {
        if (argc == 1 || hafnon_test_is(test, argv[1])) hafnon_test_run(test, ++ran);
    }
    if (ran == 0) printf("there is no test %s\n", argc > 1 ? argv[1] : "at all");
    return ran == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
