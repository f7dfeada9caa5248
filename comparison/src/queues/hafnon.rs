//! This project's wait queue.

use super::Contender;
use waitq::{Wait, WaitQueue};

pub struct Hafnon(WaitQueue);

impl Contender for Hafnon {
    type Wait<'a> = Wait<'a, (), ()>;

    fn new() -> Self {
        Self(WaitQueue::new(()))
    }

    fn wait(&self) -> Self::Wait<'_> {
        self.0.wait(())
    }

    fn wake_one(&self) {
        self.0.with(|(), waiters| waiters.wake_one());
    }
}
