// Memory, numbers from text, sorting and searching, the program's end.

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
void* aligned_alloc(size_t alignment, size_t size);
void free(void* memory);

long strtol(const char* __restrict text, char** __restrict end, int base);
long long strtoll(const char* __restrict text, char** __restrict end, int base);
unsigned long strtoul(const char* __restrict text, char** __restrict end, int base);
unsigned long long strtoull(const char* __restrict text, char** __restrict end, int base);
int atoi(const char* text);
long atol(const char* text);
long long atoll(const char* text);

int abs(int number);
long labs(long number);
long long llabs(long long number);

void qsort(void* items, size_t count, size_t size, int (*compare)(const void*, const void*));
void* bsearch(const void* key, const void* items, size_t count, size_t size, int (*compare)(const void*, const void*));

#define RAND_MAX 0x7fff
int rand(void);
void srand(unsigned seed);

char* getenv(const char* name);
int atexit(void (*function)(void));
__attribute__((noreturn)) void exit(int code);
__attribute__((noreturn)) void _Exit(int code);
__attribute__((noreturn)) void abort(void);

#ifdef __cplusplus
}
#endif
#endif
