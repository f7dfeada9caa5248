//! tokio's Notify.

use super::Contender;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

pub struct Tokio(Notify);

impl Contender for Tokio {
    type Wait<'a> = Notified<'a>;

    fn new() -> Self {
        Self(Notify::new())
    }

    fn wait(&self) -> Self::Wait<'_> {
        self.0.notified()
    }

    fn wake_one(&self) {
        self.0.notify_one();
    }
}
