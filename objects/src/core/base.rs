//! What every kernel object has: an identity, signals, and a count of the handles to it.

use crate::core::signals::SignalSet;
use abi::Signals;
use core::sync::atomic::{AtomicU64, Ordering};
use waitq::sync::atomic::AtomicU32;

/// A kernel object id: unique for the life of the system, never reused.
pub type Koid = u64;

/// Ids below this are reserved, as in Zircon.
const FIRST_KOID: Koid = 1024;

static NEXT_KOID: AtomicU64 = AtomicU64::new(FIRST_KOID);

/// A fresh id.
pub fn new_koid() -> Koid {
    NEXT_KOID.fetch_add(1, Ordering::Relaxed)
}

/// The common part of a kernel object.
pub struct Base {
    koid: Koid,
    related: AtomicU64,
    handles: AtomicU32,
    /// The object's signals.
    pub signals: SignalSet,
}

impl Base {
    /// A base with a fresh id and no signal active.
    pub fn new() -> Self {
        Self::with_signals(Signals::empty())
    }

    /// A base with a fresh id and these signals active.
    pub fn with_signals(active: Signals) -> Self {
        Self {
            koid: new_koid(),
            related: AtomicU64::new(0),
            handles: AtomicU32::new(0),
            signals: SignalSet::new(active),
        }
    }

    /// The object's id.
    pub fn koid(&self) -> Koid {
        self.koid
    }

    /// The id of the object's other end or owner; zero if it has none.
    pub fn related_koid(&self) -> Koid {
        self.related.load(Ordering::Relaxed)
    }

    /// Sets the id of the related object, once both exist.
    pub fn set_related(&self, koid: Koid) {
        self.related.store(koid, Ordering::Relaxed);
    }

    /// How many handles refer to the object.
    pub fn handle_count(&self) -> u32 {
        self.handles.load(Ordering::Relaxed)
    }

    pub(crate) fn add_handle(&self) {
        self.handles.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a handle out; whether it was the last one.
    pub(crate) fn remove_handle(&self) -> bool {
        self.handles.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

impl AsRef<Self> for Base {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Default for Base {
    fn default() -> Self {
        Self::new()
    }
}
