// The older half of <string.h>, and the lowest set bit.

#ifndef HAFNON_STRINGS_H_
#define HAFNON_STRINGS_H_

#include <string.h>

// Its place, counted from 1; 0 if there is none.
static inline int ffs(int number) { return __builtin_ffs(number); }
static inline int ffsl(long number) { return __builtin_ffsl(number); }
static inline int ffsll(long long number) { return __builtin_ffsll(number); }

#endif
