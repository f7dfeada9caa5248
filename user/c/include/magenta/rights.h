// Rights of handles: Zircon's.

#ifndef MAGENTA_RIGHTS_H_
#define MAGENTA_RIGHTS_H_

#include <stdint.h>

typedef uint32_t mx_rights_t;

#define HAFNON_DECLARED_MAGENTA_RIGHTS_H
#include <hafnon/declared.h>

#endif
