//! Port: a queue of packets, from user code and from objects whose signals it observes.
//!
//! An [`Observer`] is one `object_wait_async`: a wait whose waker, instead of waking a task, queues the
//! observer itself as a packet. Room for that packet is made when the wait is armed, so nothing
//! allocates when it fires.
//!
//! An armed observer is in the port until, under the lock of the port's queue, it becomes a packet or is
//! taken out. Whoever takes it out disarms it; if it has fired meanwhile, it finds itself gone. So no
//! packet comes after a cancel, and none is left armed by a port that closes.
//!
//! Lock order: a port's queue, then an observer's state, then its source's signals. What an observer
//! holds is dropped without a lock.

mod armed;

use self::armed::Armed;
use crate::base::Base;
use crate::closing::{Doomed, Remains};
use crate::handle::HandleId;
use crate::object::{Object, kernel_object};
use crate::signals::{Active, Interest, Observation, SignalQueue};
use crate::wait::{Deadline, poll_waiter, until};
use abi::{PortPacket, Signals, Status};
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use executor::Sleep;
use waitq::sync::Mutex;
use waitq::{Registration, WaitQueue, Waiter, Woken};

/// Most packets of `port_queue` that wait in one port; Zircon's number.
pub const MAX_USER_PACKETS: usize = 2048;

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
    packets: VecDeque<Packet>,
    user_packets: usize,
    armed: Armed,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

enum Packet {
    User(PortPacket),
    Signal(Arc<Observer>),
}

/// How an observation reports to its port.
#[derive(Clone, Copy, Default)]
pub struct AsyncOptions {
    /// Only a change from inactive to active counts.
    pub edge: bool,
    /// The packet says when the signal became active; gives nanoseconds of the monotonic clock.
    pub timestamp: Option<fn() -> i64>,
}

/// One armed or fired `object_wait_async`.
struct Observer {
    port: Weak<Port>,
    key: u64,
    handle: HandleId,
    mask: Signals,
    clock: Option<fn() -> i64>,
    count: fn(&Object) -> u64,
    inner: Mutex<ObserverState>,
}

struct ObserverState {
    registration: Registration<Observation, Active, dyn AsRef<SignalQueue> + Send + Sync>,
    /// There until it has fired or was disarmed.
    source: Option<Object>,
    slot: usize,
    /// What it saw when it fired.
    observed: Signals,
    messages: u64,
    timestamp: i64,
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
        self.queue.with(|state, waiters| {
            if state.closed {
                return Err(Status::BAD_HANDLE);
            }
            if state.user_packets >= MAX_USER_PACKETS {
                return Err(Status::SHOULD_WAIT);
            }
            state.reserve_packet(1)?;
            state.user_packets += 1;
            state.packets.push_back(Packet::User(packet));
            waiters.wake_one();
            Ok(())
        })
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
            let ready = |state: &mut State, _: &mut ()| !state.packets.is_empty() || state.closed;
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return self.take()?.ok_or(Status::TIMED_OUT);
            }
        }
    }

    fn take(&self) -> Result<Option<PortPacket>, Status> {
        let packet = self.queue.with(|state, _| state.take())?;
        Ok(packet.map(Packet::open))
    }

    /// Takes the first packet, or begins to wait for one; checking and waiting is one step.
    ///
    /// # Errors
    /// `CANCELED` when the port's last handle is closed.
    #[inline]
    pub fn begin_wait(
        self: Arc<Self>,
        waiter: Pin<&mut PacketWaiter>,
        waker: &Waker,
    ) -> Poll<Result<PortPacket, Status>> {
        let mut taken = Ok(None);
        let ready = |state: &mut State, _: &mut ()| {
            taken = state.take();
            !matches!(taken, Ok(None))
        };
        if waiter.begin(self, (), ready, waker).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(taken.and_then(|packet| packet.map(Packet::open).ok_or(Status::INTERNAL)))
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
            let begun = port.begin_wait(waiter.as_mut(), context.waker());
            if begun.is_ready() {
                return begun;
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
    /// `NO_MEMORY`; `BAD_HANDLE` when the port's last handle was closed meanwhile.
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
        let registration = Registration::new(observation).map_err(|_| Status::NO_MEMORY)?;
        let observer = Arc::new(Observer {
            port: Arc::downgrade(self),
            key,
            handle,
            mask,
            clock: options.timestamp,
            count: crate::pending_messages,
            inner: Mutex::new(ObserverState {
                registration,
                source: Some(source.clone()),
                slot: 0,
                observed: Signals::empty(),
                messages: 0,
                timestamp: 0,
            }),
        });
        self.admit(&observer)?;
        let mut inner = observer.inner.lock();
        if inner.source.is_none() {
            return Ok(()); // cancelled or closed meanwhile, as if it had been armed before
        }
        let waker = Waker::from(observer.clone());
        let armed = inner.registration.arm(source.observable(), observation, waker, |active, seen| {
            let satisfied = seen.begin(active);
            if !satisfied && !still_open() {
                seen.observed |= Signals::SIGNAL_HANDLE_CLOSED;
                return true;
            }
            satisfied
        });
        drop(inner);
        if let Err(seen) = armed {
            observer.fire(seen);
        }
        Ok(())
    }

    /// Removes what `wait_async` armed or queued for this handle and key.
    ///
    /// # Errors
    /// `NOT_FOUND` when there was nothing.
    pub fn cancel(&self, handle: HandleId, key: u64) -> Result<(), Status> {
        let mut found = false;
        while let Some(observer) = self.queue.with(|state, _| state.remove(handle, key)) {
            observer.disarm();
            found = true;
        }
        if found { Ok(()) } else { Err(Status::NOT_FOUND) }
    }

    /// Makes room for an observer and its packet.
    fn admit(&self, observer: &Arc<Observer>) -> Result<(), Status> {
        self.queue.with(|state, _| {
            if state.closed {
                return Err(Status::BAD_HANDLE);
            }
            state.armed.reserve()?;
            state.reserve_packet(1)?;
            observer.inner.lock().slot = state.armed.insert(observer.clone());
            Ok(())
        })
    }
}

impl AsRef<WaitQueue<(), State>> for Port {
    fn as_ref(&self) -> &WaitQueue<(), State> {
        &self.queue
    }
}

impl Packet {
    /// What user code gets.
    #[inline]
    fn open(self) -> PortPacket {
        match self {
            Self::User(packet) => packet,
            Self::Signal(observer) => observer.packet(),
        }
    }
}

impl State {
    #[inline]
    fn take(&mut self) -> Result<Option<Packet>, Status> {
        if self.closed {
            return Err(Status::CANCELED);
        }
        let packet = self.packets.pop_front();
        self.user_packets -= usize::from(matches!(packet, Some(Packet::User(_))));
        Ok(packet)
    }

    /// Room for so many packets beyond those queued and those that armed observers may queue.
    fn reserve_packet(&mut self, packets: usize) -> Result<(), Status> {
        self.packets.try_reserve(self.armed.len() + packets).map_err(|_| Status::NO_MEMORY)
    }

    /// Takes out one observer, armed or queued, with this handle and key.
    fn remove(&mut self, handle: HandleId, key: u64) -> Option<Arc<Observer>> {
        if let Some(observer) = self.armed.remove_matching(handle, key) {
            return Some(observer);
        }
        let index = self
            .packets
            .iter()
            .position(|packet| matches!(packet, Packet::Signal(observer) if observer.is_for(handle, key)))?;
        match self.packets.remove(index) {
            Some(Packet::Signal(observer)) => Some(observer),
            _ => None,
        }
    }
}

impl Observer {
    fn is_for(&self, handle: HandleId, key: u64) -> bool {
        self.handle == handle && self.key == key
    }

    /// The wait has ended: into the port's queue, or out of the port when it was cancelled.
    fn fire(self: Arc<Self>, seen: Observation) {
        let (slot, source) = {
            let mut inner = self.inner.lock();
            let source = inner.source.take();
            inner.observed = seen.observed;
            inner.timestamp = self.clock.map_or(0, |now| now());
            inner.messages = source.as_ref().map_or(1, self.count);
            (inner.slot, source)
        };
        drop(source);
        let Some(port) = self.port.upgrade() else { return };
        let removed = port.queue.with(|state, waiters| {
            let removed = state.armed.remove(slot, &self)?;
            if seen.is_cancelled() {
                return Some(removed);
            }
            state.packets.push_back(Packet::Signal(removed));
            waiters.wake_one();
            None
        });
        drop(removed);
    }

    /// Ends the wait of an observer that is not in its port any more.
    fn disarm(&self) {
        let source = {
            let mut inner = self.inner.lock();
            inner.registration.disarm();
            inner.source.take()
        };
        drop(source);
    }

    fn packet(&self) -> PortPacket {
        let inner = self.inner.lock();
        PortPacket::signal_one(self.key, self.mask, inner.observed, inner.messages, inner.timestamp as u64)
    }
}

impl Wake for Observer {
    fn wake(self: Arc<Self>) {
        let woken = self.inner.lock().registration.disarm();
        if let Some(Woken::Yes(seen)) = woken {
            self.fire(seen);
        }
    }
}

kernel_object!(Port, OBJ_TYPE_PORT, DEFAULT_PORT, {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are told; observers are disarmed and packets dropped, soon.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let was_closed = self.queue.with(|state, waiters| {
            waiters.wake_all();
            core::mem::replace(&mut state.closed, true)
        });
        if !was_closed {
            doomed.push(self.clone().into());
        }
    }
});

/// The packets and the observers of a closed port.
impl Remains for Port {
    fn discard_one(&self, _doomed: &mut Doomed) -> bool {
        let (packet, observer) = self.queue.with(|state, _| match state.packets.pop_front() {
            Some(packet) => (Some(packet), None),
            None => (None, state.armed.pop()),
        });
        if let Some(observer) = &observer {
            observer.disarm();
        }
        packet.is_some() || observer.is_some()
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
