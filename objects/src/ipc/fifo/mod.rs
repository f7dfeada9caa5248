//! FIFO: two ends, each with a ring of elements of one small size that the other end fills.
//!
//! The rings are allocated when the FIFO is made, so that writing never needs memory. Each end has one
//! lock over its ring; all signals that tell of the ring, at both ends, change under it.
//!
//! Lock order: an end's lock, then the signals of either end. No two ends are locked at once.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::ipc::byte_queue::{self, ByteQueue, Destination, Reading, SMALL};
use crate::ipc::ends::Ends;
use crate::object::KernelObject;
use abi::{Signals, Status};
use alloc::sync::Arc;
use waitq::sync::Mutex;

/// Bytes in a ring at most; Zircon's number.
const MAX_BYTES: usize = abi::FIFO_MAX_SIZE_BYTES;

/// The elements that an end can read.
struct Inbox {
    ring: ByteQueue,
    /// This end has no handle any more.
    closed: bool,
    /// The end that fills the ring has no handle any more.
    peer_closed: bool,
}

impl AsRef<ByteQueue> for Inbox {
    fn as_ref(&self) -> &ByteQueue {
        &self.ring
    }
}

impl Inbox {
    /// How many of `most` bytes one read can get.
    fn front(&self, most: usize) -> Result<usize, Status> {
        match self.ring.len() {
            0 if self.peer_closed => Err(Status::PEER_CLOSED),
            0 => Err(Status::SHOULD_WAIT),
            length => Ok(length.min(most)),
        }
    }
}

struct End {
    base: Base,
    inbox: Mutex<Inbox>,
}

impl End {
    fn new(capacity: usize) -> Result<Self, Status> {
        let ring = ByteQueue::with_capacity(capacity)?;
        Ok(Self {
            base: Base::with_signals(Signals::FIFO_WRITABLE),
            inbox: Mutex::new(Inbox { ring, closed: false, peer_closed: false }),
        })
    }
}

impl AsRef<Base> for End {
    fn as_ref(&self) -> &Base {
        &self.base
    }
}

/// What a FIFO was made with.
struct Layout {
    element_size: usize,
    /// Bytes in each ring.
    capacity: usize,
}

/// One end of a FIFO.
pub struct Fifo {
    ends: Ends<End, Layout>,
}

impl Fifo {
    /// Two ends with rings of `count` elements of `element_size` bytes.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` unless both are at least 1 and a ring has 4096 bytes or less; `NO_MEMORY`.
    pub fn new(count: usize, element_size: usize) -> Result<(Arc<Self>, Arc<Self>), Status> {
        let capacity = count.checked_mul(element_size).filter(|bytes| (1..=MAX_BYTES).contains(bytes));
        let capacity = capacity.ok_or(Status::OUT_OF_RANGE)?;
        let ends = [End::new(capacity)?, End::new(capacity)?];
        let (first, second) = Ends::new(ends, Layout { element_size, capacity });
        Ok((Arc::new(Self { ends: first }), Arc::new(Self { ends: second })))
    }

    fn check(&self, element_size: usize, count: usize) -> Result<(), Status> {
        let is_right = element_size == self.ends.shared().element_size && count > 0;
        if is_right { Ok(()) } else { Err(Status::OUT_OF_RANGE) }
    }

    /// How many bytes the other end takes now, of `count` elements. That it is closed is said first.
    fn admitted(&self, inbox: &Inbox, element_size: usize, count: usize) -> Result<usize, Status> {
        if inbox.closed {
            return Err(Status::PEER_CLOSED);
        }
        self.check(element_size, count)?;
        let room = (self.ends.shared().capacity - inbox.ring.len()) / element_size;
        if room == 0 { Err(Status::SHOULD_WAIT) } else { Ok(count.min(room) * element_size) }
    }

    /// Writes up to `count` elements; how many. `fetch` fills a buffer with as many of them as there is
    /// room for, and is called without a lock.
    ///
    /// # Errors
    /// `PEER_CLOSED`, `OUT_OF_RANGE` when elements have another size or `count` is 0, `SHOULD_WAIT` when
    /// the ring is full, and those of `fetch`.
    pub fn write(
        &self,
        element_size: usize,
        count: usize,
        fetch: impl FnOnce(&mut [u8]) -> Result<(), Status>,
    ) -> Result<usize, Status> {
        let admitted = self.admitted(&self.ends.peer().inbox.lock(), element_size, count)?;
        match admitted {
            ..=SMALL => self.write_through(&mut [0; SMALL][..admitted], fetch),
            _ => self.write_through(&mut [0; MAX_BYTES][..admitted], fetch),
        }
    }

    /// Writes what `fetch` puts into `buffer`.
    fn write_through(
        &self,
        buffer: &mut [u8],
        fetch: impl FnOnce(&mut [u8]) -> Result<(), Status>,
    ) -> Result<usize, Status> {
        fetch(buffer)?;
        let (peer, element_size) = (self.ends.peer(), self.ends.shared().element_size);
        let mut inbox = peer.inbox.lock();
        // Other writers may have taken some of the room meanwhile.
        let admitted = self.admitted(&inbox, element_size, buffer.len() / element_size)?;
        let was_empty = inbox.ring.is_empty();
        inbox.ring.push(&buffer[..admitted]);
        if was_empty {
            peer.base.signals.assert(Signals::FIFO_READABLE);
        }
        if inbox.ring.len() == self.ends.shared().capacity {
            self.ends.own().base.signals.clear(Signals::FIFO_WRITABLE);
        }
        Ok(admitted / element_size)
    }

    /// Reads up to `count` elements into `destination`; how many. Nothing if another reader was faster:
    /// [`Fifo::read_some`] goes on.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` when elements have another size or `count` is 0, `SHOULD_WAIT` when the ring is
    /// empty, `PEER_CLOSED` when it stays so, and those of `destination`.
    pub fn read(
        &self,
        element_size: usize,
        count: usize,
        destination: &mut impl Destination,
    ) -> Result<Option<usize>, Status> {
        self.check(element_size, count)?;
        let most = count.saturating_mul(element_size);
        let front = |inbox: &Inbox| inbox.front(most);
        let read = byte_queue::read(&self.ends.own().inbox, most, front, destination, |inbox, read| {
            self.take(inbox, read)
        })?;
        Ok(read.map(|bytes| bytes / element_size))
    }

    /// A step of [`Fifo::read`] where others get in its way; nothing as long as it is not over.
    ///
    /// # Errors
    /// Those of [`Fifo::read`], and `SHOULD_WAIT` when others were faster again and again.
    pub fn read_some(
        &self,
        reading: &mut Reading,
        element_size: usize,
        count: usize,
        destination: &mut impl Destination,
    ) -> Result<Option<usize>, Status> {
        self.check(element_size, count)?;
        let front = |inbox: &Inbox| inbox.front(count.saturating_mul(element_size));
        let read =
            byte_queue::read_some(reading, &self.ends.own().inbox, front, destination, |inbox, read| {
                self.take(inbox, read);
            })?;
        Ok(read.map(|bytes| bytes / element_size))
    }

    /// Removes what was read.
    fn take(&self, inbox: &mut Inbox, read: Result<usize, Status>) {
        let Ok(bytes) = read else { return };
        let was_full = inbox.ring.len() == self.ends.shared().capacity;
        inbox.ring.remove(bytes);
        if inbox.ring.is_empty() {
            self.ends.own().base.signals.clear(Signals::FIFO_READABLE);
        }
        if was_full && !inbox.closed {
            self.ends.peer().base.signals.assert(Signals::FIFO_WRITABLE);
        }
    }
}

impl KernelObject for Fifo {
    fn base(&self) -> &Base {
        &self.ends.own().base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        self.ends.peer().inbox.lock().peer_closed = true;
        let mut inbox = self.ends.own().inbox.lock();
        inbox.closed = true;
        self.ends.peer().base.signals.update(Signals::FIFO_WRITABLE, Signals::FIFO_PEER_CLOSED);
    }

    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        Some(self.ends.peer_base(|end| end.inbox.lock().closed))
    }
}
