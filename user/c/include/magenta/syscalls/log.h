// Records of the log.

#ifndef MAGENTA_SYSCALLS_LOG_H_
#define MAGENTA_SYSCALLS_LOG_H_

#include <magenta/types.h>

__BEGIN_CDECLS

// The head of a record; `datalen` bytes of text follow. `flags` are the options with which it was written.
typedef struct mx_log_record {
    uint32_t reserved;
    uint16_t datalen;
    uint16_t flags;
    mx_time_t timestamp;
    uint64_t pid;
    uint64_t tid;
    char data[];
} mx_log_record_t;

#define MX_LOG_RECORD_MAX 256
#define MX_LOG_FLAGS_MASK 0xffffu
#define MX_LOG_FLAG_READABLE 0x40000000u

__END_CDECLS

#endif
