//! Many who observe one object, or whom one port or wait set tells.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Handle, Port, Result, Rights, Signals, Startup, Status,
    abi::{PA_USER0, WaitsetResult},
    clock::{self, INFINITE},
    handle::{WAIT_MANY_MAX, WaitItem, wait_many},
    task::Task,
};

use crate::{
    children::SURVIVED,
    harness::{all_wait, call, child, user_test},
};

/// As many as a port may have.
const MANY: u64 = 50_000;

const OBSERVED: Signals = Signals::USER_SIGNAL_0;
const OTHER: Signals = Signals::USER_SIGNAL_1;

/// A child's part: waits for ever for one event, 64 times in one call.
pub fn wait_for_64(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    channel.wait(Signals::CHANNEL_READABLE, INFINITE).expect("the event comes");
    let event = Event::from(channel.read().expect("a message").handles.remove(0));
    let mut items = [(); WAIT_MANY_MAX].map(|()| WaitItem::new(&event, OTHER));
    channel.write(b"about to wait", vec![]).expect("the test is told");
    let _ = wait_many(&mut items, INFINITE);
    SURVIVED
}

/// An event that one port observes so many times, each second time through another handle.
fn observed() -> Result<(Event, Event, Port)> {
    let (event, port) = (Event::create()?, Port::create()?);
    let other = event.duplicate(Rights::SAME_RIGHTS)?;
    for key in 0..MANY {
        let handle = if key % 2 == 0 { &event } else { &other };
        handle.wait_async(&port, key, OBSERVED, 0)?;
    }
    Ok((event, other, port))
}

/// How many instructions the end of so many handles takes, through each of which a port observes an event.
fn end_of_handles(count: u64) -> i64 {
    let (event, port) = (Event::create().expect("an event"), Port::create().expect("a port"));
    let handles: Vec<u32> = (0..count)
        .map(|key| {
            let handle = event.duplicate(Rights::SAME_RIGHTS).expect("a handle");
            handle.wait_async(&port, key, OBSERVED, 0).expect("armed");
            Handle::from(handle).into_raw()
        })
        .collect();
    let before = clock::monotonic();
    assert_eq!(call!(zx_handle_close_many(handles.as_ptr(), handles.len())), Status::OK);
    event.signal(Signals::empty(), OBSERVED).expect("set");
    assert_eq!(port.wait_packet(0).err(), Some(Status::TIMED_OUT), "nobody is left");
    clock::monotonic() - before
}

user_test! {
    #[needs("counted")]
    fn signals_of_an_object_that_many_observe() {
        let (event, other, port) = observed().expect("observed");
        event.signal(Signals::empty(), OTHER).expect("nobody waits for it");
        // Handles through which nobody waits.
        let idle = [(); 64].map(|()| event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle").into_raw());
        assert_eq!(call!(zx_handle_close_many(idle.as_ptr(), idle.len())), Status::OK);
        drop(other);
        event.signal(Signals::empty(), OBSERVED).expect("the others do");
        for _ in 0..MANY / 2 {
            port.wait_packet(INFINITE).expect("a packet");
        }
        assert_eq!(port.wait_packet(0).err(), Some(Status::TIMED_OUT));
    }

    #[needs("counted")]
    fn a_wait_for_64_objects_that_many_observe() {
        let (event, other, port) = observed().expect("observed");
        for handle in [&event, &other] {
            let mut items = [(); WAIT_MANY_MAX].map(|()| WaitItem::new(handle, OTHER));
            assert_eq!(wait_many(&mut items, 0), Err(Status::TIMED_OUT));
            let past = clock::deadline_after(clock::MILLISECOND);
            assert_eq!(wait_many(&mut items, past), Err(Status::TIMED_OUT));
        }
        // And one that is killed.
        let (near, far) = Channel::create().expect("a channel");
        let copy = event.duplicate(Rights::SAME_RIGHTS).expect("a handle");
        near.write(b"wait", vec![copy.into()]).expect("sent");
        let waiter = child("wait-for-64", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it is about to wait");
        all_wait(&waiter);
        waiter.kill().expect("killed");
        waiter.wait(Signals::PROCESS_TERMINATED, INFINITE).expect("it ends");
        drop(port);
    }

    #[needs("counted")]
    fn the_end_of_an_object_that_many_observe() {
        let (event, other, port) = observed().expect("observed");
        let handles = [event, other].map(|event| Handle::from(event).into_raw());
        assert_eq!(call!(zx_handle_close_many(handles.as_ptr(), handles.len())), Status::OK);
        drop(port);
    }

    /// They are closed with the message that they are in.
    #[needs("counted")]
    fn the_end_of_64_ends_that_are_observed_at_the_other() {
        const ENDS: u64 = 64;
        const EACH: u64 = 16;
        let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
        let (sent, kept): (Vec<_>, Vec<_>) =
            (0..ENDS).map(|_| EventPair::create().expect("an event pair")).unzip();
        for (end, key) in kept.iter().flat_map(|end| (0..EACH).map(move |key| (end, key))) {
            end.wait_async(&port, key, Signals::EVENTPAIR_PEER_CLOSED, 0).expect("armed");
        }
        near.write(b"ends", sent.into_iter().map(Handle::from).collect()).expect("sent");
        drop(far);
        for _ in 0..ENDS * EACH {
            port.wait_packet(INFINITE).expect("a packet");
        }
    }

    #[needs("counted")]
    fn the_end_of_a_port_that_observes_much() {
        let (event, _other, port) = observed().expect("observed");
        drop(port);
        event.signal(Signals::empty(), OBSERVED).expect("nobody is left");
    }

    /// Each handle's costs the same, however many others there are.
    #[needs("counted")]
    fn the_end_of_many_handles_through_which_a_port_observes() {
        let (half, all) = (end_of_handles(15_000), end_of_handles(30_000));
        assert!(all * 2 <= half * 5, "{half} instructions for half of them, {all} for all");
    }

    #[needs("counted")]
    fn cancelling_in_a_port_that_observes_much() {
        let (event, _other, port) = observed().expect("observed");
        for key in [0, MANY / 2, MANY - 2] {
            port.cancel(&event, key).expect("it is there");
        }
        event.signal(Signals::empty(), OBSERVED).expect("set");
        port.cancel(&event, 2).expect("it is there, or its packet");
    }

    #[needs("counted")]
    fn waits_of_one_key() {
        let (event, port) = (Event::create().expect("an event"), Port::create().expect("a port"));
        for _ in 0..MANY / 2 {
            event.wait_async(&port, 1, OBSERVED, 0).expect("armed");
        }
        // Others come, for whom the table grows, and are looked for.
        for key in 2..MANY / 2 {
            event.wait_async(&port, key, OBSERVED, 0).expect("armed");
        }
        for key in 2..MANY / 2 {
            port.cancel(&event, key).expect("it is there");
        }
        port.cancel(&event, 1).expect("all of them are there");
        assert_eq!(port.cancel(&event, 1), Err(Status::NOT_FOUND));
    }

    #[needs("counted")]
    fn writing_to_a_channel_that_many_observe() {
        let (near, far) = Channel::create().expect("a channel");
        let port = Port::create().expect("a port");
        for key in 0..MANY {
            far.wait_async(&port, key, Signals::CHANNEL_READABLE, 0).expect("armed");
        }
        near.write(b"word", vec![]).expect("written");
        drop(near);
        for _ in 0..MANY {
            port.wait_packet(INFINITE).expect("a packet");
        }
    }

    #[needs("counted")]
    fn a_wait_set_with_many_entries_that_were_woken() {
        let mut out = 0;
        assert_eq!(call!(mx_waitset_create(0, &mut out)), Status::OK);
        let (set, event) = (Handle::from_raw(out), Event::create().expect("an event"));
        for cookie in 0..MANY {
            let added = call!(mx_waitset_add(set.raw(), cookie, event.raw(), OBSERVED.bits()));
            assert_eq!(added, Status::OK);
        }
        event.signal(Signals::empty(), OBSERVED).expect("set");
        event.signal(OBSERVED, Signals::empty()).expect("cleared");
        let (mut results, mut count) = ([WaitsetResult::default(); 4], 4);
        let status = call!(mx_waitset_wait(set.raw(), 1_000_000, results.as_mut_ptr(), &mut count));
        assert_eq!(status, Status::TIMED_OUT);
    }
}
