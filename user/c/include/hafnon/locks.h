// What a mutex, a condition variable and a flag of "once" are: <threads.h> and <pthread.h> each give them names of their
// own. Zeros are one that nobody uses yet.

#ifndef HAFNON_LOCKS_H_
#define HAFNON_LOCKS_H_

#include <zircon/types.h>

#ifdef __cplusplus
#define HAFNON_ZERO {}
#else
#define HAFNON_ZERO {0}
#endif

struct hafnon_mutex {
    zx_futex_t word;
    int type;
    int depth;
};

struct hafnon_condition {
    zx_futex_t signals;
};

struct hafnon_once {
    zx_futex_t state;
};

#endif
