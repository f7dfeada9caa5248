//! Waiting until what was left to be closed is over (`core/closing.rs`): what a call does that has left something, before
//! it returns.

use super::SignalWaiter;
use super::one::begin_observing;
use crate::core::closing;
use crate::core::handle::HandleId;
use crate::core::signals::Observation;
use core::future::poll_fn;
use core::pin::pin;

/// Completes when everything is over that is left now, and what it has doomed.
pub async fn until_closed() {
    // What the bundles doom is left once they are over.
    until_over(closing::bundles_ticket(), false, closing::are_bundles_over).await;
    until_over(closing::ticket(), true, closing::is_over).await;
}

async fn until_over(ticket: u64, is_for_objects: bool, is_over: fn(u64) -> bool) {
    if is_over(ticket) {
        return;
    }
    let (owner, signal) = closing::observable(ticket, is_for_objects);
    let observation = Observation::of(signal, HandleId::KERNEL);
    let mut waiter = pin!(SignalWaiter::new(observation));
    let mut begin = Some(owner);
    poll_fn(|context| match begin.take() {
        Some(owner) => {
            begin_observing(waiter.as_mut(), owner, observation, || !is_over(ticket), context.waker())
        }
        None => waiter.as_mut().poll(context),
    })
    .await;
}
