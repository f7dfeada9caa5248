//! Time, and waiting for a time.
#![allow(unsafe_code, reason = "another clock is read through its ports")]

use crate::cpus::{self, last};
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use executor::{Alarm, TimerQueue, yield_now};
use hafnon_kernel::arch::time;
use hafnon_kernel::{kernel_test, sched::run};
use waitq::sync::Mutex;
use x86_64::instructions::port::Port;

/// Later than this is an error, however busy the host is.
const TOO_LATE: u64 = 600_000_000_000;

fn now() -> u64 {
    time::now() as u64
}

/// Sleeps, for this CPU's own timers or another's, and checks when it ends.
async fn sleep(timers: &TimerQueue, nanoseconds: u64) {
    let deadline = now() + nanoseconds;
    timers.sleep_until(deadline).await;
    let woken = now();
    assert!(woken >= deadline, "{} ns early", deadline - woken);
    assert!(woken - deadline < TOO_LATE, "{} ns late", woken - deadline);
}

/// The PC's interval timer (8254), which counts down from 65 536: another clock than the one that ours was
/// measured against.
struct IntervalTimer {
    command: Port<u8>,
    channel: Port<u8>,
}

impl IntervalTimer {
    /// Ticks a second.
    const RATE: u64 = 1_193_182;

    fn start() -> Self {
        let mut timer = Self { command: Port::new(0x43), channel: Port::new(0x40) };
        // SAFETY: nothing else uses the timer once the kernel runs, and its interrupt is masked.
        unsafe {
            timer.command.write(0x30);
            timer.channel.write(0);
            timer.channel.write(0);
        }
        timer
    }

    /// Ticks since the start, up to 65 535.
    fn passed(&mut self) -> u16 {
        // SAFETY: as above; latching and reading the count changes nothing.
        let [low, high] = unsafe {
            self.command.write(0);
            [self.channel.read(), self.channel.read()]
        };
        u16::from_le_bytes([low, high]).wrapping_neg()
    }
}

/// Writes its deadline into a log when it is woken.
struct Recorder {
    deadline: u64,
    log: Arc<Mutex<Vec<(u64, u64)>>>,
}

impl Wake for Recorder {
    fn wake(self: Arc<Self>) {
        self.log.lock().push((self.deadline, now()));
    }
}

/// The deadline that belongs to a number: in no order, some twice.
fn deadline(start: u64, number: u64) -> u64 {
    start + number * 7919 % 997 * 50_000
}

kernel_test! {
    /// A sleep is never too short, on any CPU.
    #[needs("cpus=1,2,4")]
    async fn sleeps_are_not_short() {
        for nanoseconds in [0, 1, 1000, 100_000, 1_000_000, 20_000_000] {
            sleep(run::timers(), nanoseconds).await;
        }
        let sleeps = |_| async {
            for _ in 0..20 {
                sleep(run::timers(), 500_000).await;
            }
        };
        cpus::join((0..=last()).map(|cpu| cpus::spawn_on(cpu, sleeps(cpu))).collect()).await;
    }

    /// The clock runs as fast as another one, to one in a thousand. Instructions are the time here: each
    /// read of a clock comes at its moment.
    #[needs("cpus=1 counted")]
    async fn the_clock_keeps_time() {
        let mut timer = IntervalTimer::start();
        while timer.passed() < 1_000 {}
        let (begin, first) = (now(), timer.passed());
        while timer.passed() < 60_000 {}
        let (end, last) = (now(), timer.passed());
        let passed = u64::from(last - first) * 1_000_000_000 / IntervalTimer::RATE;
        let measured = end - begin;
        assert!(measured.abs_diff(passed) < passed / 1_000, "{measured} ns, but {passed} ns have passed");
    }

    /// A halted CPU notices that another one set a timer of it, and that it is the next.
    #[needs("cpus=2,4")]
    async fn timers_of_other_cpus_fire() {
        let timers = run::group().members()[last()].timers();
        let far = now() + 3_600_000_000_000;
        let mut long = pin!(timers.sleep_until(far));
        assert_eq!(long.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
        for nanoseconds in [0, 100_000, 3_000_000, 20_000_000] {
            sleep(timers, nanoseconds).await;
        }
    }

    /// A thousand timers fire in the order of their deadlines, but those that were cancelled.
    #[needs("cpus=1,2 counted")]
    async fn many_timers_fire_in_order() {
        let log = Arc::new(Mutex::new(Vec::with_capacity(1000)));
        let start = now() + 1_000_000;
        let alarms: Vec<_> = (0..1000).map(|_| Alarm::new().expect("memory")).collect();
        let timers = run::group().members()[last()].timers();
        for (number, alarm) in alarms.iter().enumerate() {
            let deadline = deadline(start, number as u64);
            alarm.set(timers, deadline, Waker::from(Arc::new(Recorder { deadline, log: log.clone() })));
        }
        let cancelled = alarms.iter().step_by(3).filter(|alarm| alarm.cancel()).count();
        sleep(timers, 60_000_000).await;
        while log.lock().len() < alarms.len() - cancelled {
            yield_now().await;
        }
        let fired = log.lock();
        assert_eq!(fired.len(), alarms.len() - cancelled);
        assert!(fired.iter().all(|(deadline, woken)| woken >= deadline));
        // Those that were set after their time came may come after later ones.
        let late = fired.iter().position(|entry| entry.0 >= start + 25_000_000).unwrap_or(0);
        assert!(fired[late..].is_sorted_by_key(|entry| entry.0));
    }
}
