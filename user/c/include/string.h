// Memory and strings.

#ifndef HAFNON_STRING_H_
#define HAFNON_STRING_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void* __restrict to, const void* __restrict from, size_t length);
void* memmove(void* to, const void* from, size_t length);
void* memset(void* to, int byte, size_t length);
int memcmp(const void* left, const void* right, size_t length);
void* memchr(const void* memory, int byte, size_t length);
size_t strlen(const char* string);
size_t strnlen(const char* string, size_t most);
int strcmp(const char* left, const char* right);
int strncmp(const char* left, const char* right, size_t most);
char* strcpy(char* __restrict to, const char* __restrict from);
char* strncpy(char* __restrict to, const char* __restrict from, size_t length);
char* strcat(char* __restrict to, const char* __restrict from);
char* strncat(char* __restrict to, const char* __restrict from, size_t most);
char* strchr(const char* string, int byte);
char* strrchr(const char* string, int byte);
char* strstr(const char* string, const char* part);
size_t strlcpy(char* __restrict to, const char* __restrict from, size_t size);
size_t strlcat(char* __restrict to, const char* __restrict from, size_t size);
char* strtok(char* __restrict string, const char* __restrict set);
char* strtok_r(char* __restrict string, const char* __restrict set, char** __restrict rest);
size_t strspn(const char* string, const char* set);
size_t strcspn(const char* string, const char* set);
int strcasecmp(const char* left, const char* right);
int strncasecmp(const char* left, const char* right, size_t most);
void bzero(void* memory, size_t length);
char* strdup(const char* string);
char* strndup(const char* string, size_t most);
char* strpbrk(const char* string, const char* set);
char* strsep(char** __restrict string, const char* __restrict set);
char* stpcpy(char* __restrict to, const char* __restrict from);
void* memccpy(void* __restrict to, const void* __restrict from, int byte, size_t length);
void* mempcpy(void* __restrict to, const void* __restrict from, size_t length);
void* memrchr(const void* memory, int byte, size_t length);

// There is one locale, in which characters are ordered as bytes.
int strcoll(const char* left, const char* right);
size_t strxfrm(char* __restrict to, const char* __restrict from, size_t size);

// What an error number says; it may change with the thread's next call for a number that is none of <errno.h>.
char* strerror(int number);

#ifdef __cplusplus
}
#endif
#endif
