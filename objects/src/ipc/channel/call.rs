//! `channel_call`: a message, and the wait for the reply with the same transaction id.
//!
//! The caller is registered at its end before the message is sent, so no reply comes too early. A reply
//! that finds its caller is kept beside the queue until the caller takes it; if the caller goes away
//! before that, it is as if the reply had come late: it goes to the queue.

use super::{Channel, Inbox, KERNEL_TXID, Message, nesting};
use crate::core::handle::HandleId;
use crate::wait::{Deadline, poll_waiter};
use abi::Status;
use alloc::sync::Arc;
use core::future::poll_fn;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker, ready};
use executor::Sleep;
use pin_project_lite::pin_project;
use waitq::{Cancel, List, Tag, Waiter};

/// Calls that go on at an end at most: each reply looks for its caller among them, each caller for its reply, and the end
/// of a channel wakes them all in one step.
pub(super) const MOST_CALLERS: usize = 128;

/// How many transaction ids that are in use are passed over for one call.
const ATTEMPTS: usize = 4;

/// How far a call has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    Waiting,
    Replied,
    PeerClosed,
    HandleClosed,
    TooMany,
}

/// Who waits at an end for a reply.
#[derive(Clone, Copy)]
pub struct Caller {
    pub(super) txid: u32,
    pub(super) handle: HandleId,
    state: CallState,
}

impl Tag for Caller {
    type Beside = ();

    /// A reply is for one caller alone.
    fn takes_over(&self, _: &Self) -> bool {
        false
    }
}

impl Caller {
    pub(super) const NOBODY: Self = Self { txid: 0, handle: HandleId::KERNEL, state: CallState::Waiting };

    /// Settles a call that waits and that `matches`; whether it did.
    pub(super) fn settle(&mut self, state: CallState, matches: impl FnOnce(&Self) -> bool) -> bool {
        let hit = self.state == CallState::Waiting && matches(self);
        if hit {
            self.state = state;
        }
        hit
    }
}

pin_project! {
    /// One call after the other: what a thread keeps for its calls. [`Channel::call`] is for kernel tasks.
    pub struct Call {
        #[pin]
        waiter: Waiter<Arc<Channel>, Caller, Inbox>,
        // The id of a call whose reply has not been taken.
        txid: Option<u32>,
    }

    impl PinnedDrop for Call {
        fn drop(this: Pin<&mut Self>) {
            this.abandon();
        }
    }
}

impl Default for Call {
    fn default() -> Self {
        Self { waiter: Waiter::new(Caller::NOBODY), txid: None }
    }
}

impl Call {
    /// Sends a message of at least four bytes, into which a transaction id is written, and begins to
    /// wait for the reply with the same id. A failed call ends at once, and only such.
    ///
    /// # Errors
    /// Nothing was sent: `PEER_CLOSED` (also when the peer is in the message), `NO_MEMORY` (also when too many calls go on),
    /// `NO_RESOURCES` as for [`Channel::write`], and `CANCELED` when `handle`, through which the call is made, is not
    /// `still_open`.
    pub fn begin(
        mut self: Pin<&mut Self>,
        channel: Arc<Channel>,
        mut message: Message,
        handle: HandleId,
        still_open: impl FnOnce() -> bool,
        waker: &Waker,
    ) -> Result<(), Status> {
        let this = self.as_mut().project();
        let mut txid = 0;
        let refuses = |inbox: &mut Inbox, callers: &List<Caller>, caller: &mut Caller| {
            if inbox.peer_closed {
                caller.state = CallState::PeerClosed;
            } else if !still_open() {
                caller.state = CallState::HandleClosed;
            } else {
                match inbox.new_txid(callers) {
                    Some(new) => txid = new,
                    None => caller.state = CallState::TooMany,
                }
                caller.txid = txid;
            }
            let refused = caller.state != CallState::Waiting;
            inbox.callers += usize::from(!refused);
            refused
        };
        let caller = Caller { txid: 0, handle, state: CallState::Waiting };
        let mut waiter = this.waiter;
        if let Poll::Ready(caller) = waiter.as_mut().begin(channel, caller, refuses, waker) {
            return Err(failure(caller.state));
        }
        // From here on the peer, who may have guessed the id, can reply.
        *this.txid = Some(txid);
        message.set_txid(txid);
        let written = match waiter.owner() {
            // Nobody will reply to what nobody can read.
            Some(channel) => channel.send(message, Err(Status::PEER_CLOSED)),
            None => Err((message, Status::INTERNAL)),
        };
        written.map_err(|(message, status)| {
            // The wait goes first: closing what is in the message may reach this end again.
            self.abandon();
            drop(message);
            status
        })
    }

    /// The reply, once it is there.
    ///
    /// # Errors
    /// `PEER_CLOSED`; `CANCELED` when the handle is closed; `TIMED_OUT` when `sleep` is over.
    pub fn poll(
        mut self: Pin<&mut Self>,
        sleep: Pin<&mut Option<Sleep<'_>>>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Message, Status>> {
        let this = self.as_mut().project();
        let txid = *this.txid;
        let reply = ready!(poll_waiter(this.waiter, sleep, context, |inbox| inbox.take_reply(txid)));
        Poll::Ready(self.finish(reply))
    }

    /// The reply, if it is there; ends the call in any case.
    ///
    /// # Errors
    /// As for [`Call::poll`].
    pub fn end(mut self: Pin<&mut Self>) -> Result<Message, Status> {
        let this = self.as_mut().project();
        let txid = *this.txid;
        let reply = this.waiter.end(|inbox| inbox.take_reply(txid));
        self.finish(reply)
    }

    /// The outcome of a call that was woken, to this reply or to none, or timed out.
    fn finish(self: Pin<&mut Self>, woken: Option<Option<Message>>) -> Result<Message, Status> {
        let this = self.project();
        *this.txid = None;
        let state = this.waiter.tag().state;
        let channel = this.waiter.release();
        match woken {
            None => {
                channel.inspect(|channel| channel.ends.own().inbox.with(|inbox, _| inbox.callers -= 1));
                Err(Status::TIMED_OUT)
            }
            Some(Some(reply)) => Ok(reply),
            Some(None) => Err(failure(state)),
        }
    }

    /// Ends a call whose caller went away.
    fn abandon(self: Pin<&mut Self>) {
        let mut this = self.project();
        let Some(txid) = this.txid.take() else { return };
        // No reply finds the caller any more after this.
        let _ = this.waiter.as_mut().cancel();
        if let Some(channel) = this.waiter.release() {
            channel.return_reply(txid);
        }
    }
}

/// The error of a call that ended without a reply.
fn failure(state: CallState) -> Status {
    match state {
        CallState::HandleClosed => Status::CANCELED,
        CallState::TooMany => Status::NO_MEMORY,
        _ => Status::PEER_CLOSED,
    }
}

impl Channel {
    /// Sends a message as [`Call::begin`] does, and waits for its reply.
    ///
    /// # Errors
    /// As for [`Call::begin`] and [`Call::poll`].
    pub async fn call(
        self: &Arc<Self>,
        message: Message,
        handle: HandleId,
        still_open: impl FnOnce() -> bool,
        deadline: Deadline,
    ) -> Result<Message, Status> {
        let mut call = pin!(Call::default());
        let mut sleep = pin!((!deadline.is_never()).then(|| deadline.sleep()));
        let mut unsent = Some((message, still_open));
        poll_fn(|context| {
            if let Some((message, still_open)) = unsent.take() {
                call.as_mut().begin(self.clone(), message, handle, still_open, context.waker())?;
            }
            call.as_mut().poll(sleep.as_mut(), context)
        })
        .await
    }

    /// Puts a reply that nobody waits for any more into the queue.
    fn return_reply(&self, txid: u32) {
        let end = self.ends.own();
        let Some(reply) = end.inbox.with(|inbox, _| inbox.take_reply(Some(txid))) else { return };
        let put = |reply| {
            end.inbox.with(|inbox, _| match inbox.closed {
                false => end.deliver(inbox, reply, Inbox::grow_for_reply),
                true => Err((reply, Status::PEER_CLOSED)),
            })
        };
        let undelivered = match nesting::has_ends(&reply) {
            false => put(reply),
            true => nesting::write(&self.ends, reply, Ok(()), put),
        };
        drop(undelivered);
    }
}

impl Inbox {
    /// A transaction id for a caller that is about to be one of `callers`, unless these are too many.
    #[inline]
    fn new_txid(&mut self, callers: &List<Caller>) -> Option<u32> {
        if self.callers >= MOST_CALLERS {
            return None;
        }
        let calls = self.calls;
        self.calls += 1;
        match u32::try_from(calls) {
            Ok(calls) if calls & KERNEL_TXID == 0 => Some(calls | KERNEL_TXID),
            _ => self.unused_txid(calls as u32, callers),
        }
    }

    /// Ids come around after 2^31 calls; from then on, and for ever, each is checked: nobody waits for a reply
    /// with it, or has yet to take one. None if too many in a row are in use: the next call tries those behind them.
    #[cold]
    fn unused_txid(&mut self, first: u32, callers: &List<Caller>) -> Option<u32> {
        for txid in (0..ATTEMPTS as u32).map(|more| first.wrapping_add(more) | KERNEL_TXID) {
            let replied = self.replies.iter().any(|reply| reply.txid() == Some(txid));
            if !replied && !callers.any(|caller| caller.txid == txid) {
                return Some(txid);
            }
            self.calls += 1;
        }
        None
    }

    /// Ends a call that is not among those who wait any more; its reply, if it got one.
    fn take_reply(&mut self, txid: Option<u32>) -> Option<Message> {
        self.callers -= 1;
        let index = self.replies.iter().position(|reply| reply.txid() == txid)?;
        Some(self.replies.swap_remove(index))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::Handle;
    use alloc::boxed::Box;
    use alloc::vec::Vec;

    /// Begins a call; with it, its transaction id.
    fn call(channel: &Arc<Channel>, far: &Channel) -> (Pin<Box<Call>>, u32) {
        let mut call = Box::pin(Call::default());
        let message = Message { bytes: [0; 4].into(), handles: [].into() };
        let begun = call.as_mut().begin(channel.clone(), message, HandleId::KERNEL, || true, Waker::noop());
        assert_eq!(begun, Ok(()));
        let request = far.read(0, false, |_, _| Ok(true)).expect("the request");
        (call, request.txid().expect("an id"))
    }

    fn reply(far: &Channel, txid: u32) {
        let message = Message { bytes: txid.to_ne_bytes().into(), handles: [].into() };
        assert!(far.write(message).is_ok());
    }

    /// After 2^31 calls the ids begin anew: those in use are left out, be it that their callers wait still, be
    /// it that they have yet to take the reply.
    #[test]
    fn ids_that_come_around_are_in_use_only_once() {
        let (near, far) = Channel::new();
        let _handles = [&near, &far].map(|end| Handle::to_new(end.clone()).expect("a handle"));
        let (mut waits, first) = call(&near, &far);
        let (mut replied, second) = call(&near, &far);
        assert_eq!([first, second], [KERNEL_TXID, KERNEL_TXID + 1]);
        reply(&far, second);
        near.ends.own().inbox.with(|inbox, _| inbox.calls = u64::from(KERNEL_TXID) - 1);
        let (last, txid) = call(&near, &far);
        assert_eq!(txid, u32::MAX);
        let (mut anew, txid) = call(&near, &far);
        assert_eq!(txid, KERNEL_TXID + 2);
        for (call, id) in [(&mut anew, txid), (&mut waits, first), (&mut replied, second)] {
            if id != second {
                reply(&far, id);
            }
            assert_eq!(call.as_mut().end().expect("its reply").txid(), Some(id));
        }
        drop(last);
    }

    #[test]
    fn so_many_calls_go_on_and_no_more() {
        let (near, far) = Channel::new();
        let _handles = [&near, &far].map(|end| Handle::to_new(end.clone()).expect("a handle"));
        let mut calls: Vec<_> = (0..MOST_CALLERS).map(|_| call(&near, &far)).collect();
        let refused = || {
            let message = Message { bytes: [0; 4].into(), handles: [].into() };
            let mut call = Box::pin(Call::default());
            call.as_mut().begin(near.clone(), message, HandleId::KERNEL, || true, Waker::noop())
        };
        assert_eq!(refused(), Err(Status::NO_MEMORY));
        assert_eq!(far.pending(), 0, "nothing was sent");
        // One that is replied to goes on until its caller has the reply; each way to end makes room for one.
        reply(&far, calls[0].1);
        assert_eq!(refused(), Err(Status::NO_MEMORY));
        assert!(calls[0].0.as_mut().end().is_ok());
        assert_eq!(calls[1].0.as_mut().end().err(), Some(Status::TIMED_OUT));
        reply(&far, calls[2].1);
        drop(calls.drain(2..4));
        let more: Vec<_> = (0..4).map(|_| call(&near, &far)).collect();
        assert_eq!(refused(), Err(Status::NO_MEMORY));
        drop((more, calls));
        assert_eq!(near.ends.own().inbox.with(|inbox, _| inbox.callers), 0);
    }

    /// The next call tries those behind them.
    #[test]
    fn a_call_is_refused_when_too_many_ids_in_a_row_are_in_use() {
        let (near, far) = Channel::new();
        let _handles = [&near, &far].map(|end| Handle::to_new(end.clone()).expect("a handle"));
        let calls: Vec<_> = (0..2 * ATTEMPTS).map(|_| call(&near, &far)).collect();
        near.ends.own().inbox.with(|inbox, _| inbox.calls = u64::from(KERNEL_TXID));
        let message = Message { bytes: [0; 4].into(), handles: [].into() };
        let mut refused = Box::pin(Call::default());
        let begun = refused.as_mut().begin(near.clone(), message, HandleId::KERNEL, || true, Waker::noop());
        assert_eq!((begun, far.pending()), (Err(Status::NO_MEMORY), 0));
        let (_next, txid) = call(&near, &far);
        assert_eq!(txid, KERNEL_TXID + 2 * ATTEMPTS as u32);
        assert_eq!(near.ends.own().inbox.with(|inbox, _| inbox.callers), calls.len() + 1);
    }
}
