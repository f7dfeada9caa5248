// Threads of <threads.h> and <pthread.h>, and the memory in which their thread-local variables lie.
//
//     memory                                                        memory + memory_size
//     │   guard    │ stack ◀────────── grows down │ thread-local │ thread_t │
//                                                 │  variables   ▲ fs base

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <zircon/processargs.h>
#include <zircon/threads.h>
#include <zircon/tls.h>

#include "internal.h"

#define STACK_ALIGNMENT 16

static_assert(offsetof(thread_t, stack_guard) == ZX_TLS_STACK_GUARD_OFFSET, "as in zircon/tls.h");
static_assert(offsetof(thread_t, unsafe_pointer) == ZX_TLS_UNSAFE_SP_OFFSET, "as in zircon/tls.h");

// A program header of an ELF image.
typedef struct {
    uint32_t type, flags;
    uint64_t offset, address, physical_address, file_size, memory_size, alignment;
} segment_t;

#define SEGMENT_TLS 7
#define SEGMENTS_OFFSET 0x20
#define SEGMENT_COUNT_OFFSET 0x38

// This program's image, from its ELF header on.
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

// What thread-local variables look like in a new thread.
typedef struct {
    const char* image;
    size_t image_size, size, alignment;
} template_t;

static _Thread_local thread_t* current;
static uintptr_t stack_guard;

static size_t align_up(size_t value, size_t alignment) { return (value + alignment - 1) & ~(alignment - 1); }

static template_t find_template(void) {
    uint64_t offset;
    uint16_t count;
    memcpy(&offset, __ehdr_start + SEGMENTS_OFFSET, sizeof(offset));
    memcpy(&count, __ehdr_start + SEGMENT_COUNT_OFFSET, sizeof(count));
    const segment_t* segment = (const segment_t*)(__ehdr_start + offset);
    for (; count > 0; segment++, count--) {
        if (segment->type != SEGMENT_TLS) continue;
        size_t alignment = segment->alignment > _Alignof(thread_t) ? segment->alignment : _Alignof(thread_t);
        size_t size = align_up(segment->memory_size, alignment);
        return (template_t){__ehdr_start + segment->address, segment->file_size, size, alignment};
    }
    return (template_t){NULL, 0, 0, _Alignof(thread_t)};
}

// Fills in what lies below and at `thread`, in memory of zeros.
static void prepare(thread_t* thread, const template_t* template) {
    memcpy((char*)thread - template->size, template->image, template->image_size);
    thread->self = thread;
    thread->stack_guard = stack_guard;
}

// The calling thread's thread-local variables work after this.
static void adopt(thread_t* thread) {
    uintptr_t base = (uintptr_t)thread;
    zx_status_t status = zx_object_set_property(thread->handle, ZX_PROP_REGISTER_FS, &base, sizeof(base));
    if (status != ZX_OK) abort();
    current = thread;
}

thread_t* thread_self(void) { return current; }

void start_first_thread(void) {
    template_t template = find_template();
    size_t size = align_up(template.size + sizeof(thread_t), template.alignment);
    char* memory = aligned_alloc(template.alignment, size);
    if (memory == NULL) abort();
    memset(memory, 0, size);
    zx_cprng_draw(&stack_guard, sizeof(stack_guard));
    thread_t* thread = (thread_t*)(memory + template.size);
    prepare(thread, &template);
    thread->handle = zx_take_startup_handle(PA_HND(PA_THREAD_SELF, 0));
    adopt(thread);
}

// Maps `size` bytes of zeros behind `guard` bytes that fault; the address of those, or 0.
static zx_status_t map(size_t guard, size_t size, zx_vaddr_t* base) {
    zx_handle_t region, vmo;
    zx_vaddr_t address;
    zx_vm_option_t can = ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC;
    zx_status_t status = zx_vmo_create(size, 0, &vmo);
    if (status != ZX_OK) return status;
    status = zx_vmar_allocate(zx_vmar_root_self(), can, 0, guard + size, &region, base);
    if (status == ZX_OK) {
        zx_vm_option_t options = ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_SPECIFIC;
        status = zx_vmar_map(region, options, guard, vmo, 0, size, &address);
        if (status != ZX_OK) zx_vmar_destroy(region);
        zx_handle_close(region);
    }
    zx_handle_close(vmo);
    return status;
}

// A thread that has its memory, but does not run.
static zx_status_t new_thread(const thread_plan_t* plan, const template_t* template, thread_t** out) {
    size_t above = template->size + sizeof(thread_t) + template->alignment, size, guard, all;
    if (__builtin_add_overflow(plan->stack_size, above + ZX_PAGE_SIZE, &size)) return ZX_ERR_NO_MEMORY;
    size = align_up(size - ZX_PAGE_SIZE, ZX_PAGE_SIZE);
    if (__builtin_add_overflow(plan->guard_size, ZX_PAGE_SIZE - 1, &guard)) return ZX_ERR_NO_MEMORY;
    guard &= ~(size_t)(ZX_PAGE_SIZE - 1);
    if (__builtin_add_overflow(size, guard, &all)) return ZX_ERR_NO_MEMORY;
    zx_vaddr_t memory;
    zx_status_t status = map(guard, size, &memory);
    if (status != ZX_OK) return status;
    thread_t* thread = (thread_t*)((memory + all - sizeof(thread_t)) & ~(template->alignment - 1));
    prepare(thread, template);
    thread->memory = memory;
    thread->memory_size = all;
    *out = thread;
    return ZX_OK;
}

// Gives back everything of a thread that has ended, or never ran.
static void release(thread_t* thread) {
    zx_handle_close(thread->handle);
    if (thread->memory != 0) zx_vmar_unmap(zx_vmar_root_self(), thread->memory, thread->memory_size);
}

static _Noreturn void thread_main(thread_t* thread) {
    adopt(thread);
    if (thread->start.posix != NULL) thread_exit(thread->start.posix(thread->argument));
    thrd_exit(thread->start.c11(thread->argument));
}

static zx_status_t launch(thread_t* thread, const char* name, size_t stack_top) {
    zx_status_t status = zx_thread_create(zx_process_self(), name, strlen(name), 0, &thread->handle);
    if (status != ZX_OK) return status;
    // A function expects its return address on an aligned stack.
    zx_vaddr_t stack = (stack_top & ~(size_t)(STACK_ALIGNMENT - 1)) - sizeof(uintptr_t);
    return zx_thread_start(thread->handle, (zx_vaddr_t)thread_main, stack, (uintptr_t)thread, 0);
}

zx_status_t thread_create(thread_t** out, const thread_plan_t* plan) {
    template_t template = find_template();
    thread_t* thread;
    zx_status_t status = new_thread(plan, &template, &thread);
    if (status != ZX_OK) return status;
    thread->start = plan->start;
    thread->argument = plan->argument;
    thread->state = plan->state;
    *out = thread;
    status = launch(thread, plan->name, (size_t)thread - template.size);
    if (status != ZX_OK) release(thread);
    return status;
}

_Noreturn void thread_exit(void* result) {
    run_cleanups();
    run_thread_exits();
    run_tss_destructors();
    thread_t* thread = current;
    thread->result = result;
    if (atomic_exchange(&thread->state, THREAD_ENDED) == THREAD_DETACHED && thread->memory != 0) {
        // Nobody else will: the stack this runs on goes too, so the kernel does all of it at once.
        zx_vmar_unmap_handle_close_thread_exit(zx_vmar_root_self(), thread->memory, thread->memory_size, thread->handle);
    }
    for (;;) zx_thread_exit();
}

zx_status_t thread_join(thread_t* thread, void** result) {
    zx_status_t status = zx_object_wait_one(thread->handle, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL);
    if (status != ZX_OK) return status;
    if (result != NULL) *result = thread->result;
    release(thread);
    return ZX_OK;
}

bool thread_detach(thread_t* thread) {
    int expected = THREAD_JOINABLE;
    if (atomic_compare_exchange_strong(&thread->state, &expected, THREAD_DETACHED)) return true;
    return expected == THREAD_ENDED && thread_join(thread, NULL) == ZX_OK;
}

int thrd_create_with_name(thrd_t* out, thrd_start_t start, void* argument, const char* name) {
    thread_plan_t plan = {{.c11 = start}, argument, name == NULL ? "" : name, STACK_SIZE, ZX_PAGE_SIZE, THREAD_JOINABLE};
    zx_status_t status = thread_create(out, &plan);
    if (status == ZX_OK) return thrd_success;
    return status == ZX_ERR_NO_MEMORY || status == ZX_ERR_NO_RESOURCES ? thrd_nomem : thrd_error;
}

int thrd_create(thrd_t* out, thrd_start_t start, void* argument) {
    return thrd_create_with_name(out, start, argument, "thrd_t");
}

_Noreturn void thrd_exit(int result) { thread_exit((void*)(intptr_t)result); }

int thrd_join(thrd_t thread, int* result) {
    void* value;
    if (thread_join(thread, &value) != ZX_OK) return thrd_error;
    if (result != NULL) *result = (int)(intptr_t)value;
    return thrd_success;
}

int thrd_detach(thrd_t thread) { return thread_detach(thread) ? thrd_success : thrd_error; }

thrd_t thrd_current(void) { return current; }

int thrd_equal(thrd_t one, thrd_t other) { return one == other; }

void thrd_yield(void) { sched_yield(); }

zx_handle_t thrd_get_zx_handle(thrd_t thread) { return thread->handle; }

zx_handle_t zx_thread_self(void) { return current->handle; }

zx_handle_t _zx_thread_self(void) __attribute__((alias("zx_thread_self")));
