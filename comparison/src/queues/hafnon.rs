//! This project's wait queue.

use super::Contender;
use waitq::WaitQueue;

pub struct Hafnon(WaitQueue);

impl Contender for Hafnon {
    type Outcome<'a> = ();

    fn new() -> Self {
        Self(WaitQueue::new(()))
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.wait(())
    }

    fn wake_one(&self) {
        self.0.with(|(), waiters| waiters.wake_one());
    }
}
