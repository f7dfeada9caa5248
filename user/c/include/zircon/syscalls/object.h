// What zx_object_get_info, zx_object_get_property and zx_object_set_property know.

#ifndef ZIRCON_SYSCALLS_OBJECT_H_
#define ZIRCON_SYSCALLS_OBJECT_H_

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_object_info_topic_t;
typedef uint32_t zx_obj_props_t;
typedef uint32_t zx_thread_state_t;
typedef uint32_t zx_info_maps_type_t;

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_OBJECT_H
#include <hafnon/declared.h>

// The part of a thread state that says whether it is blocked at all.
#define ZX_THREAD_STATE_BASIC(n) ((n) & 0xff)

// Whether a VMO has pages of its own or stands for physical memory.
#define ZX_INFO_VMO_TYPE(flags) ((flags) & (1u << 0))

__END_CDECLS

#endif
