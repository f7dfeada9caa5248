//! The time that a machine has had, which is what its limits count.
//!
//! On a host with other work QEMU's threads wait for a processor, and a limit of ordinary time would end a
//! machine that is slow for one that hangs. The host's scheduler tells how long each thread has waited while it
//! could have run (the second number of `/proc/PID/task/TID/schedstat`). That is taken off: what is left is
//! time in which the machine ran, or slept of its own accord.
//!
//! ```text
//! ordinary time ├────────────────────────────────────────────┤
//! a CPU's thread  runs    waits       runs   waits    sleeps
//! counted        ├─────┤             ├────┤          ├───────┤
//! ```
//!
//! A machine that hangs spends its time in loops or asleep, so it meets its limit on any host; only later on one
//! that gives it little. Of several threads, the one that waited longest counts. Where the host does not tell,
//! all time counts.

use std::{
    collections::HashMap,
    fs,
    time::{Duration, Instant},
};

/// How often the host is asked, at most.
const RESOLUTION: Duration = Duration::from_millis(50);

/// A clock that stands still while its process waits for a processor.
#[derive(Debug)]
pub struct Pace {
    process: u32,
    asked: Instant,
    /// How long each thread had waited by then.
    waited: HashMap<u32, Duration>,
    time: Duration,
}

impl Pace {
    /// For the process of this number, which begins now.
    pub fn of(process: u32) -> Self {
        Self { process, asked: Instant::now(), waited: HashMap::new(), time: Duration::ZERO }
    }

    /// The time that the process has had.
    pub fn now(&mut self) -> Duration {
        let passed = self.asked.elapsed();
        if passed >= RESOLUTION {
            self.asked += passed;
            let waited = self.longest_wait();
            self.time += passed.saturating_sub(waited);
        }
        self.time
    }

    /// How long the thread that waited longest has waited since the host was asked before.
    fn longest_wait(&mut self) -> Duration {
        let now = waits(self.process);
        let since = |(thread, wait): (&u32, &Duration)| {
            wait.saturating_sub(self.waited.get(thread).copied().unwrap_or_default())
        };
        let longest = now.iter().map(since).max().unwrap_or_default();
        self.waited = now;
        longest
    }
}

/// How long each thread of a process has waited for a processor, since it began.
fn waits(process: u32) -> HashMap<u32, Duration> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let wait = |directory: fs::DirEntry| {
        let thread = directory.file_name().to_str()?.parse().ok()?;
        Some((thread, waited(&fs::read_to_string(directory.path().join("schedstat")).ok()?)?))
    };
    threads.filter_map(wait).collect()
}

/// The second number, in nanoseconds: time on a run queue.
fn waited(statistics: &str) -> Option<Duration> {
    statistics.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        process::{Child, Command},
        thread::available_parallelism,
    };

    /// A process that runs and never sleeps.
    struct Busy(Child);

    impl Busy {
        fn start() -> Self {
            Self(Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell"))
        }
    }

    impl Drop for Busy {
        fn drop(&mut self) {
            self.0.kill().and_then(|()| self.0.wait()).expect("a process that can be killed");
        }
    }

    /// Waits, on the clock, until that much has passed; and how much ordinary time has.
    fn pass(pace: &mut Pace, time: Duration) -> Duration {
        let (begin, start) = (pace.now(), Instant::now());
        while pace.now() < begin + time {
            std::thread::sleep(RESOLUTION);
        }
        start.elapsed()
    }

    #[test]
    fn what_the_scheduler_tells_is_read() {
        assert_eq!(waited("4206 104086 17\n"), Some(Duration::from_nanos(104_086)));
        assert_eq!(waited(""), None);
    }

    /// Whatever else the host does, a process that sleeps has all of the time.
    #[test]
    fn a_sleeper_has_its_time() {
        let mut sleeper = Command::new("sleep").arg("1000").spawn().expect("a sleeper");
        let mut pace = Pace::of(sleeper.id());
        pass(&mut pace, Duration::from_millis(200));
        assert!(pace.now() <= pace.asked.elapsed() + Duration::from_secs(600));
        sleeper.kill().and_then(|()| sleeper.wait()).expect("a process that can be killed");
        // One that is gone does not hold the clock up.
        pass(&mut pace, Duration::from_millis(100));
    }

    /// Four on each processor get a quarter of it at most, and their clocks see no more than a half pass.
    #[test]
    fn who_waits_for_a_processor_has_less_time_than_passes() {
        let crowd = 4 * available_parallelism().map_or(1, usize::from);
        let crowd: Vec<Busy> = (0..crowd).map(|_| Busy::start()).collect();
        let mut paces: Vec<Pace> = crowd.iter().map(|busy| Pace::of(busy.0.id())).collect();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(RESOLUTION);
        }
        let had: Duration = paces.iter_mut().map(Pace::now).sum();
        let passed = start.elapsed() * paces.len() as u32;
        assert!(had < passed / 2 && had > Duration::ZERO, "{had:?} of {passed:?}");
    }
}
