// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_EXCEPTION_H_
#define ZIRCON_SYSCALLS_EXCEPTION_H_

// Exceptions and their reports.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_excp_type_t;

// Exceptions, and the channels that report them.
#define ZX_EXCP_GENERAL ((uint32_t)0x8u)
#define ZX_EXCP_FATAL_PAGE_FAULT ((uint32_t)0x108u)
#define ZX_EXCP_UNDEFINED_INSTRUCTION ((uint32_t)0x208u)
#define ZX_EXCP_SW_BREAKPOINT ((uint32_t)0x308u)
#define ZX_EXCP_HW_BREAKPOINT ((uint32_t)0x408u)
#define ZX_EXCP_UNALIGNED_ACCESS ((uint32_t)0x508u)
#define ZX_EXCP_SYNTH ((uint32_t)0x8000u)
#define ZX_EXCP_THREAD_STARTING ((uint32_t)0x8008u)
#define ZX_EXCP_THREAD_EXITING ((uint32_t)0x8108u)
#define ZX_EXCP_POLICY_ERROR ((uint32_t)0x8208u)
#define ZX_EXCP_PROCESS_STARTING ((uint32_t)0x8308u)
#define ZX_EXCP_USER ((uint32_t)0x8408u)
#define ZX_EXCEPTION_CHANNEL_DEBUGGER ((uint32_t)0x1u)
#define ZX_EXCEPTION_CHANNEL_TYPE_NONE ((uint32_t)0x0u)
#define ZX_EXCEPTION_CHANNEL_TYPE_DEBUGGER ((uint32_t)0x1u)
#define ZX_EXCEPTION_CHANNEL_TYPE_THREAD ((uint32_t)0x2u)
#define ZX_EXCEPTION_CHANNEL_TYPE_PROCESS ((uint32_t)0x3u)
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB ((uint32_t)0x4u)
#define ZX_EXCEPTION_CHANNEL_TYPE_JOB_DEBUGGER ((uint32_t)0x5u)

// An exception's registers on x86-64.
typedef struct zx_x86_64_exc_data {
    uint64_t vector;
    uint64_t err_code;
    uint64_t cr2;
} zx_x86_64_exc_data_t;

// What the hardware says of an exception.
typedef struct zx_exception_context {
    struct {
        union {
            zx_x86_64_exc_data_t x86_64;
        } u;
    } arch;
    uint32_t synth_code;
    uint32_t synth_data;
} zx_exception_context_t;

// The head of every exception report.
typedef struct zx_exception_header {
    uint32_t size;
    zx_excp_type_t type;
} zx_exception_header_t;

// INFO_THREAD_EXCEPTION_REPORT.
typedef struct zx_exception_report {
    zx_exception_header_t header;
    zx_exception_context_t context;
} zx_exception_report_t;

// The message that comes with an exception.
typedef struct zx_exception_info {
    zx_koid_t pid;
    zx_koid_t tid;
    zx_excp_type_t type;
    uint8_t padding1[4];
} zx_exception_info_t;

// Whether the hardware raised it.
#define ZX_EXCP_IS_ARCH(excp) (((excp) & ZX_EXCP_SYNTH) == 0)

__END_CDECLS

#endif
