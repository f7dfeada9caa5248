//! smol's executor, in its quickest form: for one thread, and never dropped.

use super::{Contender, Done};
use async_executor::{LocalExecutor, StaticLocalExecutor};

pub struct AsyncExecutor(&'static StaticLocalExecutor);

impl Contender for AsyncExecutor {
    fn new() -> Self {
        Self(LocalExecutor::new().leak())
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(future).detach();
    }

    fn run(&self, _done: &Done) {
        while self.0.try_tick() {}
    }
}
