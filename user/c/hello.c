// A C program for hafnon: prints its arguments, sends itself a message, and exits with the number of arguments.

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

int main(int argc, char** argv) {
    printf("hello from C, %d CPUs, pages of %u bytes\n", zx_system_get_num_cpus(), zx_system_get_page_size());
    for (int i = 0; i < argc; i++) printf("  argument %d: %s\n", i, argv[i]);

    zx_handle_t near, far;
    zx_status_t status = zx_channel_create(0, &near, &far);
    if (status != ZX_OK) {
        printf("channel_create: %s\n", zx_status_get_string(status));
        return 100;
    }
    static const char text[] = "over a channel";
    char buffer[32];
    uint32_t length = 0;
    assert(zx_channel_write(near, 0, text, sizeof(text), NULL, 0) == ZX_OK);
    assert(zx_channel_read(far, 0, buffer, NULL, sizeof(buffer), 0, &length, NULL) == ZX_OK);
    assert(length == sizeof(text) && strcmp(buffer, text) == 0);
    printf("%s\n", buffer);
    zx_handle_close(near);
    zx_handle_close(far);
    return argc - 1;
}
