// clock_create, clock_read, clock_update, clock_get_details; the monotonic clock, ticks, nanosleep.

#include "support.h"

static zx_handle_t new_clock(uint64_t options, zx_time_t backstop) {
    zx_clock_create_args_v1_t args = {.backstop_time = backstop};
    zx_handle_t clock;
    ASSERT_OK(zx_clock_create(options | ZX_CLOCK_ARGS_VERSION(1), &args, &clock));
    return clock;
}

static zx_time_t read_clock(zx_handle_t clock) {
    zx_time_t now = 0;
    ASSERT_OK(zx_clock_read(clock, &now));
    return now;
}

static zx_status_t set_clock(zx_handle_t clock, zx_time_t value) {
    zx_clock_update_args_v1_t args = {.value = value};
    return zx_clock_update(clock, ZX_CLOCK_ARGS_VERSION(1) | ZX_CLOCK_UPDATE_OPTION_VALUE_VALID, &args);
}

TEST(clock, stands_at_its_backstop_until_it_is_set) {
    zx_handle_t clock = new_clock(0, 5500);
    ASSERT_EQ(read_clock(clock), 5500);
    ASSERT_EQ(active_signals(clock), 0);
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, set_clock(clock, 5499));
    ASSERT_OK(set_clock(clock, 1000000));
    ASSERT_EQ(active_signals(clock), ZX_CLOCK_STARTED);
    zx_time_t first = read_clock(clock);
    zx_nanosleep(zx_deadline_after(ZX_MSEC(1)));
    ASSERT(first >= 1000000 && read_clock(clock) >= first + ZX_MSEC(1));
    zx_handle_close(clock);
}

TEST(clock, auto_start_is_the_monotonic_clock) {
    zx_handle_t clock = new_clock(ZX_CLOCK_OPT_AUTO_START | ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_CONTINUOUS, 0);
    zx_time_t before = zx_clock_get_monotonic(), now = read_clock(clock), after = zx_clock_get_monotonic();
    ASSERT(before <= now && now <= after);
    zx_handle_close(clock);
}

TEST(clock, rate_and_error_are_in_the_details) {
    zx_handle_t clock = new_clock(ZX_CLOCK_OPT_AUTO_START, 7);
    zx_clock_update_args_v2_t args = {.rate_adjust = 1000, .error_bound = 400};
    ASSERT_OK(zx_clock_update(clock,
                              ZX_CLOCK_ARGS_VERSION(2) | ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID |
                                  ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID,
                              &args));
    zx_clock_details_v1_t details;
    ASSERT_OK(zx_clock_get_details(clock, ZX_CLOCK_ARGS_VERSION(1), &details));
    ASSERT_EQ(details.options, ZX_CLOCK_OPT_AUTO_START);
    ASSERT_EQ(details.backstop_time, 7);
    ASSERT_EQ(details.error_bound, 400);
    ASSERT_EQ(details.generation_counter, 2);
    ASSERT_EQ(details.mono_to_synthetic.rate.synthetic_ticks * 1000ll,
              details.mono_to_synthetic.rate.reference_ticks * 1001ll);
    zx_handle_close(clock);
}

TEST(clock, bounds_of_rates_and_monotony_hold) {
    zx_handle_t clock = new_clock(ZX_CLOCK_OPT_MONOTONIC, 0);
    zx_clock_update_args_v1_t args = {.rate_adjust = ZX_CLOCK_UPDATE_MAX_RATE_ADJUST + 1};
    ASSERT_OK(set_clock(clock, 1000000000));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, set_clock(clock, 1000));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS,
                  zx_clock_update(clock, ZX_CLOCK_ARGS_VERSION(1) | ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &args));
    zx_handle_close(clock);
}

TEST(clock, arguments_are_checked) {
    zx_handle_t clock, event = new_event();
    zx_time_t now;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_clock_create(ZX_CLOCK_OPT_CONTINUOUS, NULL, &clock));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_clock_create(8, NULL, &clock));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_clock_read(event, &now));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_clock_read(NO_HANDLE, &now));
    clock = new_clock(0, 0);
    zx_handle_t mute = without(clock, ZX_RIGHT_WRITE), blind = without(clock, ZX_RIGHT_READ);
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, set_clock(mute, 1));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_clock_read(blind, &now));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_clock_read(clock, NULL));
    close_all((zx_handle_t[]){clock, mute, blind, event}, 4);
}

TEST(time, monotonic_never_goes_back) {
    zx_time_t last = zx_clock_get_monotonic();
    for (int i = 0; i < 10000; i++) {
        zx_time_t now = zx_clock_get_monotonic();
        ASSERT(now >= last);
        last = now;
    }
}

TEST(time, sleep_lasts_as_long_as_asked) {
    zx_time_t deadline = zx_deadline_after(ZX_MSEC(3));
    ASSERT_OK(zx_nanosleep(deadline));
    ASSERT(zx_clock_get_monotonic() >= deadline);
    ASSERT_OK(zx_nanosleep(ZX_TIME_INFINITE_PAST));
    ASSERT_OK(zx_nanosleep(0));
}

TEST(time, deadlines_saturate) {
    ASSERT_EQ(zx_deadline_after(ZX_TIME_INFINITE), ZX_TIME_INFINITE);
    ASSERT_EQ(zx_time_add_duration(ZX_TIME_INFINITE, ZX_SEC(1)), ZX_TIME_INFINITE);
    ASSERT_EQ(zx_time_sub_duration(ZX_TIME_INFINITE_PAST, ZX_SEC(1)), ZX_TIME_INFINITE_PAST);
    ASSERT_EQ(zx_duration_mul_int64(ZX_HOUR(1), INT64_MAX), ZX_TIME_INFINITE);
    ASSERT_EQ(ZX_MIN(2), ZX_SEC(120));
    ASSERT_EQ(ZX_MSEC(3), ZX_USEC(3000));
}

TEST(time, ticks_have_a_frequency) {
    zx_ticks_t first = zx_ticks_get();
    ASSERT(zx_ticks_per_second() > 1000000);
    zx_nanosleep(zx_deadline_after(ZX_MSEC(2)));
    ASSERT(zx_ticks_get() - first >= zx_ticks_per_second() / 1000);
}
