//! Handles and their table.

use super::handle;
use crate::{Event, HandleTable, KernelObject, Timer};
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
    assert_eq!(table.look(poor).unwrap().1, Rights::WAIT);
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
fn adding_all_is_all_or_nothing_and_tells_the_values_in_order() {
    let (table, event) = (table(), Event::new());
    let mut values = Vec::new();
    let handles = (0..5).map(|_| handle(&event)).collect();
    assert!(table.add_all(handles, |index, value| values.push((index, value))).is_ok());
    assert_eq!(values.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert!(values.iter().all(|(_, value)| table.contains(*value)));
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
