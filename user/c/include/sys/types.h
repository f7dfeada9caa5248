// Types of POSIX.

#ifndef HAFNON_SYS_TYPES_H_
#define HAFNON_SYS_TYPES_H_

#include <stddef.h>
#include <time.h>

typedef long ssize_t;
typedef long off_t;
typedef unsigned mode_t;
typedef int pid_t;
typedef unsigned uid_t;
typedef unsigned gid_t;

#endif
