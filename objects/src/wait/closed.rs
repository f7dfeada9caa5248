//! Waiting until what was left to be closed is over (`core/closing/left.rs`): what is done before a process starts.

use super::SignalWaiter;
use super::one::begin_observing;
use crate::core::closing;
use crate::core::handle::HandleId;
use crate::core::signals::Observation;
use core::future::poll_fn;
use core::pin::pin;

/// Completes when everything is over that is left to the kernel task now, and what that has doomed.
pub async fn until_closed() {
    let ticket = closing::ticket();
    if closing::is_over(ticket) {
        return;
    }
    let (owner, signal) = closing::observable(ticket);
    let observation = Observation::of(signal, HandleId::KERNEL);
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut begin = Some(owner);
    poll_fn(|context| match begin.take() {
        Some(owner) => {
            let is_open = || !closing::is_over(ticket);
            begin_observing(waiter.as_mut(), owner, observation, is_open, context.waker())
        }
        None => waiter.as_mut().poll(context),
    })
    .await;
}
