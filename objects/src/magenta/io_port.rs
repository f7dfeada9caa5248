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
//! the bindings, as a port has it: to be told allocates nothing, and a binding costs the same however many there are. All
//! packets are numbered: the first one is that of user code, or that of a binding, whose number is lower.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::{DISARMED, Doomed, Remains};
use crate::core::room::Room;
use crate::core::signals::Observation;
use crate::core::slab::Slab;
use crate::object::{KernelObject, Object};
use crate::wait::{
    Deadline, MAX_OBSERVERS, MAX_USER_PACKETS, Packets, Sender, Standing, Subject, Watch, Watcher, until,
};
use abi::{IoPacket, PacketHeader, Signals, Status};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
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
    queue: WaitQueue<(), State>,
}

#[derive(Default)]
struct State {
    /// Packets of user code, with their numbers.
    packets: VecDeque<(u64, Box<[u8]>)>,
    /// How many packets there were, ever.
    numbers: u64,
    /// Those of objects are with their bindings.
    bindings: Slab<Bound>,
    queued: Packets,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

/// A binding and its packets. It has its place until the last of them is taken.
struct Bound {
    binding: Binding,
    /// Whether it has been let go.
    ended: bool,
    /// How many packets wait.
    count: u32,
    /// When the last one came.
    timestamp: i64,
    packet: Standing,
}

impl Bound {
    fn new(binding: Binding) -> Self {
        Self { binding, ended: false, count: 0, timestamp: 0, packet: Standing::default() }
    }
}

impl Sender for Bound {
    fn standing(&self) -> &Standing {
        &self.packet
    }

    fn standing_mut(&mut self) -> &mut Standing {
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
        Arc::new(Self { base: Base::new(), clock, queue: WaitQueue::new(State::default()) })
    }

    /// Queues a packet of user code.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`] wait already, `NO_MEMORY`.
    pub fn queue(&self, packet: Box<[u8]>) -> Result<(), Status> {
        self.queue.with(|state, waiters| {
            if state.packets.len() >= MAX_USER_PACKETS {
                return Err(Status::SHOULD_WAIT);
            }
            state.packets.make_room(1)?;
            let number = state.new_number();
            state.packets.push_back((number, packet));
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
            if state.closed {
                return Err(Status::CANCELED);
            }
            if state.bindings.len() + bindings.len() > MAX_OBSERVERS {
                return Err(Status::NO_RESOURCES);
            }
            state.bindings.reserve(bindings.len())?;
            for binding in &bindings {
                let index = state.bindings.insert(Bound::new(binding.clone()))?;
                binding.note.store(index, Ordering::Relaxed);
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
            bindings.iter().for_each(|binding| binding.disarm());
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
            watches.push(Watch::new(self, key, Subject { mask, ..subject.clone() })?);
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
            let ready = |state: &mut State, _: &mut ()| state.closed || state.has_packet();
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return self.take(&fits)?.ok_or(Status::TIMED_OUT);
            }
        }
    }

    fn take(&self, fits: impl Fn(usize) -> bool) -> Result<Option<IoPortPacket>, Status> {
        let taken = self.queue.with(|state, waiters| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            let Some((place, size)) = state.first() else { return Ok(None) };
            if !fits(size) {
                // The wake that this waiter may have got belongs to somebody with more room.
                waiters.wake_one();
                return Err(Status::INVALID_ARGS);
            }
            let taken = match place {
                Some(place) => state.count_down(place),
                None => state.pop_user().map(|packet| (packet, None)),
            };
            if state.has_packet() {
                // What arrived at once has woken one only.
                waiters.wake_one();
            }
            Ok(taken)
        })?;
        // What the packet was about is let go without the lock: it may go with it.
        Ok(taken.map(|(packet, _)| packet))
    }
}

impl State {
    /// The place of this binding, if it has one still.
    fn place_of(&self, binding: &Binding) -> Option<usize> {
        let index = binding.note.load(Ordering::Relaxed);
        self.bindings.get(index).filter(|bound| Arc::ptr_eq(&bound.binding, binding)).map(|_| index)
    }

    /// Lets a binding go, whose packets stay.
    fn unbind(&mut self, binding: &Binding) {
        let Some(place) = self.place_of(binding) else { return };
        match self.bindings.get_mut(place) {
            Some(bound) if bound.count > 0 => bound.ended = true,
            _ => drop(self.bindings.remove(place)),
        }
    }

    /// The number of another packet.
    fn new_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn has_packet(&self) -> bool {
        !self.packets.is_empty() || !self.queued.is_empty()
    }

    /// Of the first packet: the place of its binding, or nothing if user code has sent it; and its size in bytes.
    fn first(&self) -> Option<(Option<usize>, usize)> {
        let theirs = self.queued.first(&self.bindings);
        match (self.packets.front(), theirs) {
            (Some((number, bytes)), theirs) if theirs.is_none_or(|(_, theirs)| *number < theirs) => {
                Some((None, bytes.len()))
            }
            (_, theirs) => theirs.map(|(place, _)| (Some(place), size_of::<IoPacket>())),
        }
    }

    fn pop_user(&mut self) -> Option<IoPortPacket> {
        self.packets.pop_front().map(|(_, bytes)| IoPortPacket::User(bytes))
    }

    /// Takes one of the packets that are counted at this place, which is queued; and the binding, if it has ended and this
    /// is the last one. If there are more, they go to the end of the queue.
    fn count_down(&mut self, place: usize) -> Option<(IoPortPacket, Option<Binding>)> {
        let bound = self.bindings.get_mut(place)?;
        let hdr = PacketHeader { key: bound.binding.key, kind: abi::PORT_PKT_TYPE_IOSN, extra: 0 };
        let (signals, timestamp) = (bound.binding.mask(), bound.timestamp);
        let packet = IoPortPacket::Bound(IoPacket { hdr, timestamp, signals, ..Default::default() });
        bound.count -= 1;
        let (count, ended, standing) = (bound.count, bound.ended, core::mem::take(&mut bound.packet));
        self.queued.remove(&mut self.bindings, standing);
        if count > 0 {
            let number = self.new_number();
            self.queued.push_back(&mut self.bindings, place, number);
        }
        let over = if ended && count == 0 { self.bindings.remove(place) } else { None };
        Some((packet, over.map(|bound| bound.binding)))
    }

    /// Counts packets of a binding; whether it is bound still.
    fn count(&mut self, binding: &Binding, arrivals: u32, now: i64) -> bool {
        let Some(place) = self.place_of(binding) else { return false };
        let Some(bound) = self.bindings.get_mut(place).filter(|bound| !bound.ended) else { return false };
        let is_first = bound.count == 0;
        bound.count = bound.count.saturating_add(arrivals);
        bound.timestamp = now;
        if is_first {
            let number = self.new_number();
            self.queued.push_back(&mut self.bindings, place, number);
        }
        true
    }
}

impl Watcher for IoPort {
    /// Its place among the bindings of its port.
    type Note = AtomicUsize;

    /// Only a handle that is closed ends a watch that counts.
    fn woken(&self, binding: &Binding, _seen: Observation) {
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

impl KernelObject for IoPort {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are woken, bindings disarmed and packets dropped, soon.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let was_closed = self.queue.with(|state, _| core::mem::replace(&mut state.closed, true));
        if !was_closed {
            doomed.push(self.clone().into());
        }
    }
}

/// The packets and bindings of a closed port.
impl Remains for IoPort {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let (goes_on, packet, bound) = self.queue.with(|state, waiters| {
            if waiters.wake_one() {
                return (true, None, None);
            }
            let packet = state.packets.pop_front();
            let bound = if packet.is_none() { state.bindings.pop() } else { None };
            (packet.is_some() || bound.is_some(), packet, bound.flatten())
        });
        if let Some(bound) = bound {
            bound.binding.disarm();
            doomed.count(DISARMED);
        }
        drop(packet);
        goes_on
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
