//! object_signal and object_signal_peer: which bits belong to user code, object by object.

use alloc::{vec, vec::Vec};

use hafnon_user::{
    Channel, Event, EventPair, Fifo, Handle, Process, Signals, Socket, Status, Thread, Timer, Vmo,
    abi::{OBJ_TYPE_EVENT, OBJ_TYPE_EVENTPAIR},
    handle::AsHandle,
    info,
};

use crate::harness::{call, job, process, user_test};

/// A pair of new objects, as handles.
fn pair<T>(pair: hafnon_user::Result<(T, T)>) -> (Handle, Handle)
where
    Handle: From<T>,
{
    let (one, other) = pair.expect("a pair");
    (one.into(), other.into())
}

/// Every kind of object that has a peer.
fn pairs() -> [(Handle, Handle); 4] {
    [
        pair(Channel::create()),
        pair(Socket::create_stream()),
        pair(Fifo::create(4, 4)),
        pair(EventPair::create()),
    ]
}

/// Every other kind of object that user code may signal.
fn singles() -> Vec<Handle> {
    let job = job().create_child().expect("a job");
    let process_and_root = Process::create(&job, "new").expect("a process");
    vec![
        Event::create().expect("an event").into(),
        Timer::create().expect("a timer").into(),
        Vmo::create(1).expect("a VMO").into(),
        process_and_root.0.into(),
        Thread::create(&process(), "new").expect("a thread").into(),
        job.into(),
    ]
}

/// The bits that user code may change.
fn allowed(kind: u32) -> Signals {
    match kind {
        OBJ_TYPE_EVENT | OBJ_TYPE_EVENTPAIR => Signals::USER_SIGNAL_ALL | Signals::EVENT_SIGNALED,
        _ => Signals::USER_SIGNAL_ALL,
    }
}

fn kind(object: &Handle) -> u32 {
    info::basic(object).expect("info").kind
}

fn active(object: &Handle) -> Signals {
    object.wait_observed(Signals::empty(), 0).1
}

/// Sets and clears each bit with `signal(clear, set)`, which acts on `target`.
fn try_every_bit(target: &Handle, signal: impl Fn(u32, u32) -> Status) {
    let (kind, before) = (kind(target), active(target));
    for bit in (0..32).map(|bit| 1_u32 << bit) {
        let good = allowed(kind).bits() & bit != 0;
        let expected = if good { Status::OK } else { Status::INVALID_ARGS };
        let set = if good { before.bits() | bit } else { before.bits() };
        assert_eq!(signal(0, bit), expected, "kind {kind} bit {bit:#x}");
        assert_eq!(active(target).bits(), set, "kind {kind} bit {bit:#x}");
        assert_eq!(signal(bit, 0), expected, "kind {kind} bit {bit:#x}");
        assert_eq!(active(target), before, "kind {kind} bit {bit:#x}");
    }
    // One bit that is not allowed spoils the others.
    assert_eq!(signal(0, Signals::USER_SIGNAL_3.bits() | 1 << 23), Status::INVALID_ARGS);
    assert_eq!(signal(0, Signals::USER_SIGNAL_3.bits()), Status::OK);
    assert_eq!(signal(Signals::USER_SIGNAL_3.bits() | 1, 0), Status::INVALID_ARGS);
    assert!(active(target).contains(Signals::USER_SIGNAL_3));
}

user_test! {
    fn an_objects_own_signals_take_the_bits_of_user_code() {
        let pairs = pairs();
        for object in pairs.iter().map(|(one, _)| one).chain(&singles()) {
            try_every_bit(object, |clear, set| call!(zx_object_signal(object.raw(), clear, set)));
        }
    }

    fn a_peers_signals_take_the_bits_of_user_code() {
        for (one, other) in &pairs() {
            let before = active(one);
            try_every_bit(other, |clear, set| call!(zx_object_signal_peer(one.raw(), clear, set)));
            assert_eq!(active(one), before, "the other end is meant");
        }
    }

    fn a_peer_that_is_gone_is_told() {
        for (one, other) in pairs() {
            drop(other);
            let bit = Signals::USER_SIGNAL_0.bits();
            assert_eq!(call!(zx_object_signal_peer(one.raw(), 0, bit)), Status::PEER_CLOSED);
            assert_eq!(call!(zx_object_signal_peer(one.raw(), bit, 0)), Status::PEER_CLOSED);
            assert_eq!(call!(zx_object_signal_peer(one.raw(), 0, 1)), Status::INVALID_ARGS);
            assert_eq!(call!(zx_object_signal(one.raw(), 0, bit)), Status::OK, "its own may be changed still");
        }
    }

    fn objects_without_a_peer_have_none_to_signal() {
        for object in &singles() {
            assert_eq!(call!(zx_object_signal_peer(object.raw(), 0, 1 << 24)), Status::ACCESS_DENIED);
        }
    }
}
