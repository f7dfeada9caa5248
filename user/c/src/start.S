// The first instructions of a C program: align the stack, find our own image, go on in C (start.c).
// Entered with the bootstrap channel's handle in rdi and the vDSO's base address in rsi.

    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp
    andq $-16, %rsp
    leaq __ehdr_start(%rip), %rdx
    leaq _DYNAMIC(%rip), %rcx
    call hafnon_start
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
