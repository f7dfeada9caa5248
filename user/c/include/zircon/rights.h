// What handles allow.

#ifndef ZIRCON_RIGHTS_H_
#define ZIRCON_RIGHTS_H_

#include <stdint.h>

typedef uint32_t zx_rights_t;

#define HAFNON_DECLARED_ZIRCON_RIGHTS_H
#include <hafnon/declared.h>

#endif
