// Magenta's system calls, as C functions. `_mx_NAME` is another name of `mx_NAME`.

#ifndef MAGENTA_SYSCALLS_H_
#define MAGENTA_SYSCALLS_H_

#include <magenta/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_MAGENTA_SYSCALLS_H
#include <hafnon/declared.h>

__END_CDECLS

#endif
