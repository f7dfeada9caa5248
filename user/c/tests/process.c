// process_create, process_start, process_exit, job_create, task_kill.
//
// The processes here have one page of machine code, a page of stack, and perhaps the vDSO.

#include "support.h"

static const unsigned char spin[] = {0xeb, 0xfe};                                     // 1: jmp 1b
static const unsigned char crash[] = {0x0f, 0x0b};                                    // ud2
static const unsigned char exit_42[] = {0xbf, 42, 0, 0, 0, 0xff, 0xd6, 0x0f, 0x0b};   // mov $42, %edi; call *%rsi; ud2

typedef struct {
    zx_handle_t process, vmar, thread;
    zx_vaddr_t code, stack_top;
} child_t;

static zx_vaddr_t map_page(zx_handle_t vmar, zx_vm_option_t options, zx_handle_t vmo) {
    zx_vaddr_t address;
    ASSERT_OK(zx_vmar_map(vmar, options, 0, vmo, 0, ZX_PAGE_SIZE, &address));
    zx_handle_close(vmo);
    return address;
}

static child_t create(zx_handle_t job, const unsigned char* code, size_t size) {
    child_t child;
    zx_handle_t vmo;
    ASSERT_OK(zx_process_create(job, "child", 5, 0, &child.process, &child.vmar));
    ASSERT_OK(zx_thread_create(child.process, "first", 5, 0, &child.thread));
    ASSERT_OK(zx_vmo_create(ZX_PAGE_SIZE, 0, &vmo));
    ASSERT_OK(zx_vmo_write(vmo, code, 0, size));
    ASSERT_OK(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &vmo));
    child.code = map_page(child.vmar, ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE, vmo);
    ASSERT_OK(zx_vmo_create(ZX_PAGE_SIZE, 0, &vmo));
    child.stack_top = map_page(child.vmar, ZX_VM_PERM_READ | ZX_VM_PERM_WRITE, vmo) + ZX_PAGE_SIZE;
    return child;
}

// Starts it with an event as its handle, and `argument`.
static void start_child(child_t child, uintptr_t argument) {
    zx_handle_t event = new_event();
    ASSERT_OK(zx_process_start(child.process, child.thread, child.code, child.stack_top, event, argument));
    ASSERT(!is_open(event));
}

static int64_t wait_for_end(child_t child) {
    ASSERT_OK(zx_object_wait_one(child.process, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE, NULL));
    zx_info_process_t info;
    ASSERT_OK(zx_object_get_info(child.process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
    ASSERT(info.exited);
    return info.return_code;
}

static void close_child(child_t child) {
    close_all((zx_handle_t[]){child.process, child.vmar, child.thread}, 3);
}

// The two segments of the vDSO image, read-only data and then code, mapped below `vmar`; the base.
static zx_vaddr_t map_vdso(zx_handle_t vmar, zx_vaddr_t own_base) {
    static zx_handle_t kept;
    zx_handle_t vdso = startup_handle(PA_VMO_VDSO, &kept), region;
    const struct {
        uint32_t type, flags;
        uint64_t offset, address, physical, file_size, size, alignment;
    }* segment = (const void*)(own_base + *(const uint64_t*)(own_base + 0x20));
    zx_vm_option_t can = ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_EXECUTE | ZX_VM_CAN_MAP_SPECIFIC;
    zx_vaddr_t base, address;
    uint64_t size;
    ASSERT_OK(zx_vmo_get_size(vdso, &size));
    ASSERT_OK(zx_vmar_allocate(vmar, can, 0, size, &region, &base));
    for (uint16_t left = *(const uint16_t*)(own_base + 0x38); left > 0; left--, segment++) {
        if (segment->type != 1) continue;
        zx_vm_option_t options = ZX_VM_SPECIFIC | ZX_VM_PERM_READ | (segment->flags & 1 ? ZX_VM_PERM_EXECUTE : 0);
        size_t length = (segment->size + ZX_PAGE_SIZE - 1) & ~(ZX_PAGE_SIZE - 1ull);
        ASSERT_OK(zx_vmar_map(region, options, segment->address, vdso, segment->offset, length, &address));
    }
    zx_handle_close(region);
    return base;
}

// A call as it was bound to the vDSO when this program started.
typedef struct {
    zx_vaddr_t address;
    int32_t name_offset;
    uint32_t hash;
} import_t;

extern import_t __start_hafnon_imports[] __attribute__((visibility("hidden")));
extern import_t __stop_hafnon_imports[] __attribute__((visibility("hidden")));

static zx_vaddr_t vdso_function(const char* name) {
    for (import_t* import = __start_hafnon_imports; import < __stop_hafnon_imports; import++) {
        if (strcmp((const char*)import + import->name_offset, name) == 0) return import->address;
    }
    FAIL("there is no %s", name);
}

TEST(process, exit_code_is_told) {
    child_t child = create(zx_job_default(), exit_42, sizeof(exit_42));
    zx_vaddr_t own_base;
    ASSERT_OK(zx_object_get_property(zx_process_self(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &own_base,
                                     sizeof(own_base)));
    zx_vaddr_t base = map_vdso(child.vmar, own_base);
    start_child(child, base + (vdso_function("zx_process_exit") - own_base));
    ASSERT_EQ(wait_for_end(child), 42);
    close_child(child);
}

TEST(process, killing_ends_it_wherever_it_is) {
    child_t child = create(zx_job_default(), spin, sizeof(spin));
    start_child(child, 0);
    ASSERT_EQ(active_signals(child.process), 0);
    ASSERT_OK(zx_task_kill(child.process));
    ASSERT_EQ(wait_for_end(child), ZX_TASK_RETCODE_SYSCALL_KILL);
    ASSERT_OK(zx_object_wait_one(child.thread, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE, NULL));
    close_child(child);
}

TEST(process, a_crash_ends_it) {
    child_t child = create(zx_job_default(), crash, sizeof(crash));
    start_child(child, 0);
    ASSERT_EQ(wait_for_end(child), ZX_TASK_RETCODE_EXCEPTION_KILL);
    close_child(child);
}

TEST(process, its_handle_is_closed_with_it) {
    child_t child = create(zx_job_default(), crash, sizeof(crash));
    zx_handle_t ends[2];
    ASSERT_OK(zx_channel_create(0, &ends[0], &ends[1]));
    ASSERT_OK(zx_process_start(child.process, child.thread, child.code, child.stack_top, ends[1], 0));
    ASSERT_OK(zx_object_wait_one(ends[0], ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL));
    wait_for_end(child);
    close_child(child);
    zx_handle_close(ends[0]);
}

TEST(process, starts_once) {
    child_t child = create(zx_job_default(), spin, sizeof(spin));
    start_child(child, 0);
    zx_handle_t event = new_event();
    ASSERT_STATUS(ZX_ERR_BAD_STATE,
                  zx_process_start(child.process, child.thread, child.code, child.stack_top, event, 0));
    ASSERT(!is_open(event));
    ASSERT_OK(zx_task_kill(child.process));
    wait_for_end(child);
    close_child(child);
}

TEST(process, arguments_are_checked) {
    zx_handle_t process, vmar, event = new_event();
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_process_create(zx_job_default(), "x", 1, ~0u, &process, &vmar));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_process_create(zx_job_default(), "x", 1, 0, &process, NULL));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_process_create(event, "x", 1, 0, &process, &vmar));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_process_create(NO_HANDLE, "x", 1, 0, &process, &vmar));
    zx_handle_close(event);
}

TEST(job, tells_what_is_in_it) {
    zx_handle_t job, inner;
    ASSERT_OK(zx_job_create(zx_job_default(), 0, &job));
    ASSERT_EQ(active_signals(job), ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES);
    ASSERT_OK(zx_job_create(job, 0, &inner));
    ASSERT_EQ(active_signals(job), ZX_JOB_NO_PROCESSES);
    zx_handle_close(inner);
    ASSERT_OK(zx_object_wait_one(job, ZX_JOB_NO_JOBS, ZX_TIME_INFINITE, NULL));
    zx_handle_close(job);
}

TEST(job, killing_ends_everything_in_it) {
    zx_handle_t job, inner;
    ASSERT_OK(zx_job_create(zx_job_default(), 0, &job));
    ASSERT_OK(zx_job_create(job, 0, &inner));
    child_t child = create(inner, spin, sizeof(spin));
    start_child(child, 0);
    ASSERT_OK(zx_task_kill(job));
    ASSERT_OK(zx_object_wait_one(job, ZX_JOB_TERMINATED, ZX_TIME_INFINITE, NULL));
    ASSERT_EQ(wait_for_end(child), ZX_TASK_RETCODE_SYSCALL_KILL);
    zx_handle_t out;
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_job_create(inner, 0, &out));
    zx_info_job_t info;
    ASSERT_OK(zx_object_get_info(job, ZX_INFO_JOB, &info, sizeof(info), NULL, NULL));
    ASSERT(info.exited);
    ASSERT_EQ(info.return_code, ZX_TASK_RETCODE_SYSCALL_KILL);
    close_child(child);
    close_pair((zx_handle_t[]){job, inner});
}

TEST(job, rights_are_checked) {
    zx_handle_t job, out;
    ASSERT_OK(zx_job_create(zx_job_default(), 0, &job));
    zx_handle_t weak = without(job, ZX_RIGHT_MANAGE_JOB), safe = without(job, ZX_RIGHT_DESTROY);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_job_create(weak, 0, &out));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_task_kill(safe));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_job_create(job, 1, &out));
    close_all((zx_handle_t[]){job, weak, safe}, 3);
}
