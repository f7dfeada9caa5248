// Letting others run.

#ifndef HAFNON_SCHED_H_
#define HAFNON_SCHED_H_

#ifdef __cplusplus
extern "C" {
#endif

int sched_yield(void);

#ifdef __cplusplus
}
#endif
#endif
