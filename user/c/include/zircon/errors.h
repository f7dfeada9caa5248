// Generated from syscalls.toml by generator/; edit that file instead.

#ifndef ZIRCON_ERRORS_H_
#define ZIRCON_ERRORS_H_

// Statuses: zero or a negative number.

// The call did what was asked.
#define ZX_OK (0)
// The kernel failed in a way it has no better name for.
#define ZX_ERR_INTERNAL (-1)
// The call, or this use of it, does not exist here.
#define ZX_ERR_NOT_SUPPORTED (-2)
// Something other than memory has run out.
#define ZX_ERR_NO_RESOURCES (-3)
// There is not enough memory.
#define ZX_ERR_NO_MEMORY (-4)
// An interrupted call is to be entered again; user code never sees it.
#define ZX_ERR_INTERNAL_INTR_RETRY (-6)
// An argument is not one the call accepts, such as a null pointer.
#define ZX_ERR_INVALID_ARGS (-10)
// The value is no handle of this process.
#define ZX_ERR_BAD_HANDLE (-11)
// The handle refers to another kind of object.
#define ZX_ERR_WRONG_TYPE (-12)
// There is no call of this number.
#define ZX_ERR_BAD_SYSCALL (-13)
// A number lies outside what the object allows.
#define ZX_ERR_OUT_OF_RANGE (-14)
// The buffer cannot hold the answer.
#define ZX_ERR_BUFFER_TOO_SMALL (-15)
// The object is not in a state that allows this.
#define ZX_ERR_BAD_STATE (-20)
// The deadline came first.
#define ZX_ERR_TIMED_OUT (-21)
// Not now; waiting for a signal may help.
#define ZX_ERR_SHOULD_WAIT (-22)
// The wait was given up, such as when its handle was closed.
#define ZX_ERR_CANCELED (-23)
// The other end is gone.
#define ZX_ERR_PEER_CLOSED (-24)
// There is no such thing.
#define ZX_ERR_NOT_FOUND (-25)
// There is one already.
#define ZX_ERR_ALREADY_EXISTS (-26)
// Someone else owns it now.
#define ZX_ERR_ALREADY_BOUND (-27)
// Not now, and nothing tells when.
#define ZX_ERR_UNAVAILABLE (-28)
// The handle lacks a right, or a policy forbids it.
#define ZX_ERR_ACCESS_DENIED (-30)
// Input or output failed.
#define ZX_ERR_IO (-40)
// The device refused.
#define ZX_ERR_IO_REFUSED (-41)
// The data does not match its checksum.
#define ZX_ERR_IO_DATA_INTEGRITY (-42)
// The data cannot be had, perhaps never again.
#define ZX_ERR_IO_DATA_LOSS (-43)
// The device is gone.
#define ZX_ERR_IO_NOT_PRESENT (-44)
// The device sent more than was asked for.
#define ZX_ERR_IO_OVERRUN (-45)
// The device was too late.
#define ZX_ERR_IO_MISSED_DEADLINE (-46)
// The device got or gave data out of range.
#define ZX_ERR_IO_INVALID (-47)
// The path is too long.
#define ZX_ERR_BAD_PATH (-50)
// It is no directory.
#define ZX_ERR_NOT_DIR (-51)
// It is no regular file.
#define ZX_ERR_NOT_FILE (-52)
// The file would become too large.
#define ZX_ERR_FILE_BIG (-53)
// The file system or device is full.
#define ZX_ERR_NO_SPACE (-54)
// The directory is not empty.
#define ZX_ERR_NOT_EMPTY (-55)
// A callback asks not to be called again.
#define ZX_ERR_STOP (-60)
// A callback passes on to the next item.
#define ZX_ERR_NEXT (-61)
// A callback goes on elsewhere.
#define ZX_ERR_ASYNC (-62)
// The network protocol does not exist here.
#define ZX_ERR_PROTOCOL_NOT_SUPPORTED (-70)
// The network address cannot be reached.
#define ZX_ERR_ADDRESS_UNREACHABLE (-71)
// The network address is taken.
#define ZX_ERR_ADDRESS_IN_USE (-72)
// The connection does not exist.
#define ZX_ERR_NOT_CONNECTED (-73)
// The other side refused the connection.
#define ZX_ERR_CONNECTION_REFUSED (-74)
// The other side reset the connection.
#define ZX_ERR_CONNECTION_RESET (-75)
// The connection was aborted.
#define ZX_ERR_CONNECTION_ABORTED (-76)
// The thread was killed in a call; user code never sees it.
#define ZX_ERR_INTERNAL_INTR_KILLED (-502)

#endif
