// Memory, numbers from text, the program's end.

#ifndef HAFNON_STDLIB_H_
#define HAFNON_STDLIB_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* memory, size_t size);
void free(void* memory);
long strtol(const char* text, char** end, int base);
int atoi(const char* text);
_Noreturn void exit(int code);
_Noreturn void abort(void);

#ifdef __cplusplus
}
#endif
#endif
