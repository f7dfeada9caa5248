//! Channel: two ends, messages of bytes and handles, and calls that wait for their reply.
//!
//! Each end has one lock over its unread messages and the callers that wait at it; a reply goes to the
//! caller that registered its transaction id, under that lock, or else to the queue: see [`call`].
//!
//! Lock order: an end's lock, then that end's signals. No two ends are locked at once. Messages that carry
//! ends of channels are the business of [`nesting`].

mod call;
mod nesting;
#[cfg(all(test, not(loom)))]
mod tests;

pub use self::call::Call;
use self::call::{CallState, Caller, MOST_CALLERS};
use self::nesting::Location;
use crate::core::base::{Base, Koid};
use crate::core::closing::{Doomed, Remains};
use crate::core::handle::HandleId;
use crate::core::handles::Handles;
use crate::core::room::Room;
use crate::ipc::ends::Ends;
use crate::object::{KernelObject, Object};
use abi::{Signals, Status};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use waitq::WaitQueue;
use waitq::sync::Mutex;

/// Unread messages of an end at most; Zircon's number. Whoever writes one more goes on writing to somebody who does
/// not read.
pub const MAX_UNREAD: usize = 3_500;

/// For how many messages an end that has none unread keeps memory.
const KEPT: usize = 64;

/// Transaction ids that the kernel chooses for calls have this bit.
pub const KERNEL_TXID: u32 = 0x8000_0000;

/// What travels through a channel.
#[derive(Default)]
pub struct Message {
    /// The bytes. The first four are the transaction id, if there are four.
    pub bytes: Box<[u8]>,
    /// The handles.
    pub handles: Handles,
}

impl Message {
    fn txid(&self) -> Option<u32> {
        self.bytes.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
    }

    fn set_txid(&mut self, txid: u32) {
        if let Some(bytes) = self.bytes.first_chunk_mut() {
            *bytes = txid.to_ne_bytes();
        }
    }
}

/// What is behind an end's lock.
#[derive(Default)]
pub struct Inbox {
    messages: VecDeque<Message>,
    /// Replies that found their caller, until it runs.
    replies: Vec<Message>,
    /// How many calls were made at this end.
    calls: u64,
    /// How many calls go on: their callers wait, or have yet to take the reply.
    callers: usize,
    closed: bool,
    peer_closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

struct End {
    base: Base,
    inbox: WaitQueue<Caller, Inbox>,
    /// How many messages are unread; written under the lock, read by observers without it.
    unread: AtomicU64,
    /// The process that has the handle. No lock, because handle tables set it under theirs.
    owner: AtomicU64,
    /// Where the handle is, as far as it concerns [`nesting`].
    location: Mutex<Location>,
    /// Whether a message with ends has ever been queued here. Set before the lock is taken to queue it.
    had_ends: AtomicBool,
}

impl AsRef<Base> for End {
    fn as_ref(&self) -> &Base {
        &self.base
    }
}

impl End {
    fn new() -> Self {
        Self {
            base: Base::with_signals(Signals::CHANNEL_WRITABLE),
            inbox: WaitQueue::new(Inbox::default()),
            unread: AtomicU64::new(0),
            owner: AtomicU64::new(0),
            location: Mutex::new(Location::default()),
            had_ends: AtomicBool::new(false),
        }
    }

    /// Puts a message into the inbox, which is this end's. `grow` makes room where there is none.
    #[inline]
    fn deliver(
        &self,
        inbox: &mut Inbox,
        message: Message,
        grow: fn(&mut Inbox) -> Result<(), Status>,
    ) -> Result<(), Undelivered> {
        let unread = inbox.messages.len();
        if (unread == inbox.messages.capacity() || unread >= MAX_UNREAD)
            && let Err(status) = grow(inbox)
        {
            return Err((message, status));
        }
        inbox.messages.push_back(message);
        let unread = inbox.messages.len();
        self.unread.store(unread as u64, Ordering::Relaxed);
        if unread == 1 {
            self.base.signals.change(Signals::empty(), Signals::CHANNEL_READABLE);
        } else {
            self.base.signals.arrived(Signals::CHANNEL_READABLE);
        }
        Ok(())
    }
}

impl Inbox {
    /// Makes room for messages that are written: twice as much as there was, up to [`MAX_UNREAD`].
    #[cold]
    fn grow(&mut self) -> Result<(), Status> {
        let length = self.messages.len();
        let more = (2 * length).clamp(4, MAX_UNREAD).saturating_sub(length);
        if more == 0 {
            return Err(Status::NO_RESOURCES);
        }
        Ok(self.messages.make_exact_room(more)?)
    }

    /// Makes room for a reply whose caller has gone away. It finds room also where nothing more can be written, for as
    /// many as may call at once.
    #[cold]
    fn grow_for_reply(&mut self) -> Result<(), Status> {
        match self.grow() {
            Err(Status::NO_RESOURCES) if self.messages.len() < MAX_UNREAD + MOST_CALLERS => {
                Ok(self.messages.make_exact_room(1)?)
            }
            grown => grown,
        }
    }
}

/// Gives the memory of an empty inbox back, without its lock.
#[cold]
#[inline(never)]
fn discard(excess: VecDeque<Message>) {
    drop(excess);
}

/// One end of a channel.
pub struct Channel {
    ends: Ends<End>,
}

/// A message that cannot be delivered, and why.
type Undelivered = (Message, Status);

impl Channel {
    /// Two ends.
    pub fn new() -> (Arc<Self>, Arc<Self>) {
        let (first, second) = Ends::new([End::new(), End::new()], ());
        (Arc::new(Self { ends: first }), Arc::new(Self { ends: second }))
    }

    /// Sends a message to the other end. Never waits. A message that carries the end it goes to, or one in
    /// whose queue that end lies, could never be read and would keep itself alive: it is discarded, which
    /// closes these ends.
    ///
    /// # Errors
    /// `PEER_CLOSED`, `NO_MEMORY`, `NO_RESOURCES` when [`MAX_UNREAD`] messages are unread; the message comes back.
    pub fn write(&self, message: Message) -> Result<(), Undelivered> {
        self.send(message, Ok(()))
    }

    /// As [`Channel::write`]; `in_ring` is the result for a message that nobody could read, as the other end is in it.
    fn send(&self, message: Message, in_ring: Result<(), Status>) -> Result<(), Undelivered> {
        if message.handles.is_empty() { self.put(message) } else { self.send_handles(message, in_ring) }
    }

    /// Away from [`Channel::send`], which is faster without.
    #[inline(never)]
    fn send_handles(&self, message: Message, in_ring: Result<(), Status>) -> Result<(), Undelivered> {
        match nesting::has_ends(&message) {
            false => self.put(message),
            true => nesting::write(&self.ends.other(), message, in_ring, |message| self.put(message)),
        }
    }

    fn put(&self, message: Message) -> Result<(), Undelivered> {
        let peer = self.ends.peer();
        let mut inbox = peer.inbox.lock();
        if inbox.closed {
            return Err((message, Status::PEER_CLOSED));
        }
        if let Some(txid) = message.txid().filter(|txid| txid & KERNEL_TXID != 0 && inbox.has_waiters()) {
            if inbox.replies.try_reserve(1).is_err() {
                return Err((message, Status::NO_MEMORY));
            }
            let replied = |caller: &mut Caller| caller.settle(CallState::Replied, |c| c.txid == txid);
            if let Some(caller) = inbox.take_first(&Caller::NOBODY, replied) {
                nesting::take_out(&message);
                inbox.replies.push(message);
                drop(inbox);
                caller.wake();
                return Ok(());
            }
        }
        peer.deliver(&mut inbox, message, Inbox::grow)
    }

    /// Takes the first unread message if it fits: `fits` is told its sizes in bytes and handles and
    /// answers whether to take it, or why not. It is called under the end's lock, and may lock a handle table.
    /// `process` must own this end, or be 0 for the kernel.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when there is none, `PEER_CLOSED` when there will be none, `BUFFER_TOO_SMALL` when
    /// it does not fit (with `may_discard` it is lost then), `BAD_HANDLE` when another process owns
    /// this end by now; what `fits` says, and the message stays.
    pub fn read(
        &self,
        process: Koid,
        may_discard: bool,
        fits: impl FnOnce(usize, usize) -> Result<bool, Status>,
    ) -> Result<Message, Status> {
        let end = self.ends.own();
        let mut inbox = end.inbox.lock();
        if process != 0 && end.owner.load(Ordering::Relaxed) != process {
            return Err(Status::BAD_HANDLE);
        }
        let Some(first) = inbox.messages.front() else {
            return Err(if inbox.peer_closed { Status::PEER_CLOSED } else { Status::SHOULD_WAIT });
        };
        let fitted = fits(first.bytes.len(), first.handles.len())?;
        if !fitted && !may_discard {
            return Err(Status::BUFFER_TOO_SMALL);
        }
        let Some(message) = inbox.messages.pop_front() else { return Err(Status::SHOULD_WAIT) };
        if end.had_ends.load(Ordering::Relaxed) {
            nesting::take_out(&message);
        }
        end.unread.store(inbox.messages.len() as u64, Ordering::Relaxed);
        if inbox.messages.is_empty() {
            end.base.signals.change(Signals::CHANNEL_READABLE, Signals::empty());
            if inbox.messages.capacity() > KEPT {
                let excess = core::mem::take(&mut inbox.messages);
                drop(inbox);
                discard(excess);
                return if fitted { Ok(message) } else { Err(Status::BUFFER_TOO_SMALL) };
            }
        }
        drop(inbox);
        if fitted { Ok(message) } else { Err(Status::BUFFER_TOO_SMALL) }
    }

    /// How many messages are unread.
    pub fn pending(&self) -> u64 {
        self.ends.own().unread.load(Ordering::Relaxed)
    }

    /// The process that has the other end, or 0.
    pub fn peer_owner(&self) -> Koid {
        self.ends.peer().owner.load(Ordering::Relaxed)
    }
}

/// The unread messages of a closed end.
impl Remains for Channel {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let next = self.ends.own().inbox.with(|inbox, _| {
            let first = inbox.messages.front_mut()?;
            let handle = first.handles.pop();
            let emptied = if first.handles.is_empty() { inbox.messages.pop_front() } else { None };
            Some((handle, emptied))
        });
        let Some((handle, _emptied)) = next else { return false };
        if let Some(handle) = handle {
            handle.close_into(doomed);
        }
        true
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.ends.own().inbox.with(|inbox, _| change(&mut inbox.next_doomed))
    }
}

impl AsRef<WaitQueue<Caller, Inbox>> for Channel {
    #[inline(always)] // reason: three loads, which a call more than doubles
    fn as_ref(&self) -> &WaitQueue<Caller, Inbox> {
        &self.ends.own().inbox
    }
}

impl KernelObject for Channel {
    fn base(&self) -> &Base {
        &self.ends.own().base
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let has_messages = self.ends.own().inbox.with(|inbox, callers| {
            let woken = callers.wake_matching(|caller| caller.settle(CallState::HandleClosed, |_| true));
            doomed.count_woken(woken);
            !core::mem::replace(&mut inbox.closed, true) && !inbox.messages.is_empty()
        });
        let peer = self.ends.peer();
        peer.inbox.with(|inbox, callers| {
            inbox.peer_closed = true;
            peer.base.signals.update(Signals::CHANNEL_WRITABLE, Signals::CHANNEL_PEER_CLOSED);
            let woken = callers.wake_matching(|caller| caller.settle(CallState::PeerClosed, |_| true));
            doomed.count_woken(woken);
        });
        if has_messages {
            doomed.push(self.clone().into());
        }
    }

    fn cancel_handle(&self, handle: HandleId) -> usize {
        let waiting = self.base().signals.cancel_handle(handle);
        let closed = |caller: &mut Caller| caller.settle(CallState::HandleClosed, |c| c.handle == handle);
        waiting + self.ends.own().inbox.with(|_, callers| callers.wake_matching(closed))
    }

    /// Each message arrives.
    fn with_arrivals(&self, signal: Signals, begin: &mut dyn FnMut(u32)) {
        let inbox = self.ends.own().inbox.lock();
        begin(if signal == Signals::CHANNEL_READABLE { inbox.messages.len() as u32 } else { 1 });
    }

    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        Some(self.ends.peer_base(|end| end.inbox.lock().closed))
    }

    fn set_owner(&self, process: Koid) {
        self.ends.own().owner.store(process, Ordering::Relaxed);
    }
}
