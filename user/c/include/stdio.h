// Formatted output to the debug console. There are no files.

#ifndef HAFNON_STDIO_H_
#define HAFNON_STDIO_H_

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

int printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char* buffer, size_t size, const char* format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char* format, va_list arguments) __attribute__((format(printf, 1, 0)));
int vsnprintf(char* buffer, size_t size, const char* format, va_list arguments) __attribute__((format(printf, 3, 0)));
int puts(const char* string);
int putchar(int character);

#ifdef __cplusplus
}
#endif
#endif
