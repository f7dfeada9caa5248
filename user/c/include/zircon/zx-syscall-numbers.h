// The numbers with which the vDSO enters the kernel. Programs call its functions instead: a SYSCALL from anywhere else,
// or with a number that does not belong to its place, ends the process.

#ifndef ZIRCON_ZX_SYSCALL_NUMBERS_H_
#define ZIRCON_ZX_SYSCALL_NUMBERS_H_

#define HAFNON_DECLARED_ZIRCON_ZX_SYSCALL_NUMBERS_H
#include <hafnon/declared.h>

#endif
