//! The wait queue's promises, one test each, single-threaded; races are in `loom.rs`.
#![cfg(not(loom))]

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use waitq::{Below, BoxedWaiter, Buckets, Cancel, Keyed, Tag, WaitQueue, Waiter, Woken};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Count {
    fn waker() -> (Arc<Self>, Waker) {
        let count = Arc::new(Self::default());
        (count.clone(), count.into())
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn poll<F: Future>(future: Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Key(u32);

impl Tag for Key {
    type Beside = Below<Self>;

    fn takes_over(&self, dropped: &Self) -> bool {
        self.0 == dropped.0
    }
}

impl Keyed for Key {
    fn key(&self) -> u64 {
        self.0.into()
    }
}

#[test]
fn sizes_are_within_the_figures() {
    assert!(size_of::<WaitQueue>() <= 16, "queue: {}", size_of::<WaitQueue>());
    let queue = WaitQueue::<()>::new(());
    let wait = queue.wait(());
    assert!(size_of_val(&wait) <= 48, "wait: {}", size_of_val(&wait));
}

#[test]
fn wake_one_is_first_come_first_served() {
    let queue = WaitQueue::<()>::new(());
    let (first, first_waker) = Count::waker();
    let (second, second_waker) = Count::waker();
    let mut a = pin!(queue.wait(()));
    let mut b = pin!(queue.wait(()));
    assert!(poll(a.as_mut(), &first_waker).is_pending());
    assert!(poll(b.as_mut(), &second_waker).is_pending());
    assert!(queue.with(|_, waiters| waiters.wake_one()));
    assert_eq!((first.get(), second.get()), (1, 0));
    assert!(poll(a.as_mut(), &first_waker).is_ready());
    assert!(poll(b.as_mut(), &second_waker).is_pending());
}

#[test]
fn the_check_and_the_enqueue_see_one_state() {
    let queue = WaitQueue::<(), u32>::new(7);
    let (_, waker) = Count::waker();
    let mut satisfied = pin!(queue.wait_unless((), |state, ()| *state == 7));
    assert!(poll(satisfied.as_mut(), &waker).is_ready());
    let mut waiting = pin!(queue.wait_unless((), |state, ()| *state == 8));
    assert!(poll(waiting.as_mut(), &waker).is_pending());
}

#[test]
fn a_woken_waiter_that_is_dropped_passes_the_wake_on() {
    let queue = WaitQueue::<()>::new(());
    let (first, first_waker) = Count::waker();
    let (second, second_waker) = Count::waker();
    let mut a = Box::pin(queue.wait(()));
    let mut b = pin!(queue.wait(()));
    assert!(poll(a.as_mut(), &first_waker).is_pending());
    assert!(poll(b.as_mut(), &second_waker).is_pending());
    queue.with(|_, waiters| waiters.wake_one());
    drop(a);
    assert_eq!((first.get(), second.get()), (1, 1));
    assert!(poll(b.as_mut(), &second_waker).is_ready());
}

#[test]
fn a_wake_is_passed_on_only_to_one_who_takes_over() {
    let queue = WaitQueue::<Key>::new(());
    let (_, waker) = Count::waker();
    let (other, other_waker) = Count::waker();
    let (same, same_waker) = Count::waker();
    let mut a = Box::pin(queue.wait(Key(1)));
    let mut b = pin!(queue.wait(Key(2)));
    let mut c = pin!(queue.wait(Key(1)));
    assert!(poll(a.as_mut(), &waker).is_pending());
    assert!(poll(b.as_mut(), &other_waker).is_pending());
    assert!(poll(c.as_mut(), &same_waker).is_pending());
    queue.with(|_, waiters| waiters.wake_some(&Key(1), 1, |key| key.0 == 1));
    drop(a);
    assert_eq!((other.get(), same.get()), (0, 1));
}

#[test]
fn a_wake_for_all_is_not_passed_on() {
    let queue = WaitQueue::<()>::new(());
    let (_, waker) = Count::waker();
    let (late, late_waker) = Count::waker();
    let mut a = Box::pin(queue.wait(()));
    assert!(poll(a.as_mut(), &waker).is_pending());
    assert_eq!(queue.with(|_, waiters| waiters.wake_all()), 1);
    let mut b = pin!(queue.wait(()));
    assert!(poll(b.as_mut(), &late_waker).is_pending());
    drop(a);
    assert_eq!(late.get(), 0);
}

/// A waker that registers a new wait on the same queue as soon as it is woken.
struct ComesBack {
    queue: &'static WaitQueue,
    woken: AtomicUsize,
}

impl Wake for ComesBack {
    fn wake(self: Arc<Self>) {
        self.woken.fetch_add(1, Ordering::Relaxed);
        let waker = Waker::from(self.clone());
        let mut again = Box::pin(self.queue.wait(()));
        assert!(poll(again.as_mut(), &waker).is_pending());
        std::mem::forget(again);
    }
}

#[test]
fn wake_all_wakes_exactly_those_that_were_there() {
    for waiters in [1, 8, 9, 100] {
        let queue: &'static WaitQueue = Box::leak(Box::new(WaitQueue::new(())));
        let back = Arc::new(ComesBack { queue, woken: AtomicUsize::new(0) });
        let waker = Waker::from(back.clone());
        for _ in 0..waiters {
            let mut wait = Box::pin(queue.wait(()));
            assert!(poll(wait.as_mut(), &waker).is_pending());
            std::mem::forget(wait);
        }
        assert_eq!(queue.with(|_, waiters| waiters.wake_all()), waiters);
        assert_eq!(back.woken.load(Ordering::Relaxed), waiters);
    }
}

/// A waker that panics.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("woken");
    }
}

#[test]
fn a_waker_that_panics_keeps_no_wake_from_others() {
    for place in [0, 3, 7, 8, 19] {
        let queue = WaitQueue::<()>::new(());
        let counts: Vec<_> = (0..20).map(|_| Count::waker()).collect();
        let mut waits: Vec<_> = (0..20).map(|_| Box::pin(queue.wait(()))).collect();
        for (i, (wait, (_, waker))) in waits.iter_mut().zip(&counts).enumerate() {
            let panics = Waker::from(Arc::new(Panics));
            assert!(poll(wait.as_mut(), if i == place { &panics } else { waker }).is_pending());
        }
        let woken = catch_unwind(AssertUnwindSafe(|| queue.with(|_, waiters| waiters.wake_all())));
        assert!(woken.is_err(), "the panic goes on");
        for (i, (wait, (count, waker))) in waits.iter_mut().zip(&counts).enumerate() {
            assert_eq!(count.get(), usize::from(i != place), "waiter {i}");
            assert!(poll(wait.as_mut(), waker).is_ready(), "waiter {i}");
        }
    }
}

#[test]
fn wake_matching_reaches_scattered_waiters_beyond_one_batch_in_order() {
    let queue = WaitQueue::<Key>::new(());
    let counts: Vec<_> = (0..60).map(|_| Count::waker()).collect();
    let mut waits: Vec<_> = (0..60).map(|i| Box::pin(queue.wait(Key(i % 3)))).collect();
    for (wait, (_, waker)) in waits.iter_mut().zip(&counts) {
        assert!(poll(wait.as_mut(), waker).is_pending());
    }
    assert_eq!(queue.with(|_, waiters| waiters.wake_matching(|key| key.0 != 1)), 40);
    for (i, (wait, (count, waker))) in waits.iter_mut().zip(&counts).enumerate() {
        let woken = i % 3 != 1;
        assert_eq!(count.get(), usize::from(woken), "waiter {i}");
        assert_eq!(poll(wait.as_mut(), waker).is_ready(), woken, "waiter {i}");
    }
}

/// All who match are told, in rounds of a batch, and go on waiting in their order; nobody is asked more than twice,
/// however many rounds there are.
#[test]
fn telling_many_takes_time_in_proportion() {
    const MANY: usize = 1_000;
    let queue = WaitQueue::<Key>::new(());
    let (told, waker) = Count::waker();
    let mut waits: Vec<_> = (0..MANY).map(|key| Box::pin(queue.wait(Key(key as u32)))).collect();
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), &waker).is_pending()));
    let (mut new, mut asked) = ([true; MANY], 0);
    let mut matches = |key: &mut Key| {
        asked += 1;
        key.0.is_multiple_of(2) && std::mem::take(&mut new[key.0 as usize])
    };
    while !queue.with(|(), waiters| waiters.tell_matching(&Key(0), &mut matches)) {}
    assert_eq!(told.get(), MANY / 2);
    assert!(asked <= 2 * MANY, "{asked}");
    let mut order = Vec::new();
    queue.with(|(), waiters| waiters.for_each(&Key(0), |key| order.push(key.0 as usize)));
    assert!((1..MANY).all(|place| order[place] == (order[place - 1] + 1) % MANY), "{order:?}");
    assert!(waits.iter_mut().all(|wait| poll(wait.as_mut(), &waker).is_pending()));
}

#[test]
fn cancelling_tells_whether_a_wake_came_first() {
    let queue = WaitQueue::<Key>::new(());
    let (_, waker) = Count::waker();
    let mut wait = pin!(queue.wait(Key(1)));
    assert!(poll(wait.as_mut(), &waker).is_pending());
    queue.with(|_, waiters| waiters.wake_matching(|key| core::mem::replace(key, Key(9)) == Key(1)));
    assert_eq!(wait.cancel(), Woken::Yes(Key(9)));
    let mut wait = pin!(queue.wait(Key(2)));
    assert!(poll(wait.as_mut(), &waker).is_pending());
    assert_eq!(wait.cancel(), Woken::No(Key(2)));
    assert!(queue.with(|_, waiters| waiters.is_empty()));
}

#[test]
fn dropping_in_any_order_leaves_the_queue_empty() {
    let queue = WaitQueue::<()>::new(());
    let (_, waker) = Count::waker();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut waits: Vec<_> = (0..3).map(|_| Some(Box::pin(queue.wait(())))).collect();
        for wait in waits.iter_mut().flatten() {
            assert!(poll(wait.as_mut(), &waker).is_pending());
        }
        for i in order {
            waits[i] = None;
        }
        assert!(queue.with(|_, waiters| waiters.is_empty()));
    }
}

#[test]
fn buckets_keep_waiters_through_growth_and_retagging() {
    let queue = WaitQueue::<Key, (), Buckets<Key>>::with_lists(Buckets::new(), ());
    let counts: Vec<_> = (0..100).map(|_| Count::waker()).collect();
    let mut waits: Vec<_> = (0..100).map(|i| Box::pin(queue.wait(Key(i)))).collect();
    for (wait, (_, waker)) in waits.iter_mut().zip(&counts) {
        assert!(poll(wait.as_mut(), waker).is_pending());
    }
    assert!((0..128).all(|_| queue.with(|_, waiters| waiters.lists().reserve(128))));
    let wake = |key: u32| queue.with(|_, waiters| waiters.wake_some(&Key(key), 1, |tag| tag.0 == key));
    assert_eq!(wake(42), 1);
    assert_eq!(counts[42].0.get(), 1);
    let moved = queue.with(|_, waiters| waiters.retag(&Key(7), 1, |key| (key.0 == 7).then_some(Key(500))));
    assert_eq!((moved, wake(7), wake(500)), (1, 0, 1));
    assert_eq!(counts[7].0.get(), 1);
}

struct Owner(WaitQueue<Key, u32>);

impl AsRef<WaitQueue<Key, u32>> for Owner {
    fn as_ref(&self) -> &WaitQueue<Key, u32> {
        &self.0
    }
}

#[test]
fn a_registration_is_armed_woken_and_disarmed() {
    let owner = Arc::new(Owner(WaitQueue::new(0)));
    let (count, waker) = Count::waker();
    let mut registration = BoxedWaiter::<Key, u32, Owner>::new(Key(0)).unwrap();
    assert_eq!(registration.disarm(), None);
    assert_eq!(
        registration.arm(owner.clone(), Key(1), waker.clone(), |state, _, _| *state == 0),
        Err(Key(1))
    );
    assert_eq!(registration.arm(owner.clone(), Key(1), waker.clone(), |_, _, _| false), Ok(()));
    owner.0.with(|_, waiters| waiters.wake_matching(|key| core::mem::replace(key, Key(5)) == Key(1)));
    assert_eq!(count.get(), 1);
    assert_eq!(registration.peek(), Some(Woken::Yes(Key(5))));
    assert_eq!(registration.disarm(), Some(Woken::Yes(Key(5))));
    assert_eq!(registration.arm(owner.clone(), Key(2), waker, |_, _, _| false), Ok(()));
    drop(registration);
    assert!(owner.0.with(|_, waiters| waiters.is_empty()));
}

/// A queue in something shared.
struct Shared(WaitQueue<(), bool>);

impl AsRef<WaitQueue<(), bool>> for Shared {
    fn as_ref(&self) -> &WaitQueue<(), bool> {
        &self.0
    }
}

#[test]
fn a_waiter_waits_again_and_again_and_keeps_its_queue_meanwhile() {
    let (count, waker) = Count::waker();
    let mut waiter = pin!(Waiter::<Arc<Shared>, (), bool>::new(()));
    for round in 0..3 {
        let shared = Arc::new(Shared(WaitQueue::new(false)));
        assert!(waiter.as_mut().begin(shared.clone(), (), |ready, _, _| *ready, &waker).is_pending());
        assert_eq!(Arc::strong_count(&shared), 2);
        assert!(waiter.owner().is_some_and(|owner| Arc::ptr_eq(owner, &shared)));
        assert!(poll(waiter.as_mut(), &waker).is_pending());
        assert!(waiter.as_mut().release().is_none(), "it still waits");
        if round == 1 {
            assert_eq!(waiter.as_mut().cancel(), Woken::No(()));
            assert!(!shared.0.with(|_, waiters| waiters.wake_one()));
        } else {
            assert!(shared.0.with(|_, waiters| waiters.wake_one()));
            assert!(poll(waiter.as_mut(), &waker).is_ready());
        }
        assert!(waiter.as_mut().release().is_some());
        assert_eq!(Arc::strong_count(&shared), 1, "the waiter let go of its queue");
        shared.0.with(|ready, _| *ready = true);
        assert!(waiter.as_mut().begin(shared, (), |ready, _, _| *ready, &waker).is_ready());
    }
    assert_eq!(count.get(), 2);
}

#[test]
fn a_queue_tells_whether_somebody_waits_and_for_what() {
    let queue = WaitQueue::<Key>::new(());
    let any = |key: u32| queue.with(|_, waiters| waiters.lists().any(|tag| tag.0 == key));
    assert!(queue.with(|_, waiters| waiters.is_empty()) && !queue.lock().has_waiters() && !any(1));
    let mut waits = [1, 2, 3].map(|key| Box::pin(queue.wait(Key(key))));
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), Waker::noop()).is_pending()));
    assert!(!queue.with(|_, waiters| waiters.is_empty()) && queue.lock().has_waiters());
    assert_eq!([0, 1, 2, 3, 4].map(any), [false, true, true, true, false]);
}

#[test]
fn who_is_taken_out_is_woken_once_the_lock_is_released() {
    let queue = WaitQueue::<Key>::new(());
    let (first, first_waker) = Count::waker();
    let (second, second_waker) = Count::waker();
    let (mut a, mut b) = (pin!(queue.wait(Key(1))), Box::pin(queue.wait(Key(2))));
    assert!(poll(a.as_mut(), &first_waker).is_pending() && poll(b.as_mut(), &second_waker).is_pending());
    let take = |key| queue.lock().take_first(&Key(0), |tag| tag.0 == key);
    assert!(take(3).is_none());
    let taken = take(2).expect("it waits");
    assert!(taken.tag == Key(2) && take(2).is_none());
    assert_eq!((first.get(), second.get()), (0, 0));
    taken.wake();
    assert_eq!((first.get(), second.get()), (0, 1));
    assert!(poll(a.as_mut(), &first_waker).is_pending() && poll(b.as_mut(), &second_waker).is_ready());
}

#[test]
fn waking_near_a_tag_counts_all_who_match() {
    let queue = WaitQueue::<Key, (), Buckets<Key>>::with_lists(Buckets::new(), ());
    let mut waits: Vec<_> = (0..30).map(|i| Box::pin(queue.wait(Key(i % 3)))).collect();
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), Waker::noop()).is_pending()));
    let wake = |key: u32| queue.with(|_, waiters| waiters.wake_near(&Key(key), |tag| tag.0 == key));
    assert_eq!([wake(1), wake(1), wake(7)], [10, 0, 0]);
    let woken: Vec<_> = waits.iter_mut().map(|wait| poll(wait.as_mut(), Waker::noop()).is_ready()).collect();
    assert!(woken.iter().enumerate().all(|(i, woken)| *woken == (i % 3 == 1)));
}

#[test]
fn each_waiter_gets_another_tag_once_and_no_more_than_asked_for() {
    let queue = WaitQueue::<Key>::new(());
    let mut waits: Vec<_> = (0..4).map(|key| Box::pin(queue.wait(Key(key)))).collect();
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), Waker::noop()).is_pending()));
    let retag = |most| queue.with(|_, waiters| waiters.retag(&Key(0), most, |key| Some(Key(key.0 + 10))));
    let tags = || {
        let mut tags = Vec::new();
        queue.with(|_, waiters| waiters.for_each(&Key(0), |key| tags.push(key.0)));
        tags
    };
    assert_eq!((retag(0), tags()), (0, vec![0, 1, 2, 3]));
    assert_eq!((retag(2), tags()), (2, vec![2, 3, 10, 11]));
    assert_eq!((retag(usize::MAX), tags()), (4, vec![12, 13, 20, 21]));
}

/// However many stand behind.
#[test]
fn who_is_not_meant_is_the_last_to_be_looked_at() {
    let queue = WaitQueue::<Key>::new(());
    let mut waits: Vec<_> = (0..9).map(|key| Box::pin(queue.wait(Key(key)))).collect();
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), Waker::noop()).is_pending()));
    let mut looked = Vec::new();
    let woken = queue.with(|(), waiters| {
        waiters.wake_while(&Key(0), usize::MAX, |key| {
            looked.push(key.0);
            key.0 < 3
        })
    });
    let moved = queue.with(|(), waiters| {
        waiters.retag(&Key(0), usize::MAX, |key| {
            looked.push(key.0);
            (key.0 < 5).then_some(Key(20))
        })
    });
    assert_eq!((woken, moved, looked), (3, 2, vec![0, 1, 2, 3, 3, 4, 5]));
}

/// Nobody gets a wake that another one has not seen, and a long list is not looked through.
#[test]
fn a_few_are_woken_and_few_are_looked_at() {
    let queue = WaitQueue::<Key>::new(());
    let mut waits: Vec<_> = (0..9).map(|key| Box::pin(queue.wait(Key(key)))).collect();
    waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut(), Waker::noop()).is_pending()));
    let mut looked_at = 0;
    let mut wake = |most, last| {
        queue.with(|_, waiters| {
            waiters.wake_until(&Key(0), most, |key| {
                looked_at += 1;
                (key.0 <= last).then_some(key.0 % 2 == 1)
            })
        })
    };
    assert_eq!(wake(2, 8), 2, "numbers 1 and 3");
    assert_eq!(wake(9, 5), 1, "number 5");
    assert_eq!(wake(0, 8), 0);
    assert_eq!(looked_at, 4 + 5);
    drop(waits.remove(1));
    let woken: Vec<_> = waits.iter_mut().map(|wait| poll(wait.as_mut(), Waker::noop()).is_ready()).collect();
    assert_eq!(woken, [false, false, true, false, true, false, false, false]);
}
