// vmo_create, vmo_read, vmo_write, vmo_get_size, vmo_set_size, vmo_replace_as_executable.

#include "support.h"

static zx_handle_t new_vmo(uint64_t size, uint32_t options) {
    zx_handle_t vmo;
    ASSERT_OK(zx_vmo_create(size, options, &vmo));
    return vmo;
}

static uint64_t size_of(zx_handle_t vmo) {
    uint64_t size = 0;
    ASSERT_OK(zx_vmo_get_size(vmo, &size));
    return size;
}

TEST(vmo, sizes_are_whole_pages) {
    zx_handle_t vmo = new_vmo(1, 0);
    ASSERT_EQ(size_of(vmo), ZX_PAGE_SIZE);
    zx_handle_close(vmo);
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_vmo_create(UINT64_MAX, 0, &vmo));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmo_create(1, 1u << 31, &vmo));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmo_create(1, 0, NULL));
}

TEST(vmo, what_is_written_is_read_across_pages) {
    zx_handle_t vmo = new_vmo(3 * ZX_PAGE_SIZE, 0);
    char* bytes = calloc(1, ZX_PAGE_SIZE + 200);
    memset(bytes, 0x5a, ZX_PAGE_SIZE + 200);
    ASSERT_OK(zx_vmo_write(vmo, bytes, ZX_PAGE_SIZE - 100, ZX_PAGE_SIZE + 200));
    memset(bytes, 0, ZX_PAGE_SIZE + 200);
    ASSERT_OK(zx_vmo_read(vmo, bytes, ZX_PAGE_SIZE - 101, ZX_PAGE_SIZE + 200));
    ASSERT_EQ(bytes[0], 0);
    for (size_t i = 1; i < ZX_PAGE_SIZE + 200; i++) ASSERT_EQ(bytes[i], 0x5a);
    free(bytes);
    zx_handle_close(vmo);
}

TEST(vmo, outside_is_out_of_range) {
    zx_handle_t vmo = new_vmo(ZX_PAGE_SIZE, 0);
    char bytes[2];
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_vmo_read(vmo, bytes, ZX_PAGE_SIZE - 1, 2));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_vmo_write(vmo, bytes, ZX_PAGE_SIZE, 1));
    ASSERT_STATUS(ZX_ERR_OUT_OF_RANGE, zx_vmo_read(vmo, bytes, UINT64_MAX, 2));
    ASSERT_OK(zx_vmo_read(vmo, bytes, ZX_PAGE_SIZE - 2, 2));
    ASSERT_OK(zx_vmo_read(vmo, bytes, ZX_PAGE_SIZE, 0));
    zx_handle_close(vmo);
}

TEST(vmo, resizable_ones_resize) {
    zx_handle_t vmo = new_vmo(ZX_PAGE_SIZE, ZX_VMO_RESIZABLE), fixed = new_vmo(ZX_PAGE_SIZE, 0);
    char byte = 7;
    ASSERT_STATUS(ZX_ERR_UNAVAILABLE, zx_vmo_set_size(fixed, 2 * ZX_PAGE_SIZE));
    ASSERT_OK(zx_vmo_set_size(vmo, 2 * ZX_PAGE_SIZE));
    ASSERT_OK(zx_vmo_write(vmo, &byte, ZX_PAGE_SIZE, 1));
    ASSERT_OK(zx_vmo_set_size(vmo, ZX_PAGE_SIZE));
    ASSERT_EQ(size_of(vmo), ZX_PAGE_SIZE);
    ASSERT_OK(zx_vmo_set_size(vmo, 2 * ZX_PAGE_SIZE));
    ASSERT_OK(zx_vmo_read(vmo, &byte, ZX_PAGE_SIZE, 1));
    ASSERT_EQ(byte, 0);
    close_pair((zx_handle_t[]){vmo, fixed});
}

TEST(vmo, execute_is_a_right_to_be_had) {
    zx_handle_t vmo = new_vmo(1, 0), executable;
    ASSERT((basic_info(vmo).rights & ZX_RIGHT_EXECUTE) == 0);
    ASSERT_OK(zx_vmo_replace_as_executable(vmo, ZX_HANDLE_INVALID, &executable));
    ASSERT(!is_open(vmo));
    ASSERT((basic_info(executable).rights & ZX_RIGHT_EXECUTE) != 0);
    zx_handle_close(executable);
}

TEST(vmo, rights_types_and_pointers_are_checked) {
    zx_handle_t vmo = new_vmo(1, 0), event = new_event();
    zx_handle_t mute = without(vmo, ZX_RIGHT_WRITE), blind = without(vmo, ZX_RIGHT_READ);
    char byte = 0;
    uint64_t size;
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_vmo_write(mute, &byte, 0, 1));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_vmo_read(blind, &byte, 0, 1));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_vmo_read(event, &byte, 0, 1));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_vmo_get_size(NO_HANDLE, &size));
    ASSERT_STATUS(ZX_ERR_NOT_FOUND, zx_vmo_read(vmo, NULL, 0, 1));
    ASSERT_STATUS(ZX_ERR_NOT_FOUND, zx_vmo_write(vmo, NULL, 0, 1));
    close_all((zx_handle_t[]){vmo, event, mute, blind}, 4);
}
