//! Handles that are closed while a wait through them begins: the marks of lookups, and
//! `HandleTable::still_open`.

use super::{A, filled_pool, model, never, request};
use abi::{Rights, Signals, Status};
use loom::future::block_on;
use loom::thread;
use objects::wait::{SignalWaiter, WaitMany, begin_wait_on};
use objects::{Channel, Event, EventPair, Handle, HandleId, HandleTable, KernelObject, Observation};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

/// A process with handles to so many events.
fn process<const N: usize>() -> (Arc<HandleTable>, [Arc<Event>; N], [u32; N]) {
    let table = HandleTable::new(1, 0x5eed_5eed);
    let events = [(); N].map(|()| Event::new());
    let add = |event| table.add(Handle::to_new(event).expect("few handles")).ok().expect("room");
    let values = events.clone().map(add);
    (Arc::new(table), events, values)
}

/// Waits for `A` as a thread's call does; `None` when there is no such handle any more.
fn wait(table: &HandleTable, value: u32) -> Option<Result<(), Status>> {
    let (object, mark) = table.get_any_to_wait(value, |_| Rights::WAIT).ok()?;
    let observation = Observation::of(A, table.id(value));
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut object = Some(object);
    let seen = block_on(poll_fn(|context| match object.take() {
        Some(object) => {
            let still_open = || table.still_open(value, mark);
            begin_wait_on(waiter.as_mut(), object, observation, still_open, context.waker())
        }
        None => waiter.as_mut().poll(context),
    }));
    Some(seen.outcome())
}

/// The handle is closed and, in one of the models, the object signalled: the wait never hangs, and says
/// which it was.
///
/// Fails when a removal is counted after the waits through the handle have ended, when `get_any_to_wait` takes
/// the mark after its lock, and when `still_open` always agrees.
#[test]
fn a_handle_closed_while_a_wait_through_it_begins_ends_it() {
    for signalled in [false, true] {
        model(move || {
            let (table, [event], [value]) = process();
            let same = table.clone();
            let closer = thread::spawn(move || drop(same.remove(value)));
            let asserter = signalled.then(|| {
                let event = event.clone();
                thread::spawn(move || event.base().signals.assert(A))
            });
            let outcome = wait(&table, value);
            assert!(
                matches!(outcome, None | Some(Err(Status::CANCELED))) || signalled && outcome == Some(Ok(()))
            );
            closer.join().unwrap();
            asserter.into_iter().for_each(|asserter| asserter.join().unwrap());
            assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
        });
    }
}

/// The handle is replaced while a wait through it begins: by one with fewer rights, or, as more were asked for, by
/// none. Either way the value names it no more, and the wait ends.
///
/// Fails when `replace` counts no removal, and when it ends no wait.
#[test]
fn a_handle_replaced_while_a_wait_through_it_begins_ends_it() {
    for (rights, fits) in [(Rights::WAIT, true), (Rights::all(), false)] {
        model(move || {
            let (table, [event], [value]) = process();
            let same = table.clone();
            let replacer = thread::spawn(move || same.replace(value, rights));
            assert!(matches!(wait(&table, value), None | Some(Err(Status::CANCELED))));
            let replaced = replacer.join().unwrap();
            assert_eq!(replaced.is_ok(), fits);
            assert!(!table.contains(value));
            assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
            // The new handle is as good as any.
            if let Ok(new) = replaced {
                event.base().signals.assert(A);
                assert_eq!(wait(&table, new), Some(Ok(())));
            }
        });
    }
}

/// The first of two handles is closed while a wait for both begins.
///
/// Fails when all items have the last one's mark.
#[test]
fn one_of_two_handles_closed_while_a_wait_for_both_begins_ends_it() {
    model(|| {
        let (table, [event, _other], values) = process();
        let same = table.clone();
        let closer = thread::spawn(move || drop(same.remove(values[0])));
        let pool = filled_pool();
        let mut set = block_on(WaitMany::new(&pool, values.len())).expect("enough pool");
        let watched = set.watch(|index| {
            let (object, mark) = table.get_any_to_wait(values[index], |_| Rights::WAIT)?;
            Ok::<_, Status>((object, A, table.id(values[index]), mark))
        });
        if watched.is_ok() {
            let still_open = |id: HandleId, mark| table.still_open(id.value(), mark);
            assert_eq!(block_on(set.wait(still_open, never())), Err(Status::CANCELED));
        }
        closer.join().unwrap();
        assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
    });
}

/// A handle is closed while a call through it begins; the channel has another.
///
/// Fails when `get_to_wait` takes the mark after its lock.
#[test]
fn a_handle_closed_while_a_call_through_it_begins_ends_it() {
    model(|| {
        let (near, _far) = Channel::new();
        let _other = Handle::to_new(near.clone()).expect("few handles");
        let table = Arc::new(HandleTable::new(1, 0x5eed_5eed));
        let handle = Handle::new(near, Rights::READ).expect("few handles");
        let value = table.add(handle).ok().expect("room");
        let same = table.clone();
        let closer = thread::spawn(move || drop(same.remove(value)));
        if let Ok((channel, mark)) = table.get_to_wait::<Channel>(value, Rights::READ) {
            let still_open = || table.still_open(value, mark);
            let called = block_on(channel.call(request(), table.id(value), still_open, never()));
            assert_eq!(called.err(), Some(Status::CANCELED));
        }
        closer.join().unwrap();
    });
}

/// Closing another handle ends no wait.
///
/// Fails when `still_open` takes every removal for that of its handle.
#[test]
fn another_handle_closed_meanwhile_ends_nothing() {
    model(|| {
        let (table, [event, _], [value, other]) = process();
        let same = table.clone();
        let closer = thread::spawn(move || {
            drop(same.remove(other));
            event.base().signals.assert(A);
        });
        assert_eq!(wait(&table, value), Some(Ok(())));
        closer.join().unwrap();
    });
}

/// The process ends while one of its threads begins to wait.
///
/// Fails when `close` counts no removal.
#[test]
fn a_table_that_closes_while_a_wait_begins_ends_it() {
    model(|| {
        let (table, [event], [value]) = process();
        let same = table.clone();
        let closer = thread::spawn(move || same.close());
        assert!(matches!(wait(&table, value), None | Some(Err(Status::CANCELED))));
        closer.join().unwrap();
        assert!(!event.base().signals.get().contains(Signals::SIGNAL_HANDLE_CLOSED));
    });
}

/// The handle leaves the table and, in one of the models, comes back, while a wait through it begins: the wait never
/// hangs. It may find the handle gone even if that comes back, as every other call does meanwhile.
///
/// Fails when taking handles counts no removal, and when dropping their pool ends no wait.
#[test]
fn a_handle_that_leaves_while_a_wait_through_it_begins_ends_it() {
    for returns in [false, true] {
        model(move || {
            let (table, [event], [value]) = process();
            let (same, signalled) = (table.clone(), event.clone());
            let sender = thread::spawn(move || {
                let (handles, leaving) = same.take(&[value], |_| Ok(())).expect("it is there");
                if returns {
                    leaving.back(handles);
                    signalled.base().signals.assert(A);
                } else {
                    drop((leaving, handles));
                }
            });
            let outcome = wait(&table, value);
            assert!(
                matches!(outcome, None | Some(Err(Status::CANCELED))) || returns && outcome == Some(Ok(()))
            );
            sender.join().unwrap();
            assert_eq!(table.contains(value), returns);
            assert!(event.base().signals.queue().with(|_, waiters| waiters.is_empty()));
        });
    }
}

/// The only handle to an end is closed while a copy is made: there is none, or the other end is not told that
/// this one has gone, and closing the copy is what tells it.
///
/// Fails when the copy is counted after the table's lock is released.
#[test]
fn a_copy_that_races_with_closing_keeps_its_object_open() {
    model(|| {
        let table = Arc::new(HandleTable::new(1, 0x5eed_5eed));
        let [near, far] = <[_; 2]>::from(EventPair::new());
        let value = table.add(Handle::to_new(near).expect("few handles")).ok().expect("room");
        let is_told = || far.base().signals.get().contains(Signals::EVENTPAIR_PEER_CLOSED);
        let same = table.clone();
        let closer = thread::spawn(move || drop(same.remove(value)));
        let copy = table.copy(value, |handle| Ok(handle.rights()));
        closer.join().unwrap();
        assert_eq!(is_told(), copy.is_err());
        drop(copy);
        assert!(is_told());
    });
}
