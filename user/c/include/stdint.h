// Integers of a known size: the compiler's own, which it keeps for itself when a program is a hosted one.

#if __has_include(<stdint-gcc.h>)
#include <stdint-gcc.h>
#else
#include_next <stdint.h>
#endif
