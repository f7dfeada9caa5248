// What happens before main: relocate the image, bind the system calls to the vDSO, read the startup message.
// The counterpart for Rust programs is user/rust/src/start.rs and import.rs; records look the same.

#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/processargs.h>
#include <zircon/syscalls.h>

#include "internal.h"

// One imported system call: where its stub jumps to, and how far from this record its name lies.
typedef struct {
    uintptr_t address;
    intptr_t name_offset;
} import_t;

extern import_t __start_hafnon_imports[] __attribute__((weak, visibility("hidden")));
extern import_t __stop_hafnon_imports[] __attribute__((weak, visibility("hidden")));

int main(int argc, char** argv, char** envp);

static const Elf64_Dyn* dynamic_entry(const Elf64_Dyn* dynamic, Elf64_Sxword tag) {
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == tag) return dynamic;
    }
    return NULL;
}

// No pointer may be read from memory before this is done.
static void relocate(uintptr_t base, const Elf64_Dyn* dynamic) {
    const Elf64_Dyn* table = dynamic_entry(dynamic, DT_RELA);
    const Elf64_Dyn* size = dynamic_entry(dynamic, DT_RELASZ);
    if (table == NULL || size == NULL) return;
    const Elf64_Rela* first = (const Elf64_Rela*)(base + table->d_un.d_ptr);
    for (size_t i = 0; i < size->d_un.d_val / sizeof(*first); i++) {
        if (ELF64_R_TYPE(first[i].r_info) == R_X86_64_RELATIVE) {
            *(uintptr_t*)(base + first[i].r_offset) = base + (uintptr_t)first[i].r_addend;
        }
    }
}

static uint32_t symbol_hash(const char* name) {
    uint32_t hash = 0;
    for (; *name != 0; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        hash = (hash ^ ((hash >> 24) & 0xf0)) & 0x0fffffff;
    }
    return hash;
}

static zx_status_t missing_call(void) {
    return ZX_ERR_NOT_SUPPORTED;
}

static const Elf64_Dyn* dynamic_of(uintptr_t base) {
    const Elf64_Ehdr* header = (const Elf64_Ehdr*)base;
    const Elf64_Phdr* segments = (const Elf64_Phdr*)(base + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_DYNAMIC) return (const Elf64_Dyn*)(base + segments[i].p_vaddr);
    }
    return NULL;
}

static uintptr_t find_symbol(uintptr_t base, const Elf64_Dyn* dynamic, const char* name) {
    const uint32_t* hash = (const uint32_t*)(base + dynamic_entry(dynamic, DT_HASH)->d_un.d_ptr);
    const Elf64_Sym* symbols = (const Elf64_Sym*)(base + dynamic_entry(dynamic, DT_SYMTAB)->d_un.d_ptr);
    const char* names = (const char*)(base + dynamic_entry(dynamic, DT_STRTAB)->d_un.d_ptr);
    uint32_t buckets = hash[0];
    const uint32_t* chains = hash + 2 + buckets;
    for (uint32_t i = hash[2 + symbol_hash(name) % buckets]; i != 0; i = chains[i]) {
        if (symbols[i].st_shndx != SHN_UNDEF && strcmp(names + symbols[i].st_name, name) == 0) {
            return base + symbols[i].st_value;
        }
    }
    return (uintptr_t)missing_call;
}

static void bind_imports(uintptr_t vdso) {
    const Elf64_Dyn* dynamic = dynamic_of(vdso);
    for (import_t* record = __start_hafnon_imports; record < __stop_hafnon_imports; record++) {
        record->address = find_symbol(vdso, dynamic, (const char*)record + record->name_offset);
    }
}

_Noreturn void hafnon_start(zx_handle_t bootstrap, uintptr_t vdso, uintptr_t base, const Elf64_Dyn* dynamic) {
    relocate(base, dynamic);
    bind_imports(vdso);
    startup_t* startup = read_startup(bootstrap);
    exit(main(startup->argc, startup->argv, startup->envp));
}
