//! The family of waiting: for signals of one object or of several, with a deadline; ports, which wait for many and queue
//! packets; watches, by which other objects wait; and futexes, which are waits for no object at all.
//!
//! Every wait is a node of `waitq` in some queue, most of them in that of an object's signals (`core/signals`). Here
//! stands who owns the node, and what is done when it is woken.
//!
//! - `deadline`: when a wait gives up, and the forms that any wait can be polled in
//! - `one`, `many`, `waiter_pool`: a thread or a kernel task that waits for one object, or for up to [`MAX_ITEMS`]
//! - `closed`: who needs what was left to be closed to be over
//! - `watch`: what a port, a wait set or an IO port has at an object
//! - `collector`, `packets`: what these three share, and the packets of ports and IO ports
//! - `port`: a port
//! - `futex`: the futexes of a process

#[cfg(not(loom))]
mod closed;
mod collector;
mod deadline;
mod futex;
mod many;
mod one;
mod packets;
mod port;
#[cfg(all(test, not(loom)))]
mod tests;
mod waiter_pool;
mod watch;

#[cfg(not(loom))]
pub use closed::until_closed;
pub(crate) use collector::{Collected, Collector, Popped, close};
pub use deadline::{Deadline, give_up, poll_until, poll_waiter, sleep_until, until, until_pinned};
pub use futex::{
    FUTEX_STEP, FutexTable, FutexTag, FutexUnderWay, FutexWait, FutexWaiter, NewOwner, Queue as FutexQueue,
    Refused, Requeue, futex_waiter,
};
pub use many::WaitMany;
pub(crate) use one::wait_for_sure;
pub use one::{SignalWaiter, begin_wait_on, wait_on};
pub(crate) use packets::{FirstPacket, PacketPosition, PacketQueue, PacketSlot};
pub use port::{AsyncOptions, MAX_OBSERVERS, MAX_USER_PACKETS, PacketWaiter, Port};
pub(crate) use waiter_pool::pages_of_threads;
pub use waiter_pool::{WaiterPool, pages_for};
pub(crate) use watch::{Arming, Seen, Watch, Watcher, WithHolder};
pub use watch::{Holder, Subject};

/// Most items of one `wait_many`; Zircon's number.
pub const MAX_ITEMS: usize = abi::WAIT_MANY_MAX_ITEMS;
