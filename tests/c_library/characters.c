// <ctype.h> of user/c, whose functions are inline: compiled with its headers.

#include <ctype.h>

unsigned our_character(int byte);

unsigned our_character(int byte) {
    int (*const kinds[])(int) = {
        isdigit, isupper, islower, isalpha, isalnum, isblank, isspace, isprint, isgraph, ispunct, iscntrl, isxdigit,
    };
    unsigned answer = 0;
    for (int i = 0; i < 12; i++) answer |= (unsigned)(kinds[i](byte) != 0) << i;
    return answer | ((unsigned)tolower(byte) << 16 ^ (unsigned)toupper(byte) << 24);
}
