// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_LOG_H_
#define ZIRCON_SYSCALLS_LOG_H_

// Records of the debug log.

#include <zircon/types.h>

__BEGIN_CDECLS

// Severities and flags of log records.
#define ZX_LOG_TRACE (0x10)
#define ZX_LOG_DEBUG (0x20)
#define ZX_LOG_INFO (0x30)
#define ZX_LOG_WARNING (0x40)
#define ZX_LOG_ERROR (0x50)
#define ZX_LOG_FATAL (0x60)
#define ZX_LOG_LOCAL (0x10)
#define ZX_LOG_FLAGS_MASK (0x10)
#define ZX_LOG_FLAG_READABLE (0x40000000)

// Sizes of log records.
#define ZX_LOG_RECORD_MAX ((size_t)0x100u)
#define ZX_LOG_RECORD_DATA_MAX ((size_t)0xe0u)

// The head of a log record; `datalen` bytes of text follow.
typedef struct zx_log_record {
    uint32_t sequence;
    uint16_t datalen;
    uint8_t severity;
    uint8_t flags;
    zx_time_t timestamp;
    uint64_t pid;
    uint64_t tid;
    char data[];
} zx_log_record_t;

__END_CDECLS

#endif
