// Formatted output to the debug console. There are no files, and nothing is kept back: a line is out when the
// function returns. There is no input: stdin is at its end.

#ifndef HAFNON_STDIO_H_
#define HAFNON_STDIO_H_

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EOF (-1)

// Both outputs are the console.
typedef struct hafnon_file FILE;
extern FILE* const stdin;
extern FILE* const stdout;
extern FILE* const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

int printf(const char* __restrict format, ...) __attribute__((__format__(__printf__, 1, 2)));
int fprintf(FILE* __restrict file, const char* __restrict format, ...) __attribute__((__format__(__printf__, 2, 3)));
int sprintf(char* __restrict buffer, const char* __restrict format, ...) __attribute__((__format__(__printf__, 2, 3)));
int snprintf(char* __restrict buffer, size_t size, const char* __restrict format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
int vprintf(const char* __restrict format, va_list arguments) __attribute__((__format__(__printf__, 1, 0)));
int vfprintf(FILE* __restrict file, const char* __restrict format, va_list arguments)
    __attribute__((__format__(__printf__, 2, 0)));
int vsprintf(char* __restrict buffer, const char* __restrict format, va_list arguments)
    __attribute__((__format__(__printf__, 2, 0)));
int vsnprintf(char* __restrict buffer, size_t size, const char* __restrict format, va_list arguments)
    __attribute__((__format__(__printf__, 3, 0)));

int puts(const char* string);
int putchar(int character);
int putc(int character, FILE* file);
int fputc(int character, FILE* file);
int fputs(const char* __restrict string, FILE* __restrict file);
size_t fwrite(const void* __restrict items, size_t size, size_t count, FILE* __restrict file);
int fflush(FILE* file);

// What is wrong, as errno says.
void perror(const char* what);

int getchar(void);
int getc(FILE* file);
int fgetc(FILE* file);
char* fgets(char* __restrict buffer, int size, FILE* __restrict file);
size_t fread(void* __restrict items, size_t size, size_t count, FILE* __restrict file);
int feof(FILE* file);
int ferror(FILE* file);
void clearerr(FILE* file);

#define BUFSIZ 256
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

// Nothing is buffered, whatever is asked for.
int setvbuf(FILE* __restrict file, char* __restrict buffer, int mode, size_t size);
void setbuf(FILE* __restrict file, char* __restrict buffer);

#ifdef __cplusplus
}
#endif
#endif
