# A guest of a few instructions, to test the host's side without the kernel.
#
# It says hello on COM1 and COM2, and then does what the first letter after `do=`
# at the beginning of its command line says: (e)xit with code 7, (p)anic, (t)riple
# fault, (h)alt for ever, (l)oop for ever, print (s)omething for ever, switch (o)ff
# without an exit code, or say so (w)ithout words that all is well. What its words mean
# stands in tests/machine.rs.
#
# as --32 -o guest.o guest.s && ld -m elf_i386 -Ttext=0x100000 -e start -o guest.elf guest.o

    .section .note.pvh, "a", @note
    .long 4, 4, 18              # name's size, value's size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long start

    .text
    .globl start
start:                          # ebx: hvm_start_info, whose word 6 is the command line
    movl 24(%ebx), %ebx
    movw $0x3f8, %dx
    movl $greeting, %esi
    call print
    movw $0x2f8, %dx
    movl $control, %esi
    call print
    movb 3(%ebx), %al
    cmpb $'p', %al
    je panic
    cmpb $'t', %al
    je triple
    cmpb $'h', %al
    je halt
    cmpb $'l', %al
    je loop
    cmpb $'s', %al
    je speak
    cmpb $'o', %al
    je off
    cmpb $'w', %al
    je wordless
    movl $last_words, %esi
    call print
off:
    movl $0x11, %eax
    jmp leave
wordless:
    movl $0x10, %eax
leave:
    movw $0xf4, %dx
    outl %eax, %dx
halt:
    cli
    hlt
    jmp halt
loop:
    jmp loop
panic:
    movl $panic_words, %esi
    call print
    movl $1, %eax
    movw $0xf4, %dx
    outl %eax, %dx
    jmp halt
triple:
    lidt nothing
    ud2
speak:
    movw $0x3f8, %dx
    movl $greeting, %esi
    call print
    jmp speak

print:                          # the string at esi, to the port in dx
    lodsb
    testb %al, %al
    jz 1f
    outb %al, %dx
    jmp print
1:  ret

    .section .rodata
greeting:
    .asciz "hello, console\n"
control:
    .asciz "KTAP version 1\n"
last_words:
    .asciz "DONE 7\n"
panic_words:
    .asciz "OOPS on purpose\nAT 0x100000\n"
nothing:
    .word 0
    .long 0
