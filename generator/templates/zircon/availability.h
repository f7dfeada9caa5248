// Every interface that is declared is available.

#define ZX_AVAILABLE_SINCE(level)
#define ZX_DEPRECATED_SINCE(added, deprecated, message)
#define ZX_REMOVED_SINCE(added, deprecated, removed, message)
