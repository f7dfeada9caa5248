// What zx_system_get_features tells.

#ifndef ZIRCON_FEATURES_H_
#define ZIRCON_FEATURES_H_

#include <stdint.h>

#define HAFNON_DECLARED_ZIRCON_FEATURES_H
#include <hafnon/declared.h>

#endif
