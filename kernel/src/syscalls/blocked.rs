//! What a thread is blocked in: the waits that it keeps and uses for one call after the other.
//!
//! A call that `parks` begins its wait right at the trap, where it often need not wait at all; if it has
//! to, the thread's task polls the rest of the call here. So the common waits cost no future of their own,
//! and what a thread may wait in takes the room of the largest of them. Calls that wait in other ways are
//! async functions.

use super::Caller;
use super::channel::Destination;
use crate::mm::user::Out;
use abi::{PortPacket, Signals, Status};
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use executor::Sleep;
use objects::wait::{self, Deadline, SignalWaiter};
use objects::{
    Call, Channel, FutexUnderWay, FutexWait, FutexWaiter, HandleId, Message, Object, Observation,
    PacketWaiter, Port, Process, Refused, futex_waiter,
};
use pin_project_lite::pin_project;

pin_project! {
    /// A wait, and where its result goes.
    #[project = WaitProjection]
    enum Wait {
        Nothing,
        Signals { #[pin] waiter: SignalWaiter, observed: Out<Signals> },
        Packet { #[pin] waiter: PacketWaiter, to: Out<PortPacket> },
        Futex { #[pin] waiter: FutexWaiter<Arc<Process>> },
        Reply { #[pin] call: Call, to: Destination },
        Wakes { process: Arc<Process>, left: FutexUnderWay },
        Time,
        Turn,
    }
}

pin_project! {
    /// The waits of a thread, of which one at a time goes on.
    pub struct Blocked {
        waker: Waker,
        goes_on: bool,
        #[pin]
        wait: Wait,
        // The deadline of the wait, if it has one.
        #[pin]
        sleep: Option<Sleep<'static>>,
    }
}

/// Makes the wait of this kind the one that is kept, and gives its parts.
macro_rules! kept {
    ($wait:expr, $kind:ident { $($field:ident),+ }, $new:expr) => {{
        let mut wait = $wait;
        if !matches!(&*wait, Wait::$kind { .. }) {
            wait.set($new);
        }
        match wait.project() {
            WaitProjection::$kind { $($field),+ } => ($($field),+),
            _ => unreachable!("it was set above"),
        }
    }};
}

impl Blocked {
    /// For the thread whose task has this waker.
    pub fn new(waker: Waker) -> Self {
        Self { waker, goes_on: false, wait: Wait::Nothing, sleep: None }
    }

    /// Whether a wait goes on: it is to be polled.
    #[inline]
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// Waits for signals of an object, and writes what was `observed`.
    #[inline]
    pub fn signals(
        self: Pin<&mut Self>,
        object: Object,
        observation: Observation,
        still_open: impl FnOnce() -> bool,
        deadline: Deadline,
        to: Out<Signals>,
    ) -> Poll<Result<(), Status>> {
        let this = self.project();
        let (mut waiter, observed) = kept!(
            this.wait,
            Signals { waiter, observed },
            Wait::Signals { waiter: SignalWaiter::new(observation), observed: to }
        );
        *observed = to;
        let begun = wait::begin_wait_on(waiter.as_mut(), object, observation, still_open, this.waker);
        let woken = match begun {
            Poll::Ready(_) => true,
            Poll::Pending if deadline.is_past() => waiter.as_mut().end(|_| ()).is_some(),
            Poll::Pending => return suspend(this.goes_on, this.sleep, deadline, this.waker),
        };
        Poll::Ready(tell(waiter, woken, to))
    }

    /// Waits for a packet, and writes it.
    #[inline]
    pub fn packet(
        self: Pin<&mut Self>,
        port: Arc<Port>,
        deadline: Deadline,
        to: Out<PortPacket>,
    ) -> Poll<Result<(), Status>> {
        let this = self.project();
        let (mut waiter, place) =
            kept!(this.wait, Packet { waiter, to }, Wait::Packet { waiter: PacketWaiter::new(()), to });
        *place = to;
        let mut packet = None;
        match port.begin_wait(waiter.as_mut(), &mut packet, this.waker) {
            Poll::Ready(taken) => taken?,
            Poll::Pending if deadline.is_past() => packet = Some(Port::end_wait(waiter)?),
            Poll::Pending => return suspend(this.goes_on, this.sleep, deadline, this.waker),
        }
        Poll::Ready(packet.ok_or(Status::INTERNAL).and_then(|packet| to.write(&packet)))
    }

    /// Waits at a futex.
    #[inline]
    pub fn futex<F>(
        self: Pin<&mut Self>,
        process: &Arc<Process>,
        wait: FutexWait,
        compare: impl Fn() -> Result<bool, F>,
        deadline: Deadline,
    ) -> Poll<Result<(), Refused<F>>> {
        let this = self.project();
        let new = || Wait::Futex { waiter: futex_waiter(process.clone()) };
        let mut waiter = kept!(this.wait, Futex { waiter }, new());
        process.futexes.begin_wait(waiter.as_mut(), wait, compare, this.waker)?;
        if deadline.is_past() {
            let woken = waiter.as_mut().end(|_| ()).is_some();
            return Poll::Ready(after_futex(waiter, woken).map_err(Refused::Status));
        }
        suspend(this.goes_on, this.sleep, deadline, this.waker)
    }

    /// Goes on to wake waiters of a futex, and to move them, a step at each turn.
    #[cold]
    pub fn wake_others(
        self: Pin<&mut Self>,
        process: &Arc<Process>,
        left: FutexUnderWay,
    ) -> Poll<Result<(), Status>> {
        let mut this = self.project();
        this.wait.set(Wait::Wakes { process: process.clone(), left });
        *this.goes_on = true;
        this.waker.wake_by_ref();
        Poll::Pending
    }

    /// Sends a message, through a handle if it is still open, and waits for its reply. `refused` makes an error of why
    /// it can not be sent.
    #[inline(always)] // reason: it has much to be told
    pub fn reply(
        self: Pin<&mut Self>,
        channel: Arc<Channel>,
        message: Message,
        (handle, still_open): (HandleId, impl FnOnce() -> bool),
        deadline: Deadline,
        to: Destination,
        refused: impl FnOnce(Status) -> Status,
    ) -> Poll<Result<(), Status>> {
        let this = self.project();
        let (call, place) = kept!(this.wait, Reply { call, to }, Wait::Reply { call: Call::default(), to });
        *place = to;
        call.begin(channel, message, handle, still_open, this.waker).map_err(refused)?;
        suspend(this.goes_on, this.sleep, deadline, this.waker)
    }

    /// Waits until the deadline.
    pub fn sleep<E>(self: Pin<&mut Self>, deadline: Deadline) -> Poll<Result<(), E>> {
        let mut this = self.project();
        this.wait.set(Wait::Time);
        suspend(this.goes_on, this.sleep, deadline, this.waker)
    }

    /// Waits for the next turn, behind others that are ready.
    pub fn give_way<E>(self: Pin<&mut Self>) -> Poll<Result<(), E>> {
        let mut this = self.project();
        this.wait.set(Wait::Turn);
        *this.goes_on = true;
        this.waker.wake_by_ref();
        Poll::Pending
    }

    /// Goes on with the wait, once its waker was called; when it is over, what belongs into rax.
    #[inline]
    pub fn poll(self: Pin<&mut Self>, caller: &Caller, task: &mut Context<'_>) -> Poll<i64> {
        let mut this = self.project();
        let mut sleep = this.sleep.as_mut();
        let outcome = match this.wait.project() {
            WaitProjection::Signals { mut waiter, observed } => {
                let woken = ready!(wait::poll_waiter(waiter.as_mut(), sleep, task, |_| ()));
                tell(waiter, woken.is_some(), *observed)
            }
            WaitProjection::Packet { waiter, to } => {
                ready!(Port::poll_wait(waiter, sleep, task)).and_then(|packet| to.write(&packet))
            }
            WaitProjection::Futex { mut waiter } => {
                let woken = ready!(wait::poll_waiter(waiter.as_mut(), sleep, task, |_| ()));
                after_futex(waiter, woken.is_some())
            }
            WaitProjection::Reply { call, to } => {
                ready!(call.poll(sleep, task)).and_then(|message| to.receive(caller, message))
            }
            WaitProjection::Wakes { process, left } => ready!(wake_more(process, left, task)),
            WaitProjection::Time => match sleep.as_mut().as_pin_mut() {
                Some(sleep) => {
                    ready!(sleep.poll(task));
                    Ok(())
                }
                None => return Poll::Pending,
            },
            WaitProjection::Turn => Ok(()),
            WaitProjection::Nothing => Err(Status::INTERNAL),
        };
        *this.goes_on = false;
        if this.sleep.is_some() {
            this.sleep.set(None);
        }
        Poll::Ready(i64::from(Status::from_result(outcome).raw()))
    }
}

/// Leaves the call in its wait, until the deadline.
#[inline]
fn suspend<R>(
    goes_on: &mut bool,
    mut sleep: Pin<&mut Option<Sleep<'static>>>,
    deadline: Deadline,
    waker: &Waker,
) -> Poll<R> {
    *goes_on = true;
    if !deadline.is_never() {
        sleep.set(Some(deadline.sleep()));
        if let Some(sleep) = sleep.as_pin_mut() {
            // The first poll arms it.
            let _ = sleep.poll(&mut Context::from_waker(waker));
        }
    }
    Poll::Pending
}

/// Writes what a wait for signals saw that was `woken` or timed out; its outcome.
#[inline(always)] // reason: half of it is passing what it needs
fn tell(waiter: Pin<&mut SignalWaiter>, woken: bool, to: Out<Signals>) -> Result<(), Status> {
    let observed = waiter.tag().observed;
    waiter.release();
    to.write_optional(&observed)?;
    if woken { Observation::outcome_of(observed) } else { Err(Status::TIMED_OUT) }
}

/// The outcome of a wait at a futex that was `woken` or timed out.
#[inline]
fn after_futex(waiter: Pin<&mut FutexWaiter<Arc<Process>>>, woken: bool) -> Result<(), Status> {
    let process = waiter.owner().ok_or(Status::INTERNAL)?;
    process.futexes.end_wait(waiter.tag(), woken)
}

/// A step of [`Blocked::wake_others`].
#[cold]
fn wake_more(process: &Process, left: &mut FutexUnderWay, task: &Context<'_>) -> Poll<Result<(), Status>> {
    if process.futexes.go_on(left) {
        return Poll::Ready(Ok(()));
    }
    task.waker().wake_by_ref();
    Poll::Pending
}
