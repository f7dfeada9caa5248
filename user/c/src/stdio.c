// <stdio.h>: formatted output to the debug console.
//
// Conversions: d i u x X o p s c %, with the flags - 0 + # and space, width and precision (also *), and the
// lengths hh h l ll z j t. No floating point.

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zircon/syscalls.h>

// Where characters go: a buffer that stops taking them when full, or the console, line by line.
typedef struct {
    char* buffer;
    size_t size;
    size_t length;
    bool console;
    int total;
} sink_t;

// One conversion specification.
typedef struct {
    bool left, zero, plus, space, alternate, has_precision;
    int width, precision;
    int size;
} spec_t;

static void flush(sink_t* sink) {
    if (sink->console && sink->length > 0) {
        zx_debug_write(sink->buffer, sink->length);
        sink->length = 0;
    }
}

static void put(sink_t* sink, char character) {
    if (sink->console && sink->length == sink->size) flush(sink);
    if (sink->length < sink->size) sink->buffer[sink->length++] = character;
    sink->total++;
}

static void put_many(sink_t* sink, char character, int count) {
    while (count-- > 0) put(sink, character);
}

static void put_bytes(sink_t* sink, const char* bytes, int count) {
    for (int i = 0; i < count; i++) put(sink, bytes[i]);
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
    char digits[64];
    int start = sizeof(digits);
    const char* alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int least = spec->has_precision ? spec->precision : 1;
    if (spec->has_precision) spec->zero = false;
    if (least > (int)sizeof(digits)) least = sizeof(digits);
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

// Lengths become one letter: 'H' for hh, 'h', 'l' for all of 64 bits, 0 for int.
static const char* parse_size(spec_t* spec, const char* format) {
    for (;; format++) {
        switch (*format) {
            case 'h': spec->size = spec->size == 'h' ? 'H' : 'h'; break;
            case 'l': case 'z': case 'j': case 't': spec->size = 'l'; break;
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
    }
    return parse_size(spec, format);
}

static void convert(sink_t* sink, spec_t* spec, char conversion, va_list* arguments) {
    char character;
    switch (conversion) {
        case 'd': case 'i': put_signed(sink, spec, next_signed(arguments, spec->size)); break;
        case 'u': put_number(sink, spec, "", next_unsigned(arguments, spec->size), 10, false); break;
        case 'o': put_number(sink, spec, spec->alternate ? "0" : "", next_unsigned(arguments, spec->size), 8, false); break;
        case 'x': put_number(sink, spec, spec->alternate ? "0x" : "", next_unsigned(arguments, spec->size), 16, false); break;
        case 'X': put_number(sink, spec, spec->alternate ? "0X" : "", next_unsigned(arguments, spec->size), 16, true); break;
        case 'p': put_number(sink, spec, "0x", (uintptr_t)va_arg(*arguments, void*), 16, false); break;
        case 's': put_string(sink, spec, va_arg(*arguments, const char*)); break;
        case 'c':
            character = (char)va_arg(*arguments, int);
            put_field(sink, spec, "", &character, 1);
            break;
        default: put(sink, conversion); break;
    }
}

static int format_to(sink_t* sink, const char* format, va_list* arguments) {
    while (*format != 0) {
        if (*format != '%') {
            put(sink, *format++);
            continue;
        }
        spec_t spec = {0};
        format = parse_spec(&spec, format + 1, arguments);
        if (*format == 0) break;
        convert(sink, &spec, *format++, arguments);
    }
    flush(sink);
    return sink->total;
}

int vsnprintf(char* buffer, size_t size, const char* format, va_list arguments) {
    va_list copy;
    va_copy(copy, arguments);
    sink_t sink = {.buffer = buffer, .size = size > 0 ? size - 1 : 0};
    int total = format_to(&sink, format, &copy);
    va_end(copy);
    if (size > 0) buffer[sink.length] = 0;
    return total;
}

int snprintf(char* buffer, size_t size, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int total = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return total;
}

int vprintf(const char* format, va_list arguments) {
    char line[256];
    va_list copy;
    va_copy(copy, arguments);
    sink_t sink = {.buffer = line, .size = sizeof(line), .console = true};
    int total = format_to(&sink, format, &copy);
    va_end(copy);
    return total;
}

int printf(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int total = vprintf(format, arguments);
    va_end(arguments);
    return total;
}

int puts(const char* string) { return printf("%s\n", string); }

int putchar(int character) {
    char byte = (char)character;
    zx_debug_write(&byte, 1);
    return (unsigned char)byte;
}
