// <string.h>: memory and strings.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

void* memcpy(void* restrict to, const void* restrict from, size_t length) {
    void* start = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return start;
}

void* memset(void* to, int byte, size_t length) {
    void* start = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(byte) : "memory");
    return start;
}

void* memmove(void* to, const void* from, size_t length) {
    if ((uintptr_t)to - (uintptr_t)from >= length) return memcpy(to, from, length);
    unsigned char* target = to;
    const unsigned char* source = from;
    while (length-- > 0) target[length] = source[length];
    return to;
}

int memcmp(const void* left, const void* right, size_t length) {
    const unsigned char *a = left, *b = right;
    for (; length > 0; a++, b++, length--) {
        if (*a != *b) return *a - *b;
    }
    return 0;
}

void* memchr(const void* memory, int byte, size_t length) {
    const unsigned char* place = memory;
    for (; length > 0; place++, length--) {
        if (*place == (unsigned char)byte) return (void*)place;
    }
    return NULL;
}

size_t strnlen(const char* string, size_t most) {
    size_t length = 0;
    while (length < most && string[length] != 0) length++;
    return length;
}

size_t strlen(const char* string) { return strnlen(string, SIZE_MAX); }

int strncmp(const char* left, const char* right, size_t most) {
    for (; most > 0; left++, right++, most--) {
        if (*left != *right || *left == 0) return (unsigned char)*left - (unsigned char)*right;
    }
    return 0;
}

int strcmp(const char* left, const char* right) { return strncmp(left, right, SIZE_MAX); }

char* strchr(const char* string, int byte) {
    for (;; string++) {
        if (*string == (char)byte) return (char*)string;
        if (*string == 0) return NULL;
    }
}

char* strrchr(const char* string, int byte) {
    const char* last = NULL;
    for (;; string++) {
        if (*string == (char)byte) last = string;
        if (*string == 0) return (char*)last;
    }
}

char* strncpy(char* restrict to, const char* restrict from, size_t length) {
    size_t used = strnlen(from, length);
    memcpy(to, from, used);
    memset(to + used, 0, length - used);
    return to;
}

char* strcpy(char* restrict to, const char* restrict from) {
    return memcpy(to, from, strlen(from) + 1);
}

char* strcat(char* restrict to, const char* restrict from) {
    strcpy(to + strlen(to), from);
    return to;
}

char* strstr(const char* string, const char* part) {
    size_t length = strlen(part);
    for (; *string != 0 || length == 0; string++) {
        if (strncmp(string, part, length) == 0) return (char*)string;
    }
    return NULL;
}
