// <time.h>: time since boot; there is no calendar yet.

#include <time.h>

#include "internal.h"

int timespec_get(struct timespec* out, int base) {
    if (base != TIME_UTC) return 0;
    *out = zx_timespec_from_duration(zx_clock_get_monotonic());
    return base;
}

zx_time_t deadline_of(const struct timespec* time) { return zx_duration_from_timespec(*time); }
