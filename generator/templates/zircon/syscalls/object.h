// What zx_object_get_info, zx_object_get_property and zx_object_set_property know.

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_object_info_topic_t;
typedef uint32_t zx_obj_props_t;
typedef uint32_t zx_thread_state_t;
typedef uint32_t zx_info_maps_type_t;

@generated@

// The part of a thread state that says whether it is blocked at all.
#define ZX_THREAD_STATE_BASIC(n) ((n) & 0xff)

// Whether a VMO has pages of its own or stands for physical memory.
#define ZX_INFO_VMO_TYPE(flags) ((flags) & (1u << 0))

__END_CDECLS
