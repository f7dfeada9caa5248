//! Socket: two ends that send each other bytes, as a stream or as datagrams.
//!
//! ```text
//! end 0 ──writes──▶ inbox of end 1 ──▶ end 1 reads
//! end 0 reads ◀── inbox of end 0 ◀──writes── end 1
//! ```
//! What concerns one direction — its bytes, whether writing is disabled, both thresholds — is in the
//! inbox at its reading end, under one lock. All signals that tell of it, at both ends, change under that
//! lock too. Memory is allocated as bytes come, up to [`MAX_BUFFERED`] a direction.
//!
//! Lock order: the inbox of end 0, that of end 1, the signals of either end. Only changing dispositions
//! locks both inboxes.

mod inbox;
#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::ipc::byte_queue::{self, Destination, Reading};
use crate::ipc::ends::Ends;
use crate::object::KernelObject;
use abi::{InfoSocket, Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;
use inbox::{Inbox, check_length};
use waitq::sync::Mutex;

/// Bytes that a direction holds at most; Zircon's number.
pub const MAX_BUFFERED: usize = 256 * 1024;

/// What is to become of writing at an end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// It stays as it is.
    Keep,
    /// It is allowed.
    Enable,
    /// It is refused.
    Disable,
}

struct End {
    base: Base,
    inbox: Mutex<Inbox>,
}

impl AsRef<Base> for End {
    fn as_ref(&self) -> &Base {
        &self.base
    }
}

impl End {
    fn new(datagram: bool) -> Self {
        Self { base: Base::with_signals(Signals::SOCKET_WRITABLE), inbox: Mutex::new(Inbox::new(datagram)) }
    }
}

/// One end of a socket.
pub struct Socket {
    ends: Ends<End>,
    datagram: bool,
}

impl Socket {
    /// Two ends: of a stream, or for datagrams.
    pub fn new(datagram: bool) -> (Arc<Self>, Arc<Self>) {
        let (first, second) = Ends::new([End::new(datagram), End::new(datagram)], ());
        (Arc::new(Self { ends: first, datagram }), Arc::new(Self { ends: second, datagram }))
    }

    /// Changes the inbox of this end, then the signals that tell of it.
    fn with_own<R>(&self, change: impl FnOnce(&mut Inbox) -> R) -> R {
        let mut inbox = self.ends.own().inbox.lock();
        let result = change(&mut inbox);
        inbox.show(&self.ends.own().base, &self.ends.peer().base);
        result
    }

    /// The same for the inbox of the other end.
    fn with_peer<R>(&self, change: impl FnOnce(&mut Inbox) -> R) -> R {
        let mut inbox = self.ends.peer().inbox.lock();
        let result = change(&mut inbox);
        inbox.show(&self.ends.peer().base, &self.ends.own().base);
        result
    }

    /// Sends `length` bytes: as many as there is room for, or all of a datagram; how many. `fetch` brings
    /// the first so many of them, and is called without a lock.
    ///
    /// # Errors
    /// `PEER_CLOSED`; `BAD_STATE` when writing is disabled; `INVALID_ARGS` when 32 bits do not hold `length`;
    /// `SHOULD_WAIT` when there is no room; `OUT_OF_RANGE` for a datagram for which there never is;
    /// `NO_MEMORY`; and those of `fetch`.
    pub fn write(
        &self,
        length: usize,
        fetch: impl FnOnce(usize) -> Result<Vec<u8>, Status>,
    ) -> Result<usize, Status> {
        self.send(&fetch(self.admitted(length)?)?)
    }

    /// How many of `length` bytes can be written now.
    ///
    /// # Errors
    /// Those of [`Socket::write`].
    pub fn admitted(&self, length: usize) -> Result<usize, Status> {
        self.ends.peer().inbox.lock().admitted(length)
    }

    /// Sends bytes that were [admitted](Self::admitted), or as many of them as there is room for still; how many.
    ///
    /// # Errors
    /// Those of [`Socket::write`].
    pub fn send(&self, bytes: &[u8]) -> Result<usize, Status> {
        // Other writers may have taken some of the room meanwhile.
        self.with_peer(|inbox| {
            let admitted = inbox.admitted(bytes.len())?;
            let behind = inbox.len() > 0 && admitted > 0;
            inbox.push(&bytes[..admitted])?;
            if behind {
                self.ends.peer().base.signals.arrived(Signals::SOCKET_READABLE);
            }
            Ok(admitted)
        })
    }

    /// Reads up to `length` bytes of the stream, or of the first datagram, into `destination`; how many. The
    /// rest of that datagram is lost, and all of it if `destination` refuses it with `INVALID_ARGS`. With `peek`, and when no
    /// bytes are asked for, everything stays. Nothing if another reader was faster: [`Socket::read_some`] goes on.
    ///
    /// # Errors
    /// `INVALID_ARGS` when 32 bits do not hold `length`. When there is nothing to read: `PEER_CLOSED` or
    /// `BAD_STATE` when there never will be, because the other end is closed or may not write, else
    /// `SHOULD_WAIT`. Also those of `destination`.
    pub fn read(
        &self,
        length: usize,
        peek: bool,
        destination: &mut impl Destination,
    ) -> Result<Option<usize>, Status> {
        check_length(length)?;
        let front = |inbox: &Inbox| Ok(inbox.front()?.min(length));
        byte_queue::read(&self.ends.own().inbox, length, front, destination, |inbox, read| {
            self.take(inbox, read, peek)
        })
    }

    /// A step of [`Socket::read`] where that is long, or others get in its way; nothing as long as it is not over.
    ///
    /// # Errors
    /// Those of [`Socket::read`], and `SHOULD_WAIT` when others were faster again and again.
    pub fn read_some(
        &self,
        reading: &mut Reading,
        length: usize,
        peek: bool,
        destination: &mut impl Destination,
    ) -> Result<Option<usize>, Status> {
        check_length(length)?;
        let front = |inbox: &Inbox| Ok(inbox.front()?.min(length));
        byte_queue::read_some(reading, &self.ends.own().inbox, front, destination, |inbox, read| {
            self.take(inbox, read, peek);
        })
    }

    /// Removes what was read, or the datagram that was not taken: so public tests have it (docs/decisions/0004-tests-over-documents.md).
    fn take(&self, inbox: &mut Inbox, read: Result<usize, Status>, peek: bool) {
        match read {
            Ok(count @ 1..) if !peek => inbox.remove(count),
            Err(Status::INVALID_ARGS) if !peek && self.datagram => inbox.remove(0),
            _ => return,
        }
        inbox.show(&self.ends.own().base, &self.ends.peer().base);
    }

    /// How many bytes the next read can get.
    pub fn readable(&self) -> usize {
        self.ends.own().inbox.lock().front().unwrap_or(0)
    }

    /// Allows or disables writing at this end, and at the other.
    ///
    /// # Errors
    /// `BAD_STATE`, and nothing is changed, when writing is to be allowed again at an end while bytes that
    /// were written there have not been read.
    pub fn set_disposition(&self, own: Disposition, peer: Disposition) -> Result<(), Status> {
        let mut wanted = [own, peer];
        // What an end writes is in the inbox of the other.
        let ([one, two], side) = self.ends.in_order();
        wanted.rotate_left(1 - side);
        let (mut first, mut second) = (one.inbox.lock(), two.inbox.lock());
        if !first.allows(wanted[0]) || !second.allows(wanted[1]) {
            return Err(Status::BAD_STATE);
        }
        first.dispose(wanted[0]);
        second.dispose(wanted[1]);
        first.show(&one.base, &two.base);
        second.show(&two.base, &one.base);
        Ok(())
    }

    /// Ends writing at this end, Magenta's way: to the other end it is closed as far as reading goes.
    ///
    /// # Errors
    /// `PEER_CLOSED`.
    pub fn half_close(&self) -> Result<(), Status> {
        let ([one, two], side) = self.ends.in_order();
        let (mut first, mut second) = (one.inbox.lock(), two.inbox.lock());
        let mut inboxes = [&mut *first, &mut *second];
        // What an end writes is in the inbox of the other.
        inboxes.rotate_left(side);
        let [own, peer] = inboxes;
        if peer.closed {
            return Err(Status::PEER_CLOSED);
        }
        peer.dispose(Disposition::Disable);
        peer.writer_closed = true;
        own.half_closed = true;
        first.show(&one.base, &two.base);
        second.show(&two.base, &one.base);
        Ok(())
    }

    /// From how many bytes on `READ_THRESHOLD` is active; 0 for never.
    pub fn read_threshold(&self) -> usize {
        self.ends.own().inbox.lock().read_threshold
    }

    /// From how much room on `WRITE_THRESHOLD` is active; 0 for never.
    pub fn write_threshold(&self) -> usize {
        self.ends.peer().inbox.lock().write_threshold
    }

    /// Sets [`Socket::read_threshold`].
    ///
    /// # Errors
    /// `INVALID_ARGS` for more than [`MAX_BUFFERED`].
    pub fn set_read_threshold(&self, bytes: usize) -> Result<(), Status> {
        if bytes > MAX_BUFFERED {
            return Err(Status::INVALID_ARGS);
        }
        self.with_own(|inbox| inbox.read_threshold = bytes);
        Ok(())
    }

    /// Sets [`Socket::write_threshold`].
    ///
    /// # Errors
    /// `PEER_CLOSED`; `INVALID_ARGS` for more than [`MAX_BUFFERED`].
    pub fn set_write_threshold(&self, bytes: usize) -> Result<(), Status> {
        self.with_peer(|inbox| {
            if inbox.closed {
                return Err(Status::PEER_CLOSED);
            }
            if bytes > MAX_BUFFERED {
                return Err(Status::INVALID_ARGS);
            }
            inbox.write_threshold = bytes;
            Ok(())
        })
    }

    /// How full both directions are. A direction to a closed end has no size.
    pub fn info(&self) -> InfoSocket {
        let mut info = InfoSocket {
            options: if self.datagram { abi::SOCKET_DATAGRAM } else { abi::SOCKET_STREAM },
            rx_buf_max: MAX_BUFFERED,
            ..Default::default()
        };
        {
            let inbox = self.ends.own().inbox.lock();
            info.rx_buf_size = inbox.len();
            info.rx_buf_available = inbox.front().unwrap_or(0);
        }
        let inbox = self.ends.peer().inbox.lock();
        if !inbox.closed {
            (info.tx_buf_max, info.tx_buf_size) = (MAX_BUFFERED, inbox.len());
        }
        info
    }
}

impl KernelObject for Socket {
    fn base(&self) -> &Base {
        &self.ends.own().base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        // First what a reader at the other end finds, then the signal that makes it look.
        self.with_peer(|inbox| inbox.writer_closed = true);
        let unread = self.with_own(Inbox::close);
        drop(unread);
    }

    /// Each write arrives, but those before have become one.
    fn with_arrivals(&self, _signal: Signals, begin: &mut dyn FnMut(u32)) {
        let _inbox = self.ends.own().inbox.lock();
        begin(1);
    }

    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        Some(self.ends.peer_base(|end| end.inbox.lock().closed))
    }
}
