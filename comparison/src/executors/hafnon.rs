//! This project's executor, on its host platform.

use super::{Contender, Done};
use executor::TaskOptions;
use executor::host::LocalRunner;

pub struct Hafnon(LocalRunner);

impl Contender for Hafnon {
    fn new() -> Self {
        Self(LocalRunner::new())
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.0.executor().spawn_detached(TaskOptions::new("compared"), future).expect("memory");
    }

    fn run(&self, _done: &Done) {
        self.0.run_until_idle();
    }
}
