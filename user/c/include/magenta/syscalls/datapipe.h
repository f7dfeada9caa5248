// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef MAGENTA_SYSCALLS_DATAPIPE_H_
#define MAGENTA_SYSCALLS_DATAPIPE_H_

// Options of data pipes.

#include <magenta/types.h>

// Options of reading and writing data pipes. DISCARD, QUERY and PEEK exclude each other.
#define MX_DATAPIPE_WRITE_FLAG_ALL_OR_NONE ((uint32_t)0x1u)
#define MX_DATAPIPE_WRITE_FLAG_MASK ((uint32_t)0x1u)
#define MX_DATAPIPE_READ_FLAG_ALL_OR_NONE ((uint32_t)0x1u)
#define MX_DATAPIPE_READ_FLAG_DISCARD ((uint32_t)0x2u)
#define MX_DATAPIPE_READ_FLAG_QUERY ((uint32_t)0x4u)
#define MX_DATAPIPE_READ_FLAG_PEEK ((uint32_t)0x8u)
#define MX_DATAPIPE_READ_FLAG_MASK ((uint32_t)0xfu)

#endif
