// <time.h>: time since boot, as there is no calendar yet, and waiting.

#include <errno.h>
#include <time.h>

#include "internal.h"

time_t time(time_t* out) {
    time_t now = (time_t)(zx_clock_get_monotonic() / ZX_SEC(1));
    if (out != NULL) *out = now;
    return now;
}

double difftime(time_t later, time_t earlier) { return (double)later - (double)earlier; }

clock_t clock(void) { return (clock_t)(zx_clock_get_monotonic() / (ZX_SEC(1) / CLOCKS_PER_SEC)); }

int timespec_get(struct timespec* out, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, out) == 0 ? base : 0;
}

int clock_gettime(clockid_t clock, struct timespec* out) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        errno = EINVAL;
        return -1;
    }
    *out = zx_timespec_from_duration(zx_clock_get_monotonic());
    return 0;
}

zx_time_t deadline_of(const struct timespec* time) { return zx_duration_from_timespec(*time); }

// Nothing interrupts a sleep, so nothing remains.
int nanosleep(const struct timespec* duration, struct timespec* remaining) {
    if (remaining != NULL) *remaining = (struct timespec){0, 0};
    zx_nanosleep(zx_deadline_after(zx_duration_from_timespec(*duration)));
    return 0;
}

int thrd_sleep(const struct timespec* duration, struct timespec* remaining) { return nanosleep(duration, remaining); }
