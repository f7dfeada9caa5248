//! What a thread is blocked in: one wait, which it keeps and uses for one call after the other.
//!
//! A call that `parks` begins its wait right at the trap, where it often need not wait at all; if it has
//! to, the thread's task polls the rest of the call here. So the common waits cost no future of their own.
//! Each kind of wait is a type that stands beside its calls; what a thread may wait in takes `ROOM` bytes. Calls that
//! wait in other ways are async functions.

use super::Caller;
use abi::Status;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use executor::{BorrowedWaker, InPlace, Kept, See, Sleep, TaskRef};
use objects::wait::Deadline;
use pin_project_lite::pin_project;

/// How many bytes a wait may take: each thread has them.
const ROOM: usize = 128;

/// A wait that has begun, and where its result goes.
pub trait Wait: Send {
    /// Goes on with it, once its waker or that of its deadline was called.
    fn poll(
        self: Pin<&mut Self>,
        caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>>;
}

impl<W: Wait + 'static> See<W> for dyn Wait {
    fn see(wait: &mut W) -> &mut Self {
        wait
    }
}

pin_project! {
    /// The waits of a thread, of which one at a time goes on.
    pub struct Blocked {
        task: TaskRef,
        #[pin]
        wait: InPlace<dyn Wait, ROOM>,
        // The deadline of the wait, if it has one.
        #[pin]
        sleep: Option<Sleep<'static>>,
    }
}

impl Blocked {
    /// For the thread that this task runs.
    pub fn new(task: TaskRef) -> Self {
        Self { task, wait: InPlace::new(), sleep: None }
    }

    /// The thread's task.
    #[inline]
    pub fn task(&self) -> &TaskRef {
        &self.task
    }

    /// Whether a wait goes on: it is to be polled.
    #[inline]
    pub fn goes_on(&self) -> bool {
        self.wait.goes_on()
    }

    /// The wait of this kind that is kept, or a new one, to begin it.
    #[inline]
    pub fn keep<W: Wait + 'static>(self: Pin<&mut Self>, new: impl FnOnce() -> W) -> Begun<'_, W> {
        let this = self.project();
        let task: &TaskRef = this.task;
        Begun { wait: this.wait.keep(new), task, waker: task.borrow_waker(), sleep: this.sleep }
    }

    /// Leaves the call in a wait that is polled at the thread's next turn.
    #[cold]
    pub fn suspend_for_a_turn<W: Wait + 'static, R>(self: Pin<&mut Self>, wait: W) -> Poll<R> {
        let this = self.project();
        let task: &TaskRef = this.task;
        Begun { wait: this.wait.put(wait), task, waker: task.borrow_waker(), sleep: this.sleep }
            .suspend_for_a_turn()
    }

    /// Goes on with the wait, once its waker was called; when it is over, what belongs into rax.
    #[inline]
    pub fn poll(self: Pin<&mut Self>, caller: &Caller, task: &mut Context<'_>) -> Poll<i64> {
        let mut this = self.project();
        let outcome = match this.wait.as_mut().going_on() {
            Some(wait) => ready!(wait.poll(caller, this.sleep.as_mut(), task)),
            None => Err(Status::INTERNAL),
        };
        this.wait.rest();
        if this.sleep.is_some() {
            this.sleep.set(None);
        }
        Poll::Ready(i64::from(Status::from_result(outcome).raw()))
    }
}

/// A wait that begins.
pub struct Begun<'a, W> {
    wait: Kept<'a, dyn Wait, ROOM, W>,
    task: &'a TaskRef,
    waker: BorrowedWaker<'a>,
    sleep: Pin<&'a mut Option<Sleep<'static>>>,
}

impl<W: Wait + 'static> Begun<'_, W> {
    /// The wait, and what is to wake it.
    #[inline]
    pub fn parts(&mut self) -> (Pin<&mut W>, &Waker) {
        (self.wait.value(), &self.waker)
    }

    /// Leaves the call in it, which is polled at the thread's next turn.
    #[inline]
    pub fn suspend_for_a_turn<R>(self) -> Poll<R> {
        self.wait.go_on();
        self.waker.wake_by_ref();
        Poll::Pending
    }

    /// Leaves the call in it, until it is over or the deadline has passed.
    #[inline]
    pub fn suspend<R>(self, deadline: Deadline) -> Poll<R> {
        self.wait.go_on();
        if !deadline.is_never() {
            arm(self.sleep, self.task, deadline);
        }
        Poll::Pending
    }
}

/// Has the deadline wake the task.
#[inline(never)] // reason: a wait without one would make room for what this needs
fn arm(mut sleep: Pin<&mut Option<Sleep<'static>>>, task: &TaskRef, deadline: Deadline) {
    sleep.set(Some(deadline.sleep()));
    if let Some(sleep) = sleep.as_pin_mut() {
        // The first poll arms it.
        let _ = sleep.poll(&mut Context::from_waker(&task.borrow_waker()));
    }
}
