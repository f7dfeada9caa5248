//! Channels and calls.

use super::call::MOST_CALLERS;
use crate::testing::{handle, never, poll, ready, timers};
use crate::wait::Deadline;
use crate::{Channel, Event, Handle, HandleId, KERNEL_TXID, KernelObject, MAX_UNREAD, Message};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::pin::pin;

fn message(bytes: &[u8]) -> Message {
    Message { bytes: bytes.into(), handles: [].into() }
}

fn write(channel: &Channel, bytes: &[u8]) -> Result<(), Status> {
    channel.write(message(bytes)).map_err(|(_, status)| status)
}

fn read(channel: &Channel) -> Result<Vec<u8>, Status> {
    channel.read(0, false, |_, _| Ok(true)).map(|message| message.bytes.into_vec())
}

fn pair() -> ((Arc<Channel>, Handle), (Arc<Channel>, Handle)) {
    let (first, second) = Channel::new();
    let handles = (handle(&first), handle(&second));
    ((first, handles.0), (second, handles.1))
}

#[test]
fn messages_come_in_order_and_readable_follows_the_queue() {
    let ((a, _a), (b, _b)) = pair();
    assert_eq!(read(&b), Err(Status::SHOULD_WAIT));
    write(&a, b"one").unwrap();
    write(&a, b"two").unwrap();
    assert!(b.base().signals.get().contains(Signals::CHANNEL_READABLE));
    assert_eq!(b.pending(), 2);
    assert_eq!(read(&b).unwrap(), b"one");
    assert!(b.base().signals.get().contains(Signals::CHANNEL_READABLE));
    assert_eq!(read(&b).unwrap(), b"two");
    assert!(!b.base().signals.get().contains(Signals::CHANNEL_READABLE));
}

#[test]
fn a_message_that_does_not_fit_stays_unless_it_may_be_discarded() {
    let ((a, _a), (b, _b)) = pair();
    write(&a, b"long").unwrap();
    let small = |bytes: usize, _: usize| Ok(bytes <= 1);
    assert_eq!(b.read(0, false, small).err(), Some(Status::BUFFER_TOO_SMALL));
    assert_eq!(b.pending(), 1);
    assert_eq!(b.read(0, true, |_, _| Err(Status::NO_MEMORY)).err(), Some(Status::NO_MEMORY));
    assert_eq!(b.pending(), 1);
    assert_eq!(b.read(0, true, small).err(), Some(Status::BUFFER_TOO_SMALL));
    assert_eq!(b.pending(), 0);
}

#[test]
fn what_was_sent_before_the_end_was_closed_is_read_first() {
    let ((a, handle_a), (b, _b)) = pair();
    write(&a, b"last").unwrap();
    drop(handle_a);
    assert!(b.base().signals.get().contains(Signals::CHANNEL_PEER_CLOSED));
    assert!(!b.base().signals.get().contains(Signals::CHANNEL_WRITABLE));
    assert_eq!(read(&b).unwrap(), b"last");
    assert_eq!(read(&b), Err(Status::PEER_CLOSED));
    assert_eq!(write(&b, b""), Err(Status::PEER_CLOSED));
}

#[test]
fn only_the_owner_reads() {
    let ((a, _a), (b, _b)) = pair();
    write(&a, b"x").unwrap();
    b.set_owner(1);
    assert_eq!(b.read(2, false, |_, _| Ok(true)).err(), Some(Status::BAD_HANDLE));
    assert!(b.read(1, false, |_, _| Ok(true)).is_ok());
}

#[test]
fn handles_in_unread_messages_are_closed_with_the_end() {
    let ((a, _a), (_b, handle_b)) = pair();
    let event = Event::new();
    let sent = Message { bytes: [].into(), handles: [handle(&event)].into() };
    a.write(sent).map_err(|(_, status)| status).unwrap();
    assert_eq!(event.base().handle_count(), 1);
    drop(handle_b);
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn channels_nested_in_channels_are_closed_without_recursion() {
    let (mut inner, _peer) = pair();
    for _ in 0..50_000 {
        let ((a, handle_a), (_, handle_b)) = pair();
        let sent = Message { bytes: [].into(), handles: [inner.1].into() };
        a.write(sent).map_err(|(_, status)| status).unwrap();
        drop(handle_a);
        inner = (a, handle_b);
    }
    drop(inner);
}

#[test]
fn an_end_sent_to_itself_is_closed_instead_of_kept() {
    let ((a, handle_a), (b, handle_b)) = pair();
    let sent = Message { bytes: [].into(), handles: [handle_b].into() };
    assert!(a.write(sent).is_ok());
    assert_eq!(b.base().handle_count(), 0);
    assert!(a.base().signals.get().contains(Signals::CHANNEL_PEER_CLOSED));
    drop(handle_a);
}

/// The transaction id of a call that arrived at `channel`.
fn arrived(channel: &Channel) -> [u8; 4] {
    let request = read(channel).expect("the request");
    *request.first_chunk().expect("a transaction id")
}

#[test]
fn a_call_gets_the_reply_with_its_id() {
    let ((a, _a), (b, _b)) = pair();
    let mut call = pin!(a.call(message(&[0; 8]), HandleId(1), || true, never()));
    assert!(poll(call.as_mut()).is_pending());
    let txid = arrived(&b);
    assert!(u32::from_ne_bytes(txid) & KERNEL_TXID != 0);
    write(&b, b"not a reply").unwrap();
    assert!(poll(call.as_mut()).is_pending());
    write(&b, &txid).unwrap();
    assert_eq!(*ready(call).unwrap().bytes, txid);
    assert_eq!(read(&a).unwrap(), b"not a reply");
}

#[test]
fn calls_at_once_have_ids_of_their_own() {
    let ((a, _a), (b, _b)) = pair();
    let mut first = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    let mut second = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
    let (one, two) = (arrived(&b), arrived(&b));
    assert_ne!(one, two);
    write(&b, &two).unwrap();
    assert!(poll(first.as_mut()).is_pending());
    assert!(ready(second).is_ok());
    write(&b, &one).unwrap();
    assert!(ready(first).is_ok());
}

#[test]
fn a_late_reply_goes_to_the_queue() {
    let (((a, _a), (b, _b)), timers) = (pair(), timers());
    let mut call = pin!(a.call(message(&[0; 4]), HandleId(1), || true, Deadline { at: 10, timers }));
    assert!(poll(call.as_mut()).is_pending());
    let txid = arrived(&b);
    timers.expire(10);
    assert_eq!(ready(call).err(), Some(Status::TIMED_OUT));
    write(&b, &txid).unwrap();
    assert!(a.base().signals.get().contains(Signals::CHANNEL_READABLE));
    assert_eq!(read(&a).unwrap(), txid);
}

#[test]
fn the_reply_of_a_dropped_call_is_not_lost() {
    let ((a, _a), (b, _b)) = pair();
    {
        let mut call = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
        assert!(poll(call.as_mut()).is_pending());
        let txid = arrived(&b);
        write(&b, &txid).unwrap();
    }
    assert_eq!(a.pending(), 1);
}

#[test]
fn a_call_ends_when_the_peer_or_its_own_handle_is_closed() {
    let ((a, _a), (_b, handle_b)) = pair();
    let mut call = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    assert!(poll(call.as_mut()).is_pending());
    drop(handle_b);
    assert_eq!(ready(call).err(), Some(Status::PEER_CLOSED));
    assert_eq!(
        ready(a.call(message(&[0; 4]), HandleId(1), || true, never())).err(),
        Some(Status::PEER_CLOSED)
    );

    let ((a, _a), (_b, _handle_b)) = pair();
    let mut call = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    assert!(poll(call.as_mut()).is_pending());
    a.cancel_handle(HandleId(2));
    assert!(poll(call.as_mut()).is_pending());
    a.cancel_handle(HandleId(1));
    assert_eq!(ready(call).err(), Some(Status::CANCELED));
}

#[test]
fn an_end_has_so_many_unread_messages_and_no_more() {
    let ((a, _a), (b, _b)) = pair();
    for number in 0..MAX_UNREAD {
        assert_eq!(write(&a, &number.to_ne_bytes()), Ok(()), "{number}");
    }
    assert_eq!(write(&a, b"too many"), Err(Status::NO_RESOURCES));
    assert_eq!(b.pending(), MAX_UNREAD as u64);
    assert_eq!(write(&b, b"the other way"), Ok(()));
    for number in 0..MAX_UNREAD {
        assert_eq!(read(&b).unwrap(), number.to_ne_bytes());
        if number == 0 {
            assert_eq!(write(&a, b"there is room again"), Ok(()));
            assert_eq!(write(&a, b"too many"), Err(Status::NO_RESOURCES));
        }
    }
    assert_eq!(read(&b).unwrap(), b"there is room again");
    assert_eq!(read(&b), Err(Status::SHOULD_WAIT));
    assert_eq!(write(&a, b"as ever"), Ok(()));
}

/// A reply whose caller has gone is not lost, even if nothing can be written any more.
#[test]
fn a_late_reply_finds_room_in_a_full_queue() {
    let ((a, _a), (b, _b)) = pair();
    let handle = HandleId(1);
    let mut call = alloc::boxed::Box::pin(crate::Call::default());
    let begun = call.as_mut().begin(a.clone(), message(b"calls"), handle, || true, core::task::Waker::noop());
    assert_eq!(begun, Ok(()));
    let request = read(&b).unwrap();
    for _ in 0..MAX_UNREAD {
        write(&b, b"full").unwrap();
    }
    assert_eq!(write(&b, &request), Ok(()), "it finds its caller, not the queue");
    drop(call);
    assert_eq!(a.pending(), MAX_UNREAD as u64 + 1);
    assert_eq!(room(&a), MAX_UNREAD + 1, "room for one");
    assert_eq!(write(&b, b"full"), Err(Status::NO_RESOURCES));
    assert!((0..MAX_UNREAD).all(|_| read(&a).unwrap() == b"full"));
    assert_eq!(read(&a).unwrap(), request);
}

/// As many as may call at once find room, and no more.
#[test]
fn late_replies_find_room_for_as_many_as_may_call_at_once() {
    let ((a, _a), (b, _b)) = pair();
    let make_room = || b.ends.own().inbox.with(|inbox, _| inbox.grow_for_reply());
    for _ in 0..MAX_UNREAD {
        write(&a, b"full").unwrap();
    }
    for late in 1..=MOST_CALLERS {
        assert_eq!(make_room(), Ok(()), "{late}");
        b.ends.own().inbox.with(|inbox, _| inbox.messages.push_back(message(b"late")));
    }
    assert_eq!(make_room(), Err(Status::NO_RESOURCES));
    (0..MOST_CALLERS).for_each(|_| _ = read(&b).unwrap());
    assert_eq!((room(&b), write(&a, b"full")), (MAX_UNREAD + MOST_CALLERS, Err(Status::NO_RESOURCES)));
    assert!(read(&b).is_ok() && write(&a, b"one more").is_ok());
}

/// For how many unread messages an end has memory.
fn room(channel: &Channel) -> usize {
    channel.ends.own().inbox.with(|inbox, _| inbox.messages.capacity())
}

/// How many calls go on at an end.
fn callers(channel: &Channel) -> usize {
    channel.ends.own().inbox.with(|inbox, _| inbox.callers)
}

#[test]
fn room_for_messages_doubles_up_to_the_most_that_may_be_unread() {
    let ((a, _a), (b, _b)) = pair();
    let mut rooms = Vec::new();
    for _ in 0..MAX_UNREAD {
        write(&a, b"").unwrap();
        if rooms.last() != Some(&room(&b)) {
            rooms.push(room(&b));
        }
    }
    assert_eq!(rooms, [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, MAX_UNREAD]);
}

#[test]
fn an_end_without_messages_keeps_memory_for_a_few() {
    for (count, grown, kept) in [(1, 4, 4), (64, 64, 64), (65, 128, 0)] {
        let ((a, _a), (b, _b)) = pair();
        (0..count).for_each(|_| write(&a, b"x").unwrap());
        for _ in 0..count {
            assert_eq!(room(&b), grown);
            assert_eq!(read(&b).unwrap(), b"x");
        }
        assert_eq!((room(&b), b.pending()), (kept, 0));
        (0..count).for_each(|_| write(&a, b"x").unwrap());
        let discarded = (0..count).map(|_| b.read(0, true, |_, _| Ok(false)).err());
        assert!(discarded.into_iter().all(|status| status == Some(Status::BUFFER_TOO_SMALL)));
        assert_eq!((room(&b), b.pending()), (kept, 0));
    }
}

#[test]
fn the_kernel_reads_whoever_owns_the_end() {
    let ((a, _a), (b, _b)) = pair();
    b.set_owner(5);
    assert_eq!((a.peer_owner(), b.peer_owner()), (5, 0));
    write(&a, b"x").unwrap();
    assert_eq!(read(&b).unwrap(), b"x");
    b.set_owner(0);
    assert_eq!(a.peer_owner(), 0);
}

#[test]
fn each_end_signals_the_other() {
    let ((a, handle_a), (b, _b)) = pair();
    assert_eq!(a.base().related_koid(), b.base().koid());
    assert_eq!(b.base().related_koid(), a.base().koid());
    assert_eq!(b.signal_peer(Signals::empty(), Signals::USER_SIGNAL_1), Ok(()));
    assert_eq!(a.base().signals.get(), Signals::CHANNEL_WRITABLE | Signals::USER_SIGNAL_1);
    assert_eq!(b.base().signals.get(), Signals::CHANNEL_WRITABLE);
    drop(handle_a);
    assert_eq!(b.signal_peer(Signals::empty(), Signals::USER_SIGNAL_1), Err(Status::PEER_CLOSED));
}

/// Or that one would end without its own reply.
#[test]
fn a_reply_that_nobody_takes_wakes_no_other_call() {
    let ((a, _a), (b, _b)) = pair();
    let mut other = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    let txid = {
        let mut dropped = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
        assert!(poll(dropped.as_mut()).is_pending() && poll(other.as_mut()).is_pending());
        let first = arrived(&b);
        write(&b, &first).unwrap();
        arrived(&b)
    };
    assert!(poll(other.as_mut()).is_pending());
    assert_eq!((a.pending(), callers(&a)), (1, 1));
    write(&b, &txid).unwrap();
    assert_eq!(*ready(other).unwrap().bytes, txid);
    assert_eq!(callers(&a), 0);
}

#[test]
fn a_call_that_cannot_be_sent_is_over_at_once() {
    let ((a, _a), (b, _b)) = pair();
    let call = |open: bool| ready(a.call(message(&[0; 4]), HandleId(1), || open, never())).err();
    assert_eq!(call(false), Some(Status::CANCELED), "its handle was closed before");
    assert_eq!((b.pending(), callers(&a)), (0, 0));
    (0..MAX_UNREAD).for_each(|_| write(&a, b"full").unwrap());
    assert_eq!(call(true), Some(Status::NO_RESOURCES));
    assert_eq!((b.pending(), callers(&a)), (MAX_UNREAD as u64, 0));
}

/// Of threads that looked it up before.
#[test]
fn closing_an_end_ends_all_calls_at_it() {
    let ((a, handle_a), (b, _b)) = pair();
    let mut first = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    let mut second = pin!(a.call(message(&[0; 4]), HandleId(2), || true, never()));
    assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
    drop(handle_a);
    assert_eq!([ready(first).err(), ready(second).err()], [Some(Status::CANCELED); 2]);
    assert_eq!((b.pending(), callers(&a)), (2, 0), "the requests are there still");
}

/// Whatever looks like a reply, nobody waits for it.
#[test]
fn what_is_no_reply_asks_for_no_memory_beside_the_queue() {
    let ((a, _a), (b, _b)) = pair();
    let beside = || a.ends.own().inbox.with(|inbox, _| inbox.replies.capacity());
    write(&b, &(KERNEL_TXID + 7).to_ne_bytes()).unwrap();
    assert_eq!((a.pending(), beside()), (1, 0));
    let mut call = pin!(a.call(message(&[0; 4]), HandleId(1), || true, never()));
    assert!(poll(call.as_mut()).is_pending());
    for other in [&7u32.to_ne_bytes()[..], &[7, 7, 7], &[]] {
        write(&b, other).unwrap();
    }
    assert_eq!((a.pending(), beside()), (4, 0));
    write(&b, &(KERNEL_TXID + 7).to_ne_bytes()).unwrap();
    assert_eq!(a.pending(), 5, "of another call");
    write(&b, &arrived(&b)).unwrap();
    assert!(ready(call).is_ok());
}
