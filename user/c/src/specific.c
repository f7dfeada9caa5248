// <threads.h>: values that each thread has of its own under a key made at run time.

#include <limits.h>
#include <stdatomic.h>
#include <threads.h>

#include "internal.h"

#define MAX_KEYS PTHREAD_KEYS_MAX

// What a key stands for. The count is odd while there is one; key and count together make a tss_t, so that a value of
// a key that is gone is never taken for one of the next in its place.
typedef struct {
    atomic_uint count;
    _Atomic(tss_dtor_t) destructor;
} tss_key_t;

typedef struct {
    tss_t key;
    void* value;
} tss_value_t;

static tss_key_t keys[MAX_KEYS];
static _Thread_local tss_value_t values[MAX_KEYS];

static tss_t key_of(unsigned count, unsigned place) { return count * MAX_KEYS + place; }

bool is_key(tss_t key) {
    unsigned count = atomic_load(&keys[key % MAX_KEYS].count);
    return count % 2 != 0 && key == key_of(count, key % MAX_KEYS);
}

int tss_create(tss_t* out, tss_dtor_t destructor) {
    for (unsigned place = 0; place < MAX_KEYS; place++) {
        unsigned count = atomic_load(&keys[place].count);
        if (count % 2 != 0 || !atomic_compare_exchange_strong(&keys[place].count, &count, count + 1)) continue;
        atomic_store(&keys[place].destructor, destructor);
        *out = key_of(count + 1, place);
        return thrd_success;
    }
    return thrd_error;
}

void tss_delete(tss_t key) {
    if (!is_key(key)) return;
    atomic_store(&keys[key % MAX_KEYS].destructor, NULL);
    atomic_fetch_add(&keys[key % MAX_KEYS].count, 1);
}

void* tss_get(tss_t key) {
    const tss_value_t* value = &values[key % MAX_KEYS];
    return value->key == key ? value->value : NULL;
}

int tss_set(tss_t key, void* value) {
    if (!is_key(key)) return thrd_error;
    values[key % MAX_KEYS] = (tss_value_t){key, value};
    return thrd_success;
}

// Runs each destructor once; whether there was one.
static bool run_destructors(void) {
    bool any = false;
    for (unsigned place = 0; place < MAX_KEYS; place++) {
        void* value = values[place].value;
        tss_dtor_t destructor = atomic_load(&keys[place].destructor);
        if (value == NULL || destructor == NULL || !is_key(values[place].key)) continue;
        values[place].value = NULL;
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
