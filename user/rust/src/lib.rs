//! The crate for user programs: typed objects over the system calls, and what starts a program.
//!
//! A program is `#![no_std] #![no_main]` and names its entry with [`main!`]:
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//! use hafnon_user::{Startup, println};
//!
//! hafnon_user::main!(program);
//!
//! fn program(startup: &mut Startup) -> i64 {
//!     println!("hello from {}", startup.name());
//!     0
//! }
//! ```
//!
//! | room | what lives there |
//! |---|---|
//! | [`handle`] | a handle that closes on drop, and what every object can do |
//! | [`channel`], [`event`], [`fifo`], [`socket`], [`port`], [`timer`], [`debuglog`], [`vmo`], [`vmar`], [`task`] | one typed object each |
//! | [`clock`], [`futex`], [`sync`], [`thread`] | time, and what threads are built of |
//! | [`launch`], [`ramdisk`] | other programs |
//! | [`start`], [`import`] | the first instructions: relocation, binding to the vDSO |
//! | [`sys`] | the raw calls, generated |

#![no_std]
#![allow(
    unsafe_code,
    reason = "system calls take raw pointers; the program's first steps run before relocation"
)]

extern crate alloc;

pub mod channel;
pub mod clock;
pub mod console;
pub mod debuglog;
mod elf;
pub mod event;
pub mod fifo;
pub mod futex;
pub mod handle;
mod heap;
pub mod import;
pub mod info;
pub mod launch;
mod panic;
pub mod port;
pub mod ramdisk;
pub mod socket;
pub mod start;
pub mod startup;
pub mod sync;
pub mod sys;
pub mod task;
pub mod thread;
pub mod timer;
pub mod vmar;
pub mod vmo;

pub use abi;
pub use abi::{Rights, Signals, Status};
pub use channel::{Channel, Message};
pub use clock::Clock;
pub use debuglog::Debuglog;
pub use event::{Event, EventPair};
pub use fifo::Fifo;
pub use handle::{AsHandle, Handle};
pub use port::{Packet, Port};
pub use socket::Socket;
pub use startup::Startup;
pub use task::{Job, Process, Thread};
pub use timer::Timer;
pub use vmar::{Mapping, Vmar};
pub use vmo::Vmo;

/// What every call returns: the documented statuses are the errors.
pub type Result<T, E = Status> = core::result::Result<T, E>;

/// Names the program's entry: a `fn(&mut Startup) -> i64` whose result becomes the exit code.
#[macro_export]
macro_rules! main {
    ($entry:path) => {
        #[unsafe(no_mangle)]
        extern "Rust" fn hafnon_main(startup: &mut $crate::Startup) -> i64 {
            $entry(startup)
        }
    };
}
