//! Port: a queue of packets, from user code and from objects whose signals it observes.
//!
//! An [`Observer`] is one `object_wait_async`: a wait whose waker, instead of waking a task, queues the
//! observer itself as a packet. Observers that are queued are linked to each other, so nothing allocates when one
//! fires. All packets are numbered: the first one is that of user code, or that of an observer, whose number is lower.
//!
//! An observer is in the port until, under the lock of the port's queue, its packet is taken or it is taken
//! out itself. Whoever takes it out disarms it; if it has fired meanwhile, it finds itself gone. So no
//! packet comes after a cancel, and none is left armed by a port that closes.
//!
//! Lock order: a port's queue, then an observer's state, then its source's signals. What an observer
//! holds is dropped without a lock.

mod observer;
mod observers;
mod packets;
#[cfg(all(test, not(loom)))]
mod tests;

use self::observer::Observer;
use self::observers::{Observers, Popped};
pub(crate) use self::packets::{Packets, Sender, Standing};
use crate::core::base::Base;
use crate::core::closing::{DISARMED, Doomed, Remains};
use crate::core::handle::HandleId;
use crate::core::room::Room;
use crate::core::signals::{Interest, Observation};
use crate::object::{KernelObject, Object};
use crate::wait::{Deadline, poll_waiter, until};
use abi::{PortPacket, Signals, Status};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use executor::Sleep;
use waitq::{List, WaitQueue, Waiter};

/// Most packets of `port_queue` that wait in one port; Zircon's number.
pub const MAX_USER_PACKETS: usize = 2048;

/// Most observers of one port, armed and queued, and most entries of a wait set; Zircon's number for ports.
pub const MAX_OBSERVERS: usize = 50_000;

/// A port.
pub struct Port {
    base: Base,
    queue: WaitQueue<(), State>,
}

/// One who waits for packets of one port after the other, and keeps the port meanwhile: the wait of a
/// thread. [`Port::wait`] is that of a kernel task.
pub type PacketWaiter = Waiter<Arc<Port>, (), State>;

/// What is in a port.
#[derive(Default)]
pub struct State {
    /// Packets of user code, with their numbers.
    packets: VecDeque<(u64, PortPacket)>,
    /// How many packets there were, ever.
    numbers: u64,
    /// Those of objects are with their observers.
    observers: Observers,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

/// How an observation reports to its port.
#[derive(Clone, Copy, Default)]
pub struct AsyncOptions {
    /// Only a change from inactive to active counts.
    pub edge: bool,
    /// The packet says when the signal became active; gives nanoseconds of the monotonic clock.
    pub timestamp: Option<fn() -> i64>,
}

impl Port {
    /// A port without packets.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { base: Base::new(), queue: WaitQueue::new(State::default()) })
    }

    /// Queues a packet of user code.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`] wait already, `NO_MEMORY`; `BAD_HANDLE` when the port's last
    /// handle was closed meanwhile.
    pub fn queue(&self, packet: PortPacket) -> Result<(), Status> {
        let mut state = self.queue.lock();
        if state.closed {
            return Err(Status::BAD_HANDLE);
        }
        if state.packets.len() >= MAX_USER_PACKETS {
            return Err(Status::SHOULD_WAIT);
        }
        state.packets.make_room(1)?;
        let number = state.new_number();
        state.packets.push_back((number, packet));
        let waiting = state.take_first(&(), |()| true);
        drop(state);
        if let Some(first) = waiting {
            first.wake();
        }
        Ok(())
    }

    /// Waits for the first packet.
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when the port's last handle is closed.
    pub async fn wait(&self, deadline: Deadline) -> Result<PortPacket, Status> {
        loop {
            if let Some(packet) = self.take()? {
                return Ok(packet);
            }
            let ready = |state: &mut State, _: &mut ()| state.has_packet() || state.closed;
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return self.take()?.ok_or(Status::TIMED_OUT);
            }
        }
    }

    fn take(&self) -> Result<Option<PortPacket>, Status> {
        let mut packet = None;
        let observer = self.queue.with(|state, _| state.take(&mut packet))?;
        Ok(packet.or(observer.map(|observer| observer.packet())))
    }

    /// Takes the first packet into `packet`, which is empty, or begins to wait for one; checking and waiting is
    /// one step.
    ///
    /// # Errors
    /// `CANCELED` when the port's last handle is closed.
    #[inline]
    pub fn begin_wait(
        self: Arc<Self>,
        waiter: Pin<&mut PacketWaiter>,
        packet: &mut Option<PortPacket>,
        waker: &Waker,
    ) -> Poll<Result<(), Status>> {
        let mut taken = Ok(None);
        let ready = |state: &mut State, _: &List<()>, (): &mut ()| {
            taken = state.take(packet);
            packet.is_some() || !matches!(taken, Ok(None))
        };
        if waiter.begin(self, (), ready, waker).is_pending() {
            return Poll::Pending;
        }
        if let Some(observer) = taken? {
            *packet = Some(observer.packet());
        }
        Poll::Ready(Ok(()))
    }

    /// Goes on with the wait, until `sleep`, if there is one, is over.
    ///
    /// # Errors
    /// As for [`Port::wait`].
    #[inline]
    pub fn poll_wait(
        mut waiter: Pin<&mut PacketWaiter>,
        mut sleep: Pin<&mut Option<Sleep<'_>>>,
        context: &mut Context<'_>,
    ) -> Poll<Result<PortPacket, Status>> {
        while ready!(poll_waiter(waiter.as_mut(), sleep.as_mut(), context, |_| ())).is_some() {
            let Some(port) = waiter.as_mut().release() else { break };
            let mut packet = None;
            if let Poll::Ready(taken) = port.begin_wait(waiter.as_mut(), &mut packet, context.waker()) {
                return Poll::Ready(taken.and(packet.ok_or(Status::INTERNAL)));
            }
            // Somebody else has taken the packet meanwhile. The deadline may have passed meanwhile, too.
        }
        Poll::Ready(Self::last_chance(waiter))
    }

    /// Ends a wait without a deadline in the future.
    ///
    /// # Errors
    /// As for [`Port::wait`].
    pub fn end_wait(mut waiter: Pin<&mut PacketWaiter>) -> Result<PortPacket, Status> {
        waiter.as_mut().end(|_| ());
        Self::last_chance(waiter)
    }

    /// A packet that came together with the deadline.
    fn last_chance(waiter: Pin<&mut PacketWaiter>) -> Result<PortPacket, Status> {
        let port = waiter.release().ok_or(Status::TIMED_OUT)?;
        port.take()?.ok_or(Status::TIMED_OUT)
    }

    /// Queues a packet as soon as one of `mask` is active on `source`; once.
    ///
    /// `still_open` is asked, when it is armed, whether `handle` is open.
    ///
    /// # Errors
    /// `NO_MEMORY`; `BAD_HANDLE` when the port's last handle was closed meanwhile; `NO_RESOURCES` when there are
    /// [`MAX_OBSERVERS`] already.
    pub fn wait_async(
        self: &Arc<Self>,
        source: Object,
        handle: HandleId,
        key: u64,
        mask: Signals,
        options: AsyncOptions,
        still_open: impl FnOnce() -> bool,
    ) -> Result<(), Status> {
        let interest = if options.edge { Interest::Edge } else { Interest::Level };
        let observation = Observation { interest, ..Observation::of(mask, handle) };
        let observer = Observer::new(self, source, observation, key, options.timestamp)?;
        self.admit(&observer)?;
        observer.arm(observation, still_open);
        Ok(())
    }

    /// Removes what `wait_async` armed or queued for this handle and key.
    ///
    /// # Errors
    /// `NOT_FOUND` when there was nothing.
    pub fn cancel(&self, handle: HandleId, key: u64) -> Result<(), Status> {
        if !self.cancel_one(handle, key) {
            return Err(Status::NOT_FOUND);
        }
        while self.cancel_one(handle, key) {}
        Ok(())
    }

    /// A step of [`Port::cancel`]; whether there was something.
    pub fn cancel_one(&self, handle: HandleId, key: u64) -> bool {
        let observer = self.queue.with(|state, _| state.observers.cancel(handle, key));
        observer.inspect(|observer| observer.disarm()).is_some()
    }

    /// Makes room for an observer and its packet.
    fn admit(&self, observer: &Arc<Observer>) -> Result<(), Status> {
        let mut state = self.queue.lock();
        if state.closed {
            return Err(Status::BAD_HANDLE);
        }
        if state.observers.len() >= MAX_OBSERVERS {
            return Err(Status::NO_RESOURCES);
        }
        state.observers.reserve()?;
        observer.set_slot(state.observers.insert(observer.clone())?);
        Ok(())
    }
}

impl AsRef<WaitQueue<(), State>> for Port {
    fn as_ref(&self) -> &WaitQueue<(), State> {
        &self.queue
    }
}

impl State {
    /// Takes the first packet out: into `packet`, or the observer that has it.
    #[inline]
    fn take(&mut self, packet: &mut Option<PortPacket>) -> Result<Option<Arc<Observer>>, Status> {
        if self.closed {
            return Err(Status::CANCELED);
        }
        let is_before = |number| self.observers.first().is_none_or(|theirs| number < theirs);
        match self.packets.front() {
            Some((number, _)) if is_before(*number) => {
                *packet = self.packets.pop_front().map(|(_, packet)| packet);
                Ok(None)
            }
            _ => Ok(self.observers.take_first()),
        }
    }

    fn has_packet(&self) -> bool {
        !self.packets.is_empty() || self.observers.has_packet()
    }

    /// The number of another packet.
    fn new_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Queues the packet of an observer, if that is in its slot still; whether it is.
    fn queue_observer(&mut self, slot: usize, observer: &Arc<Observer>) -> bool {
        let number = self.new_number();
        self.observers.queue(slot, observer, number)
    }
}

impl KernelObject for Port {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are woken, observers disarmed and packets dropped, soon.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let was_closed = self.queue.with(|state, _| core::mem::replace(&mut state.closed, true));
        if !was_closed {
            doomed.push(self.clone().into());
        }
    }
}

/// The waiters, the packets and the observers of a closed port.
impl Remains for Port {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let (goes_on, observer) = self.queue.with(|state, waiters| {
            if waiters.wake_one() || state.packets.pop_front().is_some() {
                return (true, None);
            }
            match state.observers.pop() {
                Popped::One(observer) => (true, Some(observer)),
                Popped::NoneYet => (true, None),
                Popped::Nothing => (false, None),
            }
        });
        if let Some(observer) = observer {
            observer.disarm();
            doomed.count(DISARMED);
        }
        goes_on
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
