//! Timers.

use abi::{RawHandle, Rights, Status};
use alloc::sync::Arc;
use hafnon_kernel::machine::now;
use hafnon_kernel::mm::user::Out;
use hafnon_kernel::sched::run;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::{Handle, Slack, Timer};

/// A new timer on the monotonic clock.
pub fn timer_create(caller: &Caller, options: u32, clock: u32, out: Out<RawHandle>) -> Result<(), Status> {
    let slack = match options {
        abi::TIMER_SLACK_CENTER => Slack::Center,
        abi::TIMER_SLACK_EARLY => Slack::Early,
        abi::TIMER_SLACK_LATE => Slack::Late,
        _ => return Err(Status::INVALID_ARGS),
    };
    if clock != abi::CLOCK_MONOTONIC {
        return Err(Status::INVALID_ARGS);
    }
    caller.install(Handle::to_new(Timer::new(slack, now)?)?, out)
}

/// Sets a timer.
pub fn timer_set(caller: &Caller, timer: HandleArgument, deadline: i64, slack: i64) -> Result<(), Status> {
    Timer::check_slack(slack)?;
    caller.object::<Timer>(timer, Rights::WRITE)?.set(deadline, slack, run::timers())
}

/// Unsets a timer.
pub fn timer_cancel(_caller: &Caller, timer: Arc<Timer>) -> Result<(), Status> {
    timer.cancel();
    Ok(())
}
