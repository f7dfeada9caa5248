// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_SYSCALLS_PORT_H_
#define ZIRCON_SYSCALLS_PORT_H_

// Packets of ports.

#include <zircon/types.h>

__BEGIN_CDECLS

// The payload of a packet that user code queued.
typedef union zx_packet_user {
    uint64_t u64[4];
    uint32_t u32[8];
    uint16_t u16[16];
    uint8_t c8[32];
} zx_packet_user_t;

// Options of ports and of object_wait_async.
#define ZX_WAIT_ASYNC_ONCE ((uint32_t)0x0u)
#define ZX_WAIT_ASYNC_TIMESTAMP ((uint32_t)0x1u)
#define ZX_WAIT_ASYNC_EDGE ((uint32_t)0x2u)
#define ZX_PORT_BIND_TO_INTERRUPT ((uint32_t)0x1u)
#define ZX_PKT_TYPE_MASK ((uint32_t)0xffu)

// Types of port packets, and of a virtual CPU's packet.
#define ZX_PKT_TYPE_USER ((uint8_t)0x0u)
#define ZX_PKT_TYPE_SIGNAL_ONE ((uint8_t)0x1u)
#define ZX_PKT_TYPE_GUEST_BELL ((uint8_t)0x3u)
#define ZX_PKT_TYPE_GUEST_MEM ((uint8_t)0x4u)
#define ZX_PKT_TYPE_GUEST_IO ((uint8_t)0x5u)
#define ZX_PKT_TYPE_GUEST_VCPU ((uint8_t)0x6u)
#define ZX_PKT_TYPE_INTERRUPT ((uint8_t)0x7u)
#define ZX_PKT_TYPE_PAGE_REQUEST ((uint8_t)0x9u)
#define ZX_PKT_GUEST_VCPU_INTERRUPT ((uint8_t)0x0u)
#define ZX_PKT_GUEST_VCPU_STARTUP ((uint8_t)0x1u)

// Commands of a pager's packet.
#define ZX_PAGER_VMO_READ ((uint16_t)0x0u)
#define ZX_PAGER_VMO_COMPLETE ((uint16_t)0x1u)
#define ZX_PAGER_VMO_DIRTY ((uint16_t)0x2u)

// The packet of object_wait_async.
typedef struct zx_packet_signal {
    zx_signals_t trigger;
    zx_signals_t observed;
    uint64_t count;
    uint64_t timestamp;
    uint64_t reserved1;
} zx_packet_signal_t;

// The packet of an interrupt.
typedef struct zx_packet_interrupt {
    zx_time_t timestamp;
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_interrupt_t;

// The packet by which a pager is asked for pages.
typedef struct zx_packet_page_request {
    uint16_t command;
    uint16_t flags;
    uint32_t reserved0;
    uint64_t offset;
    uint64_t length;
    uint64_t reserved1;
} zx_packet_page_request_t;

// The packet of a guest's doorbell.
typedef struct zx_packet_guest_bell {
    uint64_t addr;
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_guest_bell_t;

// The packet of a guest's access to trapped memory.
typedef struct zx_packet_guest_mem {
    uint64_t addr;
    uint8_t inst_len;
    uint8_t inst_buf[15];
    uint8_t default_operand_size;
    uint8_t reserved[7];
} zx_packet_guest_mem_t;

// The packet of a guest's access to a trapped port.
typedef struct zx_packet_guest_io {
    uint16_t port;
    uint8_t access_size;
    bool input;
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint8_t data[4];
    };
    uint64_t reserved0;
    uint64_t reserved1;
    uint64_t reserved2;
} zx_packet_guest_io_t;

// The packet of a virtual CPU: an interrupt it sends, or another it starts.
typedef struct zx_packet_guest_vcpu {
    union {
        struct {
            uint64_t mask;
            uint8_t vector;
            uint8_t padding1[7];
        } interrupt;
        struct {
            uint64_t id;
            zx_gpaddr_t entry;
        } startup;
    };
    uint8_t type;
    uint8_t padding1[7];
    uint64_t reserved;
} zx_packet_guest_vcpu_t;

// A packet of a port; `type` says what the payload is.
typedef struct zx_port_packet {
    uint64_t key;
    uint32_t type;
    zx_status_t status;
    union {
        zx_packet_user_t user;
        zx_packet_signal_t signal;
        zx_packet_guest_bell_t guest_bell;
        zx_packet_guest_mem_t guest_mem;
        zx_packet_guest_io_t guest_io;
        zx_packet_guest_vcpu_t guest_vcpu;
        zx_packet_interrupt_t interrupt;
        zx_packet_page_request_t page_request;
    };
} zx_port_packet_t;

#define ZX_PKT_IS_USER(type) ((type) == ZX_PKT_TYPE_USER)
#define ZX_PKT_IS_SIGNAL_ONE(type) ((type) == ZX_PKT_TYPE_SIGNAL_ONE)
#define ZX_PKT_IS_GUEST_BELL(type) ((type) == ZX_PKT_TYPE_GUEST_BELL)
#define ZX_PKT_IS_GUEST_MEM(type) ((type) == ZX_PKT_TYPE_GUEST_MEM)
#define ZX_PKT_IS_GUEST_IO(type) ((type) == ZX_PKT_TYPE_GUEST_IO)
#define ZX_PKT_IS_GUEST_VCPU(type) ((type) == ZX_PKT_TYPE_GUEST_VCPU)
#define ZX_PKT_IS_INTERRUPT(type) ((type) == ZX_PKT_TYPE_INTERRUPT)
#define ZX_PKT_IS_PAGE_REQUEST(type) ((type) == ZX_PKT_TYPE_PAGE_REQUEST)

__END_CDECLS

#endif
