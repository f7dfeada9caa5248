// Memory, numbers from text, sorting and searching, the program's end.

#ifndef HAFNON_STDLIB_H_
#define HAFNON_STDLIB_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

// Memory that is not there is null, and errno is ENOMEM. Large memory is made of pages that are taken when they are
// touched first; free gives them back.
void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* memory, size_t size);
void* reallocarray(void* memory, size_t count, size_t size);
void* aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void** out, size_t alignment, size_t size);
void free(void* memory);

long strtol(const char* __restrict text, char** __restrict end, int base);
long long strtoll(const char* __restrict text, char** __restrict end, int base);
unsigned long strtoul(const char* __restrict text, char** __restrict end, int base);
unsigned long long strtoull(const char* __restrict text, char** __restrict end, int base);
int atoi(const char* text);
long atol(const char* text);
long long atoll(const char* text);

// A long double has no more digits than a double here.
double strtod(const char* __restrict text, char** __restrict end);
float strtof(const char* __restrict text, char** __restrict end);
long double strtold(const char* __restrict text, char** __restrict end);
double atof(const char* text);

int abs(int number);
long labs(long number);
long long llabs(long long number);

typedef struct {
    int quot, rem;
} div_t;

typedef struct {
    long quot, rem;
} ldiv_t;

typedef struct {
    long long quot, rem;
} lldiv_t;

div_t div(int number, int divisor);
ldiv_t ldiv(long number, long divisor);
lldiv_t lldiv(long long number, long long divisor);

void qsort(void* items, size_t count, size_t size, int (*compare)(const void*, const void*));
void* bsearch(const void* key, const void* items, size_t count, size_t size, int (*compare)(const void*, const void*));

#define RAND_MAX 0x7fffffff
int rand(void);
void srand(unsigned seed);

char* getenv(const char* name);
int atexit(void (*function)(void));
int at_quick_exit(void (*function)(void));
__attribute__((__noreturn__)) void exit(int code);
__attribute__((__noreturn__)) void quick_exit(int code);
__attribute__((__noreturn__)) void _Exit(int code);
__attribute__((__noreturn__)) void abort(void);

#ifdef __cplusplus
}
#endif
#endif
