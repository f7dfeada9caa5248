//! Channel ends in the queues of channels: what nobody can reach any more is closed.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, Message, Process, Rights, Signals, Status,
    abi::{INFO_JOB_PROCESSES, PA_USER0},
    clock::{self, INFINITE},
    info, startup,
    task::Task,
};

use crate::harness::{TURNS, call, child, job, user_test};

fn channel() -> (Channel, Channel) {
    Channel::create().expect("a channel")
}

/// An event, and another handle to it that can be sent away.
fn witness() -> (Event, Event) {
    let event = Event::create().expect("an event");
    let other = event.duplicate(Rights::SAME_RIGHTS).expect("a duplicate");
    (event, other)
}

fn peer_is_closed(end: &Channel) -> bool {
    end.wait_observed(Signals::empty(), 0).1.contains(Signals::CHANNEL_PEER_CLOSED)
}

/// What a child with the role `wait-rings` does: it sends what it was sent, and itself, into its own channels.
pub fn fill_own_queues(parent: &Channel) -> Vec<Channel> {
    parent.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a message");
    let mut message: Message = parent.read().expect("a message");
    let ((a, b), (c, d)) = (channel(), channel());
    let process: Process =
        startup::process().expect("a process").duplicate(Rights::SAME_RIGHTS).expect("a handle");
    a.write(b"", message.handles.split_off(0)).expect("write");
    a.write(b"", vec![process.into()]).expect("write");
    c.write(b"", vec![b.into(), a.into()]).expect("write");
    parent.write(b"filled", Vec::new()).expect("the test is told");
    vec![c, d]
}

user_test! {
    fn two_ends_in_each_others_queues_are_closed() {
        let ((a, b), (c, d)) = (channel(), channel());
        let (event, sent) = witness();
        a.write(b"", vec![sent.into()]).expect("write");
        c.write(b"", vec![b.into()]).expect("write");
        assert!(!peer_is_closed(&a));
        assert_eq!(a.write(b"", vec![d.into()]), Ok(()));
        assert!(peer_is_closed(&a) && peer_is_closed(&c));
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    fn three_ends_in_a_circle_are_closed() {
        let ((a, b), (c, d), (e, f)) = (channel(), channel(), channel());
        let (event, sent) = witness();
        e.write(b"", vec![sent.into()]).expect("write");
        a.write(b"", vec![d.into()]).expect("write");
        c.write(b"", vec![f.into()]).expect("write");
        assert_eq!(e.write(b"", vec![b.into()]), Ok(()));
        assert!([&a, &c, &e].into_iter().all(peer_is_closed));
        assert_eq!(info::handle_count(&event), Ok(1));
    }

    fn nested_ends_come_out_again() {
        let ((a, b), (c, d)) = (channel(), channel());
        c.write(b"", vec![b.into()]).expect("write");
        a.write(b"inner", Vec::new()).expect("write");
        let b = Channel::from(d.read().expect("read").handles.remove(0));
        // Now the other way round: no ring, since the first end is here again.
        a.write(b"", vec![d.into()]).expect("write");
        assert_eq!(b.read().expect("read").bytes, b"inner");
        let d = Channel::from(b.read().expect("read").handles.remove(0));
        c.write(b"still open", Vec::new()).expect("write");
        assert_eq!(d.read().expect("read").bytes, b"still open");
    }

    /// Deeper than that is out of memory: the kernel would have to look too far.
    fn depth_is_limited_and_costs_nothing_but_the_message() {
        let (near, mut far) = channel();
        let mut outer = Vec::new();
        for _ in 0..4096 {
            let (one, other) = channel();
            one.write(b"", vec![far.into()]).expect("write");
            far = other;
            outer.push(one);
        }
        let ((a, b), raw) = (channel(), near.raw());
        let value = hafnon_user::handle::Handle::from(b).into_raw();
        let status = call!(zx_channel_write(raw, 0, core::ptr::null(), 0, &value, 1));
        assert_eq!(status, Status::NO_MEMORY);
        assert!(peer_is_closed(&a), "the handle is consumed all the same");
        near.write(b"plain", Vec::new()).expect("a message without ends goes there");
        drop(far);
        near.wait(Signals::CHANNEL_PEER_CLOSED, INFINITE).expect("what was deep inside is closed, too");
    }

    fn killing_a_process_frees_what_its_channels_hold() {
        let (event, sent) = witness();
        let (ours, theirs) = channel();
        let process = child("wait-rings", |launch| launch.handle(PA_USER0, theirs));
        ours.write(b"", vec![sent.into()]).expect("write");
        for text in [&b"about to wait"[..], b"filled"] {
            ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a message");
            assert_eq!(ours.read().expect("read").bytes, text);
        }
        let koid = info::basic(&process).expect("info").koid;
        assert_eq!(info::handle_count(&event), Ok(2));
        process.kill().expect("killed");
        ours.wait(Signals::CHANNEL_PEER_CLOSED, INFINITE).expect("its handles are closed");
        process.wait_exit().expect("it ends");
        // Another CPU may have that part of what is left in hand.
        assert!((0..TURNS).any(|_| {
            clock::yield_now();
            info::handle_count(&event) == Ok(1) && info::handle_count(&process) == Ok(1)
        }));
        assert!(!info::koids(&job(), INFO_JOB_PROCESSES).expect("info").contains(&koid));
    }
}
