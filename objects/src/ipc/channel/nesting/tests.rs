//! Rings of channel ends, and what only looks like one.

use super::MOST_NESTED;
use crate::core::closing::Doomed;
use crate::wait::Deadline;
use crate::{Channel, Event, Handle, HandleId, Handles, KernelObject, Message};
use abi::{Signals, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};
use executor::TimerQueue;

/// An end and the handle to it, which user code has.
type Owned = (Arc<Channel>, Handle);

fn handle(channel: &Arc<Channel>) -> Handle {
    Handle::to_new(channel.clone()).expect("a handle")
}

fn pair() -> (Owned, Owned) {
    let (one, other) = Channel::new();
    let handles = (handle(&one), handle(&other));
    ((one, handles.0), (other, handles.1))
}

/// Writes a message with handles; its outcome, the handles being closed when it failed.
fn send(through: &Channel, handles: impl IntoIterator<Item = Handle>) -> Result<(), Status> {
    let message = Message { bytes: [1, 2, 3, 4].into(), handles: handles.into_iter().collect() };
    through.write(message).map_err(|(_, status)| status)
}

fn receive(at: &Channel) -> Handles {
    at.read(0, false, |_, _| Ok(true)).expect("a message").handles
}

fn is_closed(channel: &Channel) -> bool {
    channel.base().handle_count() == 0
}

fn peer_is_closed(channel: &Channel) -> bool {
    channel.base().signals.get().contains(Signals::CHANNEL_PEER_CLOSED)
}

/// Does what closing left to do until `done`; another test may be doing a part of it.
fn soon(done: impl Fn() -> bool) {
    while !done() {
        if !crate::testing::discard_some() {
            std::thread::yield_now();
        }
    }
}

/// So many channels, in each of whose queues is the far end of the one before: the outermost of them, and the near
/// ends, which all are outside.
fn chain(length: usize) -> (Handle, Vec<Owned>) {
    let (first, (_, mut far)) = pair();
    let mut near = Vec::from([first]);
    for _ in 1..length {
        let (this, (_, outer)) = pair();
        assert_eq!(send(&this.0, [far]), Ok(()));
        far = outer;
        near.push(this);
    }
    (far, near)
}

#[test]
fn two_ends_in_each_others_queues_are_closed() {
    let ((a, _a), (b, far_a)) = pair();
    let ((c, _c), (d, far_c)) = pair();
    let event = Event::new();
    let extra = Handle::to_new(event.clone()).expect("a handle");
    assert_eq!(send(&a, [extra]), Ok(()));
    assert_eq!(send(&c, [far_a]), Ok(()));
    assert!(!peer_is_closed(&a));
    assert_eq!(send(&a, [far_c]), Ok(()), "the message is discarded, and that is nobody's fault");
    assert!(is_closed(&b) && is_closed(&d));
    assert!(peer_is_closed(&a) && peer_is_closed(&c));
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn a_ring_of_many_is_closed_as_one() {
    let (outermost, near) = chain(MOST_NESTED - 12);
    assert!(near.iter().all(|(channel, _)| !peer_is_closed(channel)));
    assert_eq!(send(&near[0].0, [outermost]), Ok(()));
    soon(|| near.iter().all(|(channel, _)| peer_is_closed(channel)));
}

#[test]
fn a_ring_takes_what_hangs_on_it_along() {
    let (outermost, near) = chain(3);
    let ((side, _side), (_, aside)) = pair();
    assert_eq!(send(&near[1].0, [aside]), Ok(()));
    let event = Event::new();
    assert_eq!(send(&side, [Handle::to_new(event.clone()).expect("a handle")]), Ok(()));
    assert_eq!(send(&near[0].0, [outermost]), Ok(()));
    assert!(peer_is_closed(&side));
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn among_other_handles_the_end_is_found_too() {
    let (outermost, near) = chain(2);
    let (event, ((free, _free), (_, bystander))) = (Event::new(), pair());
    let extra = Handle::to_new(event.clone()).expect("a handle");
    assert_eq!(send(&near[0].0, [bystander, extra, outermost]), Ok(()));
    assert!(peer_is_closed(&free) && peer_is_closed(&near[1].0));
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn an_end_that_was_read_out_again_closes_no_ring() {
    let ((a, _a), (b, far_a)) = pair();
    let ((c, _c), (d, far_c)) = pair();
    assert_eq!(send(&c, [far_a]), Ok(()));
    let far_a = receive(&d);
    assert_eq!(send(&a, [far_c]), Ok(()));
    assert!(!is_closed(&b) && !is_closed(&d));
    let far_c = receive(&b);
    assert_eq!((far_a.len(), far_c.len()), (1, 1));
    assert!(!peer_is_closed(&a) && !peer_is_closed(&c));
}

#[test]
fn many_ends_in_one_queue_are_no_ring() {
    let ((a, _a), (b, far_a)) = pair();
    let others: Vec<_> = (0..64).map(|_| pair()).collect();
    let (near, far): (Vec<_>, Vec<_>) = others.into_iter().unzip();
    assert_eq!(send(&a, far.into_iter().map(|(_, handle)| handle)), Ok(()));
    assert_eq!(receive(&b).len(), 64);
    assert!(near.iter().all(|(channel, _)| peer_is_closed(channel)), "what was received is dropped");
    drop(far_a);
}

#[test]
fn a_write_that_fails_leaves_no_trace() {
    let ((a, _a), (_, far_a)) = pair();
    let ((c, _c), (d, far_c)) = pair();
    drop(far_a);
    let (message, status) = a.write(Message { bytes: Box::default(), handles: [far_c].into() }).unwrap_err();
    assert_eq!(status, Status::PEER_CLOSED);
    // The end is outside again: something may be sent to it.
    let ((e, _e), (_, far_e)) = pair();
    assert_eq!(send(&c, [far_e]), Ok(()));
    assert_eq!((d.pending(), peer_is_closed(&e)), (1, false));
    drop(message);
    assert!(peer_is_closed(&e));
}

#[test]
fn so_deep_and_no_deeper() {
    let (outermost, near) = chain(MOST_NESTED + 1);
    let ((a, _a), (_, far)) = pair();
    let message = Message { bytes: Box::default(), handles: [far].into() };
    let (message, status) = near[0].0.write(message).unwrap_err();
    assert_eq!(status, Status::NO_MEMORY);
    assert!(!peer_is_closed(&a));
    assert!(near[1].0.write(message).is_ok());
    assert!(near[0].0.write(Message::default()).is_ok(), "without ends it is as ever");
    let event = Handle::to_new(Event::new()).expect("a handle");
    assert_eq!(send(&near[0].0, [event]), Ok(()), "other handles lie in no queue");
    drop(outermost);
    soon(|| peer_is_closed(&a));
}

/// What is in its messages is yet to be closed, but nobody will read it: the way ends there.
#[test]
fn an_end_that_was_closed_is_no_part_of_the_way() {
    let (outermost, near) = chain(MOST_NESTED + 1);
    let ((a, _a), (_, far)) = pair();
    let mut doomed = Doomed::default();
    outermost.close_into(&mut doomed);
    assert_eq!(send(&near[0].0, [far]), Ok(()));
    assert!(!peer_is_closed(&a));
    doomed.finish();
    soon(|| peer_is_closed(&a));
}

/// Each channel has two ends, and either may lie in a queue.
#[test]
fn a_ring_of_first_ends_is_closed_too() {
    let ((a, far_a), (b, _b)) = pair();
    let ((c, far_c), (d, _d)) = pair();
    assert_eq!(send(&d, [far_a]), Ok(()));
    assert_eq!(send(&b, [far_c]), Ok(()));
    assert!(is_closed(&a) && is_closed(&c));
    assert!(peer_is_closed(&b) && peer_is_closed(&d));
}

#[test]
fn a_reply_that_comes_too_late_closes_a_ring_too() {
    let ((a, far_a), (b, _b)) = pair();
    let ((c, _c), (d, far_c)) = pair();
    let timers: &'static TimerQueue = Box::leak(Box::new(TimerQueue::new()));
    let request = Message { bytes: [0; 4].into(), handles: Handles::default() };
    {
        let deadline = Deadline { at: i64::MAX, timers };
        let mut call = pin!(a.call(request, HandleId(1), || true, deadline));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let request = b.read(0, false, |_, _| Ok(true)).expect("the request");
        // The reply has found its caller, which has yet to run; then the caller's end goes into the queue of the
        // very end that the reply brings, and the caller is killed.
        assert!(b.write(Message { handles: [far_c].into(), ..request }).is_ok());
        assert_eq!(send(&c, [far_a]), Ok(()));
        assert!(!is_closed(&a));
    }
    assert!(is_closed(&a) && is_closed(&d));
    assert!(peer_is_closed(&b) && peer_is_closed(&c));
}
