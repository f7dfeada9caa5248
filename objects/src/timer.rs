//! Timer: an object that becomes signalled at a point in time.

use crate::base::Base;
use crate::closing::Doomed;
use crate::object::kernel_object;
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

struct State {
    alarm: Alarm,
    /// When it fires, and with what slack; `None` when it is not set.
    armed: Option<(i64, i64)>,
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
    /// once, one at the end of time never. It fires at its deadline exactly, which every slack allows.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` for negative slack.
    pub fn set(
        self: &Arc<Self>,
        deadline: i64,
        slack: i64,
        timers: &'static TimerQueue,
    ) -> Result<(), Status> {
        if slack < 0 {
            return Err(Status::OUT_OF_RANGE);
        }
        let mut state = self.state.lock();
        state.alarm.cancel();
        state.armed = None;
        self.base.signals.clear(Signals::TIMER_SIGNALED);
        if deadline <= (state.now)() {
            self.base.signals.assert(Signals::TIMER_SIGNALED);
        } else if !state.closed {
            state.armed = Some((deadline, slack));
            if deadline != i64::MAX {
                state.alarm.set(timers, deadline as u64, Waker::from(self.clone()));
            }
        }
        Ok(())
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
        (self.slack_mode, self.state.lock().armed)
    }
}

impl Wake for Timer {
    /// The alarm went off: unless the timer was cancelled or set anew in between, it fires.
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock();
        let now = (state.now)();
        if state.armed.take_if(|(deadline, _)| *deadline <= now).is_some() {
            self.base.signals.assert(Signals::TIMER_SIGNALED);
        }
    }
}

kernel_object!(Timer, OBJ_TYPE_TIMER, DEFAULT_TIMER, {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        let mut state = self.state.lock();
        state.closed = true;
        state.alarm.cancel();
        state.armed = None;
    }
});
