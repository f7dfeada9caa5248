# Where all 256 vectors arrive (Intel syntax).
#
# The stub of a vector leaves on the stack, from the top: the vector, the error code (0
# where the CPU pushes none), and what the CPU pushed: rip, cs, rflags, rsp, ss.

.macro push_registers
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
.endm

# User code's AC, which lets the kernel reach user memory, DF and NT stay set over a trap; so does AC where the
# kernel was copying. All flags off.
.macro clear_flags
    push 2
    popfq
.endm

.macro pop_registers
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
.endm

.pushsection .text.traps, "ax"
.balign 16
.global trap_stubs
trap_stubs:
.set vector, 0
.rept 256
    .balign 16
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    push 0
    .endif
    push vector
    .if vector == 1 || vector == 2 || vector == 8 || vector == 18
    jmp trap_on_own_stack
    .else
    jmp trap_on_usual_stack
    .endif
    .set vector, vector + 1
.endr

.balign 16
trap_on_usual_stack:
    test byte ptr [rsp + 24], 3
    jnz user_trap_entry
    push_registers
    mov rdi, rsp
    clear_flags
    call {kernel_trap}
    pop_registers
    add rsp, 16
    iretq

# These vectors can come between SYSCALL and SWAPGS, in kernel mode with the user's GS
# base. So they take the CPU's pointer from above the trap frame, where gdt.rs put it.
.balign 16
trap_on_own_stack:
    cmp qword ptr [rsp], 1
    jne 1f
    test byte ptr [rsp + 24], 3
    jnz user_trap_entry
1:  push_registers
    clear_flags
    mov ecx, {gs_base}
    rdmsr
    shl rdx, 32
    lea rbx, [rax + rdx]
    mov rax, [rsp + 22 * 8]
    mov rdx, rax
    shr rdx, 32
    wrmsr
    mov rdi, rsp
    call {kernel_trap}
    mov rax, rbx
    mov rdx, rbx
    shr rdx, 32
    mov ecx, {gs_base}
    wrmsr
    pop_registers
    add rsp, 16
    iretq
.popsection
