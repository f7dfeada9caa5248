# A guest of a few instructions with tests in it, to test the runner without a kernel.
#
# Its command line begins with `test=NAME`, and then it reports on COM2, as a kernel does; or the name is
# that of `arg=NAME` at its end, and then it reports on COM1, as a program does. The first letter of the
# name says what it does:
#
#   p  (passes…)       announces the test, reports `ok`, exits with 0
#   f  (fails…)        announces it, reports `not ok`, exits with 0
#   b  (bad…)          announces it, reports `ok`, exits with 1
#   e  (ends…)         announces it, exits with 0
#   u  (unannounced…)  reports `ok`, exits with 0
#   h  (hangs…)        announces it, and hangs
#   c  (crashes…)      announces it, and panics
#   r  (resets…)       announces it, and resets the machine
#   s  (silent…)       does nothing but exit with 0

    .section .hafnon_tests
    .ascii "passes\n"
    .ascii "passes_on_each cpus=1,2\n"
    .ascii "fails\n"
    .ascii "bad_exit_code\n"
    .ascii "ends_without_a_result\n"
    .ascii "unannounced\n"
    .ascii "hangs timeout=8\n"
    .ascii "crashes\n"
    .ascii "crashes_as_it_should expect=panic\n"
    .ascii "resets_as_it_should expect=reset\n"
    .ascii "silent\n"

    .section .note.pvh, "a", @note
    .long 4, 4, 18              # name's size, value's size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long start

    .text
    .globl start
start:                          # ebx: hvm_start_info, whose word 6 is the command line
    movl $0x200000, %esp
    movl 24(%ebx), %ebx
    movw $0x2f8, %bp            # the port to report to
    leal 5(%ebx), %edi          # the name: after `test=`,
    cmpb $'t', (%ebx)
    je run
    movw $0x3f8, %bp
1:  movb (%ebx), %al            # or after the last `=`
    testb %al, %al
    jz run
    incl %ebx
    cmpb $'=', %al
    jne 1b
    movl %ebx, %edi
    jmp 1b

run:
    movb (%edi), %cl
    cmpb $'s', %cl
    je exit
    cmpb $'u', %cl
    je ok
    movl $start_words, %esi
    call report
    cmpb $'p', %cl
    je ok
    cmpb $'b', %cl
    je ok
    cmpb $'f', %cl
    je not_ok
    cmpb $'e', %cl
    je exit
    cmpb $'c', %cl
    je panic
    cmpb $'r', %cl
    je reset
halt:
    cli
    hlt
    jmp halt

not_ok:
    movl $not_ok_words, %esi
    call report
    jmp exit
ok:
    movl $ok_words, %esi
    call report
    cmpb $'b', %cl
    jne exit
    movl $bad_exit_words, %esi
    jmp leave
exit:
    movl $exit_words, %esi
leave:
    xorl %ebx, %ebx
    jmp last_words
panic:
    movl $panic_words, %esi
    movl $1, %ebx
last_words:                     # the words at esi on COM2, and isa-debug-exit with ebx
    movw $0x2f8, %dx
    call print
    movl %ebx, %eax
    movw $0xf4, %dx
    outl %eax, %dx
    jmp halt
reset:
    lidt nothing
    ud2

report:                         # the words at esi and the test's name, as a line to the port in bp
    movw %bp, %dx
    call print
    movl %edi, %esi
    call print
    movb $'\n', %al
    outb %al, %dx
    ret
print:                          # the string at esi, to the port in dx
    lodsb
    testb %al, %al
    jz 1f
    outb %al, %dx
    jmp print
1:  ret

    .section .rodata
start_words:
    .asciz "# start "
ok_words:
    .asciz "ok 1 "
not_ok_words:
    .asciz "not ok 1 "
exit_words:
    .asciz "hafnon: exit 0\n"
bad_exit_words:
    .asciz "hafnon: exit 1\n"
panic_words:
    .asciz "hafnon: panic on purpose\nhafnon: backtrace 0x100000\n"
nothing:
    .word 0
    .long 0
