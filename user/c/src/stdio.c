// <stdio.h>: output to strings and to the debug console, and the lack of input. The conversions are in format.c.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zircon/syscalls.h>

#include "format.h"

// Output goes out in pieces of this many bytes, at the latest when the function returns.
#define PIECE 256

struct hafnon_file {
    bool ended;  // somebody tried to read
};

static FILE files[3];
FILE* const stdin = &files[0];
FILE* const stdout = &files[1];
FILE* const stderr = &files[2];

int vsnprintf(char* restrict buffer, size_t size, const char* restrict format, va_list arguments) {
    va_list copy;
    va_copy(copy, arguments);
    sink_t sink = {.buffer = buffer, .size = size > 0 ? size - 1 : 0};
    int total = format_to(&sink, format, &copy);
    va_end(copy);
    if (size > 0) buffer[sink.length] = 0;
    return total;
}

int vsprintf(char* restrict buffer, const char* restrict format, va_list arguments) {
    // As much as there can be without the addresses wrapping around.
    return vsnprintf(buffer, UINTPTR_MAX - (uintptr_t)buffer, format, arguments);
}

int vprintf(const char* restrict format, va_list arguments) {
    char piece[PIECE];
    va_list copy;
    va_copy(copy, arguments);
    sink_t sink = {.buffer = piece, .size = sizeof(piece), .console = true};
    int total = format_to(&sink, format, &copy);
    va_end(copy);
    return total;
}

int vfprintf(FILE* restrict file, const char* restrict format, va_list arguments) {
    (void)file;
    return vprintf(format, arguments);
}

// The body of a function that is `call` with the arguments after `format` as a va_list.
#define WITH_ARGUMENTS(call)      \
    va_list arguments;            \
    va_start(arguments, format);  \
    int total = call;             \
    va_end(arguments);            \
    return total

int printf(const char* restrict format, ...) { WITH_ARGUMENTS(vprintf(format, arguments)); }

int fprintf(FILE* restrict file, const char* restrict format, ...) {
    WITH_ARGUMENTS(vfprintf(file, format, arguments));
}

int sprintf(char* restrict buffer, const char* restrict format, ...) {
    WITH_ARGUMENTS(vsprintf(buffer, format, arguments));
}

int snprintf(char* restrict buffer, size_t size, const char* restrict format, ...) {
    WITH_ARGUMENTS(vsnprintf(buffer, size, format, arguments));
}

size_t fwrite(const void* restrict items, size_t size, size_t count, FILE* restrict file) {
    (void)file;
    const char* bytes = items;
    size_t length;
    if (__builtin_mul_overflow(size, count, &length)) return 0;
    for (size_t done = 0; done < length; done += PIECE) {
        zx_debug_write(bytes + done, length - done < PIECE ? length - done : PIECE);
    }
    return count;
}

int fputs(const char* restrict string, FILE* restrict file) {
    fwrite(string, 1, strlen(string), file);
    return 0;
}

int fputc(int character, FILE* file) {
    char byte = (char)character;
    fwrite(&byte, 1, 1, file);
    return (unsigned char)byte;
}

int putc(int character, FILE* file) { return fputc(character, file); }

int putchar(int character) { return fputc(character, stdout); }

int puts(const char* string) { return printf("%s\n", string); }

int fflush(FILE* file) {
    (void)file;
    return 0;
}

int setvbuf(FILE* restrict file, char* restrict buffer, int mode, size_t size) {
    (void)file, (void)buffer, (void)size;
    return mode == _IOFBF || mode == _IOLBF || mode == _IONBF ? 0 : -1;
}

void setbuf(FILE* restrict file, char* restrict buffer) { setvbuf(file, buffer, _IOFBF, BUFSIZ); }

int fgetc(FILE* file) {
    file->ended = true;
    return EOF;
}

int getc(FILE* file) { return fgetc(file); }

int getchar(void) { return fgetc(stdin); }

char* fgets(char* restrict buffer, int size, FILE* restrict file) {
    (void)buffer, (void)size;
    fgetc(file);
    return NULL;
}

size_t fread(void* restrict items, size_t size, size_t count, FILE* restrict file) {
    (void)items, (void)size, (void)count;
    fgetc(file);
    return 0;
}

int feof(FILE* file) { return file->ended; }

int ferror(FILE* file) {
    (void)file;
    return 0;
}

void clearerr(FILE* file) { file->ended = false; }
