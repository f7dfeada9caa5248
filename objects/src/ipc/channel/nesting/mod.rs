//! Channel ends in the messages of channels: what nobody could ever read is not queued.
//!
//! An end whose handle lies in a queue is out of reach until somebody reads the handle out of it, which takes a
//! handle to the end that the queue belongs to, and so on outwards. Where this way comes back to its beginning
//! there is a ring of ends, each kept open by the next, which nobody can ever reach again:
//!
//! ```text
//!   written: E, to the queue of D     D lies in the queue of C     C lies in the queue of E
//! ```
//! A handle to an end can not be duplicated, so each end is in one place at most, and only writing closes such a
//! ring. So every write of a message with ends walks outwards from where it goes, and when it meets an end that the
//! message carries, the message is discarded: this closes all ends of the ring, and what is in their queues.
//!
//! Such writes are made one at a time. Reading goes on meanwhile; it can only open ways, and does so under the lock
//! of the queue, which the walk takes at each step. No other message pays for any of this.
//!
//! Lock order: [`WRITING`], then an end's lock, then a location.

use super::{End, Message, Undelivered};
use crate::ipc::ends::{Ends, WeakEnds};
use crate::object::Object;
use abi::Status;
use core::sync::atomic::Ordering;
use waitq::sync::Mutex;

/// How deep an end may lie in queues for a message with ends to be written to it: the walk can not be interrupted.
pub(super) const MOST_NESTED: usize = 512;

/// Whoever writes a message with ends has this locked.
struct Writer;

#[cfg(not(loom))]
static WRITING: Mutex<Writer> = Mutex::new(Writer);
#[cfg(loom)]
loom::lazy_static! {
    static ref WRITING: Mutex<Writer> = Mutex::new(Writer);
}

/// Where the handle to an end is.
#[derive(Clone, Default)]
pub(super) enum Location {
    /// Somebody has it, or had it last.
    #[default]
    Outside,
    /// It is in the message that is being written.
    Moving,
    /// In an unread message of this end, unless that has been closed.
    Queued(WeakEnds<End>),
}

/// What the walk has found.
enum Way {
    Out,
    Ring,
    TooLong,
}

/// Whether a message carries channel ends.
#[inline]
pub(super) fn has_ends(message: &Message) -> bool {
    message.handles.iter().any(|handle| matches!(handle.object(), Object::Channel(_)))
}

/// Notes that the ends in a message are in no queue (any more). A reader calls this under the lock of the queue.
#[inline]
pub(super) fn take_out(message: &Message) {
    if !message.handles.is_empty() {
        note(message, &Location::Outside);
    }
}

#[inline(never)]
fn note(message: &Message, location: &Location) {
    for handle in message.handles.iter() {
        if let Object::Channel(channel) = handle.object() {
            *channel.ends.own().location.lock() = location.clone();
        }
    }
}

/// Has `put` queue a message with ends in the inbox of the end `to`. If nobody could ever read it there, because `to` lies
/// in the message itself, the result is `in_ring`, and with `Ok` the message is discarded.
///
/// # Errors
/// Those of `put`; `NO_MEMORY` when that end itself lies deeper than [`MOST_NESTED`].
#[cold]
pub(super) fn write(
    to: &Ends<End>,
    message: Message,
    in_ring: Result<(), Status>,
    put: impl FnOnce(Message) -> Result<(), Undelivered>,
) -> Result<(), Undelivered> {
    let writing = WRITING.lock();
    note(&message, &Location::Moving);
    let refused = match way_out(to.clone()) {
        Way::Out => {
            // Before it is queued: from then on a reader may note something else.
            note(&message, &Location::Queued(to.downgrade()));
            to.own().had_ends.store(true, Ordering::Relaxed);
            put(message).map_err(|(message, status)| (message, Err(status)))
        }
        Way::Ring => Err((message, in_ring)),
        Way::TooLong => Err((message, Err(Status::NO_MEMORY))),
    };
    refused.or_else(|(message, result)| {
        take_out(&message);
        drop(writing); // closing the handles may be long, and lead anywhere
        result.map_err(|status| (message, status))
    })
}

/// Walks from an end outwards, to an end that lies in no queue.
fn way_out(mut ends: Ends<End>) -> Way {
    for _ in 0..MOST_NESTED {
        let end = ends.own();
        if end.base.handle_count() != 1 {
            return Way::Out; // closed, or the kernel has another handle
        }
        let location = end.location.lock().clone();
        let outer = match location {
            Location::Outside => return Way::Out,
            Location::Moving => return Way::Ring,
            Location::Queued(outer) => outer.upgrade(),
        };
        let Some(outer) = outer.filter(|outer| lies_in(end, outer.own())) else {
            return Way::Out;
        };
        ends = outer;
    }
    Way::TooLong
}

/// Whether `inner` still lies in the queue of `outer`, and nobody is about to read it.
fn lies_in(inner: &End, outer: &End) -> bool {
    outer.inbox.with(|inbox, _| !inbox.closed && matches!(*inner.location.lock(), Location::Queued(..)))
}

#[cfg(all(test, not(loom)))]
mod tests;
