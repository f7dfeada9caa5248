//! Magenta's calls: the forms that Zircon's had before, over the same objects and handles.
//!
//! A process reaches them as functions `mx_NAME` of the same vDSO, with numbers of their own; it may mix
//! them with Zircon's as it likes. One module a family, as the generated table wants it. What is the same
//! call is the same handler; a file here is about what differs:
//!
//! - times are not deadlines but timeouts: [`wait`]
//! - handles that a call which fails leaves where they were: [`leave`]
//! - arguments in another order, other options: [`ipc`]
//! - a log that is written without permission, and never read: [`log`]
//! - ports with packets of any length, and lasting bindings: [`port`]
//! - wait sets: [`waitset`]
//! - data pipes, with windows on their ring: [`datapipe`]
//!
//! What Magenta's documents say otherwise and these do not do: to wait through a handle takes the right WAIT, not
//! READ, which events here have not. A handle to another kind of object is `WRONG_TYPE`, and no handle `BAD_HANDLE`,
//! also where the documents have `INVALID_ARGS` for both: the calls on ports and wait sets. Magenta's kernel answered
//! so, and its later documents say so.

pub mod datapipe;
mod ipc;
mod leave;
pub mod log;
pub mod port;
mod wait;
pub mod waitset;

/// Handles.
pub mod handle {
    pub use super::super::handle::{handle_close, handle_duplicate};
    pub use super::leave::handle_replace;
    pub use super::wait::{handle_wait_many, handle_wait_one};
}

/// Any object.
pub mod object {
    pub use super::super::object::{
        object_get_child, object_get_info, object_get_info_long, object_get_property, object_set_property,
        object_signal, object_signal_peer,
    };
    pub use super::wait::{handle_wait_many as object_wait_many, handle_wait_one as object_wait_one};
}

/// Channels.
pub mod channel {
    pub use super::super::channel::channel_create;
    pub use super::ipc::channel_read;
    pub use super::leave::channel_write;
}

/// Sockets.
pub mod socket {
    pub use super::super::socket::{socket_read_long, socket_write_long};
    pub use super::ipc::{socket_create, socket_read, socket_write};
}

/// Events and event pairs.
pub mod event {
    pub use super::super::event::{event_create, eventpair_create};
}

/// Futexes.
pub mod futex {
    pub use super::super::futex::futex_wake;
    pub use super::wait::{futex_requeue, futex_wait};
}

/// Random numbers.
pub mod cprng {
    pub use super::super::cprng::cprng_add_entropy;
    pub use super::ipc::cprng_draw;
}

/// Sleeping.
pub mod time {
    pub use super::wait::nanosleep;
}
