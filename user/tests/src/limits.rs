//! The limit on handles in the system. Other limits are tested with their objects.

use alloc::{vec, vec::Vec};

use hafnon_user::{AsHandle, Channel, Event, Handle, Port, Rights, Status, channel::MAX_HANDLES, info};

use crate::harness::{process, user_test};

/// Handles in the system at most.
const LIMIT: usize = 262_144;
/// Handles of others that may be there: those in messages, and of the processes that started this one.
const OTHERS: usize = 1000;

user_test! {
    #[needs("timeout=120")]
    fn handles_in_the_system() {
        let (event, (near, far), this) = (Event::create().expect("an event"), Channel::create().expect("a channel"), process());
        let full = vec![0; 8];
        let sent = (0..MAX_HANDLES).map(|_| Event::create().expect("an event").into()).collect();
        near.write(&full, sent).expect("a message with handles");
        let mut copies: Vec<Handle> = Vec::with_capacity(LIMIT);
        let refused = loop {
            match event.duplicate_handle(Rights::SAME_RIGHTS) {
                Ok(copy) => copies.push(copy),
                Err(status) => break status,
            }
        };
        assert_eq!(refused, Status::NO_MEMORY);
        assert!(copies.len() <= LIMIT && copies.len() > LIMIT - OTHERS, "{} copies", copies.len());

        // Nothing that fails now leaves half of what it makes, nor takes anything away.
        let held = info::total_handles(&this).expect("a process tells");
        assert_eq!(Event::create().err(), Some(Status::NO_MEMORY));
        assert_eq!(Channel::create().err(), Some(Status::NO_MEMORY));
        assert_eq!(Port::create().err(), Some(Status::NO_MEMORY));
        drop(copies.pop());
        assert_eq!(Channel::create().err(), Some(Status::NO_MEMORY), "there is room for one end only");
        copies.push(event.duplicate_handle(Rights::SAME_RIGHTS).expect("which is there again"));
        assert_eq!(info::total_handles(&this), Ok(held));
        assert_eq!(info::handle_count(&event), Ok(copies.len() as u32 + 1));

        // Handles that exist may go where they like.
        let moved = copies.pop().expect("one of many");
        let moved = moved.replace(Rights::SAME_RIGHTS).expect("the number stays the same");
        far.write(&[], [moved].into()).expect("a transfer makes no handle");
        assert_eq!(near.read().expect("the message").handles.len(), 1);
        let message = far.read().expect("the message from before");
        assert_eq!((message.bytes, message.handles.len()), (full, MAX_HANDLES));
        drop(copies);
        assert_eq!(info::handle_count(&event), Ok(1));
        event.duplicate_handle(Rights::SAME_RIGHTS).expect("there is room again");
    }
}
