// Statuses: zero or a negative number.

#ifndef ZIRCON_ERRORS_H_
#define ZIRCON_ERRORS_H_

#define HAFNON_DECLARED_ZIRCON_ERRORS_H
#include <hafnon/declared.h>

#endif
