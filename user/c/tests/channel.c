// channel_create.

#include <hafnon/test.h>

TEST(channel, create_gives_two_ends) {
    zx_handle_t a, b;
    ASSERT_OK(zx_channel_create(0, &a, &b));
    ASSERT_OK(zx_handle_close(a));
    ASSERT_OK(zx_handle_close(b));
}
