// printf's conversions: d i u x X o p s c f F e E g G a A n %, with the flags - 0 + # and space, width and precision
// (also *), and the lengths hh h l ll z j t L. Wide characters do not exist; a long double is printed as a double.

#include "format.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zircon/syscalls.h>

// The most digits behind the point that a double has, and a little more; what is asked for beyond that are zeros.
#define MAX_FRACTION 1100
#define MAX_DIGITS (MAX_FRACTION + 330)

// The digits of the largest integer in the smallest base.
#define MAX_INTEGER 22

// One conversion specification.
typedef struct {
    bool left, zero, plus, space, alternate, has_precision;
    int width, precision;
    int size;
} spec_t;

// What a conversion has to print: a sign or the like, `head`, so many zeros, `tail`.
typedef struct {
    const char *prefix, *head, *tail;
    int head_length, zeros, tail_length;
} field_t;

// Writes the digits of a double that is given as bits (float.rs).
size_t hafnon_format_float(char* out, size_t size, uint64_t bits, int conversion, int precision, bool alternate);

void sink_flush(sink_t* sink) {
    if (sink->console && sink->length > 0) {
        zx_debug_write(sink->buffer, sink->length);
        sink->length = 0;
    }
}

void sink_put(sink_t* sink, char character) {
    if (sink->console && sink->length == sink->size) sink_flush(sink);
    if (sink->length < sink->size) sink->buffer[sink->length++] = character;
    sink->total++;
}

static void put_many(sink_t* sink, char character, int count) {
    while (count-- > 0) sink_put(sink, character);
}

static void put_bytes(sink_t* sink, const char* bytes, int count) {
    for (int i = 0; i < count; i++) sink_put(sink, bytes[i]);
}

// Puts a field, padded to the width.
static void put_field(sink_t* sink, const spec_t* spec, const field_t* field) {
    int prefix_length = (int)strlen(field->prefix);
    int64_t length = (int64_t)prefix_length + field->head_length + field->zeros + field->tail_length;
    int padding = spec->width > length ? spec->width - (int)length : 0;
    if (!spec->left && !spec->zero) put_many(sink, ' ', padding);
    put_bytes(sink, field->prefix, prefix_length);
    if (!spec->left && spec->zero) put_many(sink, '0', padding);
    put_bytes(sink, field->head, field->head_length);
    put_many(sink, '0', field->zeros);
    put_bytes(sink, field->tail, field->tail_length);
    if (spec->left) put_many(sink, ' ', padding);
}

static void put_number(sink_t* sink, spec_t* spec, const char* prefix, uintmax_t value, unsigned base, bool upper) {
    char digits[MAX_INTEGER];
    const char* alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    field_t field = {.prefix = prefix, .tail = digits + sizeof(digits)};
    for (; value != 0; value /= base, field.tail_length++) *(char*)--field.tail = alphabet[value % base];
    int least = spec->has_precision ? spec->precision : 1;
    if (field.tail_length < least) field.zeros = least - field.tail_length;
    if (base == 8 && spec->alternate && field.zeros == 0) field.zeros = 1;
    if (spec->has_precision) spec->zero = false;
    put_field(sink, spec, &field);
}

static uintmax_t next_unsigned(va_list* arguments, int size) {
    switch (size) {
        case 'H': return (unsigned char)va_arg(*arguments, unsigned);
        case 'h': return (unsigned short)va_arg(*arguments, unsigned);
        case 0: return va_arg(*arguments, unsigned);
        default: return va_arg(*arguments, unsigned long);
    }
}

static intmax_t next_signed(va_list* arguments, int size) {
    switch (size) {
        case 'H': return (signed char)va_arg(*arguments, int);
        case 'h': return (short)va_arg(*arguments, int);
        case 0: return va_arg(*arguments, int);
        default: return va_arg(*arguments, long);
    }
}

static void put_signed(sink_t* sink, spec_t* spec, intmax_t value) {
    const char* sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    put_number(sink, spec, sign, value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value, 10, false);
}

// # asks for a prefix, which 0 does not get.
static void put_hexadecimal(sink_t* sink, spec_t* spec, uintmax_t value, bool upper) {
    const char* prefix = !spec->alternate || value == 0 ? "" : upper ? "0X" : "0x";
    put_number(sink, spec, prefix, value, 16, upper);
}

// What a conversion puts before the exponent, if it writes one. No digit looks like it.
static int exponent_letter(char conversion) {
    int letter = tolower(conversion) == 'a' ? 'p' : 'e';
    return isupper(conversion) ? toupper(letter) : letter;
}

// Puts `digits`, which have `spec->precision` of them behind the point, or MAX_FRACTION if those are fewer.
static void put_digits(sink_t* sink, const spec_t* spec, const char* prefix, const char* digits, int length,
                       char conversion) {
    field_t field = {.prefix = prefix, .head = digits, .head_length = length};
    bool trims = tolower(conversion) == 'g' && !spec->alternate;
    if (spec->has_precision && spec->precision > MAX_FRACTION && !trims) {
        field.zeros = spec->precision - MAX_FRACTION;
        const char* exponent = memchr(digits, exponent_letter(conversion), (size_t)length);
        if (exponent != NULL) {
            field.tail = exponent;
            field.head_length = (int)(exponent - digits);
            field.tail_length = length - field.head_length;
        }
    }
    put_field(sink, spec, &field);
}

static void put_finite(sink_t* sink, const spec_t* spec, const char* sign, uint64_t bits, char conversion) {
    char digits[MAX_DIGITS], prefix[4];
    int kind = tolower(conversion), precision = -1;
    if (spec->has_precision) precision = spec->precision < MAX_FRACTION ? spec->precision : MAX_FRACTION;
    strcat(strcpy(prefix, sign), kind != 'a' ? "" : isupper(conversion) ? "0X" : "0x");
    int length = (int)hafnon_format_float(digits, sizeof(digits), bits, kind, precision, spec->alternate);
    if (isupper(conversion)) {
        for (int i = 0; i < length; i++) digits[i] = (char)toupper(digits[i]);
    }
    put_digits(sink, spec, prefix, digits, length, conversion);
}

static void put_float(sink_t* sink, spec_t* spec, double value, char conversion) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    const char* sign = bits >> 63 != 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    if (__builtin_isfinite(value)) {
        put_finite(sink, spec, sign, bits << 1 >> 1, conversion);
        return;
    }
    bool upper = isupper(conversion), nan = __builtin_isnan(value);
    spec->zero = false;
    put_field(sink, spec, &(field_t){sign, upper ? nan ? "NAN" : "INF" : nan ? "nan" : "inf", "", 3, 0, 0});
}

static void put_string(sink_t* sink, spec_t* spec, const char* string) {
    if (string == NULL) string = "(null)";
    size_t most = spec->has_precision ? (size_t)spec->precision : INT_MAX;
    spec->zero = false;
    put_field(sink, spec, &(field_t){"", string, "", (int)strnlen(string, most), 0, 0});
}

// Tells the program how many characters there were so far.
static void store_total(const sink_t* sink, const spec_t* spec, void* place) {
    switch (spec->size) {
        case 'H': *(signed char*)place = (signed char)sink->total; break;
        case 'h': *(short*)place = (short)sink->total; break;
        case 0: *(int*)place = sink->total; break;
        default: *(long*)place = sink->total; break;
    }
}

static const char* parse_flags(spec_t* spec, const char* format) {
    for (;; format++) {
        switch (*format) {
            case '-': spec->left = true; break;
            case '0': spec->zero = true; break;
            case '+': spec->plus = true; break;
            case ' ': spec->space = true; break;
            case '#': spec->alternate = true; break;
            default: return format;
        }
    }
}

static const char* parse_count(int* count, const char* format, va_list* arguments) {
    if (*format == '*') {
        *count = va_arg(*arguments, int);
        return format + 1;
    }
    for (*count = 0; isdigit((unsigned char)*format); format++) {
        bool fits = *count <= (INT_MAX - 9) / 10;
        *count = fits ? *count * 10 + (*format - '0') : INT_MAX;
    }
    return format;
}

// Lengths become one letter: 'H' for hh, 'h', 'l' for all of 64 bits, 'L' for long double, 0 for int or double.
static const char* parse_size(spec_t* spec, const char* format) {
    for (;; format++) {
        switch (*format) {
            case 'h': spec->size = spec->size == 'h' ? 'H' : 'h'; break;
            case 'l': case 'z': case 'j': case 't': spec->size = 'l'; break;
            case 'L': spec->size = 'L'; break;
            default: return format;
        }
    }
}

static const char* parse_spec(spec_t* spec, const char* format, va_list* arguments) {
    format = parse_count(&spec->width, parse_flags(spec, format), arguments);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = spec->width == INT_MIN ? INT_MAX : -spec->width;
    }
    if (*format == '.') {
        format = parse_count(&spec->precision, format + 1, arguments);
        spec->has_precision = spec->precision >= 0;
    }
    return parse_size(spec, format);
}

static void convert(sink_t* sink, spec_t* spec, char conversion, va_list* arguments) {
    char character;
    switch (conversion) {
        case 'd': case 'i': put_signed(sink, spec, next_signed(arguments, spec->size)); break;
        case 'u': put_number(sink, spec, "", next_unsigned(arguments, spec->size), 10, false); break;
        case 'o': put_number(sink, spec, "", next_unsigned(arguments, spec->size), 8, false); break;
        case 'x': case 'X':
            put_hexadecimal(sink, spec, next_unsigned(arguments, spec->size), conversion == 'X');
            break;
        case 'f': case 'F': case 'e': case 'E': case 'g': case 'G': case 'a': case 'A':
            if (spec->size == 'L') put_float(sink, spec, (double)va_arg(*arguments, long double), conversion);
            else put_float(sink, spec, va_arg(*arguments, double), conversion);
            break;
        case 'p': put_number(sink, spec, "0x", (uintptr_t)va_arg(*arguments, void*), 16, false); break;
        case 's': put_string(sink, spec, va_arg(*arguments, const char*)); break;
        case 'c':
            character = (char)va_arg(*arguments, int);
            put_field(sink, spec, &(field_t){"", &character, "", 1, 0, 0});
            break;
        case 'n': store_total(sink, spec, va_arg(*arguments, void*)); break;
        default: sink_put(sink, conversion); break;
    }
}

int format_to(sink_t* sink, const char* format, va_list* arguments) {
    while (*format != 0) {
        if (*format != '%') {
            sink_put(sink, *format++);
            continue;
        }
        spec_t spec = {0};
        format = parse_spec(&spec, format + 1, arguments);
        if (*format == 0) break;
        convert(sink, &spec, *format++, arguments);
    }
    sink_flush(sink);
    return sink->total;
}
