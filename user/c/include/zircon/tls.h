// Fixed places in the thread's control block, counted from the fs base.

#ifndef ZIRCON_TLS_H_
#define ZIRCON_TLS_H_

#define ZX_TLS_STACK_GUARD_OFFSET 0x10
#define ZX_TLS_UNSAFE_SP_OFFSET 0x18

#endif
