// The older half of <string.h>.

#include <string.h>
