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
use objects::closing::{Own, is_idle};
use objects::wait::until_closed;

/// What a task has left on this CPU.
struct Kept {
    /// The task's id.
    by: u64,
    own: Own,
    /// Whether it has killed.
    kills: bool,
}

static KEPT: PerCpu<Kept> = PerCpu::new();

/// Takes what the task that runs here has left. Its call is to end with [`finish`].
pub fn keep(own: Own) {
    keep_more(own, false);
}

/// Has the call that runs, which has killed, return when what that has left to the kernel task is over. Who kills one after
/// the other leaves no more than there is time for, then.
pub fn await_kill() {
    if !is_idle() {
        keep_more(Own::default(), true);
    }
}

fn keep_more(mut own: Own, mut kills: bool) {
    let by = run::executor().current().map_or(0, |task| task.id());
    if let Some(before) = KEPT.take()
        && before.by == by
    {
        kills |= before.kills;
        own.add(before.own);
    }
    KEPT.replace(Some(Kept { by, own, kills }));
    user::leave();
}

/// Closes what the thread's call has left in the step that is just over. It is awaited behind the last step of a call; a call
/// that may leave much awaits it behind each. What another task has left here is nobody's.
pub async fn finish(caller: &Caller) {
    let Some(Kept { by, mut own, kills }) = KEPT.take() else { return };
    if by != caller.thread.koid() {
        return;
    }
    loop {
        next_step().await;
        if !own.step() {
            break;
        }
    }
    if kills {
        until_closed().await;
    }
}

/// Leaves to the kernel task what was left here, and is in nobody's hands; the next thread here is not asked to finish it.
#[inline(never)] // reason: a thread's poll would save registers for it
pub fn give_up() {
    let _ = user::has_left();
    drop(KEPT.take());
}
