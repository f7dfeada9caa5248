// Going back to a place in a function that has not returned yet.

#ifndef HAFNON_SETJMP_H_
#define HAFNON_SETJMP_H_

#ifdef __cplusplus
extern "C" {
#endif

// The registers that a call keeps, the stack pointer and the place (setjmp.c).
typedef unsigned long jmp_buf[8];

__attribute__((__returns_twice__)) int setjmp(jmp_buf place);
__attribute__((__noreturn__)) void longjmp(jmp_buf place, int value);

// setjmp is a macro in C.
#define setjmp(place) setjmp(place)

#ifdef __cplusplus
}
#endif
#endif
