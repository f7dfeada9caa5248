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
//! among different ones is that of the first of each. So room for them is made when the object is bound, and to be told
//! allocates nothing.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::{DISARMED, Doomed, Remains};
use crate::core::signals::Observation;
use crate::core::slab::Slab;
use crate::object::{Object, kernel_object};
use crate::wait::{Deadline, MAX_OBSERVERS, MAX_USER_PACKETS, Subject, Watch, Watcher, until};
use abi::{IoPacket, PacketHeader, Signals, Status};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use waitq::WaitQueue;
use waitq::sync::Mutex;

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
    packets: VecDeque<Packet>,
    user_packets: usize,
    bindings: Slab<Binding>,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

enum Packet {
    User(Box<[u8]>),
    /// As many as its binding counts.
    Bound(Binding),
}

/// Where a binding is among those of its port, and what of it is in the queue.
#[derive(Default)]
pub struct Bound {
    index: usize,
    /// How many packets wait.
    count: u32,
    /// When the last one came.
    timestamp: i64,
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
            if state.user_packets >= MAX_USER_PACKETS {
                return Err(Status::SHOULD_WAIT);
            }
            state.reserve(0)?;
            state.user_packets += 1;
            state.packets.push_back(Packet::User(packet));
            waiters.wake_one();
            Ok(())
        })
    }

    /// Binds an object; its packets carry `key`. `admit` says whether there is memory for another watch: there is
    /// one for each signal, which are too many for what one admission covers.
    ///
    /// # Errors
    /// `CANCELED` when the last handle of the port was closed meanwhile; `NO_MEMORY`; `NO_RESOURCES` when the
    /// object has too many bindings, or the port more than [`MAX_OBSERVERS`].
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
            state.reserve(bindings.len())?;
            for binding in &bindings {
                binding.note.lock().index = state.bindings.insert(binding.clone())?;
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
        self.queue.with(|state, _| {
            let index = binding.note.lock().index;
            if state.has(index, binding) {
                state.bindings.remove(index);
            }
        });
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
            let ready = |state: &mut State, _: &mut ()| state.closed || !state.packets.is_empty();
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
            let size = match state.packets.front() {
                Some(Packet::User(bytes)) => bytes.len(),
                Some(Packet::Bound(..)) => size_of::<IoPacket>(),
                None => return Ok(None),
            };
            if !fits(size) {
                // The wake that this waiter may have got belongs to somebody with more room.
                waiters.wake_one();
                return Err(Status::INVALID_ARGS);
            }
            let taken = state.pop();
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

impl State {
    /// Whether that binding is at this index.
    fn has(&self, index: usize, binding: &Binding) -> bool {
        self.bindings.get(index).is_some_and(|bound| Arc::ptr_eq(bound, binding))
    }

    /// Room for a packet, and for those of all bindings and so many more.
    fn reserve(&mut self, bindings: usize) -> Result<(), Status> {
        let most = self.bindings.len() + bindings;
        self.packets.try_reserve(most + 1).map_err(|_| Status::NO_MEMORY)?;
        Ok(self.bindings.reserve(bindings)?)
    }

    /// The first packet, and the binding that needs it no more.
    fn pop(&mut self) -> Option<(IoPortPacket, Option<Binding>)> {
        Some(match self.packets.pop_front()? {
            Packet::User(bytes) => {
                self.user_packets -= 1;
                (IoPortPacket::User(bytes), None)
            }
            Packet::Bound(binding) => self.count_down(binding),
        })
    }

    /// One of the packets that a binding counts. If there are more, they go to the end of the queue.
    fn count_down(&mut self, binding: Binding) -> (IoPortPacket, Option<Binding>) {
        let hdr = PacketHeader { key: binding.key, kind: abi::PORT_PKT_TYPE_IOSN, extra: 0 };
        let mut bound = binding.note.lock();
        bound.count -= 1;
        let (signals, timestamp, more) = (binding.mask(), bound.timestamp, bound.count > 0);
        drop(bound);
        let packet = IoPortPacket::Bound(IoPacket { hdr, timestamp, signals, ..Default::default() });
        if more {
            self.packets.push_back(Packet::Bound(binding));
            return (packet, None);
        }
        (packet, Some(binding))
    }
}

impl Watcher for IoPort {
    type Note = Mutex<Bound>;

    /// Only a handle that is closed ends a watch that counts.
    fn woken(&self, binding: &Binding, _seen: Observation) {
        self.unbind(binding);
    }

    fn arrived(&self, binding: &Binding, arrivals: u32) {
        let now = (self.clock)();
        self.queue.with(|state, waiters| {
            if state.closed || arrivals == 0 {
                return;
            }
            let mut bound = binding.note.lock();
            // There is no room for the packet of one that was unbound meanwhile.
            if !state.has(bound.index, binding) {
                return;
            }
            if bound.count == 0 {
                state.packets.push_back(Packet::Bound(binding.clone()));
            }
            bound.count = bound.count.saturating_add(arrivals);
            bound.timestamp = now;
            waiters.wake_one();
        });
    }
}

kernel_object!(IoPort, OBJ_TYPE_IO_PORT, DEFAULT_PORT, {
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
});

/// The packets and bindings of a closed port.
impl Remains for IoPort {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let (goes_on, packet, binding) = self.queue.with(|state, waiters| {
            if waiters.wake_one() {
                return (true, None, None);
            }
            let packet = state.packets.pop_front();
            let binding = if packet.is_none() { state.bindings.pop() } else { None };
            (packet.is_some() || binding.is_some(), packet, binding.flatten())
        });
        if let Some(binding) = &binding {
            binding.disarm();
            doomed.count(DISARMED);
        }
        drop(packet);
        goes_on
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
