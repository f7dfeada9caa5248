//! IO port: Magenta's port. A queue of packets that user code makes as long as it likes, and of packets that
//! tell of bound objects.
//!
//! A binding lasts until the handle that it was made through is closed, and looks at the level: as long as one
//! of its signals is active, it has a packet in the queue, except between the moment when a waiter takes that
//! packet and the next wait for one. So who deals with one message, or with one signal, for each packet that it
//! takes misses none; it may find that there is nothing left to deal with. In that time the binding rests; then
//! the wait arms it again.
//!
//! Magenta's documents have it that a packet is queued whenever signals match. Its kernel queued one for each message
//! or write that arrived, and one for any other signal as it became active. Who takes a packet, deals with what it
//! tells of and waits again notices no difference; who leaves the signal as it is gets another packet here, and got
//! none there.
//!
//! Room for the packet of each binding is made when it is bound; to be woken allocates nothing.

use crate::base::Base;
use crate::closing::Doomed;
use crate::object::kernel_object;
use crate::port::MAX_USER_PACKETS;
use crate::signals::Observation;
use crate::wait::{Deadline, until};
use crate::watch::{Subject, Watch, Watcher};
use abi::{IoPacket, PacketHeader, Signals, Status};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use waitq::WaitQueue;

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
    bindings: Vec<Binding>,
    /// Bindings whose packets were taken since the last wait began.
    taken: Vec<Binding>,
    closed: bool,
}

enum Packet {
    User(Box<[u8]>),
    Bound(Binding, Told),
}

/// What the packet of a binding tells.
#[derive(Clone, Copy)]
struct Told {
    signals: Signals,
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

    /// Binds an object; its packets carry `key`.
    ///
    /// # Errors
    /// `CANCELED` when the last handle of the port was closed meanwhile; `NO_MEMORY`.
    pub fn bind(self: &Arc<Self>, key: u64, subject: Subject) -> Result<(), Status> {
        let binding = Watch::new(self, key, subject)?;
        let now = (self.clock)();
        self.queue.with(|state, waiters| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            state.reserve(1)?;
            state.bindings.push(binding.clone());
            if state.rearm(&binding, now) {
                waiters.wake_one();
            }
            Ok(())
        })
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
        self.arm_taken();
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

    /// Arms the bindings again whose packets were taken.
    fn arm_taken(&self) {
        let now = (self.clock)();
        let arm_one = || {
            self.queue.with(|state, waiters| {
                let binding = state.taken.pop()?;
                if state.rearm(&binding, now) {
                    waiters.wake_one();
                }
                Some(binding)
            })
        };
        // Each is dropped without the lock: what it watched may go with it.
        while let Some(binding) = arm_one() {
            drop(binding);
        }
    }

    fn take(&self, fits: impl Fn(usize) -> bool) -> Result<Option<IoPortPacket>, Status> {
        self.queue.with(|state, waiters| {
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
            Ok(state.pop())
        })
    }
}

impl State {
    /// Room for a packet, and for the packets of all bindings and so many more.
    fn reserve(&mut self, bindings: usize) -> Result<(), Status> {
        let most = self.bindings.len() + bindings;
        self.packets.try_reserve(most + 1).map_err(|_| Status::NO_MEMORY)?;
        self.taken.try_reserve(most).map_err(|_| Status::NO_MEMORY)?;
        self.bindings.try_reserve(bindings).map_err(|_| Status::NO_MEMORY)
    }

    /// Arms a binding, or queues its packet right away, or unbinds it. Whether there is a packet now.
    fn rearm(&mut self, binding: &Binding, now: i64) -> bool {
        if binding.state().is_err() {
            self.unbind(binding);
            return false;
        }
        binding.arm().is_err_and(|seen| self.tell(binding, seen, now))
    }

    fn unbind(&mut self, binding: &Binding) {
        self.bindings.retain(|bound| !Arc::ptr_eq(bound, binding));
    }

    /// Queues the packet of a binding; one whose handle was closed is unbound instead.
    fn tell(&mut self, binding: &Binding, seen: Observation, now: i64) -> bool {
        if seen.is_cancelled() {
            self.unbind(binding);
            return false;
        }
        let told = Told { signals: seen.observed & binding.mask(), timestamp: now };
        self.packets.push_back(Packet::Bound(binding.clone(), told));
        true
    }

    fn pop(&mut self) -> Option<IoPortPacket> {
        Some(match self.packets.pop_front()? {
            Packet::User(bytes) => {
                self.user_packets -= 1;
                IoPortPacket::User(bytes)
            }
            Packet::Bound(binding, told) => {
                let hdr = PacketHeader { key: binding.key, kind: abi::PORT_PKT_TYPE_IOSN, extra: 0 };
                self.taken.push(binding);
                IoPortPacket::Bound(IoPacket {
                    hdr,
                    timestamp: told.timestamp,
                    signals: told.signals,
                    ..Default::default()
                })
            }
        })
    }
}

impl Watcher for IoPort {
    fn woken(&self, binding: &Binding, seen: Observation) {
        let now = (self.clock)();
        self.queue.with(|state, waiters| {
            if !state.closed && state.tell(binding, seen, now) {
                waiters.wake_one();
            }
        });
    }
}

kernel_object!(IoPort, OBJ_TYPE_IO_PORT, DEFAULT_PORT, {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are told, bindings disarmed, packets dropped.
    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        let old = self.queue.with(|state, waiters| {
            waiters.wake_all();
            core::mem::replace(state, State { closed: true, ..State::default() })
        });
        old.bindings.iter().for_each(|binding| binding.disarm());
    }
});
