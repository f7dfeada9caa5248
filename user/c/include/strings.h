// Strings without regard to case: see <string.h>.

#include <string.h>
