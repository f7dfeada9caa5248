// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_DEBUG_H_
#define ZIRCON_SYSCALLS_DEBUG_H_

// Registers of threads.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_thread_state_single_step_t;
typedef uint64_t zx_thread_x86_register_fs_t;
typedef uint64_t zx_thread_x86_register_gs_t;
typedef uint32_t zx_thread_state_topic_t;

// What thread_read_state and thread_write_state read and write.
#define ZX_THREAD_STATE_GENERAL_REGS ((uint32_t)0x0u)
#define ZX_THREAD_STATE_FP_REGS ((uint32_t)0x1u)
#define ZX_THREAD_STATE_VECTOR_REGS ((uint32_t)0x2u)
#define ZX_THREAD_STATE_DEBUG_REGS ((uint32_t)0x4u)
#define ZX_THREAD_STATE_SINGLE_STEP ((uint32_t)0x5u)
#define ZX_THREAD_X86_REGISTER_FS ((uint32_t)0x6u)
#define ZX_THREAD_X86_REGISTER_GS ((uint32_t)0x7u)

// THREAD_STATE_GENERAL_REGS on x86-64.
typedef struct zx_thread_state_general_regs {
    uint64_t rax;
    uint64_t rbx;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint64_t rbp;
    uint64_t rsp;
    uint64_t r8;
    uint64_t r9;
    uint64_t r10;
    uint64_t r11;
    uint64_t r12;
    uint64_t r13;
    uint64_t r14;
    uint64_t r15;
    uint64_t rip;
    uint64_t rflags;
    uint64_t fs_base;
    uint64_t gs_base;
} zx_thread_state_general_regs_t;

// THREAD_STATE_FP_REGS on x86-64: the x87 state, eight registers of 16 bytes.
typedef struct zx_thread_state_fp_regs {
    uint16_t fcw;
    uint16_t fsw;
    uint8_t ftw;
    uint8_t reserved;
    uint16_t fop;
    uint64_t fip;
    uint64_t fdp;
    __ALIGNED(16)
    struct {
        uint64_t low;
        uint64_t high;
    } st[8];
} zx_thread_state_fp_regs_t;

// THREAD_STATE_VECTOR_REGS on x86-64: 32 registers of 64 bytes, masks and control word.
typedef struct zx_thread_state_vector_regs {
    struct {
        uint64_t v[8];
    } zmm[32];
    uint64_t opmask[8];
    uint32_t mxcsr;
    uint8_t padding1[4];
} zx_thread_state_vector_regs_t;

// THREAD_STATE_DEBUG_REGS on x86-64.
typedef struct zx_thread_state_debug_regs {
    uint64_t dr[4];
    uint64_t dr6;
    uint64_t dr7;
} zx_thread_state_debug_regs_t;

__END_CDECLS

#endif
