// What printf makes of numbers and strings, with every combination of flags and many widths and precisions.

#include <float.h>
#include <math.h>

#include "compare.h"

int our_vsnprintf(char* buffer, size_t size, const char* format, va_list arguments);

#define ROOM 4096

// Formats with both libraries.
static void format(const char* text, ...) {
    static char ours[ROOM], theirs[ROOM];
    va_list arguments, again;
    va_start(arguments, text);
    va_copy(again, arguments);
    int our_length = our_vsnprintf(ours, ROOM, text, arguments);
    int their_length = vsnprintf(theirs, ROOM, text, again);
    va_end(again);
    va_end(arguments);
    if (our_length != their_length || strcmp(ours, theirs) != 0) {
        differs("\"%s\": \"%s\" (%d), the host has \"%s\" (%d)", text, ours, our_length, theirs, their_length);
    }
}

// Makes `%`, the flags whose bits are set, and `rest`.
static const char* specify(unsigned flags, const char* width, const char* precision, const char* rest) {
    static char text[32];
    char* end = text;
    *end++ = '%';
    for (int i = 0; i < 5; i++) {
        if ((flags >> i & 1) != 0) *end++ = "-+ #0"[i];
    }
    strcat(strcat(strcpy(end, width), precision), rest);
    return text;
}

static const char* const widths[] = {"", "1", "7", "30"};
static const char* const precisions[] = {"", ".", ".0", ".1", ".2", ".9", ".25"};

#define EACH(item, items) (size_t item = 0; item < sizeof(items) / sizeof((items)[0]); item++)
#define FLAGS 32
#define ALTERNATE 8

static void integers(void) {
    static const char* const conversions[] = {
        "d", "i", "u", "o", "x", "X", "hhd", "hhu", "hhx", "hd", "ho", "hX", "ld", "lu", "lx", "lld", "llo", "zu",
        "zd", "jd", "jx", "td", "tX",
    };
    static const uint64_t values[] = {
        0, 1, 7, 8, 42, 127, 128, 255, 32768, 65535, INT32_MAX, UINT32_MAX, INT64_MAX, 1ull << 63, UINT64_MAX,
        UINT64_MAX - 41,
    };
    for (unsigned flags = 0; flags < FLAGS; flags++)
        for EACH(width, widths)
            for EACH(precision, precisions)
                for EACH(kind, conversions) {
                    const char* text = specify(flags, widths[width], precisions[precision], conversions[kind]);
                    for EACH(value, values) format(text, values[value]);
                }
}

static double next_double(void) {
    uint64_t bits = next(UINT64_MAX);
    double number;
    memcpy(&number, &bits, sizeof(number));
    return next(3) == 0 ? number : (double)(int64_t)next(1 << 30) / (double)(1ull << next(40));
}

// Whether rounding makes a power of ten of `value`, as it does of 999999.5. There %#g loses its zeros in some versions
// of glibc, which is no example to follow.
static bool rounds_up(double value, const char* precision) {
    char whole[64], rounded[64];
    int digits = *precision == 0 ? 6 : atoi(precision + 1);
    snprintf(whole, sizeof(whole), "%.30e", value);
    snprintf(rounded, sizeof(rounded), "%.*e", digits > 0 ? digits - 1 : 0, value);
    const char *one = strchr(whole, 'e'), *other = strchr(rounded, 'e');
    return one != NULL && other != NULL && strcmp(one, other) != 0;
}

static void one_double(double value) {
    static const char* const conversions[] = {"f", "F", "e", "E", "g", "G", "a", "A"};
    for (unsigned flags = 0; flags < FLAGS; flags++)
        for EACH(width, widths)
            for EACH(precision, precisions)
                for EACH(kind, conversions) {
                    bool general = *conversions[kind] == 'g' || *conversions[kind] == 'G';
                    if (general && (flags & ALTERNATE) != 0 && rounds_up(value, precisions[precision])) continue;
                    format(specify(flags, widths[width], precisions[precision], conversions[kind]), value);
                }
}

static void floats(void) {
    static const double values[] = {
        0.0, -0.0, 1.0, -1.5, 0.1, 0.5, 2.5, 9.5, 9.995, 99999.95, 999999.5, 1e-4, 9.9999e-5, 1e15, 1e16, 123456789.0,
        DBL_MAX, DBL_MIN, 5e-324, INFINITY, -INFINITY, NAN,
    };
    for EACH(value, values) one_double(values[value]);
    for (int i = 0; i < 40; i++) one_double(next_double());
    static const char* const long_ones[] = {
        "%.60f", "%.400f", "%.1074f", "%.1200f", "%.1200e", "%#.1200g", "%.1200g", "%.1200a", "%.1200E", "%.1200A",
        "%+1500.1200f", "%-1500.1300e", "%01500.1200f",
    };
    for EACH(text, long_ones)
        for EACH(value, values) format(long_ones[text], values[value]);
    for EACH(value, values) {
        if (isnan(values[value])) continue;
        format("%Lf %.3Le %Lg", (long double)values[value], (long double)values[value], (long double)values[value]);
    }
}

static void others(void) {
    for (unsigned flags = 0; flags < 2; flags++)
        for EACH(width, widths)
            for EACH(precision, precisions) {
                format(specify(flags, widths[width], precisions[precision], "s"), "hello, world");
                format(specify(flags, widths[width], "", "c"), 'x');
                format(specify(flags, widths[width], "", "p"), (void*)0xdeadbeef0);
            }
    format("%*d|%-*d|%*d", 9, 1, 9, 2, -9, 3);
    format("%.*d|%.*d|%*.*f", 5, 1, -5, 2, 12, 3, 3.14159);
    format("%.*s|%.*s|%.3s", 2, "abc", -1, "abc", "ab");
    format("100%% %s %c%c", "", 0x41, 0x7e);
    format("%s", (char*)NULL);
    signed char tiny = 0;
    short small = 0;
    int plain = 0;
    long large = 0;
    format("12%hhn345%hn6%n789%ln", &tiny, &small, &plain, &large);
    if (tiny != 2 || small != 5 || plain != 6 || large != 9) differs("%%n: %d %d %d %ld", tiny, small, plain, large);
}

void compare_formats(void) {
    integers();
    floats();
    others();
}
