// <dlfcn.h>, <zircon/dlfcn.h>: the lack of a dynamic linker.

#include <dlfcn.h>
#include <stdio.h>
#include <zircon/dlfcn.h>
#include <zircon/syscalls.h>

static _Thread_local char text[160];
static _Thread_local char* error;

// Keeps what is wrong with `what` for dlerror; NULL.
static void* fail(const char* what, const char* wrong) {
    snprintf(text, sizeof(text), "%.80s: %s", what, wrong);
    error = text;
    return NULL;
}

static const char no_linker[] = "programs are static here, and there is no dynamic linker";
static const char no_library[] = "not a library that dlopen gave";

void* dlopen(const char* file, int mode) {
    (void)mode;
    return fail(file == NULL ? "the program itself" : file, no_linker);
}

void* dlopen_vmo(zx_handle_t vmo, int mode) {
    (void)vmo, (void)mode;
    return fail("a library in a VMO", no_linker);
}

void* dlsym(void* restrict library, const char* restrict name) {
    return fail(name, library == RTLD_DEFAULT || library == RTLD_NEXT ? no_linker : no_library);
}

int dlclose(void* library) {
    (void)library;
    fail("dlclose", no_library);
    return -1;
}

int dladdr(const void* address, Dl_info* info) {
    (void)address, (void)info;
    return 0;
}

char* dlerror(void) {
    char* last = error;
    error = NULL;
    return last;
}

zx_handle_t dl_set_loader_service(zx_handle_t service) {
    zx_handle_close(service);
    return ZX_HANDLE_INVALID;
}

zx_status_t dl_clone_loader_service(zx_handle_t* out) {
    *out = ZX_HANDLE_INVALID;
    return ZX_ERR_UNAVAILABLE;
}
