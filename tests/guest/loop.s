# A user program that never makes a system call and never ends.
#
# as --64 -o loop.o loop.s && ld -pie --no-dynamic-linker -e start -o loop.elf loop.o

    .text
    .globl start
start:
    jmp start
