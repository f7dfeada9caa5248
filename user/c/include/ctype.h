// Kinds of ASCII characters.

#ifndef HAFNON_CTYPE_H_
#define HAFNON_CTYPE_H_

static inline int isdigit(int byte) { return byte >= '0' && byte <= '9'; }
static inline int isupper(int byte) { return byte >= 'A' && byte <= 'Z'; }
static inline int islower(int byte) { return byte >= 'a' && byte <= 'z'; }
static inline int isalpha(int byte) { return isupper(byte) || islower(byte); }
static inline int isalnum(int byte) { return isalpha(byte) || isdigit(byte); }
static inline int isblank(int byte) { return byte == ' ' || byte == '\t'; }
static inline int isspace(int byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
static inline int isprint(int byte) { return byte >= ' ' && byte <= '~'; }
static inline int isgraph(int byte) { return byte > ' ' && byte <= '~'; }
static inline int ispunct(int byte) { return isgraph(byte) && !isalnum(byte); }
static inline int iscntrl(int byte) { return (byte >= 0 && byte < ' ') || byte == 0x7f; }
static inline int tolower(int byte) { return isupper(byte) ? byte - 'A' + 'a' : byte; }
static inline int toupper(int byte) { return islower(byte) ? byte - 'a' + 'A' : byte; }
static inline int isxdigit(int byte) { return isdigit(byte) || (tolower(byte) >= 'a' && tolower(byte) <= 'f'); }

#endif
