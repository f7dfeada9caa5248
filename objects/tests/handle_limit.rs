//! The limit on handles in the system. Alone in its file, since handles are counted over all tests of one.
#![cfg(not(loom))]

use abi::{Signals, Status};
use objects::{Channel, Event, Handle, HandleTable, KernelObject, MAX_HANDLES, live_handles};

#[test]
fn at_the_limit_nothing_is_lost_and_nothing_is_left_half_made() {
    let (event, table) = (Event::new(), HandleTable::new(1, 0));
    let (first, second) = Channel::new();
    let first = table.add(Handle::to_new(first).expect("a handle")).ok().expect("room");
    let copied = table.add(Handle::to_new(event.clone()).expect("a handle")).ok().expect("room");
    let others: Vec<_> = (2..MAX_HANDLES).map(|_| Handle::to_new(event.clone()).expect("a handle")).collect();
    assert_eq!(live_handles(), MAX_HANDLES);
    assert_eq!(table.duplicate(copied, abi::Rights::SAME_RIGHTS), Err(Status::NO_MEMORY));
    assert_eq!(Handle::to_new(second).err(), Some(Status::NO_MEMORY));
    assert_eq!((live_handles(), table.len()), (MAX_HANDLES, 2));
    let first: std::sync::Arc<Channel> = table.get(first, abi::Rights::NONE).expect("an open handle");
    assert!(first.base().signals.get().contains(Signals::CHANNEL_PEER_CLOSED));
    drop(others);
    assert_eq!((live_handles(), event.base().handle_count()), (2, 1));
    assert!(table.duplicate(copied, abi::Rights::SAME_RIGHTS).is_ok());
    table.close();
    assert_eq!(live_handles(), 0);
}
