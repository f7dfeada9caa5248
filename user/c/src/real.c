// <stdlib.h>: numbers with a fraction from text.
//
// Decimal ones are core's to round correctly (float.rs); hexadecimal ones are rounded here, which takes no more than
// shifting.

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A format of IEEE 754: the bits of its fraction, and the exponent of its smallest number.
typedef struct {
    int fraction, lowest;
    uint64_t infinity, nan;
    uint64_t (*from_decimal)(const char* text, size_t length);
} kind_t;

// The bits of the nearest number (float.rs).
uint64_t hafnon_double_from_decimal(const char* text, size_t length);
uint64_t hafnon_float_from_decimal(const char* text, size_t length);

static const kind_t double_kind = {52, -1074, 0x7ffull << 52, 0xfffull << 51, hafnon_double_from_decimal};
static const kind_t float_kind = {23, -149, 0xffull << 23, 0x1ffull << 22, hafnon_float_from_decimal};

// The value `mantissa` * 2^`exponent`, rounded to nearest, ties to even. `mantissa` has its highest bit set, and its
// lowest too if anything follows it.
static uint64_t round_to(const kind_t* kind, uint64_t mantissa, long exponent) {
    long unit = exponent + 63 - kind->fraction;
    if (unit < kind->lowest) unit = kind->lowest;
    long drop = unit - exponent;
    if (drop > 64) return 0;
    uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
    uint64_t rest = drop == 64 ? mantissa : mantissa << (64 - drop);
    kept += rest > 1ull << 63 || (rest == 1ull << 63 && kept % 2 != 0);
    if (unit - kind->lowest > 2 << 11) return kind->infinity;
    // A carry out of the fraction belongs to the exponent, so adding is right.
    uint64_t bits = kept + ((uint64_t)(unit - kind->lowest) << kind->fraction);
    return bits > kind->infinity ? kind->infinity : bits;
}

// Skips an exponent after `letter`; 0 if there is none. It stops far beyond what any number has.
static long read_exponent(const char** text, char letter) {
    const char* place = *text;
    if (tolower((unsigned char)*place) != letter) return 0;
    place++;
    bool negative = *place == '-';
    if (*place == '-' || *place == '+') place++;
    if (!isdigit((unsigned char)*place)) return 0;
    long exponent = 0;
    for (; isdigit((unsigned char)*place); place++) {
        if (exponent < INT_MAX / 20) exponent = exponent * 10 + (*place - '0');
    }
    *text = place;
    return negative ? -exponent : exponent;
}

static unsigned digit_of(char character) {
    return isdigit((unsigned char)character) ? (unsigned)(character - '0') : (unsigned)(tolower(character) - 'a' + 10);
}

// Skips digits with perhaps a point among them; how many digits that were.
static size_t skip_digits(const char** text, int (*is_digit)(int)) {
    size_t count = 0;
    for (bool point = false; is_digit((unsigned char)**text) || (**text == '.' && !point); (*text)++) {
        if (**text == '.') point = true;
        else count++;
    }
    return count;
}

static uint64_t read_hexadecimal(const kind_t* kind, const char** text) {
    const char *first = *text, *end = *text;
    skip_digits(&end, isxdigit);
    uint64_t mantissa = 0;
    long exponent = 0;
    bool behind = false;
    for (; first < end; first++) {
        if (*first == '.') {
            behind = true;
            continue;
        }
        unsigned digit = digit_of(*first);
        if (mantissa >> 60 == 0) mantissa = mantissa << 4 | digit;
        else {
            mantissa |= digit != 0;
            exponent += 4;
        }
        if (behind) exponent -= 4;
    }
    *text = end;
    exponent += read_exponent(text, 'p');
    if (mantissa == 0) return 0;
    int shift = __builtin_clzll(mantissa);
    return round_to(kind, mantissa << shift, exponent - shift);
}

static uint64_t read_decimal(const kind_t* kind, const char** text) {
    const char* first = *text;
    skip_digits(text, isdigit);
    read_exponent(text, 'e');
    return kind->from_decimal(first, (size_t)(*text - first));
}

// Skips the (…) that may follow a nan.
static void skip_note(const char** text) {
    const char* place = *text;
    if (*place != '(') return;
    for (place++; isalnum((unsigned char)*place) || *place == '_'; place++) {
    }
    if (*place == ')') *text = place + 1;
}

static bool skip_word(const char** text, const char* word) {
    size_t length = strlen(word);
    if (strncasecmp(*text, word, length) != 0) return false;
    *text += length;
    return true;
}

static bool is_number(const char* text, int (*is_digit)(int)) { return skip_digits(&text, is_digit) > 0; }

// A number that has been written out, as bits without a sign; `*text` stays where it is if there is none.
static uint64_t read_magnitude(const kind_t* kind, const char** text) {
    if (skip_word(text, "infinity") || skip_word(text, "inf")) return kind->infinity;
    if (skip_word(text, "nan")) {
        skip_note(text);
        return kind->nan;
    }
    bool hexadecimal = (*text)[0] == '0' && tolower((unsigned char)(*text)[1]) == 'x' && is_number(*text + 2, isxdigit);
    if (!hexadecimal && !is_number(*text, isdigit)) return 0;
    if (hexadecimal) *text += 2;
    const char *first = *text, *end = first;
    skip_digits(&end, hexadecimal ? isxdigit : isdigit);
    bool zero = strspn(first, "0.") >= (size_t)(end - first);
    uint64_t bits = hexadecimal ? read_hexadecimal(kind, text) : read_decimal(kind, text);
    if (bits == kind->infinity || (bits == 0 && !zero)) errno = ERANGE;
    return bits;
}

// The bits of the number that `text` begins with, with its sign at `sign`.
static uint64_t read_real(const kind_t* kind, const char* text, char** end, int sign) {
    const char* place = text;
    while (isspace((unsigned char)*place)) place++;
    bool negative = *place == '-';
    if (*place == '-' || *place == '+') place++;
    const char* first = place;
    uint64_t bits = read_magnitude(kind, &place);
    if (end != NULL) *end = (char*)(place == first ? text : place);
    return place == first ? 0 : bits | (uint64_t)negative << sign;
}

double strtod(const char* restrict text, char** restrict end) {
    uint64_t bits = read_real(&double_kind, text, end, 63);
    double number;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

float strtof(const char* restrict text, char** restrict end) {
    uint32_t bits = (uint32_t)read_real(&float_kind, text, end, 31);
    float number;
    memcpy(&number, &bits, sizeof(number));
    return number;
}

long double strtold(const char* restrict text, char** restrict end) { return strtod(text, end); }

double atof(const char* text) { return strtod(text, NULL); }
