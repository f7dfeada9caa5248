//! What each wait queue is asked to do. Waiters have a waker that does nothing: what waking a task costs
//! is the executors' matter.

mod event_listener;
mod futures_intrusive;
mod hafnon;
mod maitake_sync;
mod tokio;

use crate::allocations;
use crate::cases::{Case, Row};
use std::future::Future;
use std::hint::black_box;
use std::mem::size_of_val;
use std::pin::pin;
use std::task::{Context, Waker};

/// A queue in which futures wait to be woken one by one.
pub trait Contender: Sized {
    /// What a wait ends with.
    type Outcome<'a>
    where
        Self: 'a;

    /// A queue without waiters.
    fn new() -> Self;

    /// A wait, which may have to be polled to be in the queue.
    fn wait(&self) -> impl Future<Output = Self::Outcome<'_>>;

    /// Wakes the waiter that came first.
    fn wake_one(&self);

    /// Takes the outcome of a wait.
    fn finish(_outcome: Self::Outcome<'_>) {}

    /// Registers a waiter and drops it.
    #[inline(always)]
    fn register_and_drop(&self, context: &mut Context<'_>) {
        let mut wait = pin!(self.wait());
        assert!(black_box(wait.as_mut()).poll(context).is_pending());
    }

    /// Registers a waiter, wakes it and polls it.
    #[inline(always)]
    fn register_wake_and_poll(&self, context: &mut Context<'_>) {
        let mut wait = pin!(self.wait());
        assert!(black_box(wait.as_mut()).poll(context).is_pending());
        self.wake_one();
        assert!(black_box(wait.as_mut()).poll(context).is_ready());
    }

    /// The size of a waiter in bytes, wherever it is.
    fn waiter_bytes(&self) -> u64 {
        let before = allocations::live();
        let wait = self.wait();
        allocations::live() - before + size_of_val(&wait) as u64
    }
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn register_and_drop<C: Contender>(operations: u64) {
    let (queue, mut context) = (C::new(), context());
    for _ in 0..operations {
        black_box(&queue).register_and_drop(&mut context);
    }
}

fn register_wake_and_poll<C: Contender>(operations: u64) {
    let (queue, mut context) = (C::new(), context());
    for _ in 0..operations {
        black_box(&queue).register_wake_and_poll(&mut context);
    }
}

/// Wakes the first waiter, polls it, and registers another one behind the rest.
fn wake_one_among<C: Contender, const CROWD: usize>(operations: u64) {
    let (queue, mut context) = (C::new(), context());
    let mut waits: Vec<_> = (0..CROWD).map(|_| Box::pin(queue.wait())).collect();
    for wait in &mut waits {
        assert!(wait.as_mut().poll(&mut context).is_pending());
    }
    let mut first = 0;
    for _ in 0..operations {
        black_box(&queue).wake_one();
        let wait = &mut waits[first];
        match wait.as_mut().poll(&mut context) {
            std::task::Poll::Ready(outcome) => C::finish(outcome),
            std::task::Poll::Pending => panic!("the first waiter is woken first"),
        }
        wait.set(queue.wait());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        first = if first + 1 == CROWD { 0 } else { first + 1 };
    }
}

/// The memory of a queue, on the heap or off it.
fn queue_bytes<C: Contender>() -> u64 {
    let before = allocations::live();
    let queue = C::new();
    {
        let mut wait = pin!(queue.wait());
        assert!(wait.as_mut().poll(&mut context()).is_pending());
    }
    allocations::live() - before + size_of::<C>() as u64
}

/// The memory of a waiter of a queue that has waiters already.
fn waiter_bytes<C: Contender>() -> u64 {
    let queue = C::new();
    let mut wait = pin!(queue.wait());
    assert!(wait.as_mut().poll(&mut context()).is_pending());
    queue.waiter_bytes()
}

/// The cases of a queue that wakes one.
fn crowds<C: Contender>(name: &'static str) -> [Case; 2] {
    [
        Case::speed(Row::WakeAmong10, name, wake_one_among::<C, 10>),
        Case::speed(Row::WakeAmong1000, name, wake_one_among::<C, 1000>),
    ]
}

/// The cases of a queue with one waiter.
fn singles<C: Contender>(name: &'static str) -> [Case; 4] {
    [
        Case::speed(Row::RegisterDrop, name, register_and_drop::<C>),
        Case::speed(Row::RegisterWakePoll, name, register_wake_and_poll::<C>),
        Case::size(Row::QueueBytes, name, queue_bytes::<C>),
        Case::size(Row::WaiterBytes, name, waiter_bytes::<C>),
    ]
}

fn cases<C: Contender>(name: &'static str) -> impl Iterator<Item = Case> {
    singles::<C>(name).into_iter().chain(crowds::<C>(name))
}

/// The cases of all queues.
pub fn all() -> Vec<Case> {
    cases::<hafnon::Hafnon>(crate::HAFNON)
        .chain(cases::<tokio::Tokio>("tokio"))
        .chain(cases::<event_listener::EventListener>("event-listener"))
        .chain(singles::<futures_intrusive::Event>("futures-intrusive"))
        .chain(crowds::<futures_intrusive::Semaphore>("futures-intrusive"))
        .chain(cases::<maitake_sync::MaitakeSync>("maitake-sync"))
        .collect()
}
