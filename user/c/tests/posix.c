// What public programs include beyond C's own library: <fcntl.h>, <sys/random.h>, <signal.h>, <dlfcn.h>. What is not
// here has to fail as documented.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>
#include <zircon/dlfcn.h>

#include "support.h"

TEST(fcntl, there_are_no_files) {
    ASSERT_ERRNO(ENOENT, open("/etc/passwd", O_RDONLY));
    ASSERT_ERRNO(ENOENT, openat(AT_FDCWD, "file", O_RDWR | O_CLOEXEC));
    ASSERT_ERRNO(ENOSYS, open("/tmp/new", O_WRONLY | O_CREAT | O_TRUNC, 0600));
    ASSERT_ERRNO(ENOSYS, creat("new", 0600));
}

TEST(fcntl, the_console_has_three_numbers) {
    char byte = 'b';
    ASSERT_EQ(fcntl(STDIN_FILENO, F_GETFL), O_RDONLY);
    ASSERT_EQ(fcntl(STDERR_FILENO, F_GETFL), O_WRONLY);
    ASSERT_EQ(fcntl(STDOUT_FILENO, F_GETFD), 0);
    ASSERT_ERRNO(EINVAL, fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK));
    ASSERT_ERRNO(EBADF, fcntl(3, F_GETFL));
    ASSERT_ERRNO(EBADF, fcntl(-1, F_GETFD));
    ASSERT_EQ(read(STDIN_FILENO, &byte, 1), 0);
    ASSERT_ERRNO(EBADF, read(STDOUT_FILENO, &byte, 1));
    ASSERT_EQ(close(STDIN_FILENO), 0);
    ASSERT_ERRNO(EBADF, close(3));
    ASSERT_EQ(byte, 'b');
}

// Whether bytes are what they were filled with.
static bool is_filled(const unsigned char* bytes, size_t length, unsigned char with) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != with) return false;
    }
    return true;
}

TEST(random, bytes_are_drawn_as_asked) {
    static unsigned char one[5000], other[5000];
    ASSERT_EQ(getrandom(one, sizeof(one) - 100, GRND_NONBLOCK), sizeof(one) - 100);
    ASSERT_EQ(getrandom(other, sizeof(other), 0), sizeof(other));
    ASSERT(memcmp(one, other, sizeof(one) - 100) != 0);
    ASSERT(!is_filled(one + sizeof(one) - 200, 100, 0) && is_filled(one + sizeof(one) - 100, 100, 0));
    memset(one, 0, sizeof(one));
    ASSERT_EQ(getentropy(one, 256), 0);
    ASSERT(!is_filled(one + 192, 64, 0) && is_filled(one + 256, 100, 0));
    ASSERT_ERRNO(EIO, getentropy(one, 257));
    ASSERT_ERRNO(EINVAL, getrandom(one, 1, 8));
    ASSERT_EQ(getrandom(one, 0, 0), 0);
}

static volatile sig_atomic_t arrived, deep;

static void arrive(int number) { arrived = arrived * 100 + number; }

TEST(signal, a_raised_signal_runs_its_handler_first) {
    arrived = 0;
    ASSERT(signal(SIGUSR1, arrive) == SIG_DFL);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(arrived, SIGUSR1);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(arrived, SIGUSR1 * 101);
    ASSERT(signal(SIGUSR1, SIG_IGN) == arrive);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(arrived, SIGUSR1 * 101);
    ASSERT(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

TEST(signal, some_signals_do_nothing_and_some_numbers_are_none) {
    ASSERT(raise(SIGCHLD) == 0 && raise(SIGURG) == 0 && raise(SIGWINCH) == 0 && raise(SIGCONT) == 0);
    ASSERT_ERRNO(ENOSYS, raise(SIGSTOP));
    ASSERT_ERRNO(ENOSYS, raise(SIGTSTP));
    ASSERT_ERRNO(EINVAL, raise(0));
    ASSERT_ERRNO(EINVAL, raise(NSIG));
    ASSERT_ERRNO(EINVAL, raise(-1));
    static const int refused[] = {SIGKILL, SIGSTOP, 0, NSIG, -5};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        errno = 0;
        ASSERT(signal(refused[i], arrive) == SIG_ERR);
        ASSERT_EQ(errno, EINVAL);
    }
}

static void with_info(int number, siginfo_t* info, void* context) {
    ASSERT(info->si_signo == number && info->si_code == SI_TKILL && context == NULL);
    arrive(number);
}

TEST(signal, an_action_may_be_for_once_and_be_told_more) {
    struct sigaction old, action = {.sa_sigaction = with_info, .sa_flags = (int)(SA_SIGINFO | SA_RESETHAND)};
    arrived = 0;
    ASSERT_EQ(sigaction(SIGCHLD, &action, NULL), 0);
    ASSERT(raise(SIGCHLD) == 0 && raise(SIGCHLD) == 0);
    ASSERT_EQ(arrived, SIGCHLD);
    ASSERT_EQ(sigaction(SIGCHLD, NULL, &old), 0);
    ASSERT(old.sa_handler == SIG_DFL);
    ASSERT_EQ(sigaction(SIGKILL, NULL, &old), 0);
}

// Raises its own signal twice and another, and finds that the first has to wait.
static void raise_again(int number) {
    arrive(number);
    if (deep++ > 0) return;
    raise(number);
    raise(number);
    ASSERT_EQ(arrived, number);
    raise(SIGUSR2);
    ASSERT_EQ(arrived, number * 100 + SIGUSR2);
}

TEST(signal, a_signal_waits_while_it_is_handled) {
    arrived = deep = 0;
    signal(SIGUSR1, raise_again);
    signal(SIGUSR2, arrive);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(arrived, (SIGUSR1 * 100 + SIGUSR2) * 100 + SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
}

static int has_nothing_blocked(void* unused) {
    (void)unused;
    sigset_t set;
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
    return !sigismember(&set, SIGUSR1) && raise(SIGUSR1) == 0;
}

TEST(signal, a_blocked_signal_waits) {
    sigset_t set, old;
    arrived = 0;
    signal(SIGUSR1, arrive);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGKILL);
    ASSERT_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
    ASSERT(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0);
    ASSERT_EQ(arrived, 0);
    ASSERT_EQ(sigpending(&set), 0);
    ASSERT(sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGUSR2) == 0);
    // Each thread blocks for itself.
    ASSERT_EQ(join(start(has_nothing_blocked, NULL)), 1);
    ASSERT_EQ(arrived, SIGUSR1);
    ASSERT_EQ(sigprocmask(SIG_SETMASK, &old, &set), 0);
    ASSERT_EQ(arrived, SIGUSR1 * 101);
    ASSERT(sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGKILL) == 0);
    ASSERT_ERRNO(EINVAL, sigprocmask(7, &set, NULL));
    ASSERT_EQ(pthread_sigmask(7, &set, NULL), EINVAL);
    ASSERT_ERRNO(EINVAL, sigaddset(&set, NSIG));
    ASSERT_ERRNO(EINVAL, sigdelset(&set, 0));
    ASSERT_ERRNO(EINVAL, sigismember(&set, 64));
    sigfillset(&set);
    ASSERT(sigismember(&set, 1) && sigismember(&set, NSIG - 1) && sigdelset(&set, 1) == 0 && !sigismember(&set, 1));
    signal(SIGUSR1, SIG_DFL);
}

static jmp_buf place;

static void leave(int number) { longjmp(place, number); }

TEST(signal, a_handler_may_save_a_program_from_its_abort) {
    signal(SIGABRT, leave);
    if (setjmp(place) == 0) abort();
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    // As with every handler that does not return: the signal stays blocked, until somebody sets the mask.
    ASSERT_EQ(sigismember(&set, SIGABRT), 1);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    signal(SIGABRT, SIG_DFL);
}

TEST(dlfcn, every_call_fails_and_says_why) {
    Dl_info info;
    ASSERT(dlerror() == NULL);
    ASSERT(dlopen("libm.so", RTLD_NOW) == NULL);
    char* text = dlerror();
    ASSERT(text != NULL && strstr(text, "libm.so: ") == text && strstr(text, "no dynamic linker") != NULL);
    ASSERT(dlerror() == NULL);
    ASSERT(dlopen(NULL, RTLD_LAZY) == NULL && dlerror() != NULL);
    ASSERT(dlsym(RTLD_DEFAULT, "main") == NULL && strstr(dlerror(), "main: ") != NULL);
    ASSERT(dlclose(&info) != 0 && dlerror() != NULL);
    ASSERT_EQ(dladdr((void*)(uintptr_t)dlerror, &info), 0);
    zx_handle_t event = new_event();
    ASSERT(dlopen_vmo(event, RTLD_NOW) == NULL && dlerror() != NULL);
    ASSERT(is_open(event));
    ASSERT_EQ(dl_set_loader_service(event), ZX_HANDLE_INVALID);
    ASSERT(!is_open(event));
    ASSERT_STATUS(ZX_ERR_UNAVAILABLE, dl_clone_loader_service(&event));
}
