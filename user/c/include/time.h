// Time since boot. There is no calendar: TIME_UTC counts from boot too.

#ifndef HAFNON_TIME_H_
#define HAFNON_TIME_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef long time_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define TIME_UTC 1

int timespec_get(struct timespec* out, int base);

#ifdef __cplusplus
}
#endif
#endif
