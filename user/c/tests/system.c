// What the system tells of itself; random numbers; the debug log.

#include <zircon/features.h>
#include <zircon/syscalls/log.h>

#include "support.h"

static zx_handle_t root_resource(void) {
    static zx_handle_t resource;
    return startup_handle(PA_RESOURCE, &resource);
}

TEST(system, facts_make_sense) {
    uint32_t features = 0, line = zx_system_get_dcache_line_size();
    ASSERT_EQ(zx_system_get_page_size(), ZX_PAGE_SIZE);
    ASSERT(zx_system_get_num_cpus() >= 1);
    ASSERT(zx_system_get_physmem() >= 64 << 20);
    ASSERT(line >= 16 && (line & (line - 1)) == 0);
    ASSERT_OK(zx_system_get_features(ZX_FEATURE_KIND_CPU, &features));
    ASSERT((features & ZX_HAS_CPU_FEATURES) != 0);
    ASSERT_STATUS(ZX_ERR_NOT_SUPPORTED, zx_system_get_features(99, &features));
    zx_string_view_t version = zx_system_get_version_string();
    ASSERT_EQ(strlen(version.c_str), version.length);
}

TEST(cprng, draws_differ) {
    uint8_t one[64] = {0}, other[64] = {0}, zero[64] = {0};
    zx_cprng_draw(one, sizeof(one));
    zx_cprng_draw(other, sizeof(other));
    ASSERT(memcmp(one, other, sizeof(one)) != 0);
    ASSERT(memcmp(one, zero, sizeof(one)) != 0);
}

TEST(cprng, draws_reach_to_the_last_byte_and_no_further) {
    uint8_t bytes[100];
    for (size_t length = 0; length <= 64; length++) {
        // A byte that stays as it was in ten draws was not drawn.
        bool drawn = length == 0;
        for (int i = 0; i < 10; i++) {
            memset(bytes, 0xa5, sizeof(bytes));
            zx_cprng_draw(bytes, length);
            drawn |= length > 0 && bytes[length - 1] != 0xa5;
            for (size_t after = length; after < sizeof(bytes); after++) ASSERT_EQ(bytes[after], 0xa5);
        }
        ASSERT(drawn);
    }
}

TEST(cprng, entropy_is_taken_up_to_its_limit) {
    uint8_t bytes[ZX_CPRNG_ADD_ENTROPY_MAX_LEN + 1] = {1};
    ASSERT_OK(zx_cprng_add_entropy(bytes, 0));
    ASSERT_OK(zx_cprng_add_entropy(bytes, ZX_CPRNG_ADD_ENTROPY_MAX_LEN));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_cprng_add_entropy(bytes, sizeof(bytes)));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_cprng_add_entropy(NULL, 1));
}

// Room for a record of any length.
typedef union {
    zx_log_record_t record;
    char bytes[ZX_LOG_RECORD_MAX];
} log_buffer_t;

// A readable log that has been read to its end.
static zx_handle_t new_log(void) {
    log_buffer_t buffer;
    zx_handle_t log;
    ASSERT_OK(zx_debuglog_create(root_resource(), ZX_LOG_FLAG_READABLE, &log));
    while (zx_debuglog_read(log, 0, &buffer, sizeof(buffer)) > 0) {
    }
    return log;
}

TEST(debuglog, records_tell_who_wrote_what_and_when) {
    zx_handle_t log = new_log();
    log_buffer_t buffer = {0};
    zx_time_t before = zx_clock_get_monotonic();
    ASSERT_OK(zx_debuglog_write(log, 0, "hello", 5));
    ASSERT_OK(zx_object_wait_one(log, ZX_LOG_READABLE, 0, NULL));
    zx_status_t length = zx_debuglog_read(log, 0, &buffer, sizeof(buffer));
    ASSERT_EQ(length, sizeof(zx_log_record_t) + 5);
    ASSERT_EQ(buffer.record.datalen, 5);
    ASSERT(memcmp(buffer.record.data, "hello", 5) == 0);
    ASSERT_EQ(buffer.record.pid, koid_of(zx_process_self()));
    ASSERT_EQ(buffer.record.tid, koid_of(zx_thread_self()));
    ASSERT(buffer.record.timestamp >= before && buffer.record.timestamp <= zx_clock_get_monotonic());
    zx_handle_close(log);
}

TEST(debuglog, readers_are_told_to_wait) {
    zx_handle_t log = new_log();
    log_buffer_t buffer;
    ASSERT_STATUS(ZX_ERR_SHOULD_WAIT, zx_debuglog_read(log, 0, &buffer, sizeof(buffer)));
    ASSERT((active_signals(log) & ZX_LOG_READABLE) == 0);
    zx_handle_close(log);
}

TEST(debuglog, arguments_are_checked) {
    zx_handle_t log, event = new_event();
    log_buffer_t buffer;
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_debuglog_create(event, 0, &log));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_debuglog_create(root_resource(), 1, &log));
    ASSERT_OK(zx_debuglog_create(root_resource(), 0, &log));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_debuglog_read(log, 0, &buffer, sizeof(buffer)));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_debuglog_write(log, 1, "x", 1));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_debuglog_write(log, 0, NULL, 1));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_debuglog_write(event, 0, "x", 1));
    close_pair((zx_handle_t[]){log, event});
}
