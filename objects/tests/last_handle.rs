//! Objects that are used at the moment when their last handle, or their process, goes.

use abi::Status;
use executor::TimerQueue;
use objects::{Event, Handle, HandleTable, Slack, Timer};
use std::sync::Arc;

fn event() -> Handle {
    Handle::to_new(Event::new()).expect("a handle")
}

#[test]
fn closed_table_takes_no_handle() {
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

#[test]
fn timer_without_handles_is_not_kept_by_its_alarm() {
    let timers: &'static TimerQueue = Box::leak(Box::default());
    let timer = Timer::new(Slack::Center, || 0).expect("a timer");
    drop(Handle::to_new(timer.clone()).expect("a handle"));
    timer.set(1_000, 0, timers).expect("set, as by a thread that looked it up before");
    assert_eq!(timers.next_deadline(), None);
    assert_eq!(Arc::strong_count(&timer), 1);
}
