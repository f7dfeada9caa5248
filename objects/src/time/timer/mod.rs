//! Timer: an object that becomes signalled at a point in time.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::object::KernelObject;
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::task::Wake;
use core::task::Waker;
use executor::{Alarm, TimerQueue};
use waitq::sync::Mutex;

/// How far, and to which side, a timer may fire beside its deadline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slack {
    /// Earlier or later.
    Center,
    /// Only earlier.
    Early,
    /// Only later.
    Late,
}

/// A timer.
pub struct Timer {
    base: Base,
    slack_mode: Slack,
    state: Mutex<State>,
}

/// How a timer is set. Times in nanoseconds.
struct Armed {
    deadline: i64,
    slack: i64,
    /// When it fires, within the slack.
    fires: i64,
}

struct State {
    alarm: Alarm,
    armed: Option<Armed>,
    /// The last handle is gone: an alarm would only keep the timer alive.
    closed: bool,
    now: fn() -> i64,
}

impl Timer {
    /// A timer that is not set. `now` reads the monotonic clock in nanoseconds.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub fn new(slack_mode: Slack, now: fn() -> i64) -> Result<Arc<Self>, Status> {
        let alarm = Alarm::new().map_err(|_| Status::NO_MEMORY)?;
        let state = Mutex::new(State { alarm, armed: None, closed: false, now });
        Ok(Arc::new(Self { base: Base::new(), slack_mode, state }))
    }

    /// Sets the timer, anew if it is set; `SIGNALED` is cleared. A deadline that has passed fires at
    /// once, one at the end of time never. It fires together with what `timers` does next, if that is within
    /// the slack, or else at the deadline.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` for negative slack.
    pub fn set(
        self: &Arc<Self>,
        deadline: i64,
        slack: i64,
        timers: &'static TimerQueue,
    ) -> Result<(), Status> {
        Self::check_slack(slack)?;
        let mut state = self.state.lock();
        state.alarm.cancel();
        state.armed = None;
        self.base.signals.clear(Signals::TIMER_SIGNALED);
        if deadline <= (state.now)() {
            self.base.signals.assert(Signals::TIMER_SIGNALED);
        } else if !state.closed {
            let fires = self.coalesce(deadline, slack, timers);
            state.armed = Some(Armed { deadline, slack, fires });
            if deadline != i64::MAX {
                state.alarm.set(timers, fires as u64, Waker::from(self.clone()));
            }
        }
        Ok(())
    }

    /// Whether a timer may be set with this slack; Zircon asks before it looks at the timer.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` if it is negative.
    pub fn check_slack(slack: i64) -> Result<(), Status> {
        if slack < 0 { Err(Status::OUT_OF_RANGE) } else { Ok(()) }
    }

    /// When a timer with this deadline, in the future, is to fire.
    fn coalesce(&self, deadline: i64, slack: i64, timers: &TimerQueue) -> i64 {
        let (early, late) = match self.slack_mode {
            Slack::Center => (slack, slack),
            Slack::Early => (slack, 0),
            Slack::Late => (0, slack),
        };
        let (earliest, latest) = (deadline.saturating_sub(early).max(0), deadline.saturating_add(late));
        timers.coalesce(earliest as u64, deadline as u64, latest as u64).min(i64::MAX as u64) as i64
    }

    /// Unsets the timer; `SIGNALED` is cleared.
    pub fn cancel(&self) {
        let mut state = self.state.lock();
        state.alarm.cancel();
        state.armed = None;
        self.base.signals.clear(Signals::TIMER_SIGNALED);
    }

    /// The slack mode, and deadline and slack if it is set.
    pub fn details(&self) -> (Slack, Option<(i64, i64)>) {
        let state = self.state.lock();
        (self.slack_mode, state.armed.as_ref().map(|armed| (armed.deadline, armed.slack)))
    }
}

impl Wake for Timer {
    /// The alarm went off: unless the timer was cancelled or set anew in between, it fires.
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock();
        let now = (state.now)();
        if state.armed.take_if(|armed| armed.fires <= now).is_some() {
            self.base.signals.assert(Signals::TIMER_SIGNALED);
        }
    }
}

impl KernelObject for Timer {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        let mut state = self.state.lock();
        state.closed = true;
        state.alarm.cancel();
        state.armed = None;
    }
}
