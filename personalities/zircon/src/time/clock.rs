//! Clocks that user code sets and steers. What they do is in `objects`.

use abi::{ClockCreateArgsV1, ClockDetailsV1, RawHandle, Rights, Status};
use alloc::sync::Arc;
use hafnon_kernel::machine::time;
use hafnon_kernel::mm::user::{In, Out};
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::{Clock, ClockUpdate, Handle, Moment};

/// Which structure the options say that `args` points to.
fn version(options: u64) -> u64 {
    options >> abi::CLOCK_ARGS_VERSION_SHIFT
}

/// The options without the version.
fn plain(options: u64) -> u64 {
    options & !abi::CLOCK_ARGS_VERSION_MASK
}

/// Both clocks of the machine, read at once.
fn moment() -> Moment {
    let (monotonic, ticks) = time::both();
    Moment { monotonic, ticks }
}

/// A new clock.
pub fn clock_create(caller: &Caller, options: u64, args: u64, out: Out<RawHandle>) -> Result<(), Status> {
    let backstop = match version(options) {
        0 if args == 0 => 0,
        1 => In::<ClockCreateArgsV1>::new(args).read()?.backstop_time,
        _ => return Err(Status::INVALID_ARGS),
    };
    let clock = Clock::new(plain(options), backstop, time::tick_rate(), moment)?;
    caller.install(Handle::to_new(clock)?, out)
}

/// Reads a clock.
pub fn clock_read(_caller: &Caller, clock: Arc<Clock>, now: Out<i64>) -> Result<(), Status> {
    now.write(&clock.read(moment))
}

/// Tells everything about a clock.
pub fn clock_get_details(
    caller: &Caller,
    clock: HandleArgument,
    options: u64,
    details: u64,
) -> Result<(), Status> {
    if version(options) != 1 || plain(options) != 0 || details == 0 {
        return Err(Status::INVALID_ARGS);
    }
    let clock = caller.object::<Clock>(clock, Rights::READ)?;
    Out::<ClockDetailsV1>::new(details).write(&clock.details(moment))
}

/// Sets, steers or starts a clock. What is wrong for any clock is said before the handle is looked at.
pub fn clock_update(caller: &Caller, clock: HandleArgument, options: u64, args: u64) -> Result<(), Status> {
    let update = match version(options) {
        1 => ClockUpdate::first(plain(options), &In::new(args).read()?)?,
        2 => ClockUpdate::second(plain(options), &In::new(args).read()?)?,
        _ => return Err(Status::INVALID_ARGS),
    };
    caller.object::<Clock>(clock, Rights::WRITE)?.update(&update, moment)
}
