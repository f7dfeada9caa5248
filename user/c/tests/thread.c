// thread_create, thread_start, thread_exit, task_kill of a thread, and a thread's properties.

#include <stdatomic.h>

#include "support.h"

static zx_handle_t new_thread(void) {
    zx_handle_t thread;
    ASSERT_OK(zx_thread_create(zx_process_self(), "raw", 3, 0, &thread));
    return thread;
}

static _Alignas(16) char stack[16384];
static atomic_ulong arguments;

static void raw_thread(uintptr_t first, uintptr_t second) {
    atomic_store(&arguments, first * 1000 + second);
    zx_thread_exit();
}

TEST(thread, runs_with_its_arguments_and_ends) {
    zx_handle_t thread = new_thread();
    ASSERT_EQ(state_of(thread), ZX_THREAD_STATE_NEW);
    ASSERT_EQ(active_signals(thread), 0);
    zx_vaddr_t top = (zx_vaddr_t)(stack + sizeof(stack)) - sizeof(uintptr_t);
    ASSERT_OK(zx_thread_start(thread, (zx_vaddr_t)raw_thread, top, 7, 11));
    ASSERT_OK(zx_object_wait_one(thread, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL));
    ASSERT_EQ(arguments, 7011);
    ASSERT_EQ(state_of(thread), ZX_THREAD_STATE_DEAD);
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_thread_start(thread, (zx_vaddr_t)raw_thread, top, 0, 0));
    zx_handle_close(thread);
}

static int wait_forever(void* event) {
    zx_object_wait_one(*(zx_handle_t*)event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
    return 0;
}

TEST(thread, running_and_blocked_threads_say_so) {
    zx_handle_t event = new_event();
    thrd_t thread = start_blocked(wait_forever, &event, ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
    ASSERT_EQ(ZX_THREAD_STATE_BASIC(state_of(thrd_get_zx_handle(thread))), ZX_THREAD_STATE_BLOCKED);
    ASSERT((active_signals(thrd_get_zx_handle(thread)) & ZX_THREAD_RUNNING) != 0);
    ASSERT_OK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
    join(thread);
    zx_handle_close(event);
}

TEST(thread, has_a_name) {
    char name[ZX_MAX_NAME_LEN];
    zx_handle_t thread = new_thread();
    ASSERT_OK(zx_object_get_property(thread, ZX_PROP_NAME, name, sizeof(name)));
    ASSERT(strcmp(name, "raw") == 0);
    zx_handle_close(thread);
}

TEST(thread, segment_bases_are_its_own) {
    uintptr_t base = 0, word = 12345, found;
    zx_handle_t self = zx_thread_self(), other = new_thread();
    ASSERT_OK(zx_object_get_property(self, ZX_PROP_REGISTER_FS, &base, sizeof(base)));
    ASSERT_EQ(*(uintptr_t*)base, base);  // as compilers expect of thread-local storage
    base = (uintptr_t)&word;
    ASSERT_OK(zx_object_set_property(self, ZX_PROP_REGISTER_GS, &base, sizeof(base)));
    __asm__ volatile("movq %%gs:0, %0" : "=r"(found));
    ASSERT_EQ(found, 12345);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_set_property(other, ZX_PROP_REGISTER_GS, &base, sizeof(base)));
    base = 1ull << 63;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_object_set_property(self, ZX_PROP_REGISTER_GS, &base, sizeof(base)));
    zx_handle_close(other);
}

TEST(thread, create_and_start_check_their_arguments) {
    zx_handle_t thread = new_thread(), out, event = new_event();
    zx_handle_t weak = without(thread, ZX_RIGHT_MANAGE_THREAD);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_thread_create(zx_process_self(), "x", 1, 1, &out));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_thread_create(zx_process_self(), "x", 1, 0, NULL));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_thread_create(event, "x", 1, 0, &out));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_thread_create(NO_HANDLE, "x", 1, 0, &out));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_thread_start(thread, UINTPTR_MAX, 0, 0, 0));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_thread_start(weak, (zx_vaddr_t)raw_thread, 0, 0, 0));
    close_all((zx_handle_t[]){thread, event, weak}, 3);
}
