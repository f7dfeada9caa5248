//! Handles and their table.

use crate::testing::handle;
use crate::{Event, HandleTable, KernelObject, MAX_HANDLES, Timer};
use abi::{Rights, Status};
use alloc::{sync::Arc, vec::Vec};

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
    let handles = (0..5).map(|_| handle(&event)).collect();
    assert_eq!(room.fill(handles, |index, value| values.push((index, value))), Ok(()));
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
    assert_eq!(room.fill([handle(&event)].into(), |_, _| ()), Ok(()));
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
    let (handles, leaving) = table.take(&values, |_| Ok(())).unwrap();
    assert!(values.iter().all(|value| !table.contains(*value)));
    assert_eq!(table.remove(values[0]).err(), Some(Status::BAD_HANDLE));
    let other = table.add(handle(&one)).map_err(|(_, status)| status).unwrap();
    leaving.back(handles);
    assert!(Arc::ptr_eq(&table.get::<Event>(values[1], Rights::NONE).unwrap(), &two));
    assert_eq!(table.len(), 3);
    drop(table.remove(other));

    let (handles, leaving) = table.take(&values, |_| Ok(())).unwrap();
    drop(leaving);
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
    let (handles, leaving) = table.take(&values[..1], |_| Ok(())).unwrap();
    table.close();
    assert_eq!(event.base().handle_count(), 1);
    drop((leaving, handles));
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
    assert_eq!(room.fill([handle].into(), |_, _| ()), Err(Status::BAD_STATE));
    assert!(late.is_empty());
}
