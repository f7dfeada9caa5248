// The message that a new process finds in its bootstrap channel: this head, then, at the offsets it names, one PA_HND
// word for each handle of the message, and the arguments, environment and names as NUL-terminated strings.

#ifndef ZIRCON_PROCESSARGS_H_
#define ZIRCON_PROCESSARGS_H_

#include <stdint.h>
#include <zircon/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_PROCESSARGS_H
#include <hafnon/declared.h>

#define PA_HND(type, arg) (((type) & 0xFF) | (((arg) & 0xFFFF) << 16))
#define PA_HND_TYPE(n) ((n) & 0xFF)
#define PA_HND_SUBTYPE(n) (((n) >> 8) & 0xFF)
#define PA_HND_ARG(n) (((n) >> 16) & 0xFFFF)

__END_CDECLS

#endif
