//! Port: a queue of packets, from user code and from objects whose signals it observes.
//!
//! An [`Observer`] is one `object_wait_async`: a wait whose waker, instead of waking a task, queues the
//! observer itself as a packet. Room for that packet is made when the wait is armed, so nothing
//! allocates when it fires.
//!
//! Lock order: an observer's registration, then its source's signals. A port's queue is locked alone.

use crate::base::Base;
use crate::handle::{Doomed, HandleId};
use crate::object::{Object, kernel_object};
use crate::signals::{Observation, SignalQueue};
use crate::wait::{Deadline, until};
use abi::{PortPacket, Signals, Status};
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use alloc::vec::Vec;
use core::task::Waker;
use waitq::sync::Mutex;
use waitq::{Registration, WaitQueue, Woken};

/// Most packets of `port_queue` that wait in one port; Zircon's number.
pub const MAX_USER_PACKETS: usize = 2048;

/// A port.
pub struct Port {
    base: Base,
    queue: WaitQueue<(), State>,
}

#[derive(Default)]
struct State {
    packets: VecDeque<Packet>,
    user_packets: usize,
    /// Armed observers, by their slot; free slots form a list.
    armed: Vec<Slot>,
    free_slot: Option<usize>,
    armed_count: usize,
    closed: bool,
}

enum Slot {
    Free(Option<usize>),
    Armed(Arc<Observer>),
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
    registration: Registration<Observation, Signals, dyn AsRef<SignalQueue> + Send + Sync>,
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
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`] wait already, `NO_MEMORY`.
    pub fn queue(&self, packet: PortPacket) -> Result<(), Status> {
        self.queue.with(|state, waiters| {
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
        let packet = self.queue.with(|state, _| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            let packet = state.packets.pop_front();
            state.user_packets -= usize::from(matches!(packet, Some(Packet::User(_))));
            Ok(packet)
        })?;
        Ok(packet.map(|packet| match packet {
            Packet::User(packet) => packet,
            Packet::Signal(observer) => observer.packet(),
        }))
    }

    /// Queues a packet as soon as one of `mask` is active on `source`; once.
    ///
    /// `still_open` is asked, when it is armed, whether `handle` is open.
    ///
    /// # Errors
    /// `NO_MEMORY`; `CANCELED` when the port's last handle was closed meanwhile.
    pub fn wait_async(
        self: &Arc<Self>,
        source: Object,
        handle: HandleId,
        key: u64,
        mask: Signals,
        options: AsyncOptions,
        still_open: impl FnOnce() -> bool,
    ) -> Result<(), Status> {
        let observation = Observation {
            edge: options.edge,
            port: (self.base.koid(), key),
            ..Observation::of(mask, handle)
        };
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
            return Err(Status::CANCELED);
        }
        let waker = Waker::from(observer.clone());
        let armed = inner.registration.arm(source.observable(), observation, waker, |active, seen| {
            let satisfied = seen.begin(*active);
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
    pub fn cancel(&self, source: &Object, handle: HandleId, key: u64) -> Result<(), Status> {
        let armed = source.base().signals.cancel_port(handle, (self.base.koid(), key));
        let mut removed = armed;
        // What is taken out is dropped after the lock is released.
        while let Some(packet) = self.queue.with(|state, _| state.remove_signal(handle, key)) {
            removed += 1;
            drop(packet);
        }
        if removed == 0 { Err(Status::NOT_FOUND) } else { Ok(()) }
    }

    /// Makes room for an observer and its packet.
    fn admit(&self, observer: &Arc<Observer>) -> Result<(), Status> {
        self.queue.with(|state, _| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            state.armed.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
            state.reserve_packet(1)?;
            observer.inner.lock().slot = state.insert(observer.clone());
            Ok(())
        })
    }
}

impl State {
    /// Room for so many packets beyond those queued and those that armed observers may queue.
    fn reserve_packet(&mut self, packets: usize) -> Result<(), Status> {
        self.packets.try_reserve(self.armed_count + packets).map_err(|_| Status::NO_MEMORY)
    }

    fn insert(&mut self, observer: Arc<Observer>) -> usize {
        self.armed_count += 1;
        match self.free_slot {
            Some(slot) => {
                if let Slot::Free(next) = self.armed[slot] {
                    self.free_slot = next;
                }
                self.armed[slot] = Slot::Armed(observer);
                slot
            }
            None => {
                self.armed.push(Slot::Armed(observer));
                self.armed.len() - 1
            }
        }
    }

    fn release(&mut self, slot: usize) -> Option<Arc<Observer>> {
        let released = core::mem::replace(self.armed.get_mut(slot)?, Slot::Free(self.free_slot));
        self.free_slot = Some(slot);
        self.armed_count -= 1;
        match released {
            Slot::Armed(observer) => Some(observer),
            Slot::Free(_) => None,
        }
    }

    fn remove_signal(&mut self, handle: HandleId, key: u64) -> Option<Packet> {
        let index = self.packets.iter().position(
            |packet| matches!(packet, Packet::Signal(observer) if observer.handle == handle && observer.key == key),
        )?;
        self.packets.remove(index)
    }
}

impl Observer {
    /// The wait has ended: into the port's queue, or out of the port when it was cancelled.
    fn fire(self: Arc<Self>, seen: Observation) {
        let slot = {
            let mut inner = self.inner.lock();
            inner.observed = seen.observed;
            inner.timestamp = self.clock.map_or(0, |now| now());
            inner.messages = inner.source.take().map_or(1, |source| (self.count)(&source));
            inner.slot
        };
        let Some(port) = self.port.upgrade() else { return };
        let cancelled = seen.is_cancelled();
        let released = port.queue.with(|state, waiters| {
            let released = match state.closed {
                true => None,
                false => state.release(slot),
            };
            if !cancelled && released.is_some() {
                state.packets.push_back(Packet::Signal(self.clone()));
                waiters.wake_one();
            }
            released
        });
        drop(released);
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

    /// Waiters are told, observers disarmed, packets dropped.
    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        let (packets, armed) = self.queue.with(|state, waiters| {
            state.closed = true;
            waiters.wake_all();
            state.armed_count = 0;
            (core::mem::take(&mut state.packets), core::mem::take(&mut state.armed))
        });
        drop(packets);
        for slot in armed {
            if let Slot::Armed(observer) = slot {
                let source = {
                    let mut inner = observer.inner.lock();
                    inner.registration.disarm();
                    inner.source.take()
                };
                drop(source);
            }
        }
    }
});
