// <string.h>: strings. memcpy, memmove, memset, memcmp and strlen are the Rust compiler's.

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void* memchr(const void* memory, int byte, size_t length) {
    const unsigned char* place = memory;
    for (; length > 0; place++, length--) {
        if (*place == (unsigned char)byte) return (void*)place;
    }
    return NULL;
}

size_t strnlen(const char* string, size_t most) {
    const char* end = memchr(string, 0, most);
    return end == NULL ? most : (size_t)(end - string);
}

int strncmp(const char* left, const char* right, size_t most) {
    for (; most > 0; left++, right++, most--) {
        if (*left != *right || *left == 0) return (unsigned char)*left - (unsigned char)*right;
    }
    return 0;
}

int strcmp(const char* left, const char* right) { return strncmp(left, right, SIZE_MAX); }

int strncasecmp(const char* left, const char* right, size_t most) {
    for (; most > 0; left++, right++, most--) {
        int difference = tolower((unsigned char)*left) - tolower((unsigned char)*right);
        if (difference != 0 || *left == 0) return difference;
    }
    return 0;
}

int strcasecmp(const char* left, const char* right) { return strncasecmp(left, right, SIZE_MAX); }

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

char* strstr(const char* string, const char* part) {
    size_t length = strlen(part);
    for (; *string != 0 || length == 0; string++) {
        if (strncmp(string, part, length) == 0) return (char*)string;
    }
    return NULL;
}

// How many bytes from the start on are in `set`, or are not.
static size_t span(const char* string, const char* set, int in) {
    size_t length = 0;
    while (string[length] != 0 && (strchr(set, string[length]) != NULL) == in) length++;
    return length;
}

size_t strspn(const char* string, const char* set) { return span(string, set, 1); }

size_t strcspn(const char* string, const char* set) { return span(string, set, 0); }

char* strncpy(char* restrict to, const char* restrict from, size_t length) {
    size_t used = strnlen(from, length);
    memcpy(to, from, used);
    memset(to + used, 0, length - used);
    return to;
}

char* strcpy(char* restrict to, const char* restrict from) { return memcpy(to, from, strlen(from) + 1); }

char* strncat(char* restrict to, const char* restrict from, size_t most) {
    char* end = to + strlen(to);
    size_t length = strnlen(from, most);
    memcpy(end, from, length);
    end[length] = 0;
    return to;
}

char* strcat(char* restrict to, const char* restrict from) { return strncat(to, from, SIZE_MAX); }

// As much as fits with its end; the length that was asked for.
size_t strlcpy(char* restrict to, const char* restrict from, size_t size) {
    size_t length = strlen(from);
    if (size > 0) {
        size_t used = length < size ? length : size - 1;
        memcpy(to, from, used);
        to[used] = 0;
    }
    return length;
}

size_t strlcat(char* restrict to, const char* restrict from, size_t size) {
    size_t length = strnlen(to, size);
    return length + strlcpy(to + length, from, size - length);
}

char* strtok_r(char* restrict string, const char* restrict set, char** restrict rest) {
    if (string == NULL) string = *rest;
    string += strspn(string, set);
    *rest = string + strcspn(string, set);
    if (*rest == string) return NULL;
    if (**rest != 0) *(*rest)++ = 0;
    return string;
}

char* strtok(char* restrict string, const char* restrict set) {
    static _Thread_local char* rest;
    return strtok_r(string, set, &rest);
}

void bzero(void* memory, size_t length) { memset(memory, 0, length); }

char* strndup(const char* string, size_t most) {
    size_t length = strnlen(string, most);
    char* copy = malloc(length + 1);
    if (copy == NULL) return NULL;
    copy[length] = 0;
    return memcpy(copy, string, length);
}

char* strdup(const char* string) { return strndup(string, SIZE_MAX); }

char* strpbrk(const char* string, const char* set) {
    string += strcspn(string, set);
    return *string == 0 ? NULL : (char*)string;
}

// Unlike strtok_r, two separators in a row have an empty string between them.
char* strsep(char** restrict string, const char* restrict set) {
    char* piece = *string;
    if (piece == NULL) return NULL;
    char* end = strpbrk(piece, set);
    *string = end == NULL ? NULL : end + 1;
    if (end != NULL) *end = 0;
    return piece;
}

void* mempcpy(void* restrict to, const void* restrict from, size_t length) {
    return (char*)memcpy(to, from, length) + length;
}

char* stpcpy(char* restrict to, const char* restrict from) {
    size_t length = strlen(from);
    return (char*)mempcpy(to, from, length + 1) - 1;
}

void* memccpy(void* restrict to, const void* restrict from, int byte, size_t length) {
    const char* last = memchr(from, byte, length);
    size_t used = last == NULL ? length : (size_t)(last - (const char*)from) + 1;
    void* end = mempcpy(to, from, used);
    return last == NULL ? NULL : end;
}

void* memrchr(const void* memory, int byte, size_t length) {
    const unsigned char* bytes = memory;
    while (length-- > 0) {
        if (bytes[length] == (unsigned char)byte) return (void*)(bytes + length);
    }
    return NULL;
}

int strcoll(const char* left, const char* right) { return strcmp(left, right); }

size_t strxfrm(char* restrict to, const char* restrict from, size_t size) { return strlcpy(to, from, size); }
