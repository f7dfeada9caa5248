// <string.h> with short strings of few letters, in which everything that can happen soon does; <ctype.h> whole.

#include <ctype.h>

#include "compare.h"

#define DECLARE(name) extern __typeof__(name) our_##name;
DECLARE(memchr) DECLARE(memrchr) DECLARE(memccpy) DECLARE(mempcpy) DECLARE(strnlen) DECLARE(strcmp) DECLARE(strncmp)
DECLARE(strcoll) DECLARE(strcasecmp) DECLARE(strncasecmp) DECLARE(strchr) DECLARE(strrchr) DECLARE(strstr)
DECLARE(strspn) DECLARE(strcspn) DECLARE(strpbrk) DECLARE(strcpy) DECLARE(strncpy) DECLARE(strcat) DECLARE(strncat)
DECLARE(stpcpy) DECLARE(strxfrm) DECLARE(strtok_r) DECLARE(strsep) DECLARE(strndup) DECLARE(strdup)
DECLARE(strerror)

#define ROOM 64

static int sign(int number) { return (number > 0) - (number < 0); }

#define SAME(call)                                                                                        \
    do {                                                                                                  \
        if (our_##call != call) differs(#call " with \"%s\", \"%s\", %zu, %d", left, right, most, byte);   \
    } while (0)

#define SAME_SIGN(call)                                                                                          \
    do {                                                                                                         \
        if (sign(our_##call) != sign(call)) differs(#call " with \"%s\", \"%s\", %zu", left, right, most);        \
    } while (0)

static void searching(const char* left, const char* right, size_t most, int byte) {
    SAME(memchr(left, byte, most));
    SAME(memrchr(left, byte, most));
    SAME(strnlen(left, most));
    SAME(strchr(left, byte));
    SAME(strrchr(left, byte));
    SAME(strstr(left, right));
    SAME(strspn(left, right));
    SAME(strcspn(left, right));
    SAME(strpbrk(left, right));
    SAME_SIGN(strcmp(left, right));
    SAME_SIGN(strncmp(left, right, most));
    SAME_SIGN(strcoll(left, right));
    SAME_SIGN(strcasecmp(left, right));
    SAME_SIGN(strncasecmp(left, right, most));
}

// Does `call` to `to`, in a buffer of either library, and compares the buffers and what `call` returns relative to it.
#define WRITES(call)                                                                                          \
    do {                                                                                                      \
        char ours[ROOM], theirs[ROOM], *to;                                                                   \
        strcpy(memset(ours, 'z', ROOM), right);                                                               \
        memcpy(theirs, ours, ROOM);                                                                           \
        to = ours;                                                                                            \
        const char* our_end = (char*)(our_##call);                                                            \
        to = theirs;                                                                                          \
        const char* their_end = (char*)(call);                                                                \
        if ((our_end == NULL) != (their_end == NULL) || (our_end != NULL && our_end - ours != their_end - theirs) || \
            memcmp(ours, theirs, ROOM) != 0) {                                                                \
            differs(#call " with \"%s\", \"%s\", %zu, %d", left, right, most, byte);                          \
        }                                                                                                     \
    } while (0)

static void copying(const char* left, const char* right, size_t most, int byte) {
    WRITES(strcpy(to, left));
    WRITES(strncpy(to, left, most));
    WRITES(strcat(to, left));
    WRITES(strncat(to, left, most));
    WRITES(stpcpy(to, left));
    WRITES(memccpy(to, left, byte, strlen(left)));
    WRITES(mempcpy(to, left, strlen(left)));
    if (our_strxfrm(NULL, left, 0) != strlen(left)) differs("strxfrm");
    char *ours = our_strndup(left, most), *theirs = strndup(left, most), *whole = our_strdup(left);
    if (strcmp(ours, theirs) != 0 || strcmp(whole, left) != 0) differs("strndup of \"%s\", %zu", left, most);
    free(ours);
    free(theirs);
    free(whole);
}

// Takes `text` apart with both libraries, until there are no pieces any more.
#define PIECES(text, ours_next, theirs_next)                                                  \
    do {                                                                                      \
        char ours[ROOM], theirs[ROOM], *our_rest = ours, *their_rest = theirs;                \
        strcpy(ours, text);                                                                   \
        strcpy(theirs, text);                                                                 \
        for (bool first = true;; first = false) {                                             \
            char *one = ours_next, *other = theirs_next;                                      \
            (void)first;                                                                      \
            if ((one == NULL) != (other == NULL)) differs(#theirs_next " of \"%s\"", text);   \
            if (one == NULL || other == NULL) break;                                          \
            if (strcmp(one, other) != 0) differs(#theirs_next ": \"%s\", \"%s\"", one, other); \
        }                                                                                     \
    } while (0)

static void splitting(const char* left, const char* right) {
    PIECES(left, our_strtok_r(first ? ours : NULL, right, &our_rest),
           strtok_r(first ? theirs : NULL, right, &their_rest));
    PIECES(left, our_strsep(&our_rest, right), strsep(&their_rest, right));
}

// The answers of <ctype.h> for a character, a bit each, and then both cases (characters.c).
unsigned our_character(int byte);

static void characters(void) {
    for (int byte = -1; byte < 256; byte++) {
        int (*const kinds[])(int) = {
            isdigit, isupper, islower, isalpha, isalnum, isblank, isspace, isprint, isgraph, ispunct, iscntrl,
            isxdigit,
        };
        unsigned theirs = 0;
        for (int i = 0; i < 12; i++) theirs |= (unsigned)(kinds[i](byte) != 0) << i;
        theirs |= (unsigned)tolower(byte) << 16 ^ (unsigned)toupper(byte) << 24;
        unsigned ours = our_character(byte);
        if (ours != theirs) differs("character %d: %x, the host has %x", byte, ours, theirs);
    }
}

static void errors(void) {
    static const int numbers[] = {
        0, ENOENT, EINVAL, ENOMEM, ETIMEDOUT, EAGAIN, ERANGE, EILSEQ, ECANCELED, ENOTSUP, EPROTO, 12345, -1,
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(our_strerror(numbers[i]), strerror(numbers[i])) != 0) differs("strerror(%d)", numbers[i]);
    }
}

void compare_strings(void) {
    char left[ROOM], right[ROOM];
    for (int i = 0; i < 100000; i++) {
        next_string(left, 20, i % 2 == 0 ? "ab" : "aAbB\xff\x80z[");
        next_string(right, i % 3 == 0 ? 3 : 20, i % 2 == 0 ? "ab" : "aAbB\xff\x80z[");
        size_t most = next(strlen(left) + 2);
        int byte = (unsigned char)"abAB\xff\0z\0"[next(8)];
        searching(left, right, most, byte);
        copying(left, right, most, byte);
        splitting(left, right);
    }
    characters();
    errors();
}
