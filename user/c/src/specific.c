// <threads.h>: values that each thread has of its own under a key made at run time.

#include <stdatomic.h>
#include <threads.h>

#include "internal.h"

#define MAX_KEYS 64

// A key that was never made, and one whose values need no destructor, are told apart by `made`.
typedef struct {
    atomic_bool made;
    _Atomic(tss_dtor_t) destructor;
} tss_key_t;

static tss_key_t keys[MAX_KEYS];
static _Thread_local void* values[MAX_KEYS];

int tss_create(tss_t* out, tss_dtor_t destructor) {
    for (tss_t key = 0; key < MAX_KEYS; key++) {
        if (atomic_exchange(&keys[key].made, true)) continue;
        atomic_store(&keys[key].destructor, destructor);
        *out = key;
        return thrd_success;
    }
    return thrd_error;
}

void tss_delete(tss_t key) {
    if (key >= MAX_KEYS) return;
    atomic_store(&keys[key].destructor, NULL);
    atomic_store(&keys[key].made, false);
}

void* tss_get(tss_t key) { return key < MAX_KEYS ? values[key] : NULL; }

int tss_set(tss_t key, void* value) {
    if (key >= MAX_KEYS || !atomic_load(&keys[key].made)) return thrd_error;
    values[key] = value;
    return thrd_success;
}

// Runs each destructor once; whether there was one.
static bool run_destructors(void) {
    bool any = false;
    for (tss_t key = 0; key < MAX_KEYS; key++) {
        void* value = values[key];
        tss_dtor_t destructor = atomic_load(&keys[key].destructor);
        if (value == NULL || destructor == NULL) continue;
        values[key] = NULL;
        destructor(value);
        any = true;
    }
    return any;
}

void run_tss_destructors(void) {
    // A destructor may set values again.
    for (int round = 0; round < TSS_DTOR_ITERATIONS && run_destructors(); round++) {
    }
}
