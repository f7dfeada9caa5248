// Parts of C's standard library that stand alone: <setjmp.h>, <time.h>, errors and their texts, input that is not
// there, numbers with a fraction. What functions make of text is compared with another library: tests/c_library.rs.

#include <errno.h>
#include <setjmp.h>
#include <stdnoreturn.h>
#include <unistd.h>
#include <zircon/assert.h>

#include "support.h"

static jmp_buf place;

static noreturn void jump(int value) { longjmp(place, value); }

// Calls itself `depth` times and jumps from there.
static void go_back(int depth, int value) {
    volatile char room[256];
    if (depth < 0) return;
    room[depth] = 1;
    if (depth == 0) jump(value);
    go_back(depth - room[depth], value);
}

TEST(setjmp, a_jump_leads_back_with_a_value) {
    volatile int jumps = 0;
    int value = setjmp(place);
    ASSERT_EQ(value, jumps);
    if (++jumps < 5) go_back(20, jumps);
    jumps = 0;
    if (setjmp(place) == 0) go_back(0, 0);
    else jumps++;
    ASSERT_EQ(jumps, 1);
}

// More values than there are registers that a call keeps.
static long add_up(long a, long b, long c, long d, long e, long f) {
    volatile bool jumped = false;
    long sum = a * 2 + b * 3 + c * 5 + d * 7 + e * 11 + f * 13;
    if (setjmp(place) == 0) go_back(3, 1);
    else jumped = true;
    return jumped ? sum - (a * 2 + b * 3 + c * 5 + d * 7 + e * 11 + f * 13) : -1;
}

TEST(setjmp, registers_are_as_they_were) { ASSERT_EQ(add_up(1, 20, 300, 4000, 50000, 600000), 0); }

static int jump_in_a_thread(void* unused) {
    (void)unused;
    jmp_buf own;
    volatile int count = 0;
    if (setjmp(own) < 100) longjmp(own, ++count);
    return count;
}

TEST(setjmp, each_thread_jumps_for_itself) {
    thrd_t threads[4];
    for (int i = 0; i < 4; i++) threads[i] = start(jump_in_a_thread, NULL);
    for (int i = 0; i < 4; i++) ASSERT_EQ(join(threads[i]), 100);
}

TEST(stdlib, numbers_with_a_fraction_are_read) {
    char* end;
    ASSERT(strtod(" -2.5e3km", &end) == -2500.0 && strcmp(end, "km") == 0);
    ASSERT(strtof("0.1", NULL) == 0.1f && strtod("0.1", NULL) == 0.1 && strtod("0.1", NULL) != 0.1f);
    ASSERT(strtold("0x1.8p-2", NULL) == 0.375L && atof(".5x") == 0.5);
    errno = 0;
    ASSERT(strtod("1e999", NULL) == __builtin_inf() && errno == ERANGE);
    char text[32];
    snprintf(text, sizeof(text), "%a", 1.0 / 3);
    ASSERT(strtod(text, NULL) == 1.0 / 3);
}

TEST(stdlib, division_tells_quotient_and_rest) {
    div_t small = div(-17, 5);
    ldiv_t large = ldiv(17, -5);
    lldiv_t largest = lldiv(INT64_MIN, 10);
    ASSERT(small.quot == -3 && small.rem == -2 && large.quot == -3 && large.rem == 2);
    ASSERT(largest.quot == INT64_MIN / 10 && largest.rem == -8);
}

TEST(stdlib, chance_repeats_itself_from_a_seed) {
    int first[8], seen = 0;
    srand(7);
    for (int i = 0; i < 8; i++) first[i] = rand();
    srand(7);
    for (int i = 0; i < 8; i++) {
        ASSERT_EQ(rand(), first[i]);
        ASSERT(first[i] >= 0);
        seen |= first[i];
    }
    ASSERT(seen > RAND_MAX / 2 && rand() != first[0]);
}

TEST(stdlib, alignments_are_powers_of_two) {
    void* memory;
    ASSERT_EQ(posix_memalign(&memory, 512, 10), 0);
    ASSERT_EQ((uintptr_t)memory % 512, 0);
    free(memory);
    ASSERT_EQ(posix_memalign(&memory, 24, 10), EINVAL);
    ASSERT_EQ(posix_memalign(&memory, 4, 10), EINVAL);
    ASSERT_EQ(posix_memalign(&memory, 64, PTRDIFF_MAX), ENOMEM);
}

TEST(stdio, there_is_no_input) {
    char line[8] = "kept";
    ASSERT(!feof(stdin));
    ASSERT_EQ(getchar(), EOF);
    ASSERT(feof(stdin) && !ferror(stdin));
    clearerr(stdin);
    ASSERT(fgets(line, sizeof(line), stdin) == NULL && strcmp(line, "kept") == 0 && feof(stdin));
    ASSERT_EQ(fread(line, 1, sizeof(line), stdin), 0);
    ASSERT_EQ(setvbuf(stdout, NULL, _IOLBF, 0), 0);
}

TEST(errno, numbers_have_texts) {
    ASSERT(strcmp(strerror(EINVAL), "Invalid argument") == 0);
    ASSERT(strcmp(strerror(4711), "Unknown error 4711") == 0);
    errno = ENOENT;
    perror("on purpose");
    ASSERT_EQ(errno, ENOENT);
}

TEST(unistd, output_goes_to_the_console_only) {
    ASSERT_EQ(write(STDOUT_FILENO, "written\n", 8), 8);
    errno = 0;
    ASSERT_EQ(write(77, "x", 1), -1);
    ASSERT_EQ(errno, EBADF);
    ASSERT_EQ(sysconf(_SC_PAGESIZE), ZX_PAGE_SIZE);
    ASSERT_EQ(sysconf(_SC_NPROCESSORS_ONLN), zx_system_get_num_cpus());
    ASSERT_EQ(sysconf(-1), -1);
}

TEST(time, counts_from_boot) {
    time_t now, before = time(NULL);
    clock_t ticks = clock();
    thrd_sleep(&(struct timespec){.tv_nsec = ZX_MSEC(2)}, NULL);
    ASSERT(time(&now) == now && now >= before && difftime(now, before) >= 0);
    ASSERT(clock() - ticks >= CLOCKS_PER_SEC / 1000);
}

TEST(library, assertions_look_once) {
    int looks = 0;
    ZX_ASSERT(++looks == 1);
    ZX_ASSERT_MSG(++looks == 2, "looked %d times", looks);
    ZX_DEBUG_ASSERT_MSG(++looks == 3, "no arguments");
    ASSERT_EQ(looks, 3);
}
