// Time since boot. There is no calendar: time, TIME_UTC and CLOCK_REALTIME count from boot too.

#ifndef HAFNON_TIME_H_
#define HAFNON_TIME_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef long time_t;

time_t time(time_t* out);
double difftime(time_t later, time_t earlier);

// Of the processors' time only the clock on the wall is known: microseconds since boot.
typedef long clock_t;

#define CLOCKS_PER_SEC 1000000L

clock_t clock(void);

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define TIME_UTC 1

int timespec_get(struct timespec* out, int base);

typedef int clockid_t;

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1

int clock_gettime(clockid_t clock, struct timespec* out);
int nanosleep(const struct timespec* duration, struct timespec* remaining);

#ifdef __cplusplus
}
#endif
#endif
