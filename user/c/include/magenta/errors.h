// Statuses: Zircon's numbers under the names of Magenta, of which the shorter ones are the older.

#ifndef MAGENTA_ERRORS_H_
#define MAGENTA_ERRORS_H_

#define HAFNON_DECLARED_MAGENTA_ERRORS_H
#include <hafnon/declared.h>

// Names that went before the others did.
#define ERR_REMOTE_CLOSED ERR_PEER_CLOSED
#define ERR_HANDLE_CLOSED ERR_CANCELED

#endif
