//! Handles and their table.

use crate::core::account::Ledger;
use crate::testing::{handle, never, poll, ready};
use crate::wait::wait_on;
use crate::{Doomed, Event, Handle, HandleId, HandleTable, Handles, KernelObject, Kind, MAX_HANDLES, Timer};
use abi::{Rights, Signals, Status};
use alloc::{sync::Arc, vec::Vec};
use core::ops::ControlFlow;
use core::pin::pin;

fn table() -> HandleTable {
    HandleTable::new(1, 0x5eed_1234)
}

#[test]
fn values_have_both_low_bits_set_and_are_looked_up_with_type_and_rights() {
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    assert_eq!(value & 3, 3);
    assert!(table.get::<Event>(value, Rights::SIGNAL).is_ok());
    assert_eq!(table.get::<Timer>(value, Rights::NONE).err(), Some(Status::WRONG_TYPE));
    assert_eq!(table.get::<Event>(value, Rights::WRITE).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.get::<Event>(value ^ 1, Rights::NONE).err(), Some(Status::BAD_HANDLE));
    assert_eq!(table.get::<Event>(0, Rights::NONE).err(), Some(Status::BAD_HANDLE));
}

#[test]
fn a_stale_value_never_names_what_came_after_it() {
    let (table, event) = (table(), Event::new());
    let mut stale = Vec::new();
    for _ in 0..10_000 {
        let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
        assert!(stale.iter().rev().take(200).all(|old| *old != value));
        drop(table.remove(value).unwrap());
        assert!(!table.contains(value));
        stale.push(value);
    }
    assert!(table.is_empty());
}

#[test]
fn two_processes_have_different_values_for_their_first_handle() {
    let event = Event::new();
    let values = [1, 2].map(|owner| {
        let table = HandleTable::new(owner, owner as u32 * 0x1111_1110);
        table.add(handle(&event)).map_err(|(_, status)| status).unwrap()
    });
    assert_ne!(values[0], values[1]);
}

#[test]
fn duplicating_needs_the_right_and_only_reduces() {
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let poor = table.duplicate(value, Rights::WAIT).unwrap();
    assert_eq!(table.get_any_held(poor, Rights::NONE).unwrap().rights, Rights::WAIT);
    assert_eq!(table.duplicate(poor, Rights::SAME_RIGHTS), Err(Status::ACCESS_DENIED));
    assert_eq!(table.duplicate(value, Rights::EXECUTE), Err(Status::INVALID_ARGS));
    assert_eq!(table.duplicate(value, Rights::from_bits_retain(1 << 30)), Err(Status::INVALID_ARGS));
    assert_eq!(event.base().handle_count(), 2);
}

#[test]
fn replacing_invalidates_the_old_value_also_when_it_fails() {
    let (table, event) = (table(), Event::new());
    let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let value = add();
    let new = table.replace(value, Rights::WAIT).unwrap();
    assert!(!table.contains(value) && table.contains(new));
    let value = add();
    assert_eq!(table.replace(value, Rights::EXECUTE), Err(Status::INVALID_ARGS));
    assert!(!table.contains(value));
    assert_eq!(event.base().handle_count(), 1);
}

#[test]
fn reserved_room_is_filled_and_tells_the_values_in_order() {
    let (table, event) = (table(), Event::new());
    let mut values = Vec::new();
    let room = table.reserve(5).unwrap();
    let mut handles = (0..5).map(|_| handle(&event)).collect::<Handles>();
    assert_eq!(room.fill(&mut handles, |index, value| values.push((index, value))), Ok(()));
    assert_eq!(values.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert!(values.iter().all(|(_, value)| table.contains(*value)));
}

#[test]
fn reserved_room_is_nobody_elses_until_it_is_given_back() {
    let (table, event) = (table(), Event::new());
    let room = table.reserve(MAX_HANDLES).unwrap();
    assert_eq!(table.add(handle(&event)).map_err(|(_, status)| status), Err(Status::NO_MEMORY));
    assert_eq!(table.reserve(1).err(), Some(Status::NO_MEMORY));
    drop(room);
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let room = table.reserve(MAX_HANDLES - 1).unwrap();
    assert_eq!(table.duplicate(value, Rights::SAME_RIGHTS), Err(Status::NO_MEMORY));
    assert_eq!(room.fill(&mut [handle(&event)].into(), |_, _| ()), Ok(()));
    assert_eq!(table.len(), 2);
    assert!(table.reserve(MAX_HANDLES - 2).is_ok(), "what was not filled was given back");
}

#[test]
fn a_copy_has_the_rights_that_its_check_says() {
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let copy = table.copy(value, |held| Ok(held.rights() & Rights::WAIT)).unwrap();
    assert_eq!((copy.rights(), event.base().handle_count()), (Rights::WAIT, 2));
    assert_eq!(table.copy(value, |_| Err(Status::ACCESS_DENIED)).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.copy(value ^ 4, |_| Ok(Rights::NONE)).err(), Some(Status::BAD_HANDLE));
    drop(table.remove(value));
    assert_eq!(event.base().handle_count(), 1);
}

#[test]
fn handles_that_leave_are_gone_or_back_where_they_were() {
    let (table, one, two) = (table(), Event::new(), Event::new());
    let values = [&one, &two].map(|event| table.add(handle(event)).map_err(|(_, status)| status).unwrap());
    let (handles, removal) = table.take(&values, |_| Ok(())).unwrap();
    assert!(values.iter().all(|value| !table.contains(*value)));
    assert_eq!(table.remove(values[0]).err(), Some(Status::BAD_HANDLE));
    let other = table.add(handle(&one)).map_err(|(_, status)| status).unwrap();
    removal.back(handles);
    assert!(Arc::ptr_eq(&table.get::<Event>(values[1], Rights::NONE).unwrap(), &two));
    assert_eq!(table.len(), 3);
    drop(table.remove(other));

    let (handles, removal) = table.take(&values, |_| Ok(())).unwrap();
    drop(removal);
    assert!(table.is_empty() && values.iter().all(|value| !table.contains(*value)));
    assert_eq!(
        (one.base().handle_count(), two.base().handle_count()),
        (1, 1),
        "whoever has them closes them"
    );
    drop(handles);
}

#[test]
fn all_handles_are_taken_or_none() {
    let (table, event) = (table(), Event::new());
    let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let (one, two) = (add(), add());
    let refused = |values: &[u32], check: Result<(), Status>| table.take(values, |_| check).err();
    assert_eq!(refused(&[one, two, one], Ok(())), Some(Status::INVALID_ARGS));
    assert_eq!(refused(&[one, 0], Ok(())), Some(Status::BAD_HANDLE));
    assert_eq!(refused(&[one, two], Err(Status::ACCESS_DENIED)), Some(Status::ACCESS_DENIED));
    assert!(table.contains(one) && table.contains(two));
}

#[test]
fn a_table_closes_around_what_leaves() {
    let (table, event) = (table(), Event::new());
    let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let values = [add(), add()];
    let (handles, removal) = table.take(&values[..1], |_| Ok(())).unwrap();
    table.close();
    assert_eq!(event.base().handle_count(), 1);
    drop((removal, handles));
    assert_eq!((table.len(), event.base().handle_count()), (0, 0));
}

/// However full a table is: a value that was given up names nothing for as long, whether others are closed and made
/// meanwhile, or replaced. Fails when a slot is used again at once because the table has no other left.
#[test]
fn a_value_stays_out_of_use_as_long_with_replace_as_with_close() {
    const TURNS: usize = 8_500;
    let event = Event::new();
    for count in (1..=20).chain([63, 64, 65, 127, 128, 129, 191, 192, 193, 500]) {
        let table = table();
        let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
        let stale: Vec<u32> = (0..count).map(|_| add()).collect();
        let mut live: Vec<u32> =
            stale.iter().map(|value| table.replace(*value, Rights::SAME_RIGHTS).unwrap()).collect();
        for turn in 0..TURNS {
            let place = &mut live[turn % count.min(3)];
            *place = if turn % 2 == 0 {
                table.replace(*place, Rights::SAME_RIGHTS).unwrap()
            } else {
                drop(table.remove(*place).unwrap());
                add()
            };
            assert_ne!(*place, stale[0], "{count} handles, turn {turn}");
        }
        assert!(stale.iter().all(|value| !table.contains(*value)), "{count} handles");
    }
}

#[test]
fn parts_make_up_the_table() {
    let (table, event) = (table(), Event::new());
    let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let values: Vec<u32> = (0..1000).map(|_| add()).collect();
    let (gone, kept) = values.split_at(300);
    gone.iter().for_each(|value| drop(table.remove(*value).unwrap()));
    let (mut seen, mut position, mut parts) = (Vec::new(), Some(usize::MAX), 0);
    while let Some(below) = position {
        position = table.visit_part(below, |value, _| seen.push(value));
        parts += 1;
    }
    assert!(seen.iter().eq(kept.iter().rev()), "the newest first");
    assert!(parts > 1, "in parts");
}

/// Whoever exchanges a handle says what it may do then, or why it is to go.
#[test]
fn a_handle_is_exchanged_for_what_the_check_makes_of_it() {
    let (table, event) = (table(), Event::new());
    let old = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let new = table.replace_with(old, |handle| Ok(handle.rights() | Rights::EXECUTE)).unwrap();
    assert!(new != old && !table.contains(old));
    assert!(table.get_any(new, Rights::EXECUTE).is_ok());
    assert_eq!(table.replace_with(new, |_| Err(Status::WRONG_TYPE)), Err(Status::WRONG_TYPE));
    assert_eq!((table.len(), event.base().handle_count()), (0, 0));
    assert_eq!(table.replace_with(new, |handle| Ok(handle.rights())), Err(Status::BAD_HANDLE));
}

/// An object and its rights come from one lookup: a handle that goes through many hands is never seen with the rights
/// that another one has. Fails when they are looked up one after the other and values come around.
#[test]
fn object_and_rights_belong_together() {
    let (table, open, closed) = (table(), Event::new(), Event::new());
    let value = table.add(handle(&open)).map_err(|(_, status)| status).unwrap();
    let poor = table.add(handle(&closed)).map_err(|(_, status)| status).unwrap();
    let poor = table.replace(poor, Rights::WAIT).unwrap();
    for (value, event) in [(value, &open), (poor, &closed)] {
        let held = table.get_held::<Event>(value, Rights::WAIT).unwrap();
        let any = table.get_any_held(value, Rights::WAIT).unwrap();
        assert!(Arc::ptr_eq(&held.object, event));
        assert_eq!(held.rights, any.rights);
        assert_eq!(held.rights.contains(Rights::SIGNAL), Arc::ptr_eq(event, &open));
    }
    assert_eq!(table.get_held::<Event>(poor, Rights::SIGNAL).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.get_held::<Timer>(value, Rights::WAIT).err(), Some(Status::WRONG_TYPE));
    assert_eq!(table.get_any_held(0, Rights::NONE).err(), Some(Status::BAD_HANDLE));
}

#[test]
fn closed_table_takes_no_handle() {
    let event = || handle(&Event::new());
    let table = HandleTable::new(1, 0x1234_5678);
    let values: Vec<_> = (0..200).map(|_| table.add(event()).ok().expect("room")).collect();
    values.iter().step_by(2).for_each(|value| drop(table.remove(*value).expect("an open handle")));
    table.close();
    assert!(table.is_empty());
    assert!(values.iter().all(|value| table.remove(*value).err() == Some(Status::BAD_HANDLE)));
    let (handle, status) = table.add(event()).expect_err("refused");
    assert_eq!((handle.object().base().handle_count(), status), (1, Status::BAD_STATE));
    assert_eq!(table.reserve(1).err(), Some(Status::BAD_STATE));
    let late = HandleTable::new(2, 0);
    let room = late.reserve(1).expect("room");
    late.close();
    assert_eq!(room.fill(&mut [handle].into(), |_, _| ()), Err(Status::BAD_STATE));
    assert!(late.is_empty());
}

#[test]
fn a_handle_is_known_by_its_process_and_its_value() {
    assert_eq!(HandleTable::new(5, 0).id(0x8000_0003), HandleId(0x5_8000_0003));
    assert_eq!(HandleTable::new(0x1234, 7).id(3).value(), 3);
}

#[test]
fn a_table_counts_what_is_in_it() {
    let (table, event) = (table(), Event::new());
    assert_eq!((table.is_empty(), table.len()), (true, 0));
    let values = [(); 3].map(|()| table.add(handle(&event)).map_err(|(_, status)| status).unwrap());
    assert!(!table.is_empty() && table.len() == 3);
    drop(table.remove(values[1]).unwrap());
    assert_eq!((table.len(), event.base().handle_count()), (2, 2));
    assert_eq!(table.remove(values[1]).err(), Some(Status::BAD_HANDLE));
}

#[test]
fn a_handle_is_taken_out_if_the_check_agrees() {
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    assert_eq!(table.remove_if(value, |_| Err(Status::WRONG_TYPE)).err(), Some(Status::WRONG_TYPE));
    assert!(table.contains(value) && table.remove_if(value, |_| Ok(())).is_ok() && !table.contains(value));
}

#[test]
fn of_many_handles_those_that_are_there_are_taken_out() {
    let (table, event) = (table(), Event::new());
    let values = [(); 4].map(|()| table.add(handle(&event)).map_err(|(_, status)| status).unwrap());
    drop(table.remove(values[1]));
    let mut taken = Handles::with_room(3).unwrap();
    table.remove_into(&values[..3], &mut taken);
    assert_eq!((taken.len(), table.len(), event.base().handle_count()), (2, 1, 3));
    assert!(table.contains(values[3]));
}

/// A handle that was looked up is open until it is taken out, whatever else is.
#[test]
fn a_mark_tells_whether_a_handle_is_open_still() {
    let (table, event) = (table(), Event::new());
    let [one, other, third] =
        [(); 3].map(|()| table.add(handle(&event)).map_err(|(_, status)| status).unwrap());
    let (object, mark) = table.get_to_wait::<Event>(one, Rights::WAIT).unwrap();
    assert!(Arc::ptr_eq(&object, &event) && table.still_open(one, mark));
    drop(table.remove(other).unwrap());
    assert!(table.still_open(one, mark), "another one is gone");
    let one_more = table.get_to_wait::<Event>(one, Rights::WAIT).unwrap().1;
    drop(table.remove(one).unwrap());
    assert!(!table.still_open(one, mark) && !table.still_open(one, one_more));
    let mark = table.get_any_to_wait(third, |_| Rights::WAIT).unwrap().1;
    assert!(table.still_open(third, mark));
    let new = table.replace(third, Rights::SAME_RIGHTS).unwrap();
    assert!(!table.still_open(third, mark));
    let mark = table.get_any_to_wait(new, |_| Rights::WAIT).unwrap().1;
    let (handles, removal) = table.take(&[new], |_| Ok(())).unwrap();
    assert!(!table.still_open(new, mark));
    removal.back(handles);
    assert!(table.still_open(new, mark));
    table.close();
    assert!(!table.still_open(new, mark));
}

#[test]
fn who_waits_needs_the_rights_that_the_object_asks_for() {
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let get = |rights| table.get_any_to_wait(value, |_| rights);
    assert!(get(Rights::WAIT).is_ok());
    assert_eq!(get(Rights::EXECUTE).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.get_any_to_wait(value ^ 4, |_| Rights::NONE).err(), Some(Status::BAD_HANDLE));
    assert_eq!(table.get_to_wait::<Event>(value, Rights::EXECUTE).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.get_to_wait::<Timer>(value, Rights::WAIT).err(), Some(Status::WRONG_TYPE));
}

#[test]
fn an_object_is_only_taken_along_if_none_of_its_signals_is_active() {
    const A: Signals = Signals::USER_SIGNAL_0;
    let (table, event) = (table(), Event::new());
    let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let get = |signals| table.get_any_unless(value, Rights::WAIT, signals).unwrap();
    assert!(matches!(get(A), ControlFlow::Continue((object, mark))
        if object.koid() == event.base().koid() && table.still_open(value, mark)));
    event.base().signals.assert(A | Signals::USER_SIGNAL_2);
    assert!(matches!(get(A), ControlFlow::Break(active) if active == A | Signals::USER_SIGNAL_2));
    assert!(matches!(get(Signals::USER_SIGNAL_1), ControlFlow::Continue(_)));
    assert_eq!(table.get_any_unless(value, Rights::EXECUTE, A).err(), Some(Status::ACCESS_DENIED));
    assert_eq!(table.get_any_unless(0, Rights::WAIT, A).err(), Some(Status::BAD_HANDLE));
}

/// Whichever way the handle goes; of a handle that comes back the wait notices nothing.
#[test]
fn waits_end_with_the_handle_that_they_were_made_through() {
    let ways: [fn(&HandleTable, u32); 5] = [
        |table, value| drop(table.remove(value).unwrap()),
        |table, value| assert!(table.replace(value, Rights::SAME_RIGHTS).is_ok()),
        |table, value| assert_eq!(table.replace(value, Rights::EXECUTE), Err(Status::INVALID_ARGS)),
        |table, value| {
            let (handles, removal) = table.take(&[value], |_| Ok(())).unwrap();
            drop((removal, handles));
        },
        |table, _| table.close(),
    ];
    for (number, go) in ways.into_iter().enumerate() {
        let (table, event) = (table(), Event::new());
        let value = table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
        let signals = &event.base().signals;
        let mut wait = pin!(wait_on(signals, Signals::USER_SIGNAL_0, table.id(value), || true, never()));
        assert!(poll(wait.as_mut()).is_pending());
        let (handles, removal) = table.take(&[value], |_| Ok(())).unwrap();
        removal.back(handles);
        assert!(poll(wait.as_mut()).is_pending());
        go(&table, value);
        assert_eq!(ready(wait).0, Err(Status::CANCELED), "{number}");
    }
}

#[test]
fn parts_of_a_table_are_as_long_as_its_segments() {
    let (table, event) = (table(), Event::new());
    let parts = |handles: usize| {
        while table.len() < handles {
            assert!(table.add(handle(&event)).is_ok());
        }
        let next = |below: &usize| table.visit_part(*below, |_, _| ());
        core::iter::successors(Some(usize::MAX), next).skip(1).take(10).collect::<Vec<_>>()
    };
    assert_eq!((parts(0), parts(1), parts(127)), ([].into(), [].into(), [].into()));
    assert_eq!((parts(128), parts(129)), ([].into(), [1].into()));
    assert_eq!((parts(256), parts(300)), ([128].into(), [172, 44].into()));
}

/// In the middle of being closed it gives up what is exchanged, and what comes back.
#[test]
fn a_table_that_closes_keeps_no_handle() {
    let (table, event, mut doomed) = (table(), Event::new(), Doomed::default());
    let values = [(); 4].map(|()| table.add(handle(&event)).map_err(|(_, status)| status).unwrap());
    drop(table.remove(values[2]).unwrap());
    assert!(table.close_one(&mut doomed));
    assert_eq!((table.len(), event.base().handle_count()), (2, 2), "the last one goes first");
    assert_eq!(table.replace(values[1], Rights::SAME_RIGHTS), Err(Status::BAD_STATE));
    assert_eq!((table.len(), event.base().handle_count()), (1, 1));
    assert_eq!(table.duplicate(values[0], Rights::SAME_RIGHTS), Err(Status::BAD_STATE));
    let (handles, removal) = table.take(&values[..1], |_| Ok(())).unwrap();
    removal.back(handles);
    assert_eq!(event.base().handle_count(), 0);
    let slots = (0..10).take_while(|_| table.close_one(&mut doomed)).count();
    assert_eq!((slots, table.len(), table.is_empty()), (3, 0, true), "one slot at a time");
}

#[test]
fn what_is_free_is_room_for_as_many() {
    let (table, event) = (table(), Event::new());
    let values = [(); 10].map(|()| table.add(handle(&event)).map_err(|(_, status)| status).unwrap());
    assert_eq!(table.reserve(MAX_HANDLES - 9).err(), Some(Status::NO_MEMORY));
    values[3..].iter().for_each(|value| drop(table.remove(*value).unwrap()));
    assert_eq!(table.reserve(MAX_HANDLES - 2).err(), Some(Status::NO_MEMORY));
    drop(table.reserve(MAX_HANDLES - 3).unwrap());
}

/// A ledger for so many handles, and a table that pays with it.
fn paid(limit: u64) -> (Arc<Ledger>, HandleTable) {
    let ledger = Ledger::new(None);
    ledger.set_handle_limit(limit);
    let table = HandleTable::paid(1, 0x5eed_1234, ledger.clone());
    (ledger, table)
}

/// How many handles may be charged yet.
fn left(ledger: &Ledger) -> u64 {
    let left = (0..ledger.handle_limit()).take_while(|_| ledger.charge_handles(1)).count() as u64;
    ledger.give_back_handles(left);
    left
}

#[test]
fn handles_are_paid_for_64_at_a_time_and_given_back_together() {
    let ((ledger, table), event) = (paid(300), Event::new());
    assert_eq!(left(&ledger), 300);
    let add = || table.add(handle(&event)).map_err(|(_, status)| status).unwrap();
    let values: Vec<u32> = (0..64).map(|_| add()).collect();
    assert_eq!(left(&ledger), 300 - 64);
    values.iter().for_each(|value| assert!(table.replace(*value, Rights::SAME_RIGHTS).is_ok()));
    assert_eq!(left(&ledger), 300 - 64);
    let last = add();
    assert_eq!(left(&ledger), 300 - 128);
    drop(table.remove(last).unwrap());
    drop(table.reserve(120).ok());
    assert_eq!(left(&ledger), 300 - 192, "what was paid for stays so");
    table.close();
    assert_eq!(left(&ledger), 300);
    let late = HandleTable::paid(2, 0, ledger.clone());
    assert!(late.reserve(65).is_ok());
    assert_eq!(left(&ledger), 300 - 128);
    drop(late);
    assert_eq!(left(&ledger), 300, "also by a table that nobody closed");
}

#[test]
fn a_job_may_have_exactly_as_many_handles_as_its_limit_says() {
    let ((ledger, table), event) = (paid(70), Event::new());
    let add = || table.add(handle(&event)).map_err(|(handle, status)| (handle.rights(), status));
    for handles in 1..=70 {
        assert!(add().is_ok(), "{handles}");
        assert_eq!(left(&ledger), if handles <= 64 { 6 } else { 70 - handles });
    }
    assert_eq!(add().err(), Some((Event::DEFAULT_RIGHTS, Status::NO_RESOURCES)));
    assert_eq!(table.reserve(1).err(), Some(Status::NO_RESOURCES));
    assert_eq!((table.len(), left(&ledger)), (70, 0));
    ledger.set_handle_limit(200);
    assert!(table.reserve(0).is_ok());
    assert_eq!(left(&ledger), 130, "all that there are have been paid for");
    assert!(add().is_ok());
    assert_eq!(left(&ledger), 200 - 128);
}

/// Handles that leave take over what is paid for and nobody has: neither a handle in the table nor reserved room.
#[test]
fn handles_that_are_sent_are_paid_for_with_what_is_spare_and_the_rest_anew() {
    const SENT: usize = 10;
    for (limit, outcome, charged) in [(69, Err(Status::NO_MEMORY), 64), (70, Ok(()), 70), (71, Ok(()), 70)] {
        let ((ledger, table), event) = (paid(limit), Event::new());
        (0..50).for_each(|_| drop(table.add(handle(&event)).map(drop)));
        // 64 are paid for, so four of them are spare.
        let room = table.reserve(10).unwrap();
        let payer = table.pay_for_sent(SENT, 0);
        assert_eq!((payer.map(drop), limit - left(&ledger)), (outcome, charged), "{limit}");
        drop(room);
    }
    let ((ledger, table), event) = (paid(64), Event::new());
    (0..54).for_each(|_| drop(table.add(handle(&event)).map(drop)));
    ledger.set_handle_limit(1);
    assert!(table.pay_for_sent(SENT, 0).is_ok(), "nothing is charged anew");
    assert_eq!(table.pay_for_sent(1, 0).map(drop), Err(Status::NO_MEMORY));
    assert!(table.pay_for_sent(1, 1).is_ok(), "one is about to leave");
}

#[test]
fn who_leaves_a_table_to_be_sent_is_paid_for_before() {
    let ((ledger, table), event) = (paid(64), Event::new());
    let add = || table.add(handle(&event)).map_err(|(_, status)| status);
    let values: Vec<u32> = (0..64).flat_map(|_| add()).collect();
    let (mut sent, removal) = table.take(&values[..2], |_| Ok(())).unwrap();
    assert_eq!((removal.pay_for(&mut sent), left(&ledger)), (Ok(()), 0));
    drop(removal);
    assert_eq!((add().err(), left(&ledger)), (Some(Status::NO_RESOURCES), 0), "two of 64 have been sent");
    drop(sent);
    assert_eq!(left(&ledger), 2);
    assert!(add().is_ok() && add().is_ok() && add().is_err());
}

#[test]
fn a_handle_that_is_refused_comes_back() {
    let ((_, table), event) = (paid(0), Event::new());
    let (refused, status): (Handle, Status) = table.add(handle(&event)).expect_err("there may be none");
    assert_eq!((status, event.base().handle_count(), table.len()), (Status::NO_RESOURCES, 1, 0));
    drop(refused);
    assert_eq!(event.base().handle_count(), 0);
}

#[test]
fn room_is_filled_in_part_or_given_back() {
    let ((ledger, table), event) = (paid(64), Event::new());
    let room = table.reserve(60).unwrap();
    assert_eq!(left(&ledger), 0);
    assert_eq!((table.reserve(5).err(), table.len()), (Some(Status::NO_RESOURCES), 0));
    assert_eq!(room.fill(&mut (0..20).map(|_| handle(&event)).collect(), |_, _| ()), Ok(()));
    assert_eq!(table.reserve(45).err(), Some(Status::NO_RESOURCES));
    let (one, other) = (table.reserve(20).unwrap(), table.reserve(24).unwrap());
    assert_eq!(table.reserve(1).err(), Some(Status::NO_RESOURCES));
    drop(one);
    assert_eq!(table.reserve(21).err(), Some(Status::NO_RESOURCES));
    drop((table.reserve(20).unwrap(), table.reserve(0).unwrap()));
    drop(other);
    assert!(table.reserve(44).is_ok() && table.len() == 20);
}
