// <stdlib.h>: a first-fit heap over mapped memory, and numbers from text; <assert.h>'s failure.

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/process.h>
#include <zircon/syscalls.h>

#define ALIGNMENT 16
#define GROWTH (256 * 1024)

// Precedes every block, free or not. Free blocks form a list in order of address.
typedef struct block {
    size_t size;  // bytes after this head
    struct block* next;
} block_t;

static_assert(sizeof(block_t) == ALIGNMENT, "blocks must keep the alignment");

static block_t* free_blocks;
static int heap_lock;

static void lock(void) {
    while (__atomic_exchange_n(&heap_lock, 1, __ATOMIC_ACQUIRE) != 0) zx_nanosleep(0);
}

static void unlock(void) { __atomic_store_n(&heap_lock, 0, __ATOMIC_RELEASE); }

static int adjacent(const block_t* left, const block_t* right) {
    return left != NULL && (const char*)(left + 1) + left->size == (const char*)right;
}

static void insert(block_t* block) {
    block_t* before = NULL;
    block_t* after = free_blocks;
    while (after != NULL && after < block) {
        before = after;
        after = after->next;
    }
    block->next = after;
    if (before == NULL) free_blocks = block; else before->next = block;
    if (adjacent(block, after)) {
        block->size += sizeof(*after) + after->size;
        block->next = after->next;
    }
    if (adjacent(before, block)) {
        before->size += sizeof(*block) + block->size;
        before->next = block->next;
    }
}

static int grow(size_t size) {
    size_t length = size + sizeof(block_t) > GROWTH ? size + sizeof(block_t) : GROWTH;
    length = (length + ZX_PAGE_SIZE - 1) & ~((size_t)ZX_PAGE_SIZE - 1);
    zx_handle_t vmo;
    if (zx_vmo_create(length, 0, &vmo) != ZX_OK) return 0;
    zx_vaddr_t address = 0;
    zx_status_t status = zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, 0, vmo, 0, length, &address);
    zx_handle_close(vmo);
    if (status != ZX_OK) return 0;
    block_t* block = (block_t*)address;
    block->size = length - sizeof(*block);
    insert(block);
    return 1;
}

// Takes `size` bytes, a multiple of the alignment, from the first block that has them.
static void* take(size_t size) {
    for (block_t** link = &free_blocks; *link != NULL; link = &(*link)->next) {
        block_t* block = *link;
        if (block->size < size) continue;
        if (block->size >= size + sizeof(*block) + ALIGNMENT) {
            block_t* rest = (block_t*)((char*)(block + 1) + size);
            rest->size = block->size - size - sizeof(*rest);
            rest->next = block->next;
            block->size = size;
            *link = rest;
        } else {
            *link = block->next;
        }
        return block + 1;
    }
    return NULL;
}

void* malloc(size_t size) {
    if (size > PTRDIFF_MAX) return NULL;
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (size == 0) size = ALIGNMENT;
    lock();
    void* memory = take(size);
    if (memory == NULL && grow(size)) memory = take(size);
    unlock();
    return memory;
}

void free(void* memory) {
    if (memory == NULL) return;
    lock();
    insert((block_t*)memory - 1);
    unlock();
}

void* calloc(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return NULL;
    void* memory = malloc(total);
    return memory == NULL ? NULL : memset(memory, 0, total);
}

void* realloc(void* memory, size_t size) {
    if (memory == NULL) return malloc(size);
    size_t have = ((block_t*)memory - 1)->size;
    if (size <= have) return memory;
    void* larger = malloc(size);
    if (larger == NULL) return NULL;
    memcpy(larger, memory, have);
    free(memory);
    return larger;
}

long strtol(const char* text, char** end, int base) {
    while (*text == ' ' || (*text >= '\t' && *text <= '\r')) text++;
    int negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    if ((base == 0 || base == 16) && text[0] == '0' && (text[1] | 0x20) == 'x') {
        text += 2;
        base = 16;
    }
    if (base == 0) base = *text == '0' ? 8 : 10;
    long value = 0;
    for (;; text++) {
        int letter = *text | 0x20;
        int digit = *text >= '0' && *text <= '9' ? *text - '0' : letter >= 'a' && letter <= 'z' ? letter - 'a' + 10 : 99;
        if (digit >= base) break;
        value = value * base + digit;
    }
    if (end != NULL) *end = (char*)text;
    return negative ? -value : value;
}

int atoi(const char* text) { return (int)strtol(text, NULL, 10); }

_Noreturn void __assert_fail(const char* condition, const char* file, int line, const char* function) {
    printf("%s:%d: %s: assertion failed: %s\n", file, line, function, condition);
    abort();
}
