//! tokio's Notify.

use super::Contender;
use tokio::sync::Notify;

pub struct Tokio(Notify);

impl Contender for Tokio {
    type Outcome<'a> = ();

    fn new() -> Self {
        Self(Notify::new())
    }

    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>> {
        self.0.notified()
    }

    fn wake_one(&self) {
        self.0.notify_one();
    }
}
