// <signal.h>: signals that a thread raises for itself, and abort, which raises one.
//
//     raise ──▶ blocked by the thread? ──▶ pending ──▶ sigprocmask unblocks it ─┐
//                       └── no ──▶ deliver: handler, nothing, or the end ◀──────┘

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "internal.h"

static mtx_t lock = MTX_INIT;
static struct sigaction actions[NSIG];

static _Thread_local uint64_t blocked, pending;

static uint64_t bit(int number) { return 1ull << number; }

static bool is_signal(int number) { return number > 0 && number < NSIG; }

// Nothing can be done about these two.
#define UNSTOPPABLE (bit(SIGKILL) | bit(SIGSTOP))

// What does nothing without a handler, and what would stop the process.
#define HARMLESS (bit(SIGCHLD) | bit(SIGCONT) | bit(SIGURG) | bit(SIGWINCH))
#define STOPPING (bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU))

static int fail(int error) {
    errno = error;
    return -1;
}

// The action of a signal that arrives, which may be the last time that it has it.
static struct sigaction take_action(int number) {
    mtx_lock(&lock);
    struct sigaction action = actions[number];
    if (action.sa_handler != SIG_IGN && ((unsigned)action.sa_flags & SA_RESETHAND) != 0) {
        actions[number] = (struct sigaction){0};
    }
    mtx_unlock(&lock);
    return action;
}

static void deliver_pending(void);

static void call_handler(const struct sigaction* action, int number) {
    uint64_t before = blocked;
    blocked |= action->sa_mask.bits;
    if ((action->sa_flags & SA_NODEFER) == 0) blocked |= bit(number);
    if ((action->sa_flags & SA_SIGINFO) != 0) {
        siginfo_t info = {.si_signo = number, .si_code = SI_TKILL};
        action->sa_sigaction(number, &info, NULL);
    } else {
        action->sa_handler(number);
    }
    blocked = before;
    deliver_pending();
}

static int deliver(int number) {
    struct sigaction action = take_action(number);
    bool usual = (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL;
    if (!usual && ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_IGN)) call_handler(&action, number);
    if (!usual || (bit(number) & HARMLESS) != 0) return 0;
    if ((bit(number) & STOPPING) != 0) return fail(ENOSYS);
    // The kernel names only the place of the trap, which is here.
    printf("ended by signal %d%s\n", number, number == SIGABRT ? " (abort)" : "");
    __builtin_trap();
}

static void deliver_pending(void) {
    uint64_t ready;
    while ((ready = pending & ~blocked) != 0) {
        int number = __builtin_ctzll(ready);
        pending &= ~bit(number);
        deliver(number);
    }
}

int raise(int number) {
    if (!is_signal(number)) return fail(EINVAL);
    if ((blocked & bit(number)) == 0) return deliver(number);
    pending |= bit(number);
    return 0;
}

// A handler may leave by longjmp; when it returns, or the signal is ignored, the process ends all the same.
_Noreturn void abort(void) {
    blocked &= ~bit(SIGABRT);
    raise(SIGABRT);
    __builtin_trap();
}

int sigaction(int number, const struct sigaction* restrict action, struct sigaction* restrict old) {
    if (!is_signal(number) || (action != NULL && (bit(number) & UNSTOPPABLE) != 0)) return fail(EINVAL);
    mtx_lock(&lock);
    struct sigaction before = actions[number];
    if (action != NULL) actions[number] = *action;
    mtx_unlock(&lock);
    if (old != NULL) *old = before;
    return 0;
}

sighandler_t signal(int number, sighandler_t handler) {
    struct sigaction old, action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

int sigemptyset(sigset_t* set) {
    set->bits = 0;
    return 0;
}

int sigfillset(sigset_t* set) {
    set->bits = bit(NSIG) - 2;
    return 0;
}

int sigaddset(sigset_t* set, int number) {
    if (!is_signal(number)) return fail(EINVAL);
    set->bits |= bit(number);
    return 0;
}

int sigdelset(sigset_t* set, int number) {
    if (!is_signal(number)) return fail(EINVAL);
    set->bits &= ~bit(number);
    return 0;
}

int sigismember(const sigset_t* set, int number) {
    if (!is_signal(number)) return fail(EINVAL);
    return (set->bits & bit(number)) != 0;
}

int pthread_sigmask(int how, const sigset_t* restrict set, sigset_t* restrict old) {
    uint64_t before = blocked;
    if (set != NULL) {
        switch (how) {
            case SIG_BLOCK: blocked |= set->bits; break;
            case SIG_UNBLOCK: blocked &= ~set->bits; break;
            case SIG_SETMASK: blocked = set->bits; break;
            default: return EINVAL;
        }
        blocked &= ~UNSTOPPABLE;
    }
    if (old != NULL) old->bits = before;
    deliver_pending();
    return 0;
}

int sigprocmask(int how, const sigset_t* restrict set, sigset_t* restrict old) {
    int error = pthread_sigmask(how, set, old);
    return error == 0 ? 0 : fail(error);
}

int sigpending(sigset_t* set) {
    set->bits = pending;
    return 0;
}
