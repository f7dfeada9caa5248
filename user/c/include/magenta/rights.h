// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef MAGENTA_RIGHTS_H_
#define MAGENTA_RIGHTS_H_

// Rights of handles: Zircon's.

#include <stdint.h>

typedef uint32_t mx_rights_t;

#define MX_RIGHT_NONE ((mx_rights_t)0x0u)
#define MX_RIGHT_DUPLICATE ((mx_rights_t)0x1u)
#define MX_RIGHT_TRANSFER ((mx_rights_t)0x2u)
#define MX_RIGHT_READ ((mx_rights_t)0x4u)
#define MX_RIGHT_WRITE ((mx_rights_t)0x8u)
#define MX_RIGHT_EXECUTE ((mx_rights_t)0x10u)
#define MX_RIGHT_MAP ((mx_rights_t)0x20u)
#define MX_RIGHT_GET_PROPERTY ((mx_rights_t)0x40u)
#define MX_RIGHT_SET_PROPERTY ((mx_rights_t)0x80u)
#define MX_RIGHT_ENUMERATE ((mx_rights_t)0x100u)
#define MX_RIGHT_DESTROY ((mx_rights_t)0x200u)
#define MX_RIGHT_SET_POLICY ((mx_rights_t)0x400u)
#define MX_RIGHT_GET_POLICY ((mx_rights_t)0x800u)
#define MX_RIGHT_SIGNAL ((mx_rights_t)0x1000u)
#define MX_RIGHT_SIGNAL_PEER ((mx_rights_t)0x2000u)
#define MX_RIGHT_WAIT ((mx_rights_t)0x4000u)
#define MX_RIGHT_INSPECT ((mx_rights_t)0x8000u)
#define MX_RIGHT_MANAGE_JOB ((mx_rights_t)0x10000u)
#define MX_RIGHT_MANAGE_PROCESS ((mx_rights_t)0x20000u)
#define MX_RIGHT_MANAGE_THREAD ((mx_rights_t)0x40000u)
#define MX_RIGHT_APPLY_PROFILE ((mx_rights_t)0x80000u)
#define MX_RIGHT_MANAGE_SOCKET ((mx_rights_t)0x100000u)
#define MX_RIGHT_SAME_RIGHTS ((mx_rights_t)0x80000000u)

// Rights that go together.
#define MX_RIGHTS_BASIC ((mx_rights_t)0xc003u)
#define MX_RIGHTS_IO ((mx_rights_t)0xcu)
#define MX_RIGHTS_PROPERTY ((mx_rights_t)0xc0u)
#define MX_RIGHTS_POLICY ((mx_rights_t)0xc00u)

// Rights of new handles.
#define MX_DEFAULT_BTI_RIGHTS ((mx_rights_t)0x802fu)
#define MX_DEFAULT_CHANNEL_RIGHTS ((mx_rights_t)0xf00eu)
#define MX_DEFAULT_CLOCK_RIGHTS ((mx_rights_t)0xc00fu)
#define MX_DEFAULT_EVENT_RIGHTS ((mx_rights_t)0xd003u)
#define MX_DEFAULT_EVENTPAIR_RIGHTS ((mx_rights_t)0xf003u)
#define MX_DEFAULT_EXCEPTION_RIGHTS ((mx_rights_t)0x80c2u)
#define MX_DEFAULT_FIFO_RIGHTS ((mx_rights_t)0xf00fu)
#define MX_DEFAULT_GUEST_RIGHTS ((mx_rights_t)0x2800bu)
#define MX_DEFAULT_INTERRUPT_RIGHTS ((mx_rights_t)0xd00fu)
#define MX_DEFAULT_IO_MAPPING_RIGHTS ((mx_rights_t)0x8004u)
#define MX_DEFAULT_IOMMU_RIGHTS ((mx_rights_t)0x8003u)
#define MX_DEFAULT_JOB_RIGHTS ((mx_rights_t)0x7dfcfu)
#define MX_DEFAULT_LOG_RIGHTS ((mx_rights_t)0xd00bu)
#define MX_DEFAULT_MSI_RIGHTS ((mx_rights_t)0xc003u)
#define MX_DEFAULT_PAGER_RIGHTS ((mx_rights_t)0x80c2u)
#define MX_DEFAULT_PCI_DEVICE_RIGHTS ((mx_rights_t)0xc00fu)
#define MX_DEFAULT_PCI_INTERRUPT_RIGHTS ((mx_rights_t)0xd00fu)
#define MX_DEFAULT_PMT_RIGHTS ((mx_rights_t)0x8000u)
#define MX_DEFAULT_PORT_RIGHTS ((mx_rights_t)0x800fu)
#define MX_DEFAULT_PROCESS_RIGHTS ((mx_rights_t)0x6d3cfu)
#define MX_DEFAULT_PROFILE_RIGHTS ((mx_rights_t)0x88003u)
#define MX_DEFAULT_RESOURCE_RIGHTS ((mx_rights_t)0x800bu)
#define MX_DEFAULT_SOCKET_RIGHTS ((mx_rights_t)0x10f0cfu)
#define MX_DEFAULT_STREAM_RIGHTS ((mx_rights_t)0xd0c3u)
#define MX_DEFAULT_SUSPEND_TOKEN_RIGHTS ((mx_rights_t)0x8002u)
#define MX_DEFAULT_SYSTEM_EVENT_LOW_MEMORY_RIGHTS ((mx_rights_t)0x4003u)
#define MX_DEFAULT_THREAD_RIGHTS ((mx_rights_t)0x4d2cfu)
#define MX_DEFAULT_TIMER_RIGHTS ((mx_rights_t)0xd00bu)
#define MX_DEFAULT_VCPU_RIGHTS ((mx_rights_t)0xd01fu)
#define MX_DEFAULT_VMAR_RIGHTS ((mx_rights_t)0x8003u)
#define MX_DEFAULT_VMO_RIGHTS ((mx_rights_t)0xd0efu)
#define MX_DEFAULT_DATAPIPE_PRODUCER_RIGHTS ((mx_rights_t)0xd00eu)
#define MX_DEFAULT_DATAPIPE_CONSUMER_RIGHTS ((mx_rights_t)0xd006u)
#define MX_DEFAULT_WAITSET_RIGHTS ((mx_rights_t)0x800cu)

#endif
