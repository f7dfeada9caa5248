//! IO port: Magenta's port. A queue of packets that user code makes as long as it likes, and of packets that
//! tell of bound objects.
//!
//! A binding lasts until the handle that it was made through is closed. There is a packet for each time that one of
//! its signals becomes active, and for each message in a channel or write to a socket, whether or not those before
//! have been read; at first, for each unread message and each other signal that is active. Each packet tells of one
//! signal. (Source: Magenta's port tests and `port_client.cpp` of 2016. That kernel bound channels, sockets and
//! resources only, each to one port.)
//!
//! Packets of one signal of one object are counted, and take turns with others for the place in the queue: the order
//! among different ones is that of the first of each. So a packet is with its binding, in a queue that is linked through
//! the bindings, as a port has it: to be told allocates nothing, and a binding costs the same however many there are.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::core::slab::Slab;
use crate::object::KernelObject;
use crate::wait::{
    Arming, Collected, Collector, Deadline, FirstPacket, MAX_OBSERVERS, PacketPosition, PacketQueue,
    PacketSlot, Popped, Seen, Subject, Watch, Watcher, WithHolder, close, until,
};
use abi::{IoPacket, PacketHeader, Signals, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use waitq::WaitQueue;

/// One signal of a bound object.
type Binding = Arc<Watch<IoPort>>;

/// An IO port.
pub struct IoPort {
    base: Base,
    clock: fn() -> i64,
    queue: WaitQueue<(), Collected<Contents>>,
}

/// What is in an IO port.
#[derive(Default)]
pub(crate) struct Contents {
    packets: PacketQueue<Box<[u8]>>,
    bindings: Slab<Bound>,
}

/// A binding and its packets. It keeps its slot until the last of them is taken.
struct Bound {
    binding: Binding,
    /// Its handle has been closed: it counts no more.
    ended: bool,
    /// How many packets wait.
    count: u32,
    /// When the last one came.
    timestamp: i64,
    packet: PacketPosition,
}

impl Bound {
    fn new(binding: Binding) -> Self {
        Self { binding, ended: false, count: 0, timestamp: 0, packet: PacketPosition::default() }
    }
}

impl PacketSlot for Bound {
    fn position(&self) -> &PacketPosition {
        &self.packet
    }

    fn position_mut(&mut self) -> &mut PacketPosition {
        &mut self.packet
    }
}

/// What a waiter gets.
#[derive(Debug, PartialEq, Eq)]
pub enum IoPortPacket {
    /// From user code.
    User(Box<[u8]>),
    /// Of a binding.
    Bound(IoPacket),
}

impl IoPort {
    /// An IO port without packets; `clock` gives nanoseconds for their timestamps.
    pub fn new(clock: fn() -> i64) -> Arc<Self> {
        Arc::new(Self { base: Base::new(), clock, queue: WaitQueue::new(Collected::default()) })
    }

    /// Queues a packet of user code.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`](crate::MAX_USER_PACKETS) wait already, `NO_MEMORY`.
    pub fn queue(&self, packet: Box<[u8]>) -> Result<(), Status> {
        self.queue.with(|state, waiters| {
            state.packets.push_user(packet)?;
            waiters.wake_one();
            Ok(())
        })
    }

    /// Binds an object; its packets carry `key`. `admit` says whether there is memory for another watch: there is
    /// one for each signal, which are too many for what one admission covers.
    ///
    /// # Errors
    /// `CANCELED` when the last handle of the port was closed meanwhile; `NO_MEMORY`; `NO_RESOURCES` when the
    /// object has too many bindings, or the port more than [`MAX_OBSERVERS`], with
    /// those that have ended and whose packets wait.
    pub fn bind(
        self: &Arc<Self>,
        key: u64,
        subject: Subject,
        admit: impl Fn() -> bool,
    ) -> Result<(), Status> {
        let bindings = self.watches(key, &subject, admit)?;
        self.queue.with(|state, _| {
            let state = state.open_or(Status::CANCELED)?;
            if state.bindings.len() + bindings.len() > MAX_OBSERVERS {
                return Err(Status::NO_RESOURCES);
            }
            state.bindings.reserve(bindings.len())?;
            for binding in &bindings {
                let index = state.bindings.insert(Bound::new(binding.clone()))?;
                binding.note.own.store(index, Ordering::Relaxed);
            }
            Ok(())
        })?;
        let mut wanted = bindings.len();
        for binding in &bindings {
            match binding.count(core::mem::take(&mut wanted)) {
                Ok(arrivals) => self.arrived(binding, arrivals),
                Err(Status::NO_RESOURCES) => {
                    bindings.iter().for_each(|binding| self.unbind(binding));
                    return Err(Status::NO_RESOURCES);
                }
                Err(_) => self.unbind(binding),
            }
        }
        if self.queue.with(|state, _| state.closed) {
            bindings.iter().for_each(|binding| binding.end());
        }
        Ok(())
    }

    /// A watch for each signal.
    fn watches(
        self: &Arc<Self>,
        key: u64,
        subject: &Subject,
        admit: impl Fn() -> bool,
    ) -> Result<Vec<Binding>, Status> {
        let mut watches = Vec::new();
        watches
            .try_reserve_exact(subject.mask.bits().count_ones() as usize)
            .map_err(|_| Status::NO_MEMORY)?;
        let signals = (0..u32::BITS).map(|bit| subject.mask & Signals::from_bits_retain(1 << bit));
        for mask in signals.filter(|signal| !signal.is_empty()) {
            if !admit() {
                return Err(Status::NO_MEMORY);
            }
            let subject = Subject { mask, ..subject.clone() };
            watches.push(Watch::of(self, key, subject, AtomicUsize::new(0))?);
        }
        Ok(watches)
    }

    fn unbind(&self, binding: &Binding) {
        self.queue.with(|state, _| state.unbind(binding));
    }

    /// Waits for the first packet, which is taken if `fits` agrees with its size in bytes.
    ///
    /// # Errors
    /// `TIMED_OUT`; `INVALID_ARGS` when it does not fit; `CANCELED` when the last handle of the port is closed.
    pub async fn wait(
        &self,
        fits: impl Fn(usize) -> bool,
        deadline: Deadline,
    ) -> Result<IoPortPacket, Status> {
        loop {
            if let Some(packet) = self.take(&fits)? {
                return Ok(packet);
            }
            let ready =
                |state: &mut Collected<Contents>, _: &mut ()| state.closed || !state.packets.is_empty();
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return self.take(&fits)?.ok_or(Status::TIMED_OUT);
            }
        }
    }

    fn take(&self, fits: impl Fn(usize) -> bool) -> Result<Option<IoPortPacket>, Status> {
        let taken = self.queue.with(|state, waiters| {
            let state = state.open_or(Status::CANCELED)?;
            let first = match state.packets.first(&state.bindings) {
                None => return Ok(None),
                Some(FirstPacket::User(bytes)) => (None, bytes.len()),
                Some(FirstPacket::Slot(slot)) => (Some(slot), size_of::<IoPacket>()),
            };
            let (slot, size) = first;
            if !fits(size) {
                // The wake that this waiter may have got belongs to somebody with more room.
                waiters.wake_one();
                return Err(Status::INVALID_ARGS);
            }
            let taken = match slot {
                Some(slot) => state.count_down(slot),
                None => state.packets.pop_user().map(|bytes| (IoPortPacket::User(bytes), None)),
            };
            if !state.packets.is_empty() {
                // What arrived at once has woken one only.
                waiters.wake_one();
            }
            Ok(taken)
        })?;
        // What the packet was about is let go without the lock: it may go with it.
        Ok(taken.map(|(packet, _)| packet))
    }
}

impl Contents {
    /// The slot of this binding, if it has one still.
    fn slot_of(&self, binding: &Binding) -> Option<usize> {
        let index = binding.note.own.load(Ordering::Relaxed);
        self.bindings.get(index).filter(|bound| Arc::ptr_eq(&bound.binding, binding)).map(|_| index)
    }

    /// Ends a binding. Its packets stay.
    fn unbind(&mut self, binding: &Binding) {
        let Some(slot) = self.slot_of(binding) else { return };
        match self.bindings.get_mut(slot) {
            Some(bound) if bound.count > 0 => bound.ended = true,
            _ => drop(self.bindings.remove(slot)),
        }
    }

    /// Takes one of the packets that are counted in this slot, which is queued. If there are more, the slot goes to the
    /// end of the queue. If this was the last of a binding that has ended, the binding comes with it.
    fn count_down(&mut self, slot: usize) -> Option<(IoPortPacket, Option<Binding>)> {
        let bound = self.bindings.get_mut(slot)?;
        let hdr = PacketHeader { key: bound.binding.key, kind: abi::PORT_PKT_TYPE_IOSN, extra: 0 };
        let (signals, timestamp) = (bound.binding.mask, bound.timestamp);
        let packet = IoPortPacket::Bound(IoPacket { hdr, timestamp, signals, ..Default::default() });
        bound.count -= 1;
        let (count, ended, position) = (bound.count, bound.ended, core::mem::take(&mut bound.packet));
        self.packets.remove(&mut self.bindings, position);
        if count > 0 {
            self.packets.push(&mut self.bindings, slot);
        }
        let over = if ended && count == 0 { self.bindings.remove(slot) } else { None };
        Some((packet, over.map(|bound| bound.binding)))
    }

    /// Counts packets of a binding; whether it is bound still.
    fn count(&mut self, binding: &Binding, arrivals: u32, now: i64) -> bool {
        let Some(slot) = self.slot_of(binding) else { return false };
        let Some(bound) = self.bindings.get_mut(slot).filter(|bound| !bound.ended) else { return false };
        let is_first = bound.count == 0;
        bound.count = bound.count.saturating_add(arrivals);
        bound.timestamp = now;
        if is_first {
            self.packets.push(&mut self.bindings, slot);
        }
        true
    }
}

impl Watcher for IoPort {
    /// Its slot among the bindings of its port.
    type Note = WithHolder<AtomicUsize>;
    const ARMING: Arming = Arming::Counting;

    fn woken(&self, binding: &Binding, _: Seen) {
        self.unbind(binding);
    }

    fn arrived(&self, binding: &Binding, arrivals: u32) {
        let now = (self.clock)();
        self.queue.with(|state, waiters| {
            if !state.closed && arrivals != 0 && state.count(binding, arrivals, now) {
                waiters.wake_one();
            }
        });
    }
}

impl Collector for IoPort {
    type Contents = Contents;

    fn queue(&self) -> &WaitQueue<(), Collected<Contents>> {
        &self.queue
    }

    fn pop(contents: &mut Contents) -> Popped<Self> {
        if contents.packets.pop_user().is_some() {
            return Popped::Other;
        }
        match contents.bindings.pop() {
            Some(Some(bound)) => Popped::Watch(bound.binding),
            Some(None) => Popped::Other,
            None => Popped::Nothing,
        }
    }
}

impl KernelObject for IoPort {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        close(self, doomed);
    }
}
