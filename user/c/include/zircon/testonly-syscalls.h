// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_TESTONLY_SYSCALLS_H_
#define ZIRCON_TESTONLY_SYSCALLS_H_

// Calls that do nothing but show how arguments arrive.

#include <zircon/types.h>

__BEGIN_CDECLS

zx_status_t zx_syscall_test_0(void);
zx_status_t _zx_syscall_test_0(void);
zx_status_t zx_syscall_test_1(int a);
zx_status_t _zx_syscall_test_1(int a);
zx_status_t zx_syscall_test_2(int a, int b);
zx_status_t _zx_syscall_test_2(int a, int b);
zx_status_t zx_syscall_test_3(int a, int b, int c);
zx_status_t _zx_syscall_test_3(int a, int b, int c);
zx_status_t zx_syscall_test_4(int a, int b, int c, int d);
zx_status_t _zx_syscall_test_4(int a, int b, int c, int d);
zx_status_t zx_syscall_test_5(int a, int b, int c, int d, int e);
zx_status_t _zx_syscall_test_5(int a, int b, int c, int d, int e);
zx_status_t zx_syscall_test_6(int a, int b, int c, int d, int e, int f);
zx_status_t _zx_syscall_test_6(int a, int b, int c, int d, int e, int f);
zx_status_t zx_syscall_test_7(int a, int b, int c, int d, int e, int f, int g);
zx_status_t _zx_syscall_test_7(int a, int b, int c, int d, int e, int f, int g);
zx_status_t zx_syscall_test_8(int a, int b, int c, int d, int e, int f, int g, int h);
zx_status_t _zx_syscall_test_8(int a, int b, int c, int d, int e, int f, int g, int h);
zx_status_t zx_syscall_test_wrapper(int a, int b, int c);
zx_status_t _zx_syscall_test_wrapper(int a, int b, int c);
zx_status_t zx_syscall_test_handle_create(zx_status_t return_value, zx_handle_t* out);
zx_status_t _zx_syscall_test_handle_create(zx_status_t return_value, zx_handle_t* out);
int64_t zx_syscall_test_without_memory(uint32_t call, zx_vaddr_t args, size_t refused, bool lasting, zx_vaddr_t requests);
int64_t _zx_syscall_test_without_memory(uint32_t call, zx_vaddr_t args, size_t refused, bool lasting, zx_vaddr_t requests);

__END_CDECLS

#endif
