//! futures-intrusive, in its quickest form that threads can share: an event for a single waiter, which
//! wakes all there are; a fair semaphore to wake one of many.

use super::Contender;
use futures_intrusive::sync::{ManualResetEvent, Semaphore as FairSemaphore, SemaphoreReleaser};

pub struct Event(ManualResetEvent);

impl Contender for Event {
    type Outcome<'a> = ();

    fn new() -> Self {
        Self(ManualResetEvent::new(false))
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.wait()
    }

    fn wake_one(&self) {
        self.0.set();
        self.0.reset();
    }
}

pub struct Semaphore(FairSemaphore);

impl Contender for Semaphore {
    type Outcome<'a> = SemaphoreReleaser<'a>;

    fn new() -> Self {
        Self(FairSemaphore::new(true, 0))
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.acquire(1)
    }

    fn wake_one(&self) {
        self.0.release(1);
    }

    fn finish(mut permit: SemaphoreReleaser<'_>) {
        permit.disarm();
    }
}
