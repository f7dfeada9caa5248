// Compares the C library in user/c with the host's: what differs is printed, and the exit code says if anything does.

#include "compare.h"

#define ENOUGH 20

_Thread_local int hafnon_errno;

static int differences;

void differs(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    if (++differences == ENOUGH) exit(EXIT_FAILURE);
}

uint64_t next(uint64_t bound) {
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % bound;
}

const char* next_string(char* buffer, size_t most, const char* alphabet) {
    size_t length = next(most + 1);
    for (size_t i = 0; i < length; i++) buffer[i] = alphabet[next(strlen(alphabet))];
    buffer[length] = 0;
    return buffer;
}

// Nothing that is compared prints to the console.
int zx_debug_write(const char* text, size_t size);
int zx_debug_write(const char* text, size_t size) {
    differs("console: %.*s", (int)size, text);
    return 0;
}

int main(void) {
    compare_formats();
    compare_math();
    compare_numbers();
    compare_strings();
    return differences == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
