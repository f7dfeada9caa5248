//! A handle: a counted reference to an object with rights, wherever it is — in a process's table, in
//! a message, or held by the kernel.
//!
//! Dropping a `Handle` is closing it. When the last one goes, the object is told, which may close more
//! handles: see [`closing`](crate::core::closing).

use crate::core::closing::Doomed;
use crate::object::{KernelObject, Object};
use abi::{Rights, Status};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Handles in the whole system at most; Zircon's number.
pub const MAX_HANDLES: usize = 262_144;

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// How many handles there are in the system.
pub fn live_handles() -> usize {
    LIVE.load(Ordering::Relaxed)
}

/// Tells one process's handle from every other handle that is open at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HandleId(pub u64);

impl HandleId {
    /// For waits inside the kernel, which no closing cancels.
    pub const KERNEL: Self = Self(0);

    /// The number by which its process knows the handle.
    pub fn value(self) -> u32 {
        self.0 as u32
    }
}

/// A counted reference to an object, with rights. Dropping it is closing it.
pub struct Handle {
    /// Always there; taken only on the way out.
    object: Option<Object>,
    rights: Rights,
}

impl Handle {
    /// A handle with these rights. `NO_MEMORY` when the system has as many as it may; to an object that
    /// has no other handle, that is as if this one had been closed.
    pub fn new(object: impl Into<Object>, rights: Rights) -> Result<Self, Status> {
        let object = object.into();
        object.base().add_handle();
        let handle = Self { object: Some(object), rights };
        if LIVE.fetch_add(1, Ordering::Relaxed) < MAX_HANDLES { Ok(handle) } else { Err(Status::NO_MEMORY) }
    }

    /// A handle with the rights that a new object's handle has.
    pub fn to_new<T: KernelObject>(object: Arc<T>) -> Result<Self, Status>
    where
        Object: From<Arc<T>>,
    {
        Self::new(object, T::DEFAULT_RIGHTS)
    }

    /// The object.
    #[inline]
    pub fn object(&self) -> &Object {
        self.object.as_ref().expect("a handle has its object until it is dropped")
    }

    /// The rights.
    #[inline]
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// The same handle with other rights.
    pub fn set_rights(&mut self, rights: Rights) {
        self.rights = rights;
    }

    /// Closes the handle; what that dooms is left to the caller's loop.
    pub fn close_into(mut self, doomed: &mut Doomed) {
        if let Some(object) = self.object.take() {
            doomed.count(1);
            release(&object, doomed);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        let mut doomed = Doomed::default();
        release(&object, &mut doomed);
        doomed.finish();
    }
}

fn release(object: &Object, doomed: &mut Doomed) {
    LIVE.fetch_sub(1, Ordering::Relaxed);
    if object.base().remove_handle() {
        if let Some(Ok(peer)) = object.peer_base() {
            doomed.count_woken(peer.signals.woken_at_once());
        }
        object.on_zero_handles(doomed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::handle;
    use crate::{Event, Kind};

    #[test]
    fn all_handles_of_the_system_are_counted() {
        let event = Event::new();
        let handles = [(); 3].map(|()| handle(&event));
        assert!(live_handles() >= 3, "other tests have handles, too");
        drop(handles);
        assert_eq!(event.base().handle_count(), 0);
    }

    #[test]
    fn a_handles_id_has_the_value_by_which_its_process_knows_it() {
        assert_eq!(HandleId(0x1234_5678_9abc_def3).value(), 0x9abc_def3);
        assert_eq!(HandleId::KERNEL.value(), 0);
    }

    #[test]
    fn a_handle_has_the_rights_of_its_kind_or_those_that_it_is_given() {
        let mut handle = handle(&Event::new());
        assert_eq!(handle.rights(), Event::DEFAULT_RIGHTS);
        handle.set_rights(Rights::WAIT);
        assert_eq!(handle.rights(), Rights::WAIT);
    }
}
