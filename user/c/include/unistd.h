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
__attribute__((__noreturn__)) void _exit(int code);

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

// Writes to the console, as standard output or error; there are no other files.
ssize_t write(int file, const void* bytes, size_t length);

// Standard input is at its end.
ssize_t read(int file, void* bytes, size_t length);

// Those three files stay open: nothing stands behind their numbers. EBADF for others.
int close(int file);

// As in <sys/random.h>.
int getentropy(void* buffer, size_t length);

#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE _SC_PAGESIZE
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84

// What the system has of something; -1 for what is not known.
long sysconf(int name);

#ifdef __cplusplus
}
#endif
#endif
