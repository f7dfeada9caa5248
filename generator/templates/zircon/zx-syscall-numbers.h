// The numbers with which the vDSO enters the kernel. Programs call its functions instead: a SYSCALL from anywhere else,
// or with a number that does not belong to its place, ends the process.

@numbers@
