// Options of data pipes.

#ifndef MAGENTA_SYSCALLS_DATAPIPE_H_
#define MAGENTA_SYSCALLS_DATAPIPE_H_

#include <magenta/types.h>

#define HAFNON_DECLARED_MAGENTA_SYSCALLS_DATAPIPE_H
#include <hafnon/declared.h>

#endif
