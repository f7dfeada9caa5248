// Formatted output to the debug console. There are no files, and nothing is kept back: a line is out when the
// function returns.

#ifndef HAFNON_STDIO_H_
#define HAFNON_STDIO_H_

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EOF (-1)

// The console, under two names.
typedef struct hafnon_file FILE;
extern FILE* const stdout;
extern FILE* const stderr;

int printf(const char* __restrict format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE* __restrict file, const char* __restrict format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char* __restrict buffer, const char* __restrict format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char* __restrict buffer, size_t size, const char* __restrict format, ...)
    __attribute__((format(printf, 3, 4)));
int vprintf(const char* __restrict format, va_list arguments) __attribute__((format(printf, 1, 0)));
int vfprintf(FILE* __restrict file, const char* __restrict format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
int vsprintf(char* __restrict buffer, const char* __restrict format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
int vsnprintf(char* __restrict buffer, size_t size, const char* __restrict format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

int puts(const char* string);
int putchar(int character);
int putc(int character, FILE* file);
int fputc(int character, FILE* file);
int fputs(const char* __restrict string, FILE* __restrict file);
size_t fwrite(const void* __restrict items, size_t size, size_t count, FILE* __restrict file);
int fflush(FILE* file);

#ifdef __cplusplus
}
#endif
#endif
