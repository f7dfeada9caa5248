// The system calls, as C functions. `_zx_NAME` is another name of `zx_NAME`.

#ifndef ZIRCON_SYSCALLS_H_
#define ZIRCON_SYSCALLS_H_

#include <zircon/string_view.h>
#include <zircon/syscalls/types.h>
#include <zircon/types.h>

__BEGIN_CDECLS

#define HAFNON_DECLARED_ZIRCON_SYSCALLS_H
#include <hafnon/declared.h>

__END_CDECLS

// These came with the calls in Zircon's header, so programs count on it.
#include <zircon/process.h>
#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/object.h>
#include <zircon/syscalls/pci.h>
#include <zircon/syscalls/port.h>
#include <zircon/syscalls/profile.h>
#include <zircon/syscalls/system.h>

#endif
