// handle_close, handle_close_many, handle_duplicate, handle_replace.

#include "support.h"

TEST(handle, close_of_zero_is_ok) { ASSERT_OK(zx_handle_close(ZX_HANDLE_INVALID)); }

TEST(handle, close_of_nothing_is_bad_handle) {
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_handle_close(NO_HANDLE));
    zx_handle_t event = new_event();
    ASSERT_OK(zx_handle_close(event));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
}

TEST(handle, values_have_the_fixed_bits) {
    zx_handle_t event = new_event();
    ASSERT_EQ(event & ZX_HANDLE_FIXED_BITS_MASK, ZX_HANDLE_FIXED_BITS_MASK);
    zx_handle_close(event);
}

TEST(handle, close_many_closes_all) {
    zx_handle_t events[3] = {new_event(), ZX_HANDLE_INVALID, new_event()};
    ASSERT_OK(zx_handle_close_many(events, 3));
    ASSERT(!is_open(events[0]) && !is_open(events[2]));
    ASSERT_OK(zx_handle_close_many(NULL, 0));
}

TEST(handle, close_many_goes_on_after_a_bad_one) {
    zx_handle_t events[3] = {new_event(), NO_HANDLE, new_event()};
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_handle_close_many(events, 3));
    ASSERT(!is_open(events[0]) && !is_open(events[2]));
}

TEST(handle, duplicate_names_the_same_object) {
    zx_handle_t event = new_event(), other;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
    zx_info_handle_basic_t one = basic_info(event), two = basic_info(other);
    ASSERT_EQ(one.koid, two.koid);
    ASSERT_EQ(one.rights, two.rights);
    zx_handle_close(event);
    ASSERT_OK(zx_object_signal(other, 0, ZX_EVENT_SIGNALED));
    zx_handle_close(other);
}

TEST(handle, duplicate_drops_rights_and_adds_none) {
    zx_handle_t event = new_event(), other = ZX_HANDLE_INVALID;
    ASSERT_OK(zx_handle_duplicate(event, ZX_RIGHT_WAIT, &other));
    ASSERT_EQ(basic_info(other).rights, ZX_RIGHT_WAIT);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_object_signal(other, 0, ZX_EVENT_SIGNALED));
    zx_handle_close(other);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(event, ZX_RIGHT_READ, &other));
    zx_handle_t single = without(event, ZX_RIGHT_DUPLICATE);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(single, ZX_RIGHT_SAME_RIGHTS, &other));
    close_pair((zx_handle_t[]){event, single});
}

TEST(handle, duplicate_refuses_a_null_pointer) {
    zx_handle_t event = new_event();
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, NULL));
    zx_handle_close(event);
}

TEST(handle, replace_invalidates_the_old_one) {
    zx_handle_t event = new_event(), other;
    zx_koid_t koid = koid_of(event);
    ASSERT_OK(zx_handle_replace(event, ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT, &other));
    ASSERT(!is_open(event));
    ASSERT_EQ(koid_of(other), koid);
    ASSERT_EQ(basic_info(other).rights, ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT);
    zx_handle_close(other);
}

TEST(handle, replace_closes_also_when_it_fails) {
    zx_handle_t event = new_event(), other;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_handle_replace(event, ZX_RIGHT_EXECUTE, &other));
    ASSERT(!is_open(event));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_handle_replace(event, ZX_RIGHT_SAME_RIGHTS, &other));
}
