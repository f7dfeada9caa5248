//! smol's Event. A single listener stands on the stack; of many, each is on the heap.

use super::Contender;
use event_listener::__private::StackSlot;
use event_listener::{Event, listener};
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::Context;

pub struct EventListener(Event);

impl Contender for EventListener {
    type Outcome<'a> = ();

    fn new() -> Self {
        Self(Event::new())
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.listen()
    }

    fn wake_one(&self) {
        // Without a fence, as it is one thread's, and also if another one is notified already.
        self.0.notify_additional_relaxed(1);
    }

    fn register_and_drop(&self, context: &mut Context<'_>) {
        listener!(self.0 => listener);
        assert!(black_box(Pin::new(&mut listener)).poll(context).is_pending());
    }

    fn register_wake_and_poll(&self, context: &mut Context<'_>) {
        listener!(self.0 => listener);
        assert!(black_box(Pin::new(&mut listener)).poll(context).is_pending());
        self.wake_one();
        assert!(black_box(Pin::new(&mut listener)).poll(context).is_ready());
    }

    fn waiter_bytes(&self) -> u64 {
        size_of::<StackSlot<'_, ()>>() as u64
    }
}
