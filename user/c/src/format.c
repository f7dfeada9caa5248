// printf's conversions: d i u x X o p s c f F e E g G %, with the flags - 0 + # and space, width and precision (also
// *), and the lengths hh h l ll z j t L. Wide characters, %n and hexadecimal fractions do not exist.

#include "format.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zircon/syscalls.h>

// The most digits that a number is written with: those of the largest double, and a fraction.
#define MAX_DIGITS 720
#define MAX_PRECISION 400

// One conversion specification.
typedef struct {
    bool left, zero, plus, space, alternate, has_precision;
    int width, precision;
    int size;
} spec_t;

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

// A field of `prefix` and `body`, padded to the width.
static void put_field(sink_t* sink, const spec_t* spec, const char* prefix, const char* body, int length) {
    int prefix_length = (int)strlen(prefix);
    int padding = spec->width - prefix_length - length;
    if (!spec->left && !spec->zero) put_many(sink, ' ', padding);
    put_bytes(sink, prefix, prefix_length);
    if (!spec->left && spec->zero) put_many(sink, '0', padding);
    put_bytes(sink, body, length);
    if (spec->left) put_many(sink, ' ', padding);
}

static void put_number(sink_t* sink, spec_t* spec, const char* prefix, uintmax_t value, unsigned base, bool upper) {
    char digits[MAX_PRECISION];
    int start = sizeof(digits);
    const char* alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int least = spec->has_precision ? spec->precision : 1;
    if (spec->has_precision) spec->zero = false;
    for (; value != 0 || (int)sizeof(digits) - start < least; value /= base) digits[--start] = alphabet[value % base];
    put_field(sink, spec, prefix, digits + start, (int)sizeof(digits) - start);
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

static void put_float(sink_t* sink, spec_t* spec, double value, char conversion) {
    char digits[MAX_DIGITS];
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    const char* sign = bits >> 63 != 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";
    size_t length = 3;
    if (__builtin_isfinite(value)) {
        int precision = spec->has_precision ? spec->precision : 6;
        bits = bits << 1 >> 1;
        length = hafnon_format_float(digits, sizeof(digits), bits, tolower(conversion), precision, spec->alternate);
    } else {
        memcpy(digits, __builtin_isnan(value) ? "nan" : "inf", length);
        spec->zero = false;
    }
    for (size_t i = 0; i < length && isupper(conversion); i++) digits[i] = (char)toupper(digits[i]);
    put_field(sink, spec, sign, digits, (int)length);
}

static void put_string(sink_t* sink, spec_t* spec, const char* string) {
    if (string == NULL) string = "(null)";
    size_t most = spec->has_precision && spec->precision >= 0 ? (size_t)spec->precision : SIZE_MAX;
    spec->zero = false;
    put_field(sink, spec, "", string, (int)strnlen(string, most));
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
    for (*count = 0; *format >= '0' && *format <= '9'; format++) *count = *count * 10 + (*format - '0');
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
        spec->width = -spec->width;
    }
    if (*format == '.') {
        format = parse_count(&spec->precision, format + 1, arguments);
        spec->has_precision = spec->precision >= 0;
        if (spec->precision > MAX_PRECISION) spec->precision = MAX_PRECISION;
    }
    return parse_size(spec, format);
}

static void convert(sink_t* sink, spec_t* spec, char conversion, va_list* arguments) {
    char character;
    switch (conversion) {
        case 'd': case 'i': put_signed(sink, spec, next_signed(arguments, spec->size)); break;
        case 'u': put_number(sink, spec, "", next_unsigned(arguments, spec->size), 10, false); break;
        case 'o': put_number(sink, spec, spec->alternate ? "0" : "", next_unsigned(arguments, spec->size), 8, false); break;
        case 'x': case 'X':
            put_hexadecimal(sink, spec, next_unsigned(arguments, spec->size), conversion == 'X');
            break;
        case 'f': case 'F': case 'e': case 'E': case 'g': case 'G':
            if (spec->size == 'L') put_float(sink, spec, (double)va_arg(*arguments, long double), conversion);
            else put_float(sink, spec, va_arg(*arguments, double), conversion);
            break;
        case 'p': put_number(sink, spec, "0x", (uintptr_t)va_arg(*arguments, void*), 16, false); break;
        case 's': put_string(sink, spec, va_arg(*arguments, const char*)); break;
        case 'c':
            character = (char)va_arg(*arguments, int);
            put_field(sink, spec, "", &character, 1);
            break;
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
