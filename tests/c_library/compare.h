// What the files of this comparison share: the functions of user/c under the names our_NAME, beside the host's.

#ifndef COMPARE_H_
#define COMPARE_H_

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The C library's own errno.
extern _Thread_local int hafnon_errno;

// Says what differs; the first few are enough.
__attribute__((format(printf, 1, 2))) void differs(const char* format, ...);

// The next of a row of numbers that is the same in every run, below `bound`.
uint64_t next(uint64_t bound);

// A string of at most `most` characters of `alphabet`.
const char* next_string(char* buffer, size_t most, const char* alphabet);

void compare_formats(void);
void compare_math(void);
void compare_numbers(void);
void compare_strings(void);

#endif
