//! What a thread's call has left to be closed (`objects/src/core/closing.rs`): the thread closes it in its own time, a step
//! at a turn, before the call returns.
//!
//! ```text
//!   call: handles are dropped ─▶ keep() ─▶ KEPT of this CPU ── the step is over: finish(), in steps of its own
//!                                             │
//!                                             └── it was not a thread's, or that is gone: give_up() ─▶ a kernel task
//! ```

use super::steps::next_step;
use super::{Caller, run};
use crate::arch::per_cpu::PerCpu;
use crate::arch::user;
use objects::closing::Own;

/// What this CPU's tasks have left, and the id of the one that has.
static KEPT: PerCpu<(u64, Own)> = PerCpu::new();

/// Takes what the task that runs here has left. Its call is to end with [`finish`].
pub fn keep(mut own: Own) {
    let id = run::executor().current().map_or(0, |task| task.id());
    if let Some((by, before)) = KEPT.take()
        && by == id
    {
        own.add(before);
    }
    KEPT.replace(Some((id, own)));
    user::leave();
}

/// Closes what the thread's call has left in the step that is just over. It is awaited behind the last step of a call; a call
/// that may leave much awaits it behind each. What another task has left here is nobody's.
pub async fn finish(caller: &Caller) {
    if let Some((by, mut own)) = KEPT.take()
        && by == caller.thread.koid()
    {
        loop {
            next_step().await;
            if !own.step() {
                break;
            }
        }
    }
}

/// Leaves to the kernel task what was left here, and is in nobody's hands; the next thread here is not asked to finish it.
#[inline(never)] // reason: a thread's poll would save registers for it
pub fn give_up() {
    let _ = user::has_left();
    drop(KEPT.take());
}
