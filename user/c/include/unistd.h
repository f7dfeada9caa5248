// The little of POSIX that programs for Zircon take for granted.

#ifndef HAFNON_UNISTD_H_
#define HAFNON_UNISTD_H_

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned sleep(unsigned seconds);
int usleep(unsigned microseconds);
__attribute__((noreturn)) void _exit(int code);

#ifdef __cplusplus
}
#endif
#endif
