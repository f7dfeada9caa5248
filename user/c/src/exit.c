// What a program wants to have called at its end: by atexit and at_quick_exit of <stdlib.h>, by the destructors of C++
// objects with static storage, and of thread_local ones at the end of their thread.
//
// A list is made of blocks, the newest first; its first block is part of it, so that a program which needs no more than
// the functions that the C standard promises needs no memory.

#include <stdbool.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

#include "internal.h"

#define BLOCK 32

typedef struct {
    void (*call)(void* argument);
    void* argument;
} last_call_t;

typedef struct block {
    struct block* next;
    int count;
    last_call_t calls[BLOCK];
} block_t;

typedef struct {
    mtx_t lock;
    block_t first;
    block_t* newest;
} exit_list_t;

static exit_list_t at_exit, at_quick;

static bool add(exit_list_t* list, void (*call)(void*), void* argument) {
    mtx_lock(&list->lock);
    block_t* block = list->newest == NULL ? &list->first : list->newest;
    if (block->count == BLOCK) {
        block_t* more = calloc(1, sizeof(*more));
        if (more != NULL) more->next = block;
        block = more;
    }
    if (block != NULL) {
        block->calls[block->count++] = (last_call_t){call, argument};
        list->newest = block;
    }
    mtx_unlock(&list->lock);
    return block != NULL;
}

// Takes the newest call; false if none is left.
static bool take(exit_list_t* list, last_call_t* out) {
    mtx_lock(&list->lock);
    block_t* block = list->newest;
    if (block != NULL && block->count == 0 && block->next != NULL) {
        list->newest = block->next;
        free(block);
        block = list->newest;
    }
    bool any = block != NULL && block->count > 0;
    if (any) *out = block->calls[--block->count];
    mtx_unlock(&list->lock);
    return any;
}

// A function that is called may add others.
static void call_all(exit_list_t* list) {
    last_call_t last;
    while (take(list, &last)) last.call(last.argument);
}

// Calls a function of C, which has no argument.
static void call_plain(void* function) { ((void (*)(void))(uintptr_t)function)(); }

static int add_plain(exit_list_t* list, void (*function)(void)) {
    return add(list, call_plain, (void*)(uintptr_t)function) ? 0 : -1;
}

int atexit(void (*function)(void)) { return add_plain(&at_exit, function); }

int at_quick_exit(void (*function)(void)) { return add_plain(&at_quick, function); }

// What a shared library would be told apart by; there is one program only.
extern void* __dso_handle __attribute__((visibility("hidden")));
void* __dso_handle;

int __cxa_atexit(void (*destructor)(void*), void* object, void* library);
int __cxa_atexit(void (*destructor)(void*), void* object, void* library) {
    (void)library;
    return add(&at_exit, destructor, object) ? 0 : -1;
}

// A destructor of one of the thread's own objects.
typedef struct thread_exit {
    struct thread_exit* next;
    last_call_t call;
} thread_exit_t;

static _Thread_local thread_exit_t* thread_exits;

int __cxa_thread_atexit(void (*destructor)(void*), void* object, void* library);
int __cxa_thread_atexit(void (*destructor)(void*), void* object, void* library) {
    (void)library;
    thread_exit_t* entry = malloc(sizeof(*entry));
    if (entry == NULL) abort();
    *entry = (thread_exit_t){thread_exits, {destructor, object}};
    thread_exits = entry;
    return 0;
}

void run_thread_exits(void) {
    while (thread_exits != NULL) {
        thread_exit_t entry = *thread_exits;
        free(thread_exits);
        thread_exits = entry.next;
        entry.call.call(entry.call.argument);
    }
}

_Noreturn void exit(int code) {
    run_thread_exits();
    call_all(&at_exit);
    run_finishers();
    _Exit(code);
}

_Noreturn void quick_exit(int code) {
    call_all(&at_quick);
    _Exit(code);
}

_Noreturn void _Exit(int code) {
    for (;;) zx_process_exit(code);
}

_Noreturn void _exit(int code) { _Exit(code); }
