//! What a wait set reports, and in which order; whom it wakes; how much it takes. What its entries see is tested in
//! `magenta/tests.rs`.

use super::*;
use crate::Observation;
use crate::magenta::tests::{SIGNALED, Table, at_once, clear, event, report, set};
use crate::testing::{never, poll, ready};
use crate::{Event, Handle, HandleId};
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::pin::pin;

/// A set, and so many events that it watches, under their numbers, through handles that are open as long as their table
/// is there.
fn watched(count: u64) -> (Arc<Waitset>, Vec<Arc<Event>>, Arc<Table>) {
    let (table, waitset) = (Arc::default(), Waitset::new());
    let events = (0..count).map(|number| {
        let (event, subject) = event(&table, number);
        waitset.add(number, subject()).expect("added");
        event
    });
    let events = events.collect();
    (waitset, events, table)
}

/// One report into so much room: the cookies, and where to go on.
fn page(waitset: &Waitset, from: Option<u64>, room: usize) -> (Vec<u64>, Option<u64>) {
    let mut results = vec![WaitsetResult::default(); room];
    let (count, next) = waitset.report(from, &mut results);
    let reported = &results[..count];
    assert!(reported.iter().all(|result| (result.status, result.observed) == (Status::OK, SIGNALED)));
    assert!(results[count..].iter().all(|result| result.observed.is_empty()));
    (reported.iter().map(|result| result.cookie).collect(), next)
}

fn cookies(waitset: &Waitset) -> Vec<u64> {
    page(waitset, None, 9).0
}

#[test]
fn a_set_has_so_many_entries_and_no_more() {
    let table = Arc::default();
    let (waitset, (event, subject)) = (Waitset::new(), event(&table, 1));
    waitset.add(0, subject()).expect("added");
    // The same again stands for many others.
    waitset.queue.with(|state, _| {
        let entry = state.entries.get(&0).cloned().expect("an entry");
        state.entries.extend((1..MAX_OBSERVERS as u64 - 1).map(|cookie| (cookie, entry.clone())));
    });
    let last = MAX_OBSERVERS as u64 - 1;
    assert_eq!(waitset.add(last, subject()), Ok(()));
    assert_eq!(waitset.add(last, subject()), Err(Status::ALREADY_EXISTS), "that is said first");
    assert_eq!(waitset.add(last + 1, subject()), Err(Status::NO_RESOURCES));
    assert_eq!(waitset.remove(last), Ok(()));
    assert_eq!(waitset.add(last + 1, subject()), Ok(()));
    set(&event);
    assert_eq!(cookies(&waitset), [0, last + 1], "who was refused is not told");
}

#[test]
fn what_is_reported_comes_in_pages() {
    let (waitset, events, _table) = watched(6);
    assert_eq!(page(&waitset, None, 2), (vec![], None));
    for number in [4, 1, 0, 5, 3] {
        set(&events[number]);
    }
    assert_eq!(page(&waitset, None, 2), (vec![4, 1], Some(0)));
    assert_eq!(page(&waitset, Some(0), 2), (vec![0, 5], Some(3)));
    assert_eq!(page(&waitset, Some(3), 2), (vec![3], None));
    assert_eq!(page(&waitset, None, 5), (vec![4, 1, 0, 5, 3], None));
    assert_eq!(page(&waitset, None, 0), (vec![], Some(4)), "there is no room");
    assert_eq!(page(&waitset, Some(2), 2), (vec![], None), "it has nothing to report");
    assert_eq!(page(&waitset, Some(9), 2), (vec![], None), "there is no such entry");
}

#[test]
fn a_report_looks_at_a_few_entries_only() {
    let (waitset, events, _table) = watched(STEP as u64 + 2);
    events.iter().for_each(|event| set(event));
    let (reported, next) = page(&waitset, None, 40);
    assert!(reported.into_iter().eq(0..16));
    assert_eq!((next, page(&waitset, next, 40)), (Some(16), (vec![16, 17], None)));
    events[..STEP].iter().for_each(|event| clear(event));
    assert_eq!(page(&waitset, None, 40), (vec![], Some(16)), "those looked at had nothing to report");
    assert_eq!(page(&waitset, None, 40), (vec![16, 17], None), "and are left out from then on");
}

#[test]
fn an_entry_whose_signals_have_gone_is_left_out_until_they_are_back() {
    let (waitset, events, _table) = watched(4);
    events.iter().for_each(|event| set(event));
    clear(&events[1]);
    assert_eq!(cookies(&waitset), [0, 2, 3]);
    clear(&events[0]);
    set(&events[1]);
    assert_eq!(cookies(&waitset), [2, 3, 1], "it comes last now");
    clear(&events[1]);
    assert_eq!(cookies(&waitset), [2, 3]);
    set(&events[0]);
    assert_eq!(cookies(&waitset), [2, 3, 0]);
}

/// First, in the middle, last, and one that is not among them.
#[test]
fn entries_are_removed_wherever_they_stand() {
    for (removed, left) in [(0, [1, 2, 3].as_slice()), (1, &[0, 2, 3]), (3, &[0, 1, 2]), (4, &[0, 1, 2, 3])] {
        let (waitset, events, _table) = watched(5);
        events[..4].iter().for_each(|event| set(event));
        assert_eq!(waitset.remove(removed), Ok(()));
        assert_eq!(waitset.remove(removed), Err(Status::NOT_FOUND));
        assert_eq!(cookies(&waitset), left);
        for cookie in left {
            assert_eq!(waitset.remove(*cookie), Ok(()));
        }
        assert_eq!(report(&waitset), Err(Status::TIMED_OUT));
        if removed != 4 {
            set(&events[4]);
            assert_eq!(cookies(&waitset), [4]);
        }
    }
}

/// It is on its way when the entry is removed, and another has its cookie by the time that it is there.
#[test]
fn what_wakes_a_removed_entry_concerns_no_other() {
    let table = Arc::default();
    let (waitset, (_one, first), (_other, second)) = (Waitset::new(), event(&table, 1), event(&table, 2));
    waitset.add(7, first()).expect("added");
    let seen = || Seen { observation: Observation::of(SIGNALED, HandleId(1)), object: None };
    let removed = waitset.queue.with(|state, _| state.entries.get(&7).cloned()).expect("an entry");
    waitset.remove(7).expect("it was there");
    waitset.woken(&removed, seen());
    waitset.add(7, second()).expect("added");
    waitset.woken(&removed, seen());
    assert!(waitset.queue.with(|state, _| state.woken.is_none()));
}

#[test]
fn an_entry_with_something_to_report_wakes_all_who_wait() {
    let table = Arc::default();
    let (waitset, (event, subject)) = (Waitset::new(), event(&table, 1));
    let mut waits = [(); 3].map(|()| Box::pin(waitset.wait(never())));
    for wait in &mut waits {
        assert!(poll(wait.as_mut()).is_pending());
    }
    set(&event);
    waitset.add(1, subject()).expect("added");
    assert_eq!(waits.map(ready), [Ok(()); 3], "one wakes the next");
    assert_eq!(ready(waitset.wait(at_once())), Ok(()));
}

#[test]
fn a_wait_looks_at_a_few_entries_in_one_go() {
    let (waitset, events, _table) = watched(2 * STEP as u64);
    let pulse = || {
        for event in &events {
            set(event);
            clear(event);
        }
    };
    pulse();
    set(&events[2 * STEP - 1]);
    let mut wait = pin!(waitset.wait(never()));
    assert!(poll(wait.as_mut()).is_pending(), "that would be too many");
    assert!(poll(wait.as_mut()).is_ready());
    clear(&events[2 * STEP - 1]);
    pulse();
    let mut wait = pin!(waitset.wait(never()));
    assert!((0..9).all(|_| poll(wait.as_mut()).is_pending()), "there is nothing");
    assert!(waitset.queue.with(|state, _| state.woken.is_none()), "all are armed again");
    set(&events[0]);
    assert!(poll(wait.as_mut()).is_ready());
}

#[test]
fn all_goes_with_a_closed_set() {
    let (waitset, events, _table) = watched(3);
    let mut waits = [(); 2].map(|()| Box::pin(waitset.wait(never())));
    for wait in &mut waits {
        assert!(poll(wait.as_mut()).is_pending());
    }
    drop(Handle::to_new(waitset.clone()).expect("a handle"));
    assert_eq!(waits.map(ready), [Err(Status::CANCELED); 2]);
    assert!(waitset.queue.with(|state, _| state.entries.is_empty()));
    assert!(events.iter().all(|event| Arc::strong_count(event) == 1));
    assert_eq!(ready(waitset.wait(at_once())), Err(Status::CANCELED));
}
