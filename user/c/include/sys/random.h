// Random bytes, from the kernel's generator.

#ifndef HAFNON_SYS_RANDOM_H_
#define HAFNON_SYS_RANDOM_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// The generator is seeded before the first program runs, so none of these changes anything. Other flags are EINVAL.
#define GRND_NONBLOCK 1
#define GRND_RANDOM 2
#define GRND_INSECURE 4

ssize_t getrandom(void* buffer, size_t length, unsigned flags);

// No more than 256 bytes at a time: EIO.
int getentropy(void* buffer, size_t length);

#ifdef __cplusplus
}
#endif
#endif
