// Libraries that are loaded at run time, of which there are none: programs are static, without a dynamic linker. Each of
// these functions fails, and dlerror says so.

#ifndef HAFNON_DLFCN_H_
#define HAFNON_DLFCN_H_

#ifdef __cplusplus
extern "C" {
#endif

#define RTLD_LAZY 1
#define RTLD_NOW 2
#define RTLD_NOLOAD 4
#define RTLD_LOCAL 0
#define RTLD_GLOBAL 0x100
#define RTLD_NODELETE 0x1000
#define RTLD_DEFAULT ((void*)0)
#define RTLD_NEXT ((void*)-1l)

typedef struct {
    const char* dli_fname;
    void* dli_fbase;
    const char* dli_sname;
    void* dli_saddr;
} Dl_info;

void* dlopen(const char* file, int mode);
void* dlsym(void* __restrict library, const char* __restrict name);
int dlclose(void* library);
// Knows nothing of any address: 0.
int dladdr(const void* address, Dl_info* info);

// What was wrong with the calling thread's last call; NULL if nothing was, or it has been asked already.
char* dlerror(void);

#ifdef __cplusplus
}
#endif
#endif
