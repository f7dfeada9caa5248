// <fcntl.h>, and what of <unistd.h> is about files: the console's three, and the lack of others.

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static int fail(int error) {
    errno = error;
    return -1;
}

static bool is_open(int file) { return file >= STDIN_FILENO && file <= STDERR_FILENO; }

static int open_nothing(int flags) { return fail((flags & O_CREAT) != 0 ? ENOSYS : ENOENT); }

int open(const char* path, int flags, ...) {
    (void)path;
    return open_nothing(flags);
}

int openat(int directory, const char* path, int flags, ...) {
    (void)directory, (void)path;
    return open_nothing(flags);
}

int creat(const char* path, mode_t mode) {
    (void)path, (void)mode;
    return open_nothing(O_CREAT);
}

int fcntl(int file, int command, ...) {
    if (!is_open(file)) return fail(EBADF);
    switch (command) {
        case F_GETFD: return 0;
        case F_GETFL: return file == STDIN_FILENO ? O_RDONLY : O_WRONLY;
        default: return fail(EINVAL);
    }
}

ssize_t write(int file, const void* bytes, size_t length) {
    if (file != STDOUT_FILENO && file != STDERR_FILENO) return fail(EBADF);
    return (ssize_t)fwrite(bytes, 1, length, stdout);
}

ssize_t read(int file, void* bytes, size_t length) {
    (void)bytes, (void)length;
    return file == STDIN_FILENO ? 0 : fail(EBADF);
}

int close(int file) { return is_open(file) ? 0 : fail(EBADF); }
