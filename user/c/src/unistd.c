// <unistd.h>, <sched.h>, <sys/random.h>: what the system has, waiting, random bytes. What is about files is in files.c,
// _exit in stdlib.c.

#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>
#include <zircon/syscalls.h>

long sysconf(int name) {
    switch (name) {
        case _SC_PAGESIZE: return zx_system_get_page_size();
        case _SC_NPROCESSORS_CONF: case _SC_NPROCESSORS_ONLN: return zx_system_get_num_cpus();
        default: errno = EINVAL; return -1;
    }
}

unsigned sleep(unsigned seconds) {
    zx_nanosleep(zx_deadline_after(ZX_SEC(seconds)));
    return 0;
}

int usleep(unsigned microseconds) {
    zx_nanosleep(zx_deadline_after(ZX_USEC(microseconds)));
    return 0;
}

int sched_yield(void) {
    zx_thread_legacy_yield(0);
    return 0;
}

ssize_t getrandom(void* buffer, size_t length, unsigned flags) {
    if ((flags & ~(unsigned)(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) != 0) {
        errno = EINVAL;
        return -1;
    }
    zx_cprng_draw(buffer, length);
    return (ssize_t)length;
}

#define MAX_ENTROPY 256

int getentropy(void* buffer, size_t length) {
    if (length > MAX_ENTROPY) {
        errno = EIO;
        return -1;
    }
    zx_cprng_draw(buffer, length);
    return 0;
}
