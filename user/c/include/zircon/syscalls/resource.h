// Resources: what a driver may touch.

#ifndef ZIRCON_SYSCALLS_RESOURCE_H_
#define ZIRCON_SYSCALLS_RESOURCE_H_

#include <zircon/types.h>

__BEGIN_CDECLS

typedef uint32_t zx_rsrc_kind_t;
typedef uint32_t zx_rsrc_flags_t;

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_RESOURCE_H
#include <hafnon/declared.h>

#define ZX_RSRC_EXTRACT_KIND(x) ((x) & 0x0000FFFF)
#define ZX_RSRC_EXTRACT_FLAGS(x) ((x) & 0xFFFF0000)

__END_CDECLS

#endif
