//! Port: a queue of packets, from user code and from objects whose signals it observes.
//!
//! `object_wait_async` makes a [`Watch`], whose waker, instead of waking a task, queues the watch itself as a packet.
//! Watches that are queued are linked to each other, so nothing allocates when one is woken.
//!
//! A watch is in the port until, under the lock of the port's queue, its packet is taken or it is taken
//! out itself. Whoever takes it out ends it; if it has been woken meanwhile, it finds itself gone. So no
//! packet comes after a cancel, and none is left armed by a port that closes.
//!
//! Lock order: a port's queue, then a watch, then the signals of its object. What a watch
//! holds is dropped without a lock.

mod contents;
#[cfg(all(test, not(loom)))]
mod tests;

use self::contents::Contents;
use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::core::handle::HandleId;
use crate::core::signals::Interest;
use crate::object::{KernelObject, Object};
use crate::wait::{
    Arming, Collected, Collector, Deadline, Popped, Seen, Watch, Watcher, close, poll_waiter, until,
};
use abi::{PortPacket, Signals, Status};
use alloc::sync::Arc;
use core::pin::Pin;
use core::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use core::task::{Context, Poll, Waker, ready};
use executor::Sleep;
use waitq::{List, WaitQueue, Waiter};

/// Most packets of `port_queue` that wait in one port; Zircon's number.
pub const MAX_USER_PACKETS: usize = 2048;

/// Most watches of one port, armed and queued, and most entries of a wait set; Zircon's number for ports.
pub const MAX_OBSERVERS: usize = 50_000;

/// A port.
pub struct Port {
    base: Base,
    queue: WaitQueue<(), Collected<Contents>>,
}

/// One who waits for packets of one port after the other, and keeps the port meanwhile: the wait of a
/// thread. [`Port::wait`] is that of a kernel task.
pub type PacketWaiter = Waiter<Arc<Port>, (), Collected<Contents>>;

/// What `object_wait_async` is told beside.
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
        Arc::new(Self { base: Base::new(), queue: WaitQueue::new(Collected::default()) })
    }

    /// Queues a packet of user code.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`] wait already, `NO_MEMORY`; `BAD_HANDLE` when the port's last
    /// handle was closed meanwhile.
    pub fn queue(&self, packet: PortPacket) -> Result<(), Status> {
        let mut state = self.queue.lock();
        state.open_or(Status::BAD_HANDLE)?.queue_user(packet)?;
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
            let ready = |state: &mut Collected<Contents>, _: &mut ()| state.has_packet() || state.closed;
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return self.take()?.ok_or(Status::TIMED_OUT);
            }
        }
    }

    fn take(&self) -> Result<Option<PortPacket>, Status> {
        let mut packet = None;
        let watch = self
            .queue
            .with(|state, _| state.open_or(Status::CANCELED).map(|contents| contents.take(&mut packet)))?;
        drop(watch);
        Ok(packet)
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
        let ready = |state: &mut Collected<Contents>, _: &List<()>, (): &mut ()| {
            taken = state.open_or(Status::CANCELED).map(|contents| contents.take(packet));
            packet.is_some() || !matches!(taken, Ok(None))
        };
        if waiter.begin(self, (), ready, waker).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(taken.map(drop))
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
        let note = Note { clock: options.timestamp, ..Note::default() };
        let watch = Watch::new(self, key, source, handle, mask, note)?;
        self.admit(&watch)?;
        if let Err(seen) = watch.arm(interest, still_open) {
            self.woken(&watch, seen);
        }
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
        let watch = self.queue.with(|state, _| state.cancel(handle, key));
        watch.inspect(|watch| watch.end()).is_some()
    }

    /// Makes room for a watch and its packet.
    fn admit(&self, watch: &Arc<Watch<Self>>) -> Result<(), Status> {
        let mut state = self.queue.lock();
        let contents = state.open_or(Status::BAD_HANDLE)?;
        if contents.watches() >= MAX_OBSERVERS {
            return Err(Status::NO_RESOURCES);
        }
        contents.reserve()?;
        watch.note.slot.store(contents.insert(watch.clone())?, Relaxed);
        Ok(())
    }
}

/// What a port keeps with a watch.
#[derive(Default)]
pub(crate) struct Note {
    /// Its slot, from the moment on that it is in the port.
    slot: AtomicUsize,
    clock: Option<fn() -> i64>,
    /// What its packet tells. It is written before the packet is queued, and read when it has been taken.
    observed: AtomicU32,
    messages: AtomicU64,
    timestamp: AtomicI64,
}

impl Note {
    /// What user code gets.
    fn packet(&self, watch: &Watch<Port>) -> PortPacket {
        let observed = Signals::from_bits_retain(self.observed.load(Relaxed));
        let (messages, timestamp) = (self.messages.load(Relaxed), self.timestamp.load(Relaxed));
        PortPacket::signal_one(watch.key, watch.mask, observed, messages, timestamp as u64)
    }
}

impl Watcher for Port {
    type Note = Note;
    const ARMING: Arming = Arming::Once;

    /// Queues the watch, or takes it out when its handle was closed.
    fn woken(&self, watch: &Arc<Watch<Self>>, seen: Seen) {
        let (Seen { observation, object }, note) = (seen, &watch.note);
        note.observed.store(observation.observed.bits(), Relaxed);
        note.messages.store(object.as_ref().map_or(1, Object::pending_messages), Relaxed);
        note.timestamp.store(note.clock.map_or(0, |now| now()), Relaxed);
        drop(object);
        // It was noted before the watch was armed, and what wakes it comes after that.
        let slot = note.slot.load(Relaxed);
        let mut state = self.queue.lock();
        if observation.is_cancelled() {
            let removed = state.remove(slot, watch);
            drop(state);
            return drop(removed);
        }
        let waiting = if state.queue(slot, watch) { state.take_first(&(), |()| true) } else { None };
        drop(state);
        if let Some(first) = waiting {
            first.wake();
        }
    }
}

impl Collector for Port {
    type Contents = Contents;

    fn queue(&self) -> &WaitQueue<(), Collected<Contents>> {
        &self.queue
    }

    fn pop(contents: &mut Contents) -> Popped<Self> {
        contents.pop()
    }
}

impl AsRef<WaitQueue<(), Collected<Contents>>> for Port {
    fn as_ref(&self) -> &WaitQueue<(), Collected<Contents>> {
        &self.queue
    }
}

impl KernelObject for Port {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        close(self, doomed);
    }
}
