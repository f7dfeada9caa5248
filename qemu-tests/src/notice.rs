//! What a person sees of tests that take long, while they do: the front end names a test only when it
//! has ended, so that of a run that hangs nothing would be seen.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

/// Tells on standard error, once in each `every`, that a test is running; until dropped.
#[derive(Debug)]
pub struct Notice {
    /// The teller ends when this is gone.
    _running: Sender<()>,
}

impl Notice {
    /// For the test `name`, which begins now.
    pub fn of(name: String, every: Duration) -> Self {
        let (running, ended) = mpsc::channel();
        thread::spawn(move || {
            for times in 1.. {
                if ended.recv_timeout(every) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                eprintln!("test {name} has been running for {} s", (every * times).as_secs());
            }
        });
        Self { _running: running }
    }
}
