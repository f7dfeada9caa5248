//! maitake's wait queue, with the mutex of `std`.

use super::Contender;
use maitake_sync::WaitQueue;
use maitake_sync::wait_queue::Wait;

pub struct MaitakeSync(WaitQueue);

impl Contender for MaitakeSync {
    type Outcome<'a> = <Wait<'a> as Future>::Output;

    fn new() -> Self {
        Self(WaitQueue::new())
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.wait()
    }

    fn wake_one(&self) {
        self.0.wake();
    }
}
