//! Those who need a page while there is none. They wait until somebody, who frees memory for that, feeds them.
//!
//! Who begins to wait calls him, and not before that. There may have been memory until then, which somebody else has
//! taken in the last moment without missing any; so nobody else would tell.

use core::future::poll_fn;
use core::pin::pin;
use executor::yield_now;
use waitq::WaitQueue;

/// How many go on before others have their turn.
const STEP: usize = 64;

/// Those who wait for memory.
pub struct Starving(WaitQueue);

impl Starving {
    /// Nobody.
    #[cfg(not(loom))]
    #[allow(clippy::new_without_default)] // reason: it is made once, for a static
    pub const fn new() -> Self {
        Self(WaitQueue::new(()))
    }

    /// Nobody.
    #[cfg(loom)]
    pub fn new() -> Self {
        Self(WaitQueue::new(()))
    }

    /// Waits until there is memory, as `has_memory` tells; if there is none, calls who [feeds](Self::feed).
    pub async fn wait(&self, has_memory: impl FnOnce() -> bool, call: impl FnOnce()) {
        let (mut wait, mut call) = (pin!(self.0.wait_unless((), |(), ()| has_memory())), Some(call));
        poll_fn(|context| {
            let poll = wait.as_mut().poll(context);
            if let Some(call) = call.take().filter(|_| poll.is_pending()) {
                call();
            }
            poll
        })
        .await;
    }

    /// Lets those go on who wait, as long as there is memory. Whether somebody waits still.
    pub async fn feed(&self, has_memory: impl Fn() -> bool) -> bool {
        loop {
            let (fed, hungry) = self.0.with(|(), waiters| match has_memory() {
                true => (waiters.wake_some(&(), STEP, |()| true), false),
                false => (0, !waiters.is_empty()),
            });
            if fed < STEP {
                return hungry;
            }
            yield_now().await;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::poll;
    use alloc::boxed::Box;
    use alloc::vec::Vec;
    use core::cell::Cell;
    use core::task::Poll;

    #[test]
    fn who_waits_is_fed_in_steps() {
        let (starving, calls) = (Starving::new(), Cell::new(0));
        let wait = |_| Box::pin(starving.wait(|| false, || calls.set(calls.get() + 1)));
        let mut waits: Vec<_> = (0..3 * STEP + 1).map(wait).collect();
        assert!(waits.iter_mut().all(|wait| poll(wait.as_mut()).is_pending()));
        assert!(waits.iter_mut().all(|wait| poll(wait.as_mut()).is_pending()));
        assert_eq!(calls.get(), waits.len(), "each calls once");
        assert_eq!(poll(pin!(starving.feed(|| false))), Poll::Ready(true));
        let mut feeding = pin!(starving.feed(|| true));
        for fed in 1..=3 {
            assert!(poll(feeding.as_mut()).is_pending());
            waits.retain_mut(|wait| poll(wait.as_mut()).is_pending());
            assert_eq!(waits.len(), (3 - fed) * STEP + 1);
        }
        assert_eq!(poll(feeding), Poll::Ready(false));
        assert!(waits.iter_mut().all(|wait| poll(wait.as_mut()).is_ready()));
    }

    #[test]
    fn memory_that_is_gone_again_feeds_nobody_else() {
        let (starving, left) = (Starving::new(), Cell::new(1));
        let wait = |_| Box::pin(starving.wait(|| false, || ()));
        let mut waits: Vec<_> = (0..STEP + 1).map(wait).collect();
        assert!(waits.iter_mut().all(|wait| poll(wait.as_mut()).is_pending()));
        let mut feeding = pin!(starving.feed(|| left.replace(0) > 0));
        assert!(poll(feeding.as_mut()).is_pending());
        assert_eq!(poll(feeding), Poll::Ready(true));
        assert_eq!(
            waits.iter_mut().filter_map(|wait| poll(wait.as_mut()).is_pending().then_some(())).count(),
            1
        );
    }

    #[test]
    fn who_has_memory_calls_nobody() {
        let starving = Starving::new();
        assert_eq!(poll(pin!(starving.wait(|| true, || panic!("nobody is needed")))), Poll::Ready(()));
        assert_eq!(poll(pin!(starving.feed(|| false))), Poll::Ready(false));
    }
}
