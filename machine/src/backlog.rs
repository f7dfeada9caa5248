//! What the guest has printed and nobody has passed on yet. When it is much, QEMU stands still until it is less.
//!
//! A pipe that is left full is no way to make a guest wait: QEMU's serial port loses bytes then. So the pipe is
//! emptied at all times, and the process itself is stopped. No byte is lost, and the host's memory stays bounded.
//!
//! ```text
//! QEMU ──▶ pipe ──▶ events ──▶ listener ──▶ its reader
//!                   └─── counted here ───┘
//! ```
//!
//! A stopped process can be killed, so the promise of `process.rs` holds for it as for any.

use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// Bytes at which the process is stopped. It adds what is in the pipe then.
const MOST: usize = 128 << 10;

/// Bytes at which it goes on. A reader has these to read until that is noticed.
const ENOUGH: usize = MOST / 2;

/// The bytes of a process that wait for a reader.
#[derive(Debug)]
pub struct Backlog {
    process: Pid,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes on the way to the listener.
    coming: usize,
    /// Bytes that the listener has not passed on.
    waiting: usize,
    stopped: bool,
    /// The process is not stopped any more, and its number may soon be another's.
    over: bool,
}

impl Backlog {
    /// For the process of this number, which has printed nothing yet.
    pub fn of(process: u32) -> Self {
        Self { process: Pid::from_raw(process as i32), state: Mutex::default() }
    }

    /// Notes that `count` bytes are on the way to the listener.
    pub fn read(&self, count: usize) {
        let mut state = self.lock();
        state.coming += count;
        self.stop_or_go_on(&mut state);
    }

    /// Notes that the listener has taken `count` of these bytes, and that it has now not passed on `waiting`.
    pub fn taken(&self, count: usize, waiting: usize) {
        let mut state = self.lock();
        state.coming -= count;
        state.waiting = waiting;
        self.stop_or_go_on(&mut state);
    }

    /// Whether the process stands still.
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Lets the process go on, and never stops it again.
    pub fn end(&self) {
        let mut state = self.lock();
        if std::mem::take(&mut state.stopped) {
            self.send(Signal::SIGCONT);
        }
        state.over = true;
    }

    fn stop_or_go_on(&self, state: &mut State) {
        let unread = state.coming + state.waiting;
        if state.over {
            return;
        }
        if unread >= MOST {
            // Each time, as a shell that goes on with a job wakes all of its processes.
            state.stopped = true;
            self.send(Signal::SIGSTOP);
        } else if state.stopped && unread <= ENOUGH {
            state.stopped = false;
            self.send(Signal::SIGCONT);
        }
    }

    fn send(&self, signal: Signal) {
        // A process that has ended on its own neither prints nor waits.
        let _ = kill(self.process, signal);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        process::{Child, Command},
        thread,
    };

    /// A process that does nothing, and its backlog.
    struct Idle(Child, Backlog);

    impl Idle {
        fn start() -> Self {
            let child = Command::new("sleep").arg("1000").spawn().expect("a sleeper");
            let backlog = Backlog::of(child.id());
            Self(child, backlog)
        }

        /// Waits until the process stands still, or does not.
        fn wait(&self, stopped: bool) {
            assert_eq!(self.1.is_stopped(), stopped);
            let stat = format!("/proc/{}/stat", self.0.id());
            while fs::read_to_string(&stat).unwrap().contains(") T ") != stopped {
                thread::yield_now();
            }
        }
    }

    impl Drop for Idle {
        fn drop(&mut self) {
            self.0.kill().and_then(|()| self.0.wait()).expect("a process that can be killed");
        }
    }

    #[test]
    fn a_process_stands_still_while_much_is_unread() {
        let idle = Idle::start();
        idle.1.read(MOST - 1);
        idle.wait(false);
        idle.1.read(1);
        idle.wait(true);
        // It makes no difference where the bytes are.
        idle.1.taken(MOST, MOST);
        idle.wait(true);
        idle.1.taken(0, ENOUGH + 1);
        idle.wait(true);
        idle.1.taken(0, ENOUGH);
        idle.wait(false);
    }

    #[test]
    fn who_wakes_it_does_not_wake_it_for_long() {
        let idle = Idle::start();
        idle.1.read(MOST);
        idle.wait(true);
        idle.1.send(Signal::SIGCONT);
        idle.1.taken(0, 0);
        idle.wait(true);
    }

    #[test]
    fn at_its_end_it_goes_on_whatever_is_unread() {
        let idle = Idle::start();
        idle.1.read(MOST);
        idle.wait(true);
        idle.1.end();
        idle.1.read(MOST);
        idle.wait(false);
    }
}
