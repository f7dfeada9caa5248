//! Data pipe: elements of one size on their way from a producer to a consumer, in a ring that each of them may
//! also have in its own address space.
//!
//! ```text
//!             consumer's cursor          producer's cursor
//!                    ▼                          ▼
//!   ┌────────────────┬──────────────────────────┬──────────────┐
//!   │  room          │ available                │ room         │  a VMO of `capacity` bytes
//!   └────────────────┴──────────────────────────┴──────────────┘
//!                    └── window of begin_read ─┘└ begin_write ─┘  at most up to where the ring ends
//! ```
//!
//! [`DatapipeProducer`] and [`DatapipeConsumer`] are the objects; what they share is the `State` of the pipe, under one
//! lock. Copying from and to user memory happens without the lock (see
//! `byte_queue`): what is written is fetched before, what is read is removed after.
//!
//! Lock order: the pipe, then an address space, the VMO, and the signals of either end.

mod consumer;
mod producer;
mod ring;
#[cfg(all(test, not(loom)))]
mod tests;
mod window;

pub use consumer::{Copied, DatapipeConsumer, ReadMode};
pub use producer::DatapipeProducer;

use crate::core::account::Charge;
use crate::core::base::Base;
use crate::ipc::Ends;
use crate::memory::PageFrames;
use crate::memory::vmo::Vmo;
use abi::{Signals, Status};
use alloc::sync::Arc;
use ring::Ring;
use waitq::sync::Mutex;
use window::Window;

/// The largest capacity of a pipe, in bytes. Magenta only says that there is one.
pub const MAX_CAPACITY: usize = 256 * 1024;

/// The capacity of a pipe for which none was asked, in bytes; Magenta's number.
const DEFAULT_CAPACITY: usize = 32 * 1024;

/// The producer, then the consumer, and what they share.
type Pipe = Ends<Base, Mutex<State>>;

struct State {
    ring: Ring,
    vmo: Arc<Vmo>,
    producer: Window,
    consumer: Window,
    producer_closed: bool,
    consumer_closed: bool,
    /// How often elements were taken out.
    removals: u64,
}

/// A new pipe: of elements of this size, with this capacity, or one that suits them for 0; both in bytes. The pages of
/// its ring are charged as `charge` says.
///
/// # Errors
/// `INVALID_ARGS`: the elements have no size, or the capacity is not a number of them. `NO_MEMORY`: it is
/// larger than [`MAX_CAPACITY`].
pub fn create(
    frames: &'static dyn PageFrames,
    charge: Charge,
    element_size: usize,
    capacity: usize,
) -> Result<(Arc<DatapipeProducer>, Arc<DatapipeConsumer>), Status> {
    if element_size == 0 || !capacity.is_multiple_of(element_size) {
        return Err(Status::INVALID_ARGS);
    }
    let suitable = (DEFAULT_CAPACITY - DEFAULT_CAPACITY % element_size).max(element_size);
    let capacity = if capacity == 0 { suitable } else { capacity };
    if capacity > MAX_CAPACITY {
        return Err(Status::NO_MEMORY);
    }
    let state = State {
        ring: Ring::new(element_size, capacity),
        vmo: Vmo::create_paid(frames, capacity as u64, 0, charge)?,
        producer: Window::default(),
        consumer: Window::default(),
        producer_closed: false,
        consumer_closed: false,
        removals: 0,
    };
    let writable = Signals::DATAPIPE_WRITABLE | Signals::DATAPIPE_WRITE_THRESHOLD;
    let (producer, consumer) = Ends::new([Base::with_signals(writable), Base::new()], Mutex::new(state));
    Ok((Arc::new(DatapipeProducer { pipe: producer }), Arc::new(DatapipeConsumer { pipe: consumer })))
}

impl Pipe {
    /// Changes the state, then the signals that tell of it.
    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.shared().lock();
        let result = change(&mut state);
        let show = |base: &Base, active: bool, signals: Signals, peer_closed: bool| {
            let closed = if peer_closed { Signals::DATAPIPE_PEER_CLOSED } else { Signals::empty() };
            let set = if active { signals } else { Signals::empty() };
            base.signals.update(signals.difference(set), set | closed);
        };
        let ([producer, consumer], _) = self.in_order();
        let room = !state.producer.is_open() && state.ring.room() > 0 && !state.consumer_closed;
        let writable = Signals::DATAPIPE_WRITABLE | Signals::DATAPIPE_WRITE_THRESHOLD;
        show(producer, room, writable, state.consumer_closed);
        let available = !state.consumer.is_open() && state.ring.available() > 0;
        let readable = Signals::DATAPIPE_READABLE | Signals::DATAPIPE_READ_THRESHOLD;
        show(consumer, available, readable, state.producer_closed);
        result
    }
}
