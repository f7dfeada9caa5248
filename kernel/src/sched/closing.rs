//! What a thread's call has left to be closed (`objects/src/core/closing.rs`): the thread closes it in its own time, a step
//! at a turn, before the call goes on or returns.
//!
//! ```text
//!   call: handles are dropped ─▶ keep() ─▶ KEPT of this CPU ─┬─ the call is over: finish(), in steps of its own
//!                                                            ├─ it goes on: first go_on_behind() what it has left
//!                                                            └─ it was not a thread's, or that ends: give_up() ─▶ a kernel task
//! ```
//!
//! Nothing stays in `KEPT` from one poll to the next: it would be taken for the next task's.

use super::blocked::{Blocked, Wait};
use super::steps::{end_step, next_step};
use super::{Caller, run};
use crate::arch::per_cpu::PerCpu;
use crate::arch::user;
use abi::Status;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll};
use executor::Sleep;
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

/// Takes what the task that runs here has left.
pub fn keep(own: Own) {
    keep_more(own, false);
}

/// Makes the call at hand, which kills and does nothing behind that, return only when the kernel task is done with what
/// the kill has left to it. Who kills one after the other leaves no more than there is time for, then.
pub fn note_kill() {
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
    user::hold_back();
}

/// What this thread has left here. What another task has left is nobody's.
fn take(caller: &Caller) -> Option<Kept> {
    KEPT.take().filter(|kept| kept.by == caller.thread.koid())
}

/// Whether nothing is left here.
pub fn is_done() -> bool {
    let kept = KEPT.take();
    let is_done = kept.is_none();
    KEPT.replace(kept);
    is_done
}

/// Closes what the thread's call has left in its last step.
pub async fn finish(caller: &Caller) {
    let Some(Kept { mut own, kills, .. }) = take(caller) else { return };
    next_step().await;
    poll_fn(|task| poll(&mut own, task)).await;
    if kills {
        until_closed().await;
    }
}

/// Closes a step of it, and asks for the next turn if something is left.
fn poll(own: &mut Own, task: &Context<'_>) -> Poll<()> {
    if !own.step() {
        return Poll::Ready(());
    }
    end_step();
    task.waker().wake_by_ref();
    Poll::Pending
}

/// Blocks the thread in closing what its call has left in the step that is just over: the call goes on behind that. The
/// thread's task is woken.
#[cold]
pub fn go_on_behind(caller: &Caller, blocked: Pin<&mut Blocked>) {
    if let Some(Kept { own, .. }) = take(caller) {
        end_step();
        let _: Poll<()> = blocked.suspend_for_a_turn(Closing(own));
    }
}

/// A thread is blocked until this is closed.
struct Closing(Own);

impl Wait for Closing {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        _deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        poll(&mut self.get_mut().0, task).map(Ok)
    }
}

/// Leaves to the kernel task what was left here, and is in nobody's hands; the next thread here is not asked to finish it.
#[inline(never)] // reason: a thread's poll would save registers for it
pub fn give_up() {
    let _ = user::was_held_back();
    drop(KEPT.take());
}
