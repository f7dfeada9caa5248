// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef MAGENTA_SYSCALLS_PORT_H_
#define MAGENTA_SYSCALLS_PORT_H_

// Packets of IO ports. One that user code queues begins with the header and is as long as it likes.

#include <magenta/types.h>

__BEGIN_CDECLS

// Types of the packets of an IO port: of the kernel, of a bound object, of user code, of an exception.
#define MX_PORT_PKT_TYPE_KERN ((uint32_t)0x0u)
#define MX_PORT_PKT_TYPE_IOSN ((uint32_t)0x1u)
#define MX_PORT_PKT_TYPE_USER ((uint32_t)0x2u)
#define MX_PORT_PKT_TYPE_EXCEPTION ((uint32_t)0x3u)

// Size of the largest packet of an IO port.
#define MX_PORT_MAX_PKT_SIZE ((size_t)0x80u)

// The head of every packet of an IO port; up to 112 bytes follow.
typedef struct mx_packet_header {
    uint64_t key;
    uint32_t type;
    uint32_t extra;
} mx_packet_header_t;

// The packet of an object that is bound to an IO port.
typedef struct mx_io_packet {
    mx_packet_header_t hdr;
    mx_time_t timestamp;
    size_t bytes;
    mx_signals_t signals;
    uint32_t reserved;
} mx_io_packet_t;

__END_CDECLS

#endif
