// Which C library this is, for the headers of C++'s library, which ask: none of which they know.

#ifndef HAFNON_FEATURES_H_
#define HAFNON_FEATURES_H_

#define __GLIBC_PREREQ(major, minor) 0

#endif
