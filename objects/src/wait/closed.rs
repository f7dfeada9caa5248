//! Waiting until what was left to be closed is over (`core/closing/left.rs`): what is done before a process starts.

use super::one::wait_for_sure;
use crate::core::closing;

/// Completes when everything is over that is left to the kernel task now, and what that has doomed.
pub async fn until_closed() {
    let ticket = closing::ticket();
    while !closing::is_over(ticket) {
        let (owner, signal) = closing::observable(ticket);
        // When nothing is left at all, the signals of all tickets are shown for a moment, also of those that are younger.
        wait_for_sure(owner, signal, || !closing::is_over(ticket)).await;
    }
}
