# PVH entry: the boot loader jumps here in 32-bit protected mode, paging off,
# ebx = physical address of hvm_start_info (Xen, docs/misc/pvh.pandoc).
#
# Builds page tables with 2 MiB pages: the low 4 GiB identity mapped (for the few
# instructions until the jump), as direct map, and its first GiB as kernel image.

.set KERNEL_BASE, 0xffffffff80000000
.set PRESENT_WRITABLE, 0x3
.set PRESENT_WRITABLE_HUGE, 0x83

.pushsection .note.pvh, "a", @note
.global pvh_note
pvh_note:
    .long 4                          # length of the name
    .long 4                          # length of the description
    .long 18                         # XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long pvh_start - KERNEL_BASE
.popsection

.pushsection .bss.boot_tables, "aw", @nobits
.balign 4096
boot_pml4: .skip 4096
boot_pdpt: .skip 4096                # identity and direct map: four directories
boot_pdpt_kernel: .skip 4096         # -2 GiB: the first of those directories
boot_directories: .skip 4 * 4096
.popsection

.pushsection .rodata.boot_gdt, "a"
.balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff         # 0x08: 64-bit code, ring 0
    .quad 0x00cf93000000ffff         # 0x10: data, ring 0
boot_gdt_pointer:
    .word 3 * 8 - 1
    .long boot_gdt - KERNEL_BASE
.popsection

.pushsection .text.pvh, "ax"
.code32
.global pvh_start
pvh_start:
    cld
    movl $(boot_pdpt - KERNEL_BASE + PRESENT_WRITABLE), %eax
    movl %eax, boot_pml4 - KERNEL_BASE
    movl %eax, boot_pml4 - KERNEL_BASE + 256 * 8
    movl $(boot_pdpt_kernel - KERNEL_BASE + PRESENT_WRITABLE), boot_pml4 - KERNEL_BASE + 511 * 8
    movl $(boot_directories - KERNEL_BASE + PRESENT_WRITABLE), %eax
    movl %eax, boot_pdpt_kernel - KERNEL_BASE + 510 * 8
    movl $(boot_pdpt - KERNEL_BASE), %edi
    movl $4, %ecx
1:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 1b

    movl $(boot_directories - KERNEL_BASE), %edi
    movl $PRESENT_WRITABLE_HUGE, %eax
    movl $(4 * 512), %ecx
2:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 2b

    movl %cr4, %eax
    orl $0x20, %eax                  # PAE
    movl %eax, %cr4
    movl $(boot_pml4 - KERNEL_BASE), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx           # EFER
    rdmsr
    orl $0x100, %eax                 # LME
    wrmsr
    movl $0x80000011, %eax           # PG, ET, PE
    movl %eax, %cr0
    lgdt boot_gdt_pointer - KERNEL_BASE
    ljmpl $0x08, $(3f - KERNEL_BASE)

.code64
3:  movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movl %ebx, %edi                  # start info: the argument
    movabsq $4f, %rax
    jmpq *%rax
4:  leaq {boot_stack} + {boot_stack_size}(%rip), %rsp
    xorl %ebp, %ebp
    callq {pvh_main}
    ud2
.popsection
