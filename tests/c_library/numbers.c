// Numbers from text; sorting and searching.

#include <float.h>
#include <math.h>

#include "compare.h"

#define DECLARE(name) extern __typeof__(name) our_##name;
DECLARE(strtol) DECLARE(strtoul) DECLARE(strtoll) DECLARE(strtoull) DECLARE(strtoimax) DECLARE(strtoumax)
DECLARE(strtod) DECLARE(strtof) DECLARE(atoi) DECLARE(atol) DECLARE(atoll) DECLARE(atof)
DECLARE(qsort) DECLARE(bsearch)

// Whether both libraries have the same error. Of a number with less digits than usual, each may say that it is none.
static bool same_error(double number, double smallest) {
    bool subnormal = number != 0 && fabs(number) < smallest;
    return errno == hafnon_errno || (subnormal && (errno == ERANGE || errno == 0) && hafnon_errno == 0);
}

static uint64_t bits_of(const void* value, size_t size) {
    uint64_t bits = 0;
    memcpy(&bits, value, size);
    return bits;
}

// Reads `text` with both libraries and compares the bits, the end and errno. Base 0 stands for none too.
#define READ(type, name, text, base, ...)                                                                      \
    do {                                                                                                       \
        char *our_end = NULL, *their_end = NULL;                                                               \
        hafnon_errno = errno = 0;                                                                              \
        type ours = our_##name(text, &our_end __VA_ARGS__), theirs = name(text, &their_end __VA_ARGS__);       \
        bool same = our_end == their_end && same_error((double)theirs, sizeof(type) == 4 ? FLT_MIN : DBL_MIN); \
        if (memcmp(&ours, &theirs, sizeof(ours)) != 0 || !same) {                                              \
            differs(#name "(\"%s\", %d): %" PRIx64 ", rest \"%s\", errno %d", text, base,                      \
                    bits_of(&ours, sizeof(ours)), our_end, hafnon_errno);                                      \
            differs("  the host has %" PRIx64 ", rest \"%s\", errno %d", bits_of(&theirs, sizeof(theirs)),     \
                    their_end, errno);                                                                         \
        }                                                                                                      \
    } while (0)
#define READ_IN(type, name, text, base) READ(type, name, text, base, , base)

static void integer(const char* text) {
    static const int bases[] = {0, 2, 3, 8, 10, 16, 36, 1, 37, -1};
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        READ_IN(long, strtol, text, bases[i]);
        READ_IN(unsigned long, strtoul, text, bases[i]);
        READ_IN(long long, strtoll, text, bases[i]);
        READ_IN(unsigned long long, strtoull, text, bases[i]);
        READ_IN(intmax_t, strtoimax, text, bases[i]);
        READ_IN(uintmax_t, strtoumax, text, bases[i]);
    }
    if (our_atol(text) != atol(text) || our_atoll(text) != atoll(text) || our_atoi(text) != atoi(text)) {
        differs("atol(\"%s\")", text);
    }
}

static void integers(void) {
    static const char* const texts[] = {
        "", "-", "+5", " \t\n\v\f\r-7x", "0", "00", "0x", "0xg", "0X1f", "-0x10", "077", "08", "zz", "2147483648",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "-18446744073709551615", "-18446744073709551616",
        "0xffffffffffffffffff", "- 1", "--1",
    };
    char text[40];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) integer(texts[i]);
    for (int i = 0; i < 20000; i++) integer(next_string(text, 24, "0123456789 +-xXabfzF"));
}

static void real(const char* text) {
    READ(double, strtod, text, 0);
    READ(float, strtof, text, 0);
    if (our_atof(text) != atof(text) && atof(text) == atof(text)) differs("atof(\"%s\")", text);
}

static void reals(void) {
    static const char* const texts[] = {
        "", ".", "-.", "e5", "1", "-1.5e3z", " 3.25", "1e", "1e+", "1.e2", ".5", "0x", "0x.", "0x1", "0x1p", "0x1p+3",
        "0x.8p1", "0X1.8P-1", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1.00000000000008p0",
        "0x1.000000000000080000000000001p0", "0x1p1023", "0x1p1024", "0x1p-1074", "0x1p-1075", "0x1.8p-1075",
        "0x1p-99999999999999999999", "inf", "-INFINITY", "infinit", "nan", "-NaN(abc_1)", "nan(", "nan()", "1e308",
        "1e309", "-1e400", "1e-400", "0e999999", "0.000e-9999999999", "2.2250738585072011e-308",
        "2.2250738585072014e-308", "0x1.fffffep127", "0x1.ffffffp127", "0.1", "3.4028236e38", "9007199254740993",
        "1e999999999999999999999", "1.7976931348623157e308", "1.7976931348623159e308", "0x0p5",
        "0x00000000000000000000001", "0x123456789abcdef0123456789p-10",
        "100000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) real(texts[i]);
    char text[64];
    for (int i = 0; i < 20000; i++) {
        real(next_string(text, 12, "0123456789.+-eExXpPinfatyNA()_"));
        uint64_t whole = next(1ull << next(64)), fraction = next(UINT64_MAX);
        snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 "e%d", whole, fraction, (int)next(640) - 320);
        real(text);
        snprintf(text, sizeof(text), "0x%" PRIx64 ".%" PRIx64 "p%d", whole, fraction, (int)next(2100) - 1130);
        real(text);
    }
}

#define MAX_SIZE 24
static size_t item_size;

static int compare(const void* left, const void* right) { return memcmp(left, right, item_size); }

static void sorting(void) {
    static const size_t sizes[] = {1, 2, 3, 4, 8, 16, MAX_SIZE};
    static char ours[300 * MAX_SIZE], theirs[sizeof(ours)];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t count = 0; count <= 300; count += 1 + next(9)) {
            item_size = sizes[i];
            for (size_t place = 0; place < count * item_size; place++) ours[place] = theirs[place] = (char)next(3);
            our_qsort(ours, count, item_size, compare);
            qsort(theirs, count, item_size, compare);
            if (memcmp(ours, theirs, count * item_size) != 0) differs("qsort: %zu of %zu bytes", count, item_size);
            char key[MAX_SIZE] = {(char)next(3), (char)next(4)};
            char* our_item = our_bsearch(key, ours, count, item_size, compare);
            char* their_item = bsearch(key, ours, count, item_size, compare);
            if ((our_item == NULL) != (their_item == NULL) || (our_item != NULL && compare(our_item, key) != 0)) {
                differs("bsearch: %zu of %zu bytes", count, item_size);
            }
        }
    }
}

void compare_numbers(void) {
    integers();
    reals();
    sorting();
}
