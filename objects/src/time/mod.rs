//! The family of time: clocks that user code adjusts, and timers that signal. What reads the hardware is handed in; who
//! wakes at a deadline is a timer queue of `executor`.

mod clock;
mod timer;

pub use clock::{Clock, ClockUpdate, Moment};
pub use timer::{Slack, Timer};
