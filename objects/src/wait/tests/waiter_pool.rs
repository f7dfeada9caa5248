//! The pool of waiters: when the filler makes some, how many, and when it rests.

use super::*;
use crate::wait::pages_for;
use core::cell::Cell;
use core::pin::Pin;
use std::sync::Mutex;

/// As many as a full store has.
const FULL: usize = 2 * MAX_ITEMS;

/// Polls the filler until it rests, as an executor would; in how many turns.
fn turns(mut filler: Pin<&mut impl Future>) -> usize {
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(wakes.clone());
    let rests = |_: &usize| {
        let before = wakes.0.load(Relaxed);
        assert!(filler.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        wakes.0.load(Relaxed) == before
    };
    (1..100).find(rests).expect("the filler rests")
}

fn set(pool: &WaiterPool, count: usize) -> WaitMany<'_> {
    ready(WaitMany::new(pool, count)).expect("waiters")
}

#[test]
fn a_store_is_filled_in_steps_until_it_is_full() {
    let pool = WaiterPool::new();
    let mut filler = pin!(pool.fill(|| true));
    assert_eq!((turns(filler.as_mut()), pool.free()), (FULL / 16, FULL));
    assert_eq!((turns(filler.as_mut()), pool.free()), (1, FULL));
}

#[test]
fn without_memory_the_filler_rests_until_somebody_asks() {
    let (pool, memory) = (WaiterPool::new(), Cell::new(false));
    let mut filler = pin!(pool.fill(|| memory.get()));
    assert_eq!((turns(filler.as_mut()), pool.free()), (1, 0));
    memory.set(true);
    assert_eq!((turns(filler.as_mut()), pool.free()), (1, 0));
    let mut wait = pin!(WaitMany::new(&pool, 1));
    assert!(poll(wait.as_mut()).is_pending());
    turns(filler.as_mut());
    assert_eq!(pool.free(), FULL);
    assert!(ready(wait).is_ok());
    assert_eq!(pool.free(), FULL);
}

#[test]
fn the_filler_is_asked_when_there_are_fewer_than_one_wait_may_need() {
    let pool = WaiterPool::new();
    let mut filler = pin!(pool.fill(|| true));
    turns(filler.as_mut());
    let _taken = [set(&pool, 1), set(&pool, MAX_ITEMS - 1)];
    assert_eq!((turns(filler.as_mut()), pool.free()), (1, MAX_ITEMS));
    let _one_more = set(&pool, 1);
    assert_eq!(pool.free(), MAX_ITEMS - 1);
    assert_eq!((turns(filler.as_mut()), pool.free()), (5, MAX_ITEMS - 1 + 5 * 16));
}

#[test]
fn a_filler_that_finds_enough_makes_none() {
    let pool = WaiterPool::new();
    let mut filler = pin!(pool.fill(|| true));
    turns(filler.as_mut());
    let taken = [set(&pool, MAX_ITEMS), set(&pool, 1)];
    drop(taken);
    assert_eq!((turns(filler.as_mut()), pool.free()), (1, FULL));
}

#[test]
fn what_comes_back_beyond_four_waits_is_freed() {
    let pool = WaiterPool::new();
    let mut filler = pin!(pool.fill(|| true));
    let mut taken = Vec::new();
    for _ in 0..2 {
        turns(filler.as_mut());
        taken.extend([set(&pool, MAX_ITEMS), set(&pool, MAX_ITEMS)]);
        assert_eq!(pool.free(), 0);
    }
    turns(filler.as_mut());
    assert_eq!(pool.free(), FULL);
    let free = taken.into_iter().map(|set| {
        drop(set);
        pool.free()
    });
    assert!(free.eq([FULL + MAX_ITEMS, 2 * FULL, 2 * FULL, 2 * FULL]));
}

#[test]
fn the_first_waiters_are_made_as_far_as_there_is_memory() {
    let (pool, memory) = (WaiterPool::new(), Cell::new(20_usize));
    let admit = || memory.replace(memory.get().saturating_sub(1)) > 0;
    pool.prepare(admit);
    assert_eq!(pool.free(), 20);
    memory.set(1000);
    pool.prepare(admit);
    assert_eq!((pool.free(), memory.get()), (20 + 7 * 16, 1000 - 7 * 16));
    let pool = WaiterPool::new();
    pool.prepare(|| true);
    assert_eq!(pool.free(), FULL);
}

#[test]
fn a_wait_pays_for_what_it_takes_beyond_a_few_waiters() {
    assert_eq!([0, 8, 9, 24, 25, 40, 41, MAX_ITEMS].map(pages_for), [0, 0, 1, 1, 2, 2, 3, 4]);
}

/// A filler that runs as soon as it is woken, in the middle of what its waker is doing.
struct Eager(Mutex<Option<Filler>>);

type Filler = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Wake for Eager {
    fn wake(self: Arc<Self>) {
        // While it runs it wakes itself to go on.
        let Ok(mut filler) = self.0.try_lock() else { return };
        let waker = Waker::from(self.clone());
        if let Some(filler) = &mut *filler {
            (0..64)
                .for_each(|_| assert!(filler.as_mut().poll(&mut Context::from_waker(&waker)).is_pending()));
        }
    }
}

/// What the filler made, or could not make, after somebody found nothing and before he waits.
#[test]
fn what_happened_between_looking_and_waiting_is_seen() {
    static MEMORY: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];
    for (memory, expected) in [(false, Some(Status::NO_MEMORY)), (true, None)] {
        let pool: &'static WaiterPool = Box::leak(Box::default());
        let memory_now = &MEMORY[usize::from(memory)];
        let filler = Box::pin(pool.fill(|| memory_now.load(Relaxed) > 0));
        let eager = Arc::new(Eager(Mutex::new(Some(filler))));
        eager.clone().wake();
        assert_eq!(pool.free(), 0);
        memory_now.store(usize::from(memory), Relaxed);
        let outcome = ready(WaitMany::new(pool, MAX_ITEMS));
        assert_eq!(outcome.err(), expected);
        *eager.0.lock().unwrap() = None;
    }
}
