//! Models of the wait queue's races, on the code that ships. Run by `cargo test` at the root, or with
//! `RUSTFLAGS="--cfg loom" cargo test -p hafnon-waitq --test loom --release`.
#![cfg(loom)]

use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use waitq::{
    Below, Branch, Buckets, Cancel, Change, Crowd, Keyed, List, Member, Tag, WaitQueue, Waiter, Woken,
};

/// A wake between the check and the poll, or between polls, is not lost.
#[test]
fn a_wake_is_never_lost() {
    loom::model(|| {
        let queue = Arc::new(WaitQueue::<(), bool>::new(false));
        let waker = queue.clone();
        let other = thread::spawn(move || {
            waker.with(|ready, waiters| {
                *ready = true;
                waiters.wake_all();
            })
        });
        block_on(queue.wait_unless((), |ready, ()| *ready));
        other.join().unwrap();
    });
}

/// Two wakes of one, two waiters: both are woken.
#[test]
fn two_wakes_reach_two_waiters() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2); // unbounded, the same model takes two minutes and passes too
    model.check(|| {
        let queue = Arc::new(WaitQueue::<(), usize>::new(0));
        let take = |tokens: &mut usize, (): &mut ()| {
            let taken = *tokens > 0;
            *tokens -= usize::from(taken);
            taken
        };
        let waiter = {
            let queue = queue.clone();
            thread::spawn(move || block_on(queue.wait_unless((), take)))
        };
        let give = |queue: &WaitQueue<(), usize>| {
            queue.with(|tokens, waiters| {
                if !waiters.wake_one() {
                    *tokens += 1;
                }
            })
        };
        let waker = {
            let queue = queue.clone();
            thread::spawn(move || {
                give(&queue);
                give(&queue);
            })
        };
        block_on(queue.wait_unless((), take));
        waiter.join().unwrap();
        waker.join().unwrap();
    });
}

/// A waiter that is dropped while it is being woken hands the wake to the other.
#[test]
fn a_wake_that_meets_a_drop_reaches_the_other_waiter() {
    loom::model(|| {
        let queue = Arc::new(WaitQueue::<()>::new(()));
        let dropped = {
            let queue = queue.clone();
            thread::spawn(move || {
                let mut wait = pin!(queue.wait(()));
                let _ = wait.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            })
        };
        let woken = Arc::new(AtomicUsize::new(0));
        let mut wait = pin!(queue.wait(()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        let waker = {
            let (queue, woken) = (queue.clone(), woken.clone());
            thread::spawn(move || {
                if queue.with(|_, waiters| waiters.wake_one()) {
                    woken.fetch_add(1, Ordering::SeqCst);
                }
            })
        };
        dropped.join().unwrap();
        waker.join().unwrap();
        assert_eq!(woken.load(Ordering::SeqCst), 1);
        assert!(matches!(wait.as_mut().poll(&mut context), Poll::Ready(())));
    });
}

/// A cancel that races with a wake sees it or leaves it to nobody: exactly one of the two is told.
#[test]
fn a_cancel_and_a_wake_agree() {
    loom::model(|| {
        let queue = Arc::new(WaitQueue::<()>::new(()));
        let mut wait = pin!(queue.wait(()));
        assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let waker = {
            let queue = queue.clone();
            thread::spawn(move || queue.with(|_, waiters| waiters.wake_one()))
        };
        let cancelled = wait.as_mut().cancel();
        let woke = waker.join().unwrap();
        assert_eq!(matches!(cancelled, Woken::Yes(())), woke);
    });
}

/// More waiters than a batch holds, one of them leaving while the rounds run.
#[test]
fn a_drop_during_the_rounds_of_a_large_wake_is_safe() {
    loom::model(|| {
        let queue = Arc::new(WaitQueue::<()>::new(()));
        let mut context = Context::from_waker(Waker::noop());
        let mut waits: Vec<_> = (0..10).map(|_| Box::pin(queue.wait(()))).collect();
        for wait in &mut waits {
            assert!(wait.as_mut().poll(&mut context).is_pending());
        }
        let waker = {
            let queue = queue.clone();
            thread::spawn(move || queue.with(|_, waiters| waiters.wake_all()))
        };
        drop(waits.pop());
        let woken = waker.join().unwrap();
        assert!(woken == 10 || woken == 9);
        for wait in &mut waits {
            assert!(wait.as_mut().poll(&mut context).is_ready());
        }
    });
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Key(u64);

impl Tag for Key {
    type Beside = Below<Self>;
}

impl Keyed for Key {
    fn key(&self) -> u64 {
        self.0
    }
}

/// More of one key than a batch holds, in the tree above those of another, while the first of all leaves and a wake and
/// a newcomer go past them.
///
/// Fails when who leaves hands nothing on, and when a list forgets what is below its first as that changes.
#[test]
fn rounds_for_one_key_do_not_lose_those_of_another() {
    let mut bounded = loom::model::Builder::new();
    bounded.preemption_bound = Some(2);
    bounded.check(|| {
        let queue = Arc::new(WaitQueue::<Key, (), Buckets<Key>>::with_lists(Buckets::new(), ()));
        let mut context = Context::from_waker(Waker::noop());
        let key = |index| if index < 10 { Key(0) } else { Key(8) };
        let mut waits: Vec<_> = (0..11).map(|index| Box::pin(queue.wait(key(index)))).collect();
        for wait in &mut waits {
            assert!(wait.as_mut().poll(&mut context).is_pending());
        }
        let waker = {
            let queue = queue.clone();
            thread::spawn(move || queue.with(|_, waiters| waiters.wake_near(&Key(0), |_| true)))
        };
        drop(waits.remove(0));
        let mut late = Box::pin(queue.wait(Key(8)));
        assert!(late.as_mut().poll(&mut context).is_pending());
        assert!(queue.lock().take_first(&Key(8), |_| true).is_some());
        let woken = waker.join().unwrap();
        assert!(woken == 10 || woken == 9);
        for wait in &mut waits {
            assert!(wait.as_mut().poll(&mut context).is_ready());
        }
        assert!(late.as_mut().poll(&mut context).is_pending());
        assert_eq!(queue.with(|_, waiters| waiters.wake_near(&Key(8), |_| true)), 1);
        assert!(late.as_mut().poll(&mut context).is_ready());
    });
}

/// A waiter that is used again: the wake of its first wait, which it gave up, does not end the second, and
/// the second queue is not kept by anything once both are over.
///
/// Fails when `cancel` leaves the node linked in the first queue.
#[test]
fn a_waiter_used_again_ends_by_its_own_wake() {
    loom::model(|| {
        let queues = [(); 2].map(|()| Arc::new(WaitQueue::<(), bool>::new(false)));
        let wakers = queues.clone().map(|queue| {
            thread::spawn(move || {
                queue.with(|ready, waiters| {
                    *ready = true;
                    waiters.wake_all();
                })
            })
        });
        let [first, second] = queues.clone();
        let mut waiter = pin!(Waiter::new(()));
        let look = |ready: &mut bool, _: &List<()>, (): &mut ()| *ready;
        if waiter.as_mut().begin(first, (), look, Waker::noop()).is_pending() {
            let _ = waiter.as_mut().cancel();
            assert!(waiter.as_mut().release().is_some());
        }
        let mut second = Some(second);
        block_on(std::future::poll_fn(|context| match second.take() {
            Some(queue) => waiter.as_mut().begin(queue, (), look, context.waker()),
            None => waiter.as_mut().poll(context),
        }));
        assert!(queues[1].with(|ready, _| *ready));
        waiter.as_mut().release();
        wakers.into_iter().for_each(|waker| waker.join().unwrap());
        assert!(queues.iter().all(|queue| Arc::strong_count(queue) == 1));
    });
}

/// One of a crowd: what it has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Guest(u32);

impl Tag for Guest {
    type Beside = Branch;
}

impl Member for Guest {
    const EVERYBODY: u32 = 0;

    fn group(&self) -> u64 {
        0
    }

    fn mask(&self) -> u32 {
        1
    }

    fn see(&mut self, seen: u32) {
        self.0 |= seen;
    }

    fn stays(&self) -> bool {
        false
    }
}

type Guests = WaitQueue<Guest, bool, Crowd<Guest, ()>>;

/// While one joins, who makes a tree of the list, and another leaves, a change reaches all who are there, and who comes
/// later sees what it did; whoever waits is woken.
#[test]
fn a_crowd_that_changes_is_told() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3); // enough for each of the three to stop within what another does
    model.check(|| {
        let queue = Arc::new(Guests::with_lists(Crowd::default(), false));
        let begin = |waiter: std::pin::Pin<&mut Waiter<Arc<Guests>, Guest, bool, Crowd<Guest, ()>>>| {
            waiter.begin(queue.clone(), Guest(0), |done, _, _| *done, Waker::noop())
        };
        let (mut first, mut second) = (pin!(Waiter::new(Guest(0))), pin!(Waiter::new(Guest(0))));
        assert!(begin(first.as_mut()).is_pending() && begin(second.as_mut()).is_pending());
        let joining = {
            let queue = queue.clone();
            thread::spawn(move || {
                let ready = |done: &mut bool, _: &mut Guest| *done;
                let seen = block_on(queue.wait_unless(Guest(0), ready));
                assert!(seen.0 == 1 || queue.with(|done, _| *done));
            })
        };
        let change = {
            let queue = queue.clone();
            thread::spawn(move || {
                let mut left = None;
                let mut done = queue.lock();
                *done = true;
                done.tell(Change { seen: 1, wakes: 1 }, |keeper| left = keeper);
                while let Some(keeper) = left {
                    left = queue.finish(keeper);
                }
            })
        };
        let seen = first.as_mut().cancel();
        assert!(matches!(seen, Woken::Yes(Guest(1)) | Woken::No(Guest(0))), "{seen:?}");
        change.join().unwrap();
        joining.join().unwrap();
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(second.as_mut().poll(&mut context), Poll::Ready(Guest(1)));
        assert!(queue.with(|_, waiters| waiters.is_empty()));
    });
}
