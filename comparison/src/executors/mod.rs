//! What each executor is asked to do: the same futures, for all of them.

mod async_executor;
mod embassy;
mod hafnon;
mod tokio;

use crate::allocations;
use crate::cases::{Case, Row};
use std::cell::UnsafeCell;
use std::future::{Future, Ready, poll_fn, ready};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// How many tasks are spawned before they are run, so that starting to run costs next to nothing.
pub const BATCH: usize = 32;

/// An executor of one thread.
pub trait Contender {
    /// A new one.
    fn new() -> Self;

    /// Spawns a task that nobody waits for.
    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static);

    /// Spawns [`BATCH`] tasks that are ready at once.
    fn spawn_batch(&self) {
        for _ in 0..BATCH {
            self.spawn(ready(()));
        }
    }

    /// Runs tasks until none is ready; `left` of them do not end.
    fn run(&self, done: &Done);
}

/// For an executor that only runs until something is ready: whether all is done.
#[derive(Default)]
pub struct Done(Local<(bool, Option<Waker>)>);

impl Done {
    /// Waits until all is done.
    pub fn poll(&self, context: &Context<'_>) -> Poll<()> {
        self.0.with(|(done, waker)| {
            if *done {
                return Poll::Ready(());
            }
            *waker = Some(context.waker().clone());
            Poll::Pending
        })
    }

    fn set(&self) {
        let waker = self.0.with(|(done, waker)| {
            *done = true;
            waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Something that futures of one thread share, as if it could be sent.
#[derive(Default)]
pub struct Local<T>(UnsafeCell<T>);

// SAFETY: this program has one thread.
unsafe impl<T> Send for Local<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Local<T> {}

impl<T> Local<T> {
    /// Runs `work` on the value; it must not come here again.
    #[inline(always)]
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: one thread, and `work` is the only one at it.
        work(unsafe { &mut *self.0.get() })
    }
}

fn spawn_and_run<C: Contender>(operations: u64) {
    let contender = C::new();
    for _ in 0..operations / BATCH as u64 {
        contender.spawn_batch();
        let done = Done::default();
        done.set();
        contender.run(&done);
    }
}

fn self_wake<C: Contender>(operations: u64) {
    let contender = C::new();
    let done = Arc::new(Done::default());
    let (mut left, inner) = (operations, done.clone());
    contender.spawn(poll_fn(move |context| {
        if left == 0 {
            inner.set();
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }));
    contender.run(&done);
}

/// A task that wakes another one and itself.
fn wake_another<C: Contender>(operations: u64) {
    let contender = C::new();
    let done = Arc::new(Done::default());
    let woken: Arc<Local<Woken>> = Arc::default();
    let (inner, other) = (done.clone(), woken.clone());
    contender.spawn(poll_fn(move |context| {
        other.with(|other| {
            if other.over {
                inner.set();
                other.waker = None;
                return Poll::Ready(());
            }
            if other.waker.is_none() {
                other.waker = Some(context.waker().clone());
            }
            Poll::Pending
        })
    }));
    let mut left = operations;
    contender.spawn(poll_fn(move |context| {
        context.waker().wake_by_ref();
        woken.with(|woken| {
            if let Some(waker) = &woken.waker {
                waker.wake_by_ref();
                left -= 1;
                woken.over = left == 0;
            }
            if woken.over { Poll::Ready(()) } else { Poll::Pending }
        })
    }));
    contender.run(&done);
}

/// A task to be woken, and whether it is to end then.
#[derive(Default)]
struct Woken {
    waker: Option<Waker>,
    over: bool,
}

/// Whose turn it is, and how to wake each.
#[derive(Default)]
struct Turns {
    turn: usize,
    left: u64,
    wakers: [Option<Waker>; 2],
}

fn ping_pong<C: Contender>(operations: u64) {
    let contender = C::new();
    let done = Arc::new(Done::default());
    let turns = Arc::new(Local::default());
    turns.with(|turns: &mut Turns| turns.left = 2 * operations);
    for me in [1, 0] {
        contender.spawn(take_turns(me, turns.clone(), done.clone()));
    }
    contender.run(&done);
    turns.with(|turns| turns.wakers = Default::default());
}

fn take_turns(me: usize, turns: Arc<Local<Turns>>, done: Arc<Done>) -> impl Future<Output = ()> + Send {
    poll_fn(move |context| {
        turns.with(|turns| {
            if turns.wakers[me].is_none() {
                turns.wakers[me] = Some(context.waker().clone());
            }
            if turns.left == 0 {
                done.set();
            } else if turns.turn == me {
                turns.turn = 1 - me;
                turns.left -= 1;
                // Without a waker, it has not been polled for the first time yet.
                if let Some(other) = &turns.wakers[1 - me] {
                    other.wake_by_ref();
                }
            }
        });
        Poll::Pending
    })
}

/// The memory of a task beyond its future, which is a waker.
fn task_bytes<C: Contender>() -> u64 {
    const TASKS: u64 = 1000;
    // Never dropped: some executors do not like to lose tasks that have not ended.
    let contender = ManuallyDrop::new(C::new());
    let before = allocations::live();
    for _ in 0..TASKS {
        // A task of which nobody has a waker would be gone at once.
        let mut kept: Option<Waker> = None;
        contender.spawn(poll_fn(move |context| {
            kept.get_or_insert_with(|| context.waker().clone());
            Poll::Pending
        }));
    }
    let done = Done::default();
    done.set();
    contender.run(&done);
    (allocations::live() - before) / TASKS - size_of::<Option<Waker>>() as u64
}

/// The future that [`Contender::spawn_batch`] spawns.
type Nothing = Ready<()>;

/// The cases of one executor.
fn cases<C: Contender>(name: &'static str) -> [Case; 5] {
    [
        Case::speed(Row::SpawnRun, name, spawn_and_run::<C>),
        Case::speed(Row::SelfWake, name, self_wake::<C>),
        Case::speed(Row::WakeAnother, name, wake_another::<C>),
        Case::speed(Row::TaskPingPong, name, ping_pong::<C>),
        Case::size(Row::TaskBytes, name, task_bytes::<C>),
    ]
}

/// The cases of all executors.
pub fn all() -> Vec<Case> {
    let lists = [
        cases::<hafnon::Hafnon>(crate::HAFNON),
        cases::<tokio::Tokio>("tokio"),
        cases::<async_executor::AsyncExecutor>("async-executor"),
        cases::<embassy::Embassy>("embassy-executor"),
    ];
    lists.into_iter().flatten().collect()
}
