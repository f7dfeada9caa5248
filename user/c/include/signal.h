// Signals of C, as far as there are any. Nobody sends one from outside, and a fault never becomes one; what is left is
// raise, by which a thread interrupts itself: the handler runs before raise returns. Without a handler a signal does
// what it usually does: it is ignored, or ends the process as abort does.

#ifndef HAFNON_SIGNAL_H_
#define HAFNON_SIGNAL_H_

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL SIGIO
#define SIGPWR 30
#define SIGSYS 31
#define NSIG 32

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int number);

#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

// A handler stays until another takes its place. EINVAL for SIGKILL, SIGSTOP and numbers of no signal.
sighandler_t signal(int number, sighandler_t handler);

// Interrupts the calling thread. ENOSYS for a signal that would stop the process: processes can not be stopped.
int raise(int number);

// Bit N stands for signal N.
typedef struct {
    uint64_t bits;
} sigset_t;

typedef union {
    int sival_int;
    void* sival_ptr;
} sigval_t;

typedef struct {
    int si_signo, si_errno, si_code;
    pid_t si_pid;
    uid_t si_uid;
    int si_status;
    void* si_addr;
    sigval_t si_value;
} siginfo_t;

// The code of a signal that was raised.
#define SI_USER 0
#define SI_TKILL (-6)

struct sigaction {
    union {
        sighandler_t sa_handler;
        void (*sa_sigaction)(int number, siginfo_t* info, void* context);
    };
    sigset_t sa_mask;
    int sa_flags;
};

// Of the flags SA_SIGINFO, SA_RESETHAND and SA_NODEFER have an effect. The context is NULL.
#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000

int sigaction(int number, const struct sigaction* __restrict action, struct sigaction* __restrict old);

int sigemptyset(sigset_t* set);
int sigfillset(sigset_t* set);
int sigaddset(sigset_t* set, int number);
int sigdelset(sigset_t* set, int number);
int sigismember(const sigset_t* set, int number);

// A signal that a thread blocks and raises waits until the thread does not block it any more.
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

int sigprocmask(int how, const sigset_t* __restrict set, sigset_t* __restrict old);
// The same, but an error is what it returns.
int pthread_sigmask(int how, const sigset_t* __restrict set, sigset_t* __restrict old);
int sigpending(sigset_t* set);

#ifdef __cplusplus
}
#endif
#endif
