// Opening files, of which there are none.

#ifndef HAFNON_FCNTL_H_
#define HAFNON_FCNTL_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define O_RDONLY 0
#define O_WRONLY 01
#define O_RDWR 02
#define O_ACCMODE 03
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_DSYNC 010000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_RSYNC O_SYNC

#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define FD_CLOEXEC 1

#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_SYMLINK_FOLLOW 0x400
#define AT_EACCESS 0x200

// There is no file of any name: ENOENT. Where one is to be made there is no file system for it: ENOSYS.
int open(const char* path, int flags, ...);
int openat(int directory, const char* path, int flags, ...);
int creat(const char* path, mode_t mode);

// Of standard input, output and error the flags can be asked for. EBADF for others, EINVAL for the rest.
int fcntl(int file, int command, ...);

#ifdef __cplusplus
}
#endif
#endif
