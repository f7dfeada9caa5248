// The number of the last error of a C library function, of each thread its own. System calls return a zx_status_t
// instead.

#ifndef HAFNON_ERRNO_H_
#define HAFNON_ERRNO_H_

#ifdef __cplusplus
extern "C" thread_local int hafnon_errno;
#else
extern _Thread_local int hafnon_errno;
#endif

#define errno hafnon_errno

#define EDOM 33
#define EILSEQ 84
#define EINVAL 22
#define ENOMEM 12
#define ERANGE 34

#endif
