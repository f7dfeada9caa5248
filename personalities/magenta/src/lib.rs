//! Magenta's system calls, names `mx_*`: the forms that Zircon's had before, over the same objects and handles.
//!
//! A process reaches them as functions of the same vDSO, with numbers of their own, if it is Magenta's: if its job grants
//! that (`PROP_JOB_PERSONALITIES`). It may mix them with Zircon's as it likes. One module a family, as the generated table wants it. What is the same
//! call is the same handler; a file here is about what differs:
//!
//! - times are not deadlines but timeouts: `wait`
//! - handles that a call which fails leaves where they were: `leave`
//! - arguments in another order, other options: `ipc`
//! - a log that is written without permission, and never read: `log`
//! - ports with packets of any length, and lasting bindings: `port`
//! - wait sets: `waitset`
//! - data pipes, with windows on their ring: `datapipe`
//!
//! What Magenta's documents say otherwise and these do not do: to wait through a handle takes the right WAIT, not
//! READ, which events here have not. A handle to another kind of object is `WRONG_TYPE`, and no handle `BAD_HANDLE`,
//! also where the documents have `INVALID_ARGS` for both: the calls on ports and wait sets. Magenta's kernel answered
//! so, and its later documents say so.
#![no_std]

extern crate alloc;

pub mod datapipe;
mod ipc;
mod leave;
pub mod log;
pub mod port;
pub mod table;
mod wait;
pub mod waitset;

use hafnon_kernel::personality::{Doors, Personality};
use hafnon_kernel::sched::{Args, Caller};

/// Processes that make Magenta's calls, and Zircon's.
pub struct Magenta;

impl Personality for Magenta {
    const BIT: u64 = abi::PERSONALITY_MAGENTA;

    #[inline(always)] // reason: every call passes here
    fn doors() -> &'static Doors {
        &table::DOORS
    }

    fn blocking(number: u64, caller: &Caller, args: &Args) -> impl Future<Output = i64> + Send {
        table::blocking(number as u32, caller, args)
    }
}

/// Handles.
pub mod handle {
    pub use crate::leave::handle_replace;
    pub use crate::wait::{handle_wait_many, handle_wait_one};
    pub use hafnon_zircon::handle::{handle_close, handle_duplicate};
}

/// Any object.
pub mod object {
    pub use crate::wait::{handle_wait_many as object_wait_many, handle_wait_one as object_wait_one};
    pub use hafnon_zircon::object::{
        object_get_child, object_get_info, object_get_info_long, object_get_property, object_set_property,
        object_signal, object_signal_peer,
    };
}

/// Channels.
pub mod channel {
    pub use crate::ipc::channel_read;
    pub use crate::leave::channel_write;
    pub use hafnon_zircon::channel::channel_create;
}

/// Sockets.
pub mod socket {
    pub use crate::ipc::{socket_create, socket_read, socket_write};
    pub use hafnon_zircon::socket::{socket_read_long, socket_write_long};
}

/// Events and event pairs.
pub mod event {
    pub use hafnon_zircon::event::{event_create, eventpair_create};
}

/// Futexes.
pub mod futex {
    pub use crate::wait::{futex_requeue, futex_wait};
    pub use hafnon_zircon::futex::futex_wake;
}

/// Random numbers.
pub mod cprng {
    pub use crate::ipc::cprng_draw;
    pub use hafnon_zircon::cprng::cprng_add_entropy;
}

/// Sleeping.
pub mod time {
    pub use crate::wait::nanosleep;
}
