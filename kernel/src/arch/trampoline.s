# Where the other CPUs start: 16-bit real mode, at a page below 1 MiB to which smp.rs
# copies this, with its parameters filled in. Straight to 64-bit mode, then to the kernel.

.pushsection .rodata.trampoline, "a"
.code16
.global trampoline_start, trampoline_parameters, trampoline_end, trampoline_long, trampoline_gdt
trampoline_start:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    movl $0x20, %eax                                  # PAE
    movl %eax, %cr4
    movl trampoline_root - trampoline_start, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx                            # EFER
    movl trampoline_efer - trampoline_start, %eax
    xorl %edx, %edx
    wrmsr
    lgdtl trampoline_gdt_pointer - trampoline_start
    movl $0x80000011, %eax                            # PG, ET, PE
    movl %eax, %cr0
    ljmpl *(trampoline_far_pointer - trampoline_start)

.code64
trampoline_long:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movq trampoline_stack(%rip), %rsp
    movq trampoline_cpu(%rip), %rdi
    movq trampoline_entry(%rip), %rax
    xorl %ebp, %ebp
    callq *%rax
    ud2

.balign 8
trampoline_gdt:
    .quad 0
    .quad 0x00af9b000000ffff                          # 0x08: 64-bit code, ring 0

# struct Parameters in smp.rs
.balign 8
trampoline_parameters:
trampoline_stack: .quad 0
trampoline_cpu: .quad 0
trampoline_entry: .quad 0
trampoline_root: .long 0
trampoline_efer: .long 0
trampoline_far_pointer:
    .long 0
    .word 0
trampoline_gdt_pointer:
    .word 0
    .long 0
trampoline_end:
.popsection
