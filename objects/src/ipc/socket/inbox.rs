//! One direction of a socket: what is behind the lock at its reading end.

#[cfg(all(test, not(loom)))]
mod tests;

use super::{Disposition, MAX_BUFFERED};
use crate::core::base::Base;
use crate::core::room::Room;
use crate::ipc::byte_queue::ByteQueue;
use abi::{Signals, Status};
use alloc::collections::VecDeque;

/// The signals of the reading end that tell of its inbox.
const READER: Signals =
    Signals::SOCKET_READABLE.union(Signals::SOCKET_READ_THRESHOLD).union(Signals::SOCKET_PEER_WRITE_DISABLED);
/// The signals of the writing end that tell of the other's inbox.
const WRITER: Signals = Signals::SOCKET_WRITABLE
    .union(Signals::SOCKET_WRITE_THRESHOLD)
    .union(Signals::SOCKET_WRITE_DISABLED)
    .union(Signals::SOCKET_PEER_CLOSED);

/// For how many lengths of datagrams an empty inbox keeps memory.
const KEPT: usize = 64;

/// The bytes that an end can read, and the state of writing them.
pub struct Inbox {
    queue: ByteQueue,
    /// The lengths of the datagrams in the queue; `None` for a stream.
    datagrams: Option<VecDeque<u32>>,
    /// The reading end has no handle any more.
    pub closed: bool,
    /// The reading end writes no more, and the writing end takes it for closed.
    pub half_closed: bool,
    /// The writing end has no handle any more, or is half closed.
    pub writer_closed: bool,
    /// Writing is disabled.
    disabled: bool,
    /// Writing was disabled, and enabled again after the reading end had closed: then it shows as possible.
    enabled_late: bool,
    pub read_threshold: usize,
    pub write_threshold: usize,
    /// The signals that the reading and the writing end have; see [`Inbox::show`].
    shown: [Signals; 2],
}

impl AsRef<ByteQueue> for Inbox {
    fn as_ref(&self) -> &ByteQueue {
        &self.queue
    }
}

impl Inbox {
    pub fn new(datagram: bool) -> Self {
        Self {
            queue: ByteQueue::default(),
            datagrams: datagram.then(VecDeque::new),
            closed: false,
            half_closed: false,
            writer_closed: false,
            disabled: false,
            enabled_late: false,
            read_threshold: 0,
            write_threshold: 0,
            shown: [Signals::empty(), Signals::SOCKET_WRITABLE],
        }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    fn room(&self) -> usize {
        MAX_BUFFERED - self.queue.len()
    }

    /// How many of `length` bytes can be written now.
    pub fn admitted(&self, length: usize) -> Result<usize, Status> {
        if self.closed {
            return Err(Status::PEER_CLOSED);
        }
        if self.disabled {
            return Err(Status::BAD_STATE);
        }
        check_length(length)?;
        match (&self.datagrams, self.room()) {
            (Some(_), _) if length > MAX_BUFFERED => Err(Status::OUT_OF_RANGE),
            (Some(_), room) if length > room => Err(Status::SHOULD_WAIT),
            (None, 0) if length > 0 => Err(Status::SHOULD_WAIT),
            (_, room) => Ok(length.min(room)),
        }
    }

    /// Appends what has been [admitted](Self::admitted). There are no empty datagrams.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Status> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.queue.reserve(bytes.len(), MAX_BUFFERED)?;
        if let Some(datagrams) = &mut self.datagrams {
            datagrams.make_room(1)?;
            datagrams.push_back(bytes.len() as u32);
        }
        self.queue.push(bytes);
        Ok(())
    }

    /// How many bytes one read can get: of a stream, or of the first datagram.
    pub fn front(&self) -> Result<usize, Status> {
        let first = self.datagrams.as_ref().and_then(VecDeque::front);
        match self.queue.len() {
            0 if self.writer_closed => Err(Status::PEER_CLOSED),
            0 if self.disabled => Err(Status::BAD_STATE),
            0 => Err(Status::SHOULD_WAIT),
            length => Ok(first.map_or(length, |first| *first as usize)),
        }
    }

    /// Removes `count` bytes of a stream, or all of the first datagram.
    pub fn remove(&mut self, count: usize) {
        let first = self.datagrams.as_mut().and_then(VecDeque::pop_front);
        self.queue.remove(first.map_or(count, |first| first as usize));
        self.queue.trim();
        if self.queue.is_empty() && self.datagrams.as_ref().is_some_and(|lengths| lengths.capacity() > KEPT) {
            self.datagrams = Some(VecDeque::new());
        }
    }

    /// Whether writing may be changed so.
    pub fn allows(&self, disposition: Disposition) -> bool {
        !(disposition == Disposition::Enable && self.disabled && !self.queue.is_empty())
    }

    pub fn dispose(&mut self, disposition: Disposition) {
        match disposition {
            Disposition::Keep => {}
            Disposition::Enable => {
                self.enabled_late |= self.disabled && self.closed;
                self.disabled = false;
            }
            Disposition::Disable => self.disabled = true,
        }
    }

    /// Nobody will read any more. What was unread comes back, to be dropped without the lock.
    pub fn close(&mut self) -> (VecDeque<u8>, Option<VecDeque<u32>>) {
        self.closed = true;
        (self.queue.take(), self.datagrams.as_mut().map(core::mem::take))
    }

    fn reader_signals(&self) -> Signals {
        let length = self.queue.len();
        let threshold = self.read_threshold > 0 && length >= self.read_threshold;
        select(Signals::SOCKET_READABLE, length > 0)
            | select(Signals::SOCKET_READ_THRESHOLD, threshold)
            | select(Signals::SOCKET_PEER_WRITE_DISABLED, self.disabled)
    }

    fn writer_signals(&self) -> Signals {
        let threshold = self.write_threshold > 0 && self.room() >= self.write_threshold;
        let writable = self.room() > 0 && !self.disabled && (!self.closed || self.enabled_late);
        select(Signals::SOCKET_WRITABLE, writable)
            | select(Signals::SOCKET_WRITE_THRESHOLD, threshold && !self.closed)
            | select(Signals::SOCKET_WRITE_DISABLED, self.disabled)
            | select(Signals::SOCKET_PEER_CLOSED, self.closed || self.half_closed)
    }

    /// Makes the signals of both ends tell of the inbox as it is now. Called under its lock, after each
    /// change.
    pub fn show(&mut self, reader: &Base, writer: &Base) {
        let now = [self.reader_signals(), self.writer_signals()];
        for (((base, mask), before), now) in
            [(reader, READER), (writer, WRITER)].iter().zip(self.shown).zip(now)
        {
            if before != now {
                base.signals.update(mask.difference(now), now);
            }
        }
        self.shown = now;
    }
}

/// No more bytes can be asked for, or offered, at once than 32 bits count, as in Zircon.
pub fn check_length(length: usize) -> Result<(), Status> {
    u32::try_from(length).map(drop).map_err(|_| Status::INVALID_ARGS)
}

fn select(signal: Signals, active: bool) -> Signals {
    if active { signal } else { Signals::empty() }
}
