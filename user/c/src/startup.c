// The bootstrap message: strings for main, handles for zx_take_startup_handle and the zx_*_self functions.

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <zircon/process.h>
#include <zircon/processargs.h>
#include <zircon/syscalls.h>

#include "internal.h"

#define MAX_STRINGS 256
#define NO_MESSAGE_EXIT_CODE 101

static _Alignas(8) unsigned char message[ZX_CHANNEL_MAX_MSG_BYTES];
static zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
static uint32_t kinds[ZX_CHANNEL_MAX_MSG_HANDLES];
static uint32_t handle_count;
static char* strings[MAX_STRINGS + 2];
static startup_t startup;

// Points `place` at `count` strings from `offset` on, and a NULL after them; the next free place.
static char** split_strings(char** place, uint32_t offset, uint32_t count) {
    char* text = (char*)message + offset;
    while (count-- > 0 && place < strings + MAX_STRINGS) {
        *place++ = text;
        while (*text++ != 0) {
        }
    }
    *place++ = NULL;
    return place;
}

startup_t* read_startup(zx_handle_t bootstrap) {
    uint32_t bytes = 0;
    zx_status_t status = zx_channel_read(bootstrap, 0, message, handles, sizeof(message),
                                         ZX_CHANNEL_MAX_MSG_HANDLES, &bytes, &handle_count);
    const zx_proc_args_t* head = (const zx_proc_args_t*)message;
    if (status != ZX_OK || bytes < sizeof(*head) || head->protocol != ZX_PROCARGS_PROTOCOL) {
        zx_process_exit(NO_MESSAGE_EXIT_CODE);
    }
    zx_handle_close(bootstrap);
    for (uint32_t i = 0; i < handle_count; i++) {
        kinds[i] = ((const uint32_t*)(message + head->handle_info_off))[i];
    }
    startup.argc = (int)head->args_num;
    startup.argv = strings;
    startup.envp = split_strings(strings, head->args_off, head->args_num);
    split_strings(startup.envp, head->environ_off, head->environ_num);
    return &startup;
}

static zx_handle_t* startup_handle(uint32_t kind) {
    for (uint32_t i = 0; i < handle_count; i++) {
        if (kinds[i] == kind) return &handles[i];
    }
    return NULL;
}

static zx_handle_t borrow(uint32_t kind) {
    zx_handle_t* handle = startup_handle(kind);
    return handle == NULL ? ZX_HANDLE_INVALID : *handle;
}

zx_handle_t zx_take_startup_handle(uint32_t kind) {
    zx_handle_t* place = startup_handle(kind);
    if (place == NULL) return ZX_HANDLE_INVALID;
    zx_handle_t handle = *place;
    *place = ZX_HANDLE_INVALID;
    return handle;
}

zx_handle_t zx_process_self(void) { return borrow(PA_PROC_SELF); }
zx_handle_t zx_thread_self(void) { return borrow(PA_THREAD_SELF); }
zx_handle_t zx_vmar_root_self(void) { return borrow(PA_VMAR_ROOT); }
zx_handle_t zx_job_default(void) { return borrow(PA_JOB_DEFAULT); }

// The same under the names that a program cannot replace by its own.
zx_handle_t _zx_process_self(void) __attribute__((alias("zx_process_self")));
zx_handle_t _zx_thread_self(void) __attribute__((alias("zx_thread_self")));
zx_handle_t _zx_vmar_root_self(void) __attribute__((alias("zx_vmar_root_self")));
zx_handle_t _zx_job_default(void) __attribute__((alias("zx_job_default")));

_Noreturn void exit(int code) {
    for (;;) zx_process_exit(code);
}

_Noreturn void abort(void) {
    __builtin_trap();
}
