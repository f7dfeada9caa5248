//! Event pair: two events that may signal each other, and learn when the other is gone.

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::object::KernelObject;
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

/// One end of an event pair.
pub struct EventPair {
    pair: Arc<[End; 2]>,
    side: usize,
}

#[derive(Default)]
struct End {
    base: Base,
    closed: AtomicBool,
}

impl EventPair {
    /// Two ends.
    pub fn new() -> (Arc<Self>, Arc<Self>) {
        let pair = Arc::new([End::default(), End::default()]);
        pair[0].base.set_related(pair[1].base.koid());
        pair[1].base.set_related(pair[0].base.koid());
        (Arc::new(Self { pair: pair.clone(), side: 0 }), Arc::new(Self { pair, side: 1 }))
    }

    fn peer(&self) -> &End {
        &self.pair[1 - self.side]
    }
}

impl KernelObject for EventPair {
    const USER_SIGNALS: Signals = Signals::USER_SIGNAL_ALL.union(Signals::EVENTPAIR_SIGNALED);

    fn base(&self) -> &Base {
        &self.pair[self.side].base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        self.pair[self.side].closed.store(true, Ordering::Release);
        self.peer().base.signals.assert(Signals::EVENTPAIR_PEER_CLOSED);
    }

    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        let closed = self.peer().closed.load(Ordering::Acquire);
        Some(if closed { Err(Status::PEER_CLOSED) } else { Ok(&self.peer().base) })
    }
}
