//! tokio's runtime of one thread. It runs until a future is ready, not until it is idle.

use super::{Contender, Done};
use std::future::poll_fn;
use tokio::runtime::{Builder, Runtime};
use tokio::task;

pub struct Tokio(Runtime);

impl Contender for Tokio {
    fn new() -> Self {
        Self(Builder::new_current_thread().build().expect("a runtime"))
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(future);
    }

    fn run(&self, done: &Done) {
        self.0.block_on(async {
            // What is spawned runs once before.
            task::yield_now().await;
            poll_fn(|context| done.poll(context)).await;
        });
    }
}
