// <stdlib.h>: numbers from text, sorting and searching, random numbers.

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A number as it was read.
typedef struct {
    uintmax_t magnitude;
    bool negative, overflow;
} number_t;

static int digit_of(char character) {
    if (isdigit((unsigned char)character)) return character - '0';
    return isalpha((unsigned char)character) ? tolower((unsigned char)character) - 'a' + 10 : INT_MAX;
}

// Skips a prefix that says the base; the base.
static int read_base(const char** text, int base) {
    bool zero = (*text)[0] == '0';
    if ((base == 0 || base == 16) && zero && tolower((unsigned char)(*text)[1]) == 'x' && digit_of((*text)[2]) < 16) {
        *text += 2;
        return 16;
    }
    return base != 0 ? base : zero ? 8 : 10;
}

// Reads a number; `*end` is `text` if there is none.
static number_t read_number(const char* text, char** end, int base) {
    number_t number = {0};
    const char* place = text;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return number;
    }
    while (isspace((unsigned char)*place)) place++;
    number.negative = *place == '-';
    if (*place == '-' || *place == '+') place++;
    base = read_base(&place, base);
    const char* first = place;
    for (; digit_of(*place) < base; place++) {
        number.overflow |= __builtin_mul_overflow(number.magnitude, (uintmax_t)base, &number.magnitude);
        number.overflow |= __builtin_add_overflow(number.magnitude, (uintmax_t)digit_of(*place), &number.magnitude);
    }
    if (end != NULL) *end = (char*)(place == first ? text : place);
    return number;
}

uintmax_t strtoumax(const char* restrict text, char** restrict end, int base) {
    number_t number = read_number(text, end, base);
    if (number.overflow) {
        errno = ERANGE;
        return UINTMAX_MAX;
    }
    return number.negative ? 0 - number.magnitude : number.magnitude;
}

intmax_t strtoimax(const char* restrict text, char** restrict end, int base) {
    number_t number = read_number(text, end, base);
    uintmax_t most = (uintmax_t)INTMAX_MAX + number.negative;
    if (number.overflow || number.magnitude > most) {
        errno = ERANGE;
        return number.negative ? INTMAX_MIN : INTMAX_MAX;
    }
    return (intmax_t)(number.negative ? 0 - number.magnitude : number.magnitude);
}

// long and long long have the size of intmax_t.
_Static_assert(sizeof(long) == sizeof(intmax_t) && sizeof(long long) == sizeof(intmax_t), "x86_64");

long strtol(const char* restrict text, char** restrict end, int base) { return strtoimax(text, end, base); }
long long strtoll(const char* restrict text, char** restrict end, int base) { return strtoimax(text, end, base); }
unsigned long strtoul(const char* restrict text, char** restrict end, int base) { return strtoumax(text, end, base); }
unsigned long long strtoull(const char* restrict text, char** restrict end, int base) {
    return strtoumax(text, end, base);
}
long atol(const char* text) { return strtol(text, NULL, 10); }
long long atoll(const char* text) { return strtoll(text, NULL, 10); }
int atoi(const char* text) { return (int)strtol(text, NULL, 10); }

int abs(int number) { return number < 0 ? -number : number; }
long labs(long number) { return number < 0 ? -number : number; }
long long llabs(long long number) { return number < 0 ? -number : number; }

div_t div(int number, int divisor) { return (div_t){number / divisor, number % divisor}; }
ldiv_t ldiv(long number, long divisor) { return (ldiv_t){number / divisor, number % divisor}; }
lldiv_t lldiv(long long number, long long divisor) { return (lldiv_t){number / divisor, number % divisor}; }

void* bsearch(const void* key, const void* items, size_t count, size_t size, int (*compare)(const void*, const void*)) {
    const char* first = items;
    while (count > 0) {
        const char* middle = first + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) return (void*)middle;
        if (order > 0) {
            first = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}

static void swap(char* one, char* other, size_t size) {
    for (; size > 0; one++, other++, size--) {
        char kept = *one;
        *one = *other;
        *other = kept;
    }
}

// Lets the item at `index` sink in a heap of `count` items, the largest on top.
static void sink(char* items, size_t index, size_t count, size_t size, int (*compare)(const void*, const void*)) {
    for (size_t child; (child = 2 * index + 1) < count; index = child) {
        if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0) child++;
        if (compare(items + index * size, items + child * size) >= 0) return;
        swap(items + index * size, items + child * size, size);
    }
}

// A heap sort: no memory, no bad case.
void qsort(void* memory, size_t count, size_t size, int (*compare)(const void*, const void*)) {
    char* items = memory;
    for (size_t index = count / 2; index-- > 0;) sink(items, index, count, size, compare);
    while (count-- > 1) {
        swap(items, items + count * size, size);
        sink(items, 0, count, size, compare);
    }
}

static uint64_t rand_state = 1;

void srand(unsigned seed) { rand_state = seed; }

// The upper half of a linear congruential generator.
int rand(void) {
    rand_state = rand_state * 6364136223846793005 + 1442695040888963407;
    return (int)(rand_state >> 33);
}
