//! Event pair: two events that may signal each other, and learn when the other is gone.

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::ipc::ends::Ends;
use crate::object::KernelObject;
use abi::{Signals, Status};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

/// One end of an event pair.
pub struct EventPair {
    ends: Ends<End>,
}

#[derive(Default)]
struct End {
    base: Base,
    closed: AtomicBool,
}

impl AsRef<Base> for End {
    fn as_ref(&self) -> &Base {
        &self.base
    }
}

impl EventPair {
    /// Two ends.
    pub fn new() -> (Arc<Self>, Arc<Self>) {
        let (first, second) = Ends::new([End::default(), End::default()], ());
        (Arc::new(Self { ends: first }), Arc::new(Self { ends: second }))
    }
}

impl KernelObject for EventPair {
    const USER_SIGNALS: Signals = Signals::USER_SIGNAL_ALL.union(Signals::EVENTPAIR_SIGNALED);

    fn base(&self) -> &Base {
        &self.ends.own().base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        self.ends.own().closed.store(true, Ordering::Release);
        self.ends.peer().base.signals.assert(Signals::EVENTPAIR_PEER_CLOSED);
    }

    fn peer_base(&self) -> Option<Result<&Base, Status>> {
        Some(self.ends.peer_base(|end| end.closed.load(Ordering::Acquire)))
    }
}
