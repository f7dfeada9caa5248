// object_get_info, object_get_property, object_set_property, object_get_child.

#include "support.h"

TEST(info, basic_tells_kind_rights_and_relation) {
    zx_handle_t ends[2];
    ASSERT_OK(zx_eventpair_create(0, &ends[0], &ends[1]));
    zx_info_handle_basic_t one = basic_info(ends[0]), two = basic_info(ends[1]);
    ASSERT_EQ(one.type, ZX_OBJ_TYPE_EVENTPAIR);
    ASSERT_EQ(one.rights, ZX_DEFAULT_EVENTPAIR_RIGHTS);
    ASSERT_EQ(one.related_koid, two.koid);
    ASSERT_EQ(two.related_koid, one.koid);
    ASSERT(one.koid >= ZX_KOID_FIRST && one.koid != two.koid);
    close_pair(ends);
}

TEST(info, each_kind_of_object_has_its_type) {
    zx_handle_t a, b;
    ASSERT_OK(zx_channel_create(0, &a, &b));
    ASSERT_EQ(basic_info(a).type, ZX_OBJ_TYPE_CHANNEL);
    close_pair((zx_handle_t[]){a, b});
    ASSERT_OK(zx_socket_create(ZX_SOCKET_STREAM, &a, &b));
    ASSERT_EQ(basic_info(a).type, ZX_OBJ_TYPE_SOCKET);
    close_pair((zx_handle_t[]){a, b});
    ASSERT_OK(zx_fifo_create(2, 8, 0, &a, &b));
    ASSERT_EQ(basic_info(a).type, ZX_OBJ_TYPE_FIFO);
    close_pair((zx_handle_t[]){a, b});
    ASSERT_OK(zx_port_create(0, &a));
    ASSERT_OK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &b));
    ASSERT_EQ(basic_info(a).type, ZX_OBJ_TYPE_PORT);
    ASSERT_EQ(basic_info(b).type, ZX_OBJ_TYPE_TIMER);
    close_pair((zx_handle_t[]){a, b});
    ASSERT_OK(zx_vmo_create(1, 0, &a));
    ASSERT_OK(zx_clock_create(0, NULL, &b));
    ASSERT_EQ(basic_info(a).type, ZX_OBJ_TYPE_VMO);
    ASSERT_EQ(basic_info(b).type, ZX_OBJ_TYPE_CLOCK);
    close_pair((zx_handle_t[]){a, b});
    ASSERT_EQ(basic_info(zx_process_self()).type, ZX_OBJ_TYPE_PROCESS);
    ASSERT_EQ(basic_info(zx_thread_self()).type, ZX_OBJ_TYPE_THREAD);
    ASSERT_EQ(basic_info(zx_vmar_root_self()).type, ZX_OBJ_TYPE_VMAR);
    ASSERT_EQ(basic_info(zx_job_default()).type, ZX_OBJ_TYPE_JOB);
}

TEST(info, handle_count_counts) {
    zx_handle_t event = new_event(), other;
    zx_info_handle_count_t count;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
    ASSERT_OK(zx_object_get_info(event, ZX_INFO_HANDLE_COUNT, &count, sizeof(count), NULL, NULL));
    ASSERT_EQ(count.handle_count, 2);
    zx_handle_close(other);
    ASSERT_OK(zx_object_get_info(event, ZX_INFO_HANDLE_COUNT, &count, sizeof(count), NULL, NULL));
    ASSERT_EQ(count.handle_count, 1);
    zx_handle_close(event);
}

TEST(info, valid_tells_whether_a_handle_is_open) {
    zx_handle_t event = new_event();
    ASSERT_OK(zx_object_get_info(event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
    zx_handle_close(event);
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_object_get_info(event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
}

TEST(info, small_buffers_and_unknown_topics_are_refused) {
    zx_handle_t event = new_event();
    zx_info_handle_basic_t info;
    size_t actual = 9, available = 9;
    ASSERT_STATUS(ZX_ERR_BUFFER_TOO_SMALL,
                  zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, &info, sizeof(info) - 1, &actual, &available));
    ASSERT_EQ(actual, 0);
    ASSERT_EQ(available, 1);
    ASSERT_STATUS(ZX_ERR_NOT_SUPPORTED, zx_object_get_info(event, 999, &info, sizeof(info), NULL, NULL));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_object_get_info(event, ZX_INFO_JOB, &info, sizeof(info), NULL, NULL));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS,
                  zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, NULL, sizeof(info), NULL, NULL));
    zx_handle_close(event);
}

TEST(info, this_process_runs_in_the_default_job) {
    zx_info_process_t process;
    ASSERT_OK(zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS, &process, sizeof(process), NULL, NULL));
    ASSERT(process.started && !process.exited);
    zx_koid_t koids[32];
    size_t count = 0;
    ASSERT_OK(zx_object_get_info(zx_job_default(), ZX_INFO_JOB_PROCESSES, koids, sizeof(koids), &count, NULL));
    bool found = false;
    for (size_t i = 0; i < count; i++) found |= koids[i] == koid_of(zx_process_self());
    ASSERT(found);
    ASSERT_EQ(basic_info(zx_process_self()).related_koid, koid_of(zx_job_default()));
}

TEST(info, this_thread_runs_in_this_process) {
    ASSERT_EQ(state_of(zx_thread_self()), ZX_THREAD_STATE_RUNNING);
    ASSERT_EQ(basic_info(zx_thread_self()).related_koid, koid_of(zx_process_self()));
    zx_koid_t koid;
    size_t count, available;
    ASSERT_OK(zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_THREADS, &koid, sizeof(koid), &count, &available));
    ASSERT_EQ(count, 1);
    ASSERT_EQ(available, 1);
    ASSERT_EQ(koid, koid_of(zx_thread_self()));
}

TEST(info, names_are_set_and_cut) {
    zx_handle_t vmo;
    char name[ZX_MAX_NAME_LEN];
    ASSERT_OK(zx_vmo_create(1, 0, &vmo));
    ASSERT_OK(zx_object_set_property(vmo, ZX_PROP_NAME, "short", 5));
    ASSERT_OK(zx_object_get_property(vmo, ZX_PROP_NAME, name, sizeof(name)));
    ASSERT(strcmp(name, "short") == 0);
    static const char longer[] = "a name of more than thirty-one bytes";
    ASSERT_OK(zx_object_set_property(vmo, ZX_PROP_NAME, longer, strlen(longer)));
    ASSERT_OK(zx_object_get_property(vmo, ZX_PROP_NAME, name, sizeof(name)));
    ASSERT_EQ(strlen(name), ZX_MAX_NAME_LEN - 1);
    ASSERT(strncmp(name, longer, ZX_MAX_NAME_LEN - 1) == 0);
    ASSERT_STATUS(ZX_ERR_BUFFER_TOO_SMALL, zx_object_get_property(vmo, ZX_PROP_NAME, name, sizeof(name) - 1));
    zx_handle_close(vmo);
}

TEST(info, properties_need_their_rights) {
    zx_handle_t vmo;
    char name[ZX_MAX_NAME_LEN];
    ASSERT_OK(zx_vmo_create(1, 0, &vmo));
    zx_handle_t mute = without(vmo, ZX_RIGHT_SET_PROPERTY), blind = without(vmo, ZX_RIGHT_GET_PROPERTY);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_set_property(mute, ZX_PROP_NAME, "x", 1));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_get_property(blind, ZX_PROP_NAME, name, sizeof(name)));
    ASSERT_STATUS(ZX_ERR_NOT_SUPPORTED, zx_object_get_property(vmo, 999, name, sizeof(name)));
    close_all((zx_handle_t[]){vmo, mute, blind}, 3);
}

TEST(info, vdso_address_is_that_of_the_calls) {
    uintptr_t base = 0;
    ASSERT_OK(zx_object_get_property(zx_process_self(), ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, &base, sizeof(base)));
    ASSERT(memcmp((const void*)base, "\177ELF", 4) == 0);
}

TEST(info, children_are_found_by_their_koid) {
    zx_handle_t child, job;
    zx_koid_t koid = koid_of(zx_thread_self());
    ASSERT_OK(zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_SAME_RIGHTS, &child));
    ASSERT_EQ(koid_of(child), koid);
    zx_handle_close(child);
    ASSERT_STATUS(ZX_ERR_NOT_FOUND, zx_object_get_child(zx_process_self(), 1, ZX_RIGHT_SAME_RIGHTS, &child));
    ASSERT_OK(zx_job_create(zx_job_default(), 0, &job));
    ASSERT_OK(zx_object_get_child(zx_job_default(), koid_of(job), ZX_RIGHT_SAME_RIGHTS, &child));
    ASSERT_EQ(koid_of(child), koid_of(job));
    close_pair((zx_handle_t[]){child, job});
}
