// <unistd.h>, <sched.h>: output, what the system has, waiting. _exit is in stdlib.c.

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>
#include <zircon/syscalls.h>

ssize_t write(int file, const void* bytes, size_t length) {
    if (file != STDOUT_FILENO && file != STDERR_FILENO) {
        errno = EBADF;
        return -1;
    }
    return (ssize_t)fwrite(bytes, 1, length, stdout);
}

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
