//! Many who observe one object, or whom one port or wait set tells.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Handle, Port, Result, Rights, Signals, Startup, Status,
    abi::{CHANNEL_READ_MAY_DISCARD, PA_USER0, WaitsetResult},
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

/// How many signals user code may change, and how many times all of them may be bound.
const SIGNALS: u64 = 8;
const ALL_THAT_COUNT: usize = 16;

fn io_port() -> Handle {
    let mut port = 0;
    assert_eq!(call!(mx_port_create(0, &mut port)), Status::OK);
    Handle::from_raw(port)
}

/// Binds the signals of an event that user code may change.
fn bind(port: &Handle, event: &Event) -> Status {
    call!(mx_port_bind(port.raw(), 1, event.raw(), Signals::USER_SIGNAL_ALL.bits()))
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

/// How many ends a message has, and how often the other end of each is observed.
const ENDS: u64 = 64;
const EACH: u64 = 16;

/// The values of so many ends, and the others, each of which a port observes.
fn observed_ends(port: &Port) -> (Vec<u32>, Vec<EventPair>) {
    let (ends, others): (Vec<_>, Vec<_>) =
        (0..ENDS).map(|_| EventPair::create().expect("an event pair")).unzip();
    for (end, key) in others.iter().flat_map(|end| (0..EACH).map(move |key| (end, key))) {
        end.wait_async(port, key, Signals::EVENTPAIR_PEER_CLOSED, 0).expect("armed");
    }
    (ends.into_iter().map(|end| Handle::from(end).into_raw()).collect(), others)
}

/// All these ends are told that the others are closed, and who observes them is, before the call that did that returns.
fn are_told(port: &Port, ends: &[EventPair]) {
    for end in ends {
        end.wait(Signals::EVENTPAIR_PEER_CLOSED, 0).expect("it is closed");
    }
    for _ in 0..ENDS * EACH {
        port.wait_packet(0).expect("a packet");
    }
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
        let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
        let (sent, _kept) = observed_ends(&port);
        near.write(b"ends", sent.into_iter().map(Handle::from_raw).collect()).expect("sent");
        drop(far);
        for _ in 0..ENDS * EACH {
            port.wait_packet(INFINITE).expect("a packet");
        }
    }

    /// Their message is to nobody, or to one of them, has a handle that is bad, or more handles than go into one.
    #[needs("counted")]
    fn sending_64_ends_in_vain_that_are_observed_at_the_other() {
        let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
        let send = |to: &Channel, values: &[u32]| {
            let count = values.len() as u32;
            call!(zx_channel_write(to.raw(), 0, core::ptr::null(), 0, values.as_ptr(), count))
        };
        for bad in [0, ENDS as usize] {
            let (mut values, others) = observed_ends(&port);
            values.insert(bad, u32::MAX);
            assert_eq!(send(&near, &values), Status::OUT_OF_RANGE);
            are_told(&port, &others);
        }
        for bad in [0, ENDS as usize - 1] {
            let (mut values, others) = observed_ends(&port);
            drop(Handle::from_raw(core::mem::replace(&mut values[bad], u32::MAX)));
            assert_eq!(send(&near, &values), Status::BAD_HANDLE);
            are_told(&port, &others);
        }
        let (mut values, others) = observed_ends(&port);
        drop(Handle::from_raw(core::mem::replace(&mut values[0], Handle::from(far).into_raw())));
        assert_eq!(send(&near, &values), Status::OK, "nobody could ever read it");
        are_told(&port, &others);
        let (values, others) = observed_ends(&port);
        assert_eq!(send(&near, &values), Status::PEER_CLOSED);
        are_told(&port, &others);
    }

    /// There is no room for them, or it is not there.
    #[needs("counted")]
    fn reading_64_ends_in_vain_that_are_observed_at_the_other() {
        let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
        for (options, room, status) in [
            (CHANNEL_READ_MAY_DISCARD, 0, Status::BUFFER_TOO_SMALL),
            (0, ENDS as u32, Status::INVALID_ARGS),
        ] {
            let (values, others) = observed_ends(&port);
            near.write(b"", values.into_iter().map(Handle::from_raw).collect()).expect("written");
            let read = super::read_in_vain(&far, options, room);
            assert_eq!(read, status);
            are_told(&port, &others);
        }
    }

    /// By the call that takes them at the trap, and only when they can be sent.
    #[needs("counted")]
    fn sending_64_handles_through_which_a_port_observes() {
        let ((near, far), port) = (Channel::create().expect("a channel"), Port::create().expect("a port"));
        let events: Vec<_> = (0..ENDS).map(|_| Event::create().expect("an event")).collect();
        let values: Vec<u32> = events
            .iter()
            .map(|event| {
                let handle = event.duplicate(Rights::SAME_RIGHTS).expect("a handle");
                for key in 0..EACH {
                    handle.wait_async(&port, key, OBSERVED, 0).expect("armed");
                }
                Handle::from(handle).into_raw()
            })
            .collect();
        let send = |to: &Channel| {
            call!(mx_channel_write(to.raw(), 0, core::ptr::null(), 0, values.as_ptr(), ENDS as u32))
        };
        let (orphan, gone) = Channel::create().expect("a channel");
        drop(gone);
        assert_eq!(send(&orphan), Status::PEER_CLOSED);
        events[0].signal(Signals::empty(), OBSERVED).expect("set");
        for _ in 0..EACH {
            port.wait_packet(0).expect("the port observes still");
        }
        assert_eq!(send(&near), Status::OK);
        for event in &events {
            event.signal(Signals::empty(), OBSERVED).expect("set");
        }
        assert_eq!(port.wait_packet(0).err(), Some(Status::TIMED_OUT), "and now it does not");
        drop(far);
    }

    #[needs("counted")]
    fn the_end_of_a_port_that_observes_much() {
        let (event, _other, port) = observed().expect("observed");
        drop(port);
        event.signal(Signals::empty(), OBSERVED).expect("nobody is left");
    }

    /// Each handle costs about the same, however many others there are: twice as many take twice as long and a bit, as ways
    /// in trees grow, and four times as long if each looked at all others.
    #[needs("counted")]
    fn the_end_of_many_handles_through_which_a_port_observes() {
        let (half, all) = (end_of_handles(15_000), end_of_handles(30_000));
        assert!(all <= half * 3, "{half} instructions for half of them, {all} for all");
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

    /// Each arrival is told to all who count.
    #[needs("counted")]
    fn signals_of_an_object_with_all_that_may_count() {
        let (event, ports) = (Event::create().expect("an event"), [(); ALL_THAT_COUNT].map(|()| io_port()));
        for port in &ports {
            assert_eq!(bind(port, &event), Status::OK);
        }
        assert_eq!(bind(&ports[0], &event), Status::NO_RESOURCES);
        for _ in 0..3 {
            event.signal(Signals::empty(), Signals::USER_SIGNAL_ALL).expect("set");
            event.signal(Signals::USER_SIGNAL_ALL, Signals::empty()).expect("cleared");
        }
        drop(event);
    }

    /// And to nothing more; then there is a packet of each binding, and then the port goes with all of them.
    #[needs("counted")]
    fn binding_a_port_to_as_much_as_it_may() {
        let (port, mut events) = (io_port(), Vec::new());
        let status = (0..).find_map(|number| {
            if number % ALL_THAT_COUNT == 0 {
                events.push(Event::create().expect("an event"));
            }
            let status = bind(&port, events.last()?);
            (status != Status::OK).then_some((number as u64 * SIGNALS, status))
        });
        assert_eq!(status, Some((MANY, Status::NO_RESOURCES)));
        for event in &events {
            event.signal(Signals::empty(), Signals::USER_SIGNAL_ALL).expect("set");
        }
        let packet = [7; 16];
        while call!(mx_port_queue(port.raw(), packet.as_ptr(), packet.len())) == Status::OK {}
        drop(port);
    }
}
