//! An observer: one `object_wait_async`, from the moment on that it is armed until its packet is taken.

use super::Port;
use crate::core::handle::HandleId;
use crate::core::signals::{self, Active, Observation, Observers};
use crate::object::Object;
use crate::wait::one;
use abi::{PortPacket, Signals, Status};
use alloc::sync::{Arc, Weak};
use alloc::task::Wake;
use core::task::Waker;
use waitq::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use waitq::sync::{Mutex, MutexGuard};
use waitq::{Registration, Woken};

/// One armed or fired `object_wait_async`.
pub(super) struct Observer {
    port: Weak<Port>,
    pub(super) key: u64,
    pub(super) handle: HandleId,
    mask: Signals,
    clock: Option<fn() -> i64>,
    /// Its place in the port, from the moment on that it is there.
    slot: AtomicUsize,
    inner: Mutex<ObserverState>,
}

struct ObserverState {
    registration: one::Observer,
    /// There until it has fired or was disarmed.
    source: Option<Object>,
    /// What it saw when it fired.
    observed: Signals,
    messages: u64,
    timestamp: i64,
}

impl Observer {
    /// Of `source`, and not armed yet.
    ///
    /// # Errors
    /// `NO_MEMORY`.
    pub(super) fn new(
        port: &Arc<Port>,
        source: Object,
        observation: Observation,
        key: u64,
        clock: Option<fn() -> i64>,
    ) -> Result<Arc<Self>, Status> {
        let registration = Registration::new(observation).map_err(|_| Status::NO_MEMORY)?;
        Ok(Arc::new(Self {
            port: Arc::downgrade(port),
            key,
            handle: observation.handle,
            mask: observation.mask,
            clock,
            slot: AtomicUsize::new(0),
            inner: Mutex::new(ObserverState {
                registration,
                source: Some(source),
                observed: Signals::empty(),
                messages: 0,
                timestamp: 0,
            }),
        }))
    }

    /// Arms it; it fires at once when there is something to tell already, or the handle is not `still_open`.
    pub(super) fn arm(self: &Arc<Self>, observation: Observation, still_open: impl FnOnce() -> bool) {
        let mut inner = self.inner.lock();
        // If it is gone: cancelled or closed meanwhile, as if it had been armed before.
        let Some(source) = inner.source.as_ref().map(Object::observable) else { return };
        let waker = Waker::from(self.clone());
        let mut many = false;
        let begin = |active: &mut Active, observers: &Observers, seen: &mut Observation| {
            many = observers.wants_keeper();
            seen.begin_through(active, still_open)
        };
        let armed = inner.registration.arm(source, observation, waker, begin);
        if let Some(source) = inner.source.as_ref().filter(|_| many) {
            signals::keep(source.base().signals.queue(), source.observable());
        }
        if let Err(seen) = armed {
            self.fire(inner, seen);
        }
    }

    /// Notes its place in the port.
    pub(super) fn set_slot(&self, slot: usize) {
        self.slot.store(slot, Relaxed);
    }

    pub(super) fn is_for(&self, handle: HandleId, key: u64) -> bool {
        self.handle == handle && self.key == key
    }

    /// The wait has ended: into the port's queue, or out of the port when it was cancelled.
    fn fire(self: &Arc<Self>, mut inner: MutexGuard<'_, ObserverState>, seen: Observation) {
        let source = inner.source.take();
        inner.observed = seen.observed;
        inner.timestamp = self.clock.map_or(0, |now| now());
        inner.messages = source.as_ref().map_or(1, Object::pending_messages);
        drop(inner);
        drop(source);
        let Some(port) = self.port.upgrade() else { return };
        // The place was noted before the observer was armed, and what fires it comes after that.
        let slot = self.slot.load(Relaxed);
        let mut state = port.queue.lock();
        if seen.is_cancelled() {
            let removed = state.observers.disarm(slot, self);
            drop(state);
            return drop(removed);
        }
        let waiting = if state.queue_observer(slot, self) { state.take_first(&(), |()| true) } else { None };
        drop(state);
        if let Some(first) = waiting {
            first.wake();
        }
    }

    /// Ends the wait of an observer that is not in its port any more.
    pub(super) fn disarm(&self) {
        let source = {
            let mut inner = self.inner.lock();
            inner.registration.disarm();
            inner.source.take()
        };
        drop(source);
    }

    /// What user code gets.
    pub(super) fn packet(&self) -> PortPacket {
        let inner = self.inner.lock();
        PortPacket::signal_one(self.key, self.mask, inner.observed, inner.messages, inner.timestamp as u64)
    }
}

impl Wake for Observer {
    fn wake(self: Arc<Self>) {
        let mut inner = self.inner.lock();
        if let Some(Woken::Yes(seen)) = inner.registration.disarm() {
            self.fire(inner, seen);
        }
    }
}
