//! Sleeping and alarms.

use super::{Log, Machine};
use crate::{Alarm, RunState, TimerQueue};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::boxed::Box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn counter() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count::default());
    (count.clone(), Waker::from(count))
}

fn queue() -> &'static TimerQueue {
    Box::leak(Box::new(TimerQueue::new()))
}

#[test]
fn sleepers_wake_in_order() {
    let machine = Machine::new(1);
    let log = Log::default();
    for (name, deadline) in [("30", 30), ("10", 10), ("20", 20), ("20 too", 20), ("never", u64::MAX)] {
        let (log, timers) = (log.clone(), machine.cpus[0].timers());
        machine.spawn(0, name, async move {
            timers.sleep_until(deadline).await;
            log.add(name);
        });
    }
    assert_eq!(machine.cpus[0].next_timer(), u64::MAX);
    (0..5).for_each(|_| assert_eq!(machine.run_one(0), RunState::Ran));
    assert_eq!(machine.run_one(0), RunState::Idle { next_deadline: Some(10) });
    assert_eq!(machine.cpus[0].next_timer(), 10);
    machine.advance(19);
    assert_eq!(machine.run(0), 3);
    assert_eq!(log.take(), ["10", "20", "20 too"]);
    machine.advance(100);
    assert_eq!(machine.run_one(0), RunState::Ran);
    assert_eq!(log.take(), ["30"]);
    assert_eq!(machine.run_one(0), RunState::Idle { next_deadline: None });
}

#[test]
fn a_past_deadline_is_noticed_at_once() {
    let machine = Machine::new(1);
    machine.advance(100);
    let timers = machine.cpus[0].timers();
    let task = machine.spawn(0, "late", async move { timers.sleep_until(5).await });
    assert_eq!(machine.run(0), 2);
    assert!(task.is_finished());
}

#[test]
fn timers_fire_while_the_cpu_is_busy() {
    let machine = Machine::new(1);
    let timers = machine.cpus[0].timers();
    let sleeper = machine.spawn(0, "sleeper", async move { timers.sleep_until(50).await });
    let clock = machine.clock.clone();
    machine.spawn(0, "busy", async move {
        loop {
            clock.fetch_add(10, Ordering::Relaxed);
            crate::yield_now().await;
        }
    });
    (0..20).for_each(|_| {
        machine.run_one(0);
    });
    assert!(sleeper.is_finished());
}

#[test]
fn a_dropped_sleep_leaves_nothing_behind() {
    let queue = queue();
    let (count, waker) = counter();
    {
        let mut sleeps = [3, 1, 2].map(|deadline| Box::pin(queue.sleep_until(deadline)));
        for sleep in &mut sleeps {
            assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        }
        assert_eq!(queue.next_deadline(), Some(1));
        assert_eq!(Arc::strong_count(&count), 5);
        queue.expire(1);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
    }
    assert_eq!(queue.next_deadline(), None);
    assert_eq!(Arc::strong_count(&count), 2);
    drop(queue.sleep_until(9));
}

#[test]
fn a_sleep_follows_its_waker() {
    let queue = queue();
    let ((first, waker_1), (second, waker_2)) = (counter(), counter());
    let mut sleep = pin!(queue.sleep_until(5));
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker_1)).is_pending());
    assert!(sleep.as_mut().poll(&mut Context::from_waker(&waker_2)).is_pending());
    assert_eq!(queue.expire(4), 0);
    assert_eq!(queue.expire(5), 1);
    assert_eq!([&first, &second].map(|count| count.0.load(Ordering::Relaxed)), [0, 1]);
    assert_eq!(sleep.as_mut().poll(&mut Context::from_waker(&waker_2)), Poll::Ready(()));
}

#[test]
fn more_expire_than_fit_into_a_batch() {
    let queue = queue();
    let (count, waker) = counter();
    let alarms: std::vec::Vec<_> = (0..50).map(|_| Alarm::new().expect("memory")).collect();
    for (deadline, alarm) in alarms.iter().enumerate() {
        alarm.set(queue, deadline as u64, waker.clone());
    }
    assert_eq!(queue.expire(39), 40);
    assert_eq!(count.0.load(Ordering::Relaxed), 40);
    assert_eq!(alarms.iter().filter(|alarm| alarm.cancel()).count(), 10);
    assert_eq!(queue.expire(u64::MAX - 1), 0);
}

#[test]
fn alarms_are_set_again_cancelled_and_moved_between_queues() {
    let (first, second) = (queue(), queue());
    let (count, waker) = counter();
    let alarm = Alarm::new().expect("memory");
    assert!(!alarm.cancel());
    alarm.set(first, 5, waker.clone());
    alarm.set(first, 9, waker.clone());
    assert_eq!(first.expire(8), 0);
    alarm.set(second, 7, waker.clone());
    assert_eq!((first.next_deadline(), second.next_deadline()), (None, Some(7)));
    assert_eq!((first.expire(100), second.expire(100)), (0, 1));
    assert!(!alarm.cancel(), "it has fired");
    alarm.set(second, u64::MAX, waker.clone());
    assert_eq!(second.next_deadline(), None);
    alarm.set(first, 1, waker.clone());
    assert!(alarm.cancel());
    alarm.set(first, 1, waker.clone());
    drop(alarm);
    assert_eq!(first.expire(100), 0);
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    assert_eq!(Arc::strong_count(&count), 2);
}

#[test]
fn an_earlier_deadline_from_another_cpu_kicks() {
    let machine = Machine::new(2);
    let alarm = [(); 3].map(|()| Alarm::new().expect("memory"));
    let timers = machine.cpus[1].timers();
    alarm[0].set(timers, 10, Waker::noop().clone());
    assert_eq!(machine.kicks(1), 1);
    alarm[1].set(timers, 20, Waker::noop().clone());
    machine.on(1, |_| alarm[2].set(timers, 5, Waker::noop().clone()));
    assert_eq!(machine.kicks(1), 1, "later, or its own");
}

/// However many timers are due, tasks have their turns in between, and all fire in order.
#[test]
fn timers_that_are_due_together_fire_a_few_at_a_time() {
    let machine = Machine::new(1);
    let timers = machine.cpus[0].timers();
    let fired: Arc<std::sync::Mutex<std::vec::Vec<usize>>> = Arc::default();
    struct Note(Arc<std::sync::Mutex<std::vec::Vec<usize>>>, usize);
    impl Wake for Note {
        fn wake(self: Arc<Self>) {
            self.0.lock().expect("not poisoned").push(self.1);
        }
    }
    let alarms: std::vec::Vec<_> = (0..1_000).map(|_| Alarm::new().expect("memory")).collect();
    for (number, alarm) in alarms.iter().enumerate() {
        // Neither in order nor in the reverse one.
        let deadline = 1 + number as u64 * 377 % 1_000;
        alarm.set(timers, deadline, Waker::from(Arc::new(Note(fired.clone(), deadline as usize))));
    }
    let count = || fired.lock().expect("not poisoned").len();
    machine.spawn(0, "busy", async {
        loop {
            crate::yield_now().await;
        }
    });
    machine.advance(2_000);
    machine.on(0, |executor| executor.finish_idle());
    for _ in 0..1_000 / 32 + 1 {
        let before = count();
        assert_eq!(machine.run_one(0), RunState::Ran);
        assert!(count() - before <= 32, "the turn of the task came late");
    }
    assert_eq!(*fired.lock().expect("not poisoned"), (1..=1_000).collect::<std::vec::Vec<_>>());
}

#[test]
fn one_deadline_serves_who_can_wait_a_little() {
    let (timers, alarm) = (queue(), Alarm::new().expect("memory"));
    assert_eq!(timers.coalesce(10, 15, 20), 15, "nobody else waits");
    alarm.set(timers, 12, Waker::noop().clone());
    for (earliest, deadline, latest, then) in
        [(10, 15, 20, 12), (12, 15, 20, 12), (13, 15, 20, 15), (5, 8, 12, 12), (5, 8, 11, 8)]
    {
        assert_eq!(timers.coalesce(earliest, deadline, latest), then, "{earliest} to {latest}");
    }
    assert_eq!(timers.sleep_until(77).deadline(), 77);
}

/// As many as asked for, and no more than one once it is late.
#[test]
fn timers_that_are_due_are_counted() {
    let timers = queue();
    let alarms: std::vec::Vec<_> = (0..6).map(|_| Alarm::new().expect("memory")).collect();
    alarms.iter().for_each(|alarm| alarm.set(timers, 5, Waker::noop().clone()));
    assert_eq!(timers.expire_some(4, 10, || false), 0, "none is due");
    assert_eq!(timers.expire_some(5, 2, || false), 2);
    assert_eq!(timers.expire_some(5, 10, || true), 1);
    assert_eq!(timers.expire_some(5, 10, || false), 3);
}
