//! Magenta's calls. What they share with Zircon's is tested there; here: their own forms, and errors.

mod datapipe;
mod errors;
mod facts;
mod ipc;
mod log;
mod port;
mod stress;
mod wait;
mod waitset;

use hafnon_user::handle::Handle;

/// A timeout that never comes: all ones.
const NEVER: i64 = -1;

/// A raw value of this process as a handle, which closes it.
fn owned(raw: u32) -> Handle {
    Handle::from_raw(raw)
}

/// An object that there is something to read from, but not through this handle: Magenta lets nobody wait for it.
fn unreadable() -> Handle {
    let (socket, _) = hafnon_user::Socket::create_stream().expect("a socket");
    crate::harness::without(&socket, hafnon_user::Rights::READ).into()
}

/// Some object of another kind.
fn event() -> Handle {
    hafnon_user::Event::create().expect("an event").into()
}
