// <setjmp.h>. Both functions are assembly as a whole: a compiler's own prologue would move the stack pointer.

#include <setjmp.h>

// Keeps what a called function has to keep, the caller's stack pointer and where setjmp returns to.
__asm__(
    ".section .text.setjmp, \"ax\"\n"
    ".globl setjmp\n"
    ".type setjmp, @function\n"
    "setjmp:\n"
    "    mov %rbx, (%rdi)\n"
    "    mov %rbp, 8(%rdi)\n"
    "    mov %r12, 16(%rdi)\n"
    "    mov %r13, 24(%rdi)\n"
    "    mov %r14, 32(%rdi)\n"
    "    mov %r15, 40(%rdi)\n"
    "    lea 8(%rsp), %rax\n"
    "    mov %rax, 48(%rdi)\n"
    "    mov (%rsp), %rax\n"
    "    mov %rax, 56(%rdi)\n"
    "    xor %eax, %eax\n"
    "    ret\n"
    ".size setjmp, . - setjmp\n");

// Returns from that setjmp once more, with `value`, or 1 for 0.
__asm__(
    ".section .text.longjmp, \"ax\"\n"
    ".globl longjmp\n"
    ".type longjmp, @function\n"
    "longjmp:\n"
    "    mov %esi, %eax\n"
    "    cmp $1, %eax\n"
    "    adc $0, %eax\n"
    "    mov (%rdi), %rbx\n"
    "    mov 8(%rdi), %rbp\n"
    "    mov 16(%rdi), %r12\n"
    "    mov 24(%rdi), %r13\n"
    "    mov 32(%rdi), %r14\n"
    "    mov 40(%rdi), %r15\n"
    "    mov 48(%rdi), %rsp\n"
    "    jmp *56(%rdi)\n"
    ".size longjmp, . - longjmp\n"
    ".text\n");
