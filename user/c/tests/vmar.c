// vmar_allocate, vmar_map, vmar_unmap, vmar_protect, vmar_destroy.

#include "support.h"

#define READ_WRITE (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE)

static zx_handle_t new_vmo(size_t pages) {
    zx_handle_t vmo;
    ASSERT_OK(zx_vmo_create(pages * ZX_PAGE_SIZE, 0, &vmo));
    return vmo;
}

static char* map(zx_handle_t vmo, size_t pages) {
    zx_vaddr_t address = 0;
    ASSERT_OK(zx_vmar_map(zx_vmar_root_self(), READ_WRITE, 0, vmo, 0, pages * ZX_PAGE_SIZE, &address));
    return (char*)address;
}

static zx_status_t unmap(char* memory, size_t pages) {
    return zx_vmar_unmap(zx_vmar_root_self(), (zx_vaddr_t)memory, pages * ZX_PAGE_SIZE);
}

// Whether the kernel can write to that memory, as this program could.
static bool is_writable(char* memory) {
    zx_info_handle_count_t* place = (zx_info_handle_count_t*)memory;
    return zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_COUNT, place, sizeof(*place), NULL, NULL) == ZX_OK;
}

TEST(vmar, a_mapping_shows_the_memory) {
    zx_handle_t vmo = new_vmo(2);
    ASSERT_OK(zx_vmo_write(vmo, "hello", ZX_PAGE_SIZE, 5));
    char* memory = map(vmo, 2);
    ASSERT(memcmp(memory + ZX_PAGE_SIZE, "hello", 5) == 0);
    memory[0] = 'x';
    char byte = 0;
    ASSERT_OK(zx_vmo_read(vmo, &byte, 0, 1));
    ASSERT_EQ(byte, 'x');
    ASSERT_OK(unmap(memory, 2));
    zx_handle_close(vmo);
}

TEST(vmar, two_mappings_share_and_outlive_the_handle) {
    zx_handle_t vmo = new_vmo(1);
    char *one = map(vmo, 1), *other = map(vmo, 1);
    zx_handle_close(vmo);
    one[9] = 42;
    ASSERT_EQ(other[9], 42);
    ASSERT_OK(unmap(one, 1));
    ASSERT_EQ(other[9], 42);
    ASSERT_OK(unmap(other, 1));
}

TEST(vmar, protect_takes_and_gives) {
    zx_handle_t vmo = new_vmo(1);
    char* memory = map(vmo, 1);
    ASSERT(is_writable(memory));
    ASSERT_OK(zx_vmar_protect(zx_vmar_root_self(), ZX_VM_PERM_READ, (zx_vaddr_t)memory, ZX_PAGE_SIZE));
    ASSERT(!is_writable(memory));
    ASSERT_OK(zx_vmar_protect(zx_vmar_root_self(), READ_WRITE, (zx_vaddr_t)memory, ZX_PAGE_SIZE));
    memory[0] = 1;
    ASSERT_OK(unmap(memory, 1));
    ASSERT(!is_writable(memory));
    zx_handle_close(vmo);
}

TEST(vmar, the_middle_can_be_unmapped) {
    zx_handle_t vmo = new_vmo(3);
    char* memory = map(vmo, 3);
    ASSERT_OK(unmap(memory + ZX_PAGE_SIZE, 1));
    ASSERT(is_writable(memory) && !is_writable(memory + ZX_PAGE_SIZE) && is_writable(memory + 2 * ZX_PAGE_SIZE));
    ASSERT_OK(unmap(memory, 3));
    zx_handle_close(vmo);
}

TEST(vmar, regions_hold_mappings_and_take_them_along) {
    zx_handle_t region, vmo = new_vmo(1);
    zx_vaddr_t base, address;
    zx_vm_option_t can = ZX_VM_CAN_MAP_READ | ZX_VM_CAN_MAP_WRITE | ZX_VM_CAN_MAP_SPECIFIC;
    ASSERT_OK(zx_vmar_allocate(zx_vmar_root_self(), can, 0, 4 * ZX_PAGE_SIZE, &region, &base));
    ASSERT_OK(zx_vmar_map(region, READ_WRITE | ZX_VM_SPECIFIC, 2 * ZX_PAGE_SIZE, vmo, 0, ZX_PAGE_SIZE, &address));
    ASSERT_EQ(address, base + 2 * ZX_PAGE_SIZE);
    zx_info_vmar_t info;
    ASSERT_OK(zx_object_get_info(region, ZX_INFO_VMAR, &info, sizeof(info), NULL, NULL));
    ASSERT_EQ(info.base, base);
    ASSERT_EQ(info.len, 4 * ZX_PAGE_SIZE);
    *(volatile char*)address = 1;
    ASSERT_OK(zx_vmar_destroy(region));
    ASSERT(!is_writable((char*)address));
    ASSERT_STATUS(ZX_ERR_BAD_STATE, zx_vmar_map(region, READ_WRITE, 0, vmo, 0, ZX_PAGE_SIZE, &address));
    close_pair((zx_handle_t[]){region, vmo});
}

TEST(vmar, overwrite_replaces) {
    zx_handle_t old = new_vmo(1), new = new_vmo(1);
    char* memory = map(old, 1);
    zx_info_vmar_t root;
    zx_vaddr_t address;
    ASSERT_OK(zx_object_get_info(zx_vmar_root_self(), ZX_INFO_VMAR, &root, sizeof(root), NULL, NULL));
    size_t offset = (zx_vaddr_t)memory - root.base;
    memory[0] = 1;
    ASSERT_OK(zx_vmar_map(zx_vmar_root_self(), READ_WRITE | ZX_VM_SPECIFIC_OVERWRITE, offset, new, 0, ZX_PAGE_SIZE,
                          &address));
    ASSERT_EQ(address, (zx_vaddr_t)memory);
    ASSERT_EQ(((volatile char*)memory)[0], 0);
    ASSERT_OK(unmap(memory, 1));
    close_pair((zx_handle_t[]){old, new});
}

TEST(vmar, rights_of_the_vmo_count) {
    zx_handle_t vmo = new_vmo(1), root = zx_vmar_root_self();
    zx_handle_t mute = without(vmo, ZX_RIGHT_WRITE), bare = without(vmo, ZX_RIGHT_MAP);
    zx_vaddr_t address;
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_vmar_map(root, READ_WRITE, 0, mute, 0, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_vmar_map(root, READ_WRITE, 0, bare, 0, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_ACCESS_DENIED, zx_vmar_map(root, ZX_VM_PERM_READ | ZX_VM_PERM_EXECUTE, 0, vmo, 0,
                                                    ZX_PAGE_SIZE, &address));
    close_all((zx_handle_t[]){vmo, mute, bare}, 3);
}

TEST(vmar, arguments_are_checked) {
    zx_handle_t vmo = new_vmo(1), root = zx_vmar_root_self();
    zx_vaddr_t address;
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmar_map(root, READ_WRITE, 0, vmo, 0, 0, &address));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmar_map(root, READ_WRITE, 0, vmo, 1, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmar_map(root, ZX_VM_PERM_WRITE, 0, vmo, 0, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmar_map(root, READ_WRITE, 0, vmo, 0, ZX_PAGE_SIZE, NULL));
    ASSERT_STATUS(ZX_ERR_WRONG_TYPE, zx_vmar_map(vmo, READ_WRITE, 0, vmo, 0, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_BAD_HANDLE, zx_vmar_map(root, READ_WRITE, 0, NO_HANDLE, 0, ZX_PAGE_SIZE, &address));
    ASSERT_STATUS(ZX_ERR_INVALID_ARGS, zx_vmar_unmap(root, 1, ZX_PAGE_SIZE));
    zx_handle_close(vmo);
}
