//! Channel: two ends, messages of bytes and handles, and calls that wait for their reply.
//!
//! Both ends live in one [`Pair`], so that writing reaches the other end without counting references.
//! Each end has one lock over its unread messages and the callers that wait at it; a reply goes to the
//! caller that registered its transaction id, under that lock, or else to the queue.
//!
//! Lock order: an end's lock, then that end's signals. No two ends are locked at once.

use crate::base::{Base, Koid};
use crate::handle::{Doomed, Handle, HandleId};
use crate::object::{Object, kernel_object};
use crate::wait::Deadline;
use abi::{Signals, Status};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::Poll;
use waitq::{Tag, WaitQueue, Woken};

/// Transaction ids that the kernel chooses for calls have this bit.
pub const KERNEL_TXID: u32 = 0x8000_0000;

/// What travels through a channel.
#[derive(Default)]
pub struct Message {
    /// The bytes. The first four are the transaction id, if there are four.
    pub bytes: Vec<u8>,
    /// The handles.
    pub handles: Vec<Handle>,
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

/// How far a call has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CallState {
    Waiting,
    Replied,
    PeerClosed,
    HandleClosed,
}

#[derive(Clone, Copy)]
struct Caller {
    txid: u32,
    handle: HandleId,
    state: CallState,
}

impl Tag for Caller {}

/// What is behind an end's lock.
#[derive(Default)]
struct Inbox {
    messages: VecDeque<Message>,
    /// Replies that found their caller, until it runs.
    replies: Vec<Message>,
    closed: bool,
    peer_closed: bool,
    /// The next in a stack of closed ends; see [`Doomed`].
    next_doomed: Option<Arc<Channel>>,
}

struct End {
    base: Base,
    inbox: WaitQueue<Caller, Inbox>,
    /// How many calls were made at this end.
    calls: AtomicU64,
    /// How many messages are unread; written under the lock, read by observers without it.
    unread: AtomicU64,
    /// The process that has the handle. No lock, because handle tables set it under theirs.
    owner: AtomicU64,
}

impl End {
    fn new() -> Self {
        Self {
            base: Base::with_signals(Signals::CHANNEL_WRITABLE),
            inbox: WaitQueue::new(Inbox::default()),
            calls: AtomicU64::new(0),
            unread: AtomicU64::new(0),
            owner: AtomicU64::new(0),
        }
    }

    /// Puts a message into the inbox, which is this end's.
    fn deliver(&self, inbox: &mut Inbox, message: Message) -> Result<(), Undelivered> {
        if inbox.messages.try_reserve(1).is_err() {
            return Err((message, Status::NO_MEMORY));
        }
        inbox.messages.push_back(message);
        let unread = inbox.messages.len();
        self.unread.store(unread as u64, Ordering::Relaxed);
        if unread == 1 {
            self.base.signals.assert(Signals::CHANNEL_READABLE);
        }
        Ok(())
    }
}

/// One end of a channel.
pub struct Channel {
    pair: Arc<[End; 2]>,
    side: usize,
}

/// A message that cannot be delivered, and why.
type Undelivered = (Message, Status);

impl Channel {
    /// Two ends.
    pub fn new() -> (Arc<Self>, Arc<Self>) {
        let pair = Arc::new([End::new(), End::new()]);
        pair[0].base.set_related(pair[1].base.koid());
        pair[1].base.set_related(pair[0].base.koid());
        (Arc::new(Self { pair: pair.clone(), side: 0 }), Arc::new(Self { pair, side: 1 }))
    }

    fn end(&self) -> &End {
        &self.pair[self.side]
    }

    fn peer(&self) -> &End {
        &self.pair[1 - self.side]
    }

    fn is_peer(&self, object: &Object) -> bool {
        matches!(object, Object::Channel(end) if Arc::ptr_eq(&end.pair, &self.pair) && end.side != self.side)
    }

    /// Sends a message to the other end. Never waits. A message that carries the end it goes to could
    /// never be read and would keep itself alive: it is discarded, which closes that end.
    ///
    /// # Errors
    /// `PEER_CLOSED`, `NO_MEMORY`; the message comes back.
    pub fn write(&self, message: Message) -> Result<(), Undelivered> {
        if message.handles.iter().any(|handle| self.is_peer(handle.object())) {
            return Ok(());
        }
        let peer = self.peer();
        peer.inbox.with(|inbox, callers| {
            if inbox.closed {
                return Err((message, Status::PEER_CLOSED));
            }
            if let Some(txid) = message.txid().filter(|txid| txid & KERNEL_TXID != 0 && !callers.is_empty()) {
                if inbox.replies.try_reserve(1).is_err() {
                    return Err((message, Status::NO_MEMORY));
                }
                let answered =
                    callers.wake_matching(|caller| caller.settle(CallState::Replied, |c| c.txid == txid));
                if answered > 0 {
                    inbox.replies.push(message);
                    return Ok(());
                }
            }
            peer.deliver(inbox, message)
        })
    }

    /// Takes the first unread message if it fits: `fits` is told its sizes in bytes and handles and
    /// answers whether to take it. `process` must own this end, or be 0 for the kernel.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when there is none, `PEER_CLOSED` when there will be none, `BUFFER_TOO_SMALL` when
    /// it does not fit (with `may_discard` it is lost then), `BAD_HANDLE` when another process owns
    /// this end by now.
    pub fn read(
        &self,
        process: Koid,
        may_discard: bool,
        fits: impl FnOnce(usize, usize) -> bool,
    ) -> Result<Message, Status> {
        let end = self.end();
        let (message, fitted) = end.inbox.with(|inbox, _| {
            if process != 0 && end.owner.load(Ordering::Relaxed) != process {
                return Err(Status::BAD_HANDLE);
            }
            let Some(first) = inbox.messages.front() else {
                return Err(if inbox.peer_closed { Status::PEER_CLOSED } else { Status::SHOULD_WAIT });
            };
            let fitted = fits(first.bytes.len(), first.handles.len());
            if !fitted && !may_discard {
                return Err(Status::BUFFER_TOO_SMALL);
            }
            let message = inbox.messages.pop_front();
            end.unread.store(inbox.messages.len() as u64, Ordering::Relaxed);
            if inbox.messages.is_empty() {
                end.base.signals.clear(Signals::CHANNEL_READABLE);
            }
            Ok((message.unwrap_or_default(), fitted))
        })?;
        if fitted { Ok(message) } else { Err(Status::BUFFER_TOO_SMALL) }
    }

    /// How many messages are unread.
    pub fn pending(&self) -> u64 {
        self.end().unread.load(Ordering::Relaxed)
    }

    /// Sends a message of at least four bytes, into which a transaction id is written, and waits for
    /// the reply with the same id.
    ///
    /// # Errors
    /// Of the write (nothing was sent): `PEER_CLOSED`, `NO_MEMORY`. Of the wait: `TIMED_OUT`,
    /// `PEER_CLOSED`, and `CANCELED` when `handle`, through which the call is made, is closed.
    pub async fn call(
        &self,
        mut message: Message,
        handle: HandleId,
        still_open: impl FnOnce() -> bool,
        deadline: Deadline,
    ) -> Result<Message, Status> {
        let end = self.end();
        let txid = self.new_txid();
        message.set_txid(txid);
        let caller = Caller { txid, handle, state: CallState::Waiting };
        // Before the wait, so that it is dropped after it: no reply finds the caller any more then.
        let reply = Reply { end, txid };
        let mut wait = pin!(end.inbox.wait_unless(caller, |inbox, caller| {
            if inbox.peer_closed {
                caller.state = CallState::PeerClosed;
            } else if !still_open() {
                caller.state = CallState::HandleClosed;
            }
            caller.state != CallState::Waiting
        }));
        let mut sleep = pin!((!deadline.is_never()).then(|| deadline.sleep()));
        let mut unsent = Some(message);
        let outcome = poll_fn(|context| {
            if let Poll::Ready(caller) = wait.as_mut().poll(context) {
                return Poll::Ready(Ok(caller.state));
            }
            if let Some(message) = unsent.take()
                && let Err((message, status)) = self.write(message)
            {
                // The wait goes first: closing what is in the message may reach this end again.
                let _ = wait.as_mut().cancel();
                drop(message);
                return Poll::Ready(Err(status));
            }
            let expired = match sleep.as_mut().as_pin_mut() {
                Some(sleep) => sleep.poll(context).is_ready(),
                None => false,
            };
            match expired {
                false => Poll::Pending,
                true => Poll::Ready(match wait.as_mut().cancel() {
                    Woken::Yes(caller) => Ok(caller.state),
                    Woken::No(_) => Err(Status::TIMED_OUT),
                }),
            }
        })
        .await?;
        match outcome {
            CallState::Replied => reply.take().ok_or(Status::INTERNAL),
            CallState::HandleClosed => Err(Status::CANCELED),
            CallState::PeerClosed | CallState::Waiting => Err(Status::PEER_CLOSED),
        }
    }

    /// A transaction id that no caller at this end waits for.
    fn new_txid(&self) -> u32 {
        let calls = self.end().calls.fetch_add(1, Ordering::Relaxed);
        match u32::try_from(calls) {
            Ok(calls) if calls & KERNEL_TXID == 0 => calls | KERNEL_TXID,
            _ => self.checked_txid(calls as u32),
        }
    }

    /// Ids come around after 2^31 calls; from then on, and for ever, each is checked.
    #[cold]
    fn checked_txid(&self, first: u32) -> u32 {
        self.end().inbox.with(|_, callers| {
            let mut txid = first | KERNEL_TXID;
            loop {
                let mut taken = false;
                let near = Caller { txid, handle: HandleId::KERNEL, state: CallState::Waiting };
                callers.for_each(&near, |caller| taken |= caller.txid == txid);
                if !taken {
                    return txid;
                }
                txid = txid.wrapping_add(1) | KERNEL_TXID;
            }
        })
    }

    pub(crate) fn link_doomed(&self, next: Option<Arc<Channel>>) {
        self.end().inbox.with(|inbox, _| inbox.next_doomed = next);
    }

    /// The unread messages of a closed end, and the next closed end.
    pub(crate) fn take_doomed(&self) -> (VecDeque<Message>, Option<Arc<Channel>>) {
        self.end().inbox.with(|inbox, _| (core::mem::take(&mut inbox.messages), inbox.next_doomed.take()))
    }
}

impl Caller {
    /// Settles a call that waits and that `matches`; whether it did.
    fn settle(&mut self, state: CallState, matches: impl FnOnce(&Self) -> bool) -> bool {
        let hit = self.state == CallState::Waiting && matches(self);
        if hit {
            self.state = state;
        }
        hit
    }
}

impl Inbox {
    fn take_reply(&mut self, txid: u32) -> Option<Message> {
        let index = self.replies.iter().position(|reply| reply.txid() == Some(txid))?;
        Some(self.replies.swap_remove(index))
    }
}

/// A reply that may be there for a call. If the call is dropped before it takes it, it is as if the
/// reply had come late: it goes to the queue.
struct Reply<'a> {
    end: &'a End,
    txid: u32,
}

impl Reply<'_> {
    fn take(self) -> Option<Message> {
        let reply = self.end.inbox.with(|inbox, _| inbox.take_reply(self.txid));
        core::mem::forget(self);
        reply
    }
}

impl Drop for Reply<'_> {
    fn drop(&mut self) {
        let undelivered = self.end.inbox.with(|inbox, _| {
            let reply = inbox.take_reply(self.txid)?;
            if inbox.closed {
                return Some(reply);
            }
            self.end.deliver(inbox, reply).err().map(|(reply, _)| reply)
        });
        drop(undelivered);
    }
}

kernel_object!(Channel, OBJ_TYPE_CHANNEL, DEFAULT_CHANNEL, {
    fn base(&self) -> &Base {
        &self.end().base
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        self.end().inbox.with(|inbox, callers| {
            inbox.closed = true;
            callers.wake_matching(|caller| caller.settle(CallState::HandleClosed, |_| true));
        });
        let peer = self.peer();
        peer.inbox.with(|inbox, callers| {
            inbox.peer_closed = true;
            peer.base.signals.update(Signals::CHANNEL_WRITABLE, Signals::CHANNEL_PEER_CLOSED);
            callers.wake_matching(|caller| caller.settle(CallState::PeerClosed, |_| true));
        });
        doomed.push(self);
    }

    fn cancel_handle(&self, handle: HandleId) {
        self.base().signals.cancel_handle(handle);
        self.end().inbox.with(|_, callers| {
            callers.wake_matching(|caller| caller.settle(CallState::HandleClosed, |c| c.handle == handle));
        });
    }

    fn signal_peer(&self, clear: Signals, set: Signals) -> Result<(), Status> {
        if !Signals::USER_SIGNAL_ALL.contains(clear | set) {
            return Err(Status::INVALID_ARGS);
        }
        if self.peer().inbox.with(|inbox, _| inbox.closed) {
            return Err(Status::PEER_CLOSED);
        }
        self.peer().base.signals.update(clear, set);
        Ok(())
    }

    fn set_owner(&self, process: Koid) {
        self.end().owner.store(process, Ordering::Relaxed);
    }
});
