//! Event: an object that is nothing but its signals.

use crate::core::base::Base;
use crate::object::KernelObject;
use abi::Signals;
use alloc::sync::Arc;

/// An event.
#[derive(Default)]
pub struct Event {
    base: Base,
}

impl Event {
    /// An event without active signals.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }
}

impl KernelObject for Event {
    const USER_SIGNALS: Signals = Signals::EVENT_SIGNAL_MASK;

    fn base(&self) -> &Base {
        &self.base
    }
}
