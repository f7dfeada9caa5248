// Sizes that depend on the architecture.

#ifndef ZIRCON_LIMITS_H_
#define ZIRCON_LIMITS_H_

#include <stdint.h>

#define HAFNON_DECLARED_ZIRCON_LIMITS_H
#include <hafnon/declared.h>

#endif
