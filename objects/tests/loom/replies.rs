//! Replies that carry a handle, to an end that closes: the handle is the caller's, or it is closed, once.

use super::{MINE, carrying, channel, model, request};
use abi::Signals;
use loom::thread;
use objects::{Call, Channel, EventPair, Handle, KernelObject, Message};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;

/// The two ends of an event pair. A handle to one travels, the other is told when that is closed.
struct Carried {
    near: Arc<EventPair>,
    far: Arc<EventPair>,
}

impl Carried {
    /// That there is one handle, or that it was closed.
    fn assert_open(&self, open: bool) {
        assert_eq!(self.far.base().handle_count(), u32::from(open));
        assert_eq!(self.near.base().signals.get().contains(Signals::EVENTPAIR_PEER_CLOSED), !open);
    }
}

/// A call that has been made at an end, the reply to it, and what that carries.
fn asked(near: &Arc<Channel>, far: &Channel) -> (Pin<Box<Call>>, Message, Carried) {
    let mut call = Box::pin(Call::default());
    let begun = call.as_mut().begin(near.clone(), request(), MINE, || true, Waker::noop());
    assert_eq!(begun, Ok(()));
    let request = far.read(0, false, |_, _| Ok(true)).expect("the request");
    let pair = EventPair::new();
    let carried = Carried { near: pair.0, far: pair.1 };
    let handle = Handle::to_new(carried.far.clone()).expect("a handle");
    (call, Message { bytes: request.bytes, ..carrying(handle) }, carried)
}

/// The end closes while the reply comes and its call ends, as when its process dies.
///
/// Fails when `return_reply` puts a reply into a closed end's queue.
#[test]
fn a_handle_replied_to_an_end_that_closes_is_closed() {
    model(|| {
        let [(near, handle), (far, _far)] = channel();
        let (call, reply, carried) = asked(&near, &far);
        let closer = thread::spawn(move || drop(handle));
        let server = thread::spawn(move || drop(far.write(reply)));
        drop(call);
        closer.join().unwrap();
        server.join().unwrap();
        // `near` is kept: an end that has no handles keeps nothing, however long others know it.
        carried.assert_open(false);
        drop(near);
    });
}

/// The same, and the call takes its reply, if it got one.
///
/// Fails when `put` does not look whether the end has been closed.
#[test]
fn a_handle_replied_to_a_call_whose_end_closes_is_the_callers_or_closed() {
    model(|| {
        let [(near, handle), (far, _far)] = channel();
        let (mut call, reply, carried) = asked(&near, &far);
        let closer = thread::spawn(move || drop(handle));
        let written = far.write(reply).is_ok();
        let taken = call.as_mut().end();
        closer.join().unwrap();
        assert_eq!(taken.is_ok(), written, "a reply that was written while it was waited for has come");
        carried.assert_open(taken.is_ok());
        drop(taken);
        carried.assert_open(false);
        drop(near);
    });
}
