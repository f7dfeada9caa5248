# Into user mode and back (Intel syntax); see user.rs for the picture.
#
# rdi always is the UserContext when its registers are loaded or stored. Interrupts are off
# throughout.

.pushsection .text.user, "ax"

# Loads all registers but rsp, rdi, and those that SYSRET takes, rcx and r11.
.macro load_registers
    mov rax, [rdi + {RAX}]
    mov rbx, [rdi + {RBX}]
    mov rdx, [rdi + {RDX}]
    mov rsi, [rdi + {RSI}]
    mov rbp, [rdi + {RBP}]
    mov r8, [rdi + {R8}]
    mov r9, [rdi + {R9}]
    mov r10, [rdi + {R10}]
    mov r12, [rdi + {R12}]
    mov r13, [rdi + {R13}]
    mov r14, [rdi + {R14}]
    mov r15, [rdi + {R15}]
.endm

# Returns to who called enter_user_mode: the registers that its start has pushed come back.
.macro return_to_caller
    add rsp, 24
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret
.endm

# Exit enter_user_mode(UserContext *rdi, void *closure rsi, Answer (*call)(UserContext *, void *) rdx):
# returns vector in rax, error code in rdx.
.balign 16
.global enter_user_mode
enter_user_mode:
    push rbp
    push rbx
    push r12
    push r13
    push r14
    push r15
    push rdx
    push rsi
    sub rsp, 8                       # system_call_entry calls Rust code: align
    mov gs:[{KERNEL_RSP}], rsp
    mov gs:[{CONTEXT}], rdi
    mov dword ptr gs:[{TURNS}], 1    # a stretch ends: see stretch.rs
    rdtsc
    sub eax, gs:[{STRETCH_START}]
    cmp eax, gs:[{STRETCH_LIMIT}]
    ja 2f
enter_context:
    mov rcx, [rdi + {RIP}]
    cmp rcx, [rdi + {RCX}]
    jne 1f
    mov r11, [rdi + {RFLAGS}]
    cmp r11, [rdi + {R11}]
    jne 1f
    load_registers
    mov rsp, [rdi + {RSP}]
    mov rdi, [rdi + {RDI}]
    swapgs
    sysretq

1:  push {USER_DATA}
    push qword ptr [rdi + {RSP}]
    push qword ptr [rdi + {RFLAGS}]
    push {USER_CODE}
    push qword ptr [rdi + {RIP}]
    load_registers
    mov rcx, [rdi + {RCX}]
    mov r11, [rdi + {R11}]
    mov rdi, [rdi + {RDI}]
    swapgs
    iretq

2:  mov edi, eax
    push rbp
    lea rbp, [rsp + 72]              # where rbp was pushed: a frame for the stack's trace
    sub rsp, 8
    call {entering}                  # al: whether the thread shall not go on
    add rsp, 8
    pop rbp
    mov rdi, gs:[{CONTEXT}]
    test al, al
    jz enter_context
    mov eax, {ANSWERED}
    jmp back_to_kernel

# SYSCALL: rcx = user rip, r11 = user rflags, all flags clear, still on the user's stack.
#
# The closure sees number and arguments. If it finishes the call, back at once: Rust code has
# preserved rbx, rbp and r12 to r15. If not, they and the rest are stored now.
.balign 16
.global user_system_call_entry
user_system_call_entry:
    swapgs
    mov gs:[{SCRATCH}], rdi
    mov rdi, gs:[{CONTEXT}]
    mov [rdi + {RSP}], rsp
    mov rsp, gs:[{KERNEL_RSP}]
    mov [rdi + {RAX}], rax
    mov [rdi + {RIP}], rcx
    mov [rdi + {RFLAGS}], r11
    mov [rdi + {RDX}], rdx
    rdtsc
    mov gs:[{STRETCH_START}], eax
    mov [rdi + {RSI}], rsi
    mov rax, gs:[{SCRATCH}]
    mov [rdi + {RDI}], rax
    mov [rdi + {R8}], r8
    mov [rdi + {R9}], r9
    mov [rdi + {R10}], r10
    mov [rdi + {R12}], r12
    mov [rdi + {R13}], r13
    mov rsi, [rsp + 8]
    call [rsp + 16]                  # rax = 0 and rdx = result, if it is finished
    mov rdi, gs:[{CONTEXT}]
    mov rcx, [rdi + {RIP}]
    mov r11, [rdi + {RFLAGS}]
    test eax, eax
    jnz 1f
    mov r8, rdx
    rdtsc
    sub eax, gs:[{STRETCH_START}]
    cmp eax, gs:[{STRETCH_LIMIT}]
    ja 3f
2:  mov rax, r8
    mov rdx, [rdi + {RDX}]
    mov rsi, [rdi + {RSI}]
    mov r8, [rdi + {R8}]
    mov r9, [rdi + {R9}]
    mov r10, [rdi + {R10}]
    mov rsp, [rdi + {RSP}]
    mov rdi, [rdi + {RDI}]
    swapgs
    sysretq

1:  mov eax, {SYSTEM_CALL}
4:  mov [rdi + {RCX}], rcx
    mov [rdi + {R11}], r11
    mov [rdi + {RBX}], rbx
    mov [rdi + {RBP}], rbp
    mov [rdi + {R14}], r14
    mov [rdi + {R15}], r15
back_to_kernel:                       # eax: why enter_user_mode returns
    return_to_caller

3:  mov rsi, [rdi + {RAX}]
    mov edi, eax
    push rbp
    push r8
    lea rbp, [rsp + 80]
    call {answered}                  # al: whether the thread shall not go back
    pop r8
    pop rbp
    mov rdi, gs:[{CONTEXT}]
    mov rcx, [rdi + {RIP}]
    mov r11, [rdi + {RFLAGS}]
    test al, al
    jz 2b
    mov [rdi + {RAX}], r8
    mov eax, {ANSWERED}
    jmp 4b

# Every other trap from user mode; stack as in traps.s: vector, error code, rip, cs, rflags,
# rsp, ss.
.balign 16
.global user_trap_entry
user_trap_entry:
    swapgs
    push rdi
    mov rdi, gs:[{CONTEXT}]
    mov [rdi + {RAX}], rax
    pop rax
    mov [rdi + {RDI}], rax
    mov [rdi + {RBX}], rbx
    mov [rdi + {RCX}], rcx
    mov [rdi + {RDX}], rdx
    mov [rdi + {RSI}], rsi
    mov [rdi + {RBP}], rbp
    mov [rdi + {R8}], r8
    mov [rdi + {R9}], r9
    mov [rdi + {R10}], r10
    mov [rdi + {R11}], r11
    mov [rdi + {R12}], r12
    mov [rdi + {R13}], r13
    mov [rdi + {R14}], r14
    mov [rdi + {R15}], r15
    mov rax, [rsp + 16]
    mov [rdi + {RIP}], rax
    mov rax, [rsp + 32]
    mov [rdi + {RFLAGS}], rax
    mov rax, [rsp + 40]
    mov [rdi + {RSP}], rax
    rdtsc
    mov gs:[{STRETCH_START}], eax
    mov rax, [rsp]
    mov rdx, [rsp + 8]
    mov rsp, gs:[{KERNEL_RSP}]
    push 2                           # the user's DF and AC would stay set: clear all flags
    popfq
    return_to_caller
.popsection
