//! A handle that closes on drop, and what can be asked of every object.

use abi::{Rights, Signals, Status};

use crate::{Result, port::Port, sys};

/// Turns a raw status into a result.
pub(crate) fn check(status: i32) -> Result<()> {
    Status::ok(status)
}

/// An owned handle of any type. Dropping it closes it.
#[derive(Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Handle(u32);

impl Handle {
    /// The value that is never a handle.
    pub const INVALID: u32 = 0;

    /// Takes ownership of a raw handle value.
    #[must_use]
    pub const fn from_raw(raw: u32) -> Self {
        Self(raw)
    }

    /// The raw value; still owned by `self`.
    #[must_use]
    pub const fn raw(&self) -> u32 {
        self.0
    }

    /// Gives up ownership: nobody closes the handle any more.
    #[must_use]
    pub const fn into_raw(self) -> u32 {
        let raw = self.0;
        core::mem::forget(self);
        raw
    }

    /// Whether this is a handle at all.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.0 != Self::INVALID
    }

    /// Replaces this handle by one with `rights`. The handle is gone afterwards, also on an error.
    pub fn replace(self, rights: Rights) -> Result<Self> {
        let mut out = Self::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_handle_replace(self.into_raw(), rights.bits(), &mut out) })?;
        Ok(Self(out))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.is_valid() {
            // SAFETY: the call takes no pointer. A failure would mean that somebody else closed the handle.
            unsafe { sys::zx_handle_close(self.0) };
        }
    }
}

/// Everything that owns a handle; the operations that any object has.
pub trait AsHandle {
    /// The handle.
    fn handle(&self) -> &Handle;

    /// Its raw value.
    fn raw(&self) -> u32 {
        self.handle().raw()
    }

    /// A second handle to the same object with `rights`, or all of this one's with `Rights::SAME_RIGHTS`.
    fn duplicate_handle(&self, rights: Rights) -> Result<Handle> {
        let mut out = Handle::INVALID;
        // SAFETY: `out` outlives the call.
        check(unsafe { sys::zx_handle_duplicate(self.raw(), rights.bits(), &mut out) })?;
        Ok(Handle::from_raw(out))
    }

    /// Clears and sets user signals on the object.
    fn signal(&self, clear: Signals, set: Signals) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_object_signal(self.raw(), clear.bits(), set.bits()) })
    }

    /// Clears and sets user signals on the object's peer.
    fn signal_peer(&self, clear: Signals, set: Signals) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_object_signal_peer(self.raw(), clear.bits(), set.bits()) })
    }

    /// Waits until any of `signals` is active or the monotonic `deadline` (ns) has passed; what was seen.
    fn wait(&self, signals: Signals, deadline: i64) -> Result<Signals> {
        let (status, observed) = self.wait_observed(signals, deadline);
        check(status.raw()).map(|()| observed)
    }

    /// As [`AsHandle::wait`], with the observed signals also when the wait failed.
    fn wait_observed(&self, signals: Signals, deadline: i64) -> (Status, Signals) {
        let mut observed = 0;
        // SAFETY: `observed` outlives the call.
        let status = unsafe { sys::zx_object_wait_one(self.raw(), signals.bits(), deadline, &mut observed) };
        (Status::from_raw(status), Signals::from_bits_retain(observed))
    }

    /// Has one packet with `key` sent to `port` when any of `signals` becomes active.
    fn wait_async(&self, port: &Port, key: u64, signals: Signals, options: u32) -> Result<()> {
        // SAFETY: the call takes no pointer.
        check(unsafe { sys::zx_object_wait_async(self.raw(), port.raw(), key, signals.bits(), options) })
    }

    /// Sets the object's name, of which the first 31 bytes are kept.
    fn set_name(&self, name: &str) -> Result<()> {
        // SAFETY: the bytes outlive the call.
        check(unsafe {
            sys::zx_object_set_property(self.raw(), abi::PROP_NAME, name.as_ptr().cast(), name.len())
        })
    }
}

impl AsHandle for Handle {
    fn handle(&self) -> &Handle {
        self
    }
}

/// Declares a typed object: a newtype of [`Handle`] with the conversions and `duplicate`.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, PartialEq, Eq, Hash)]
        #[repr(transparent)]
        pub struct $name($crate::handle::Handle);

        impl $crate::handle::AsHandle for $name {
            fn handle(&self) -> &$crate::handle::Handle {
                &self.0
            }
        }

        impl From<$crate::handle::Handle> for $name {
            fn from(handle: $crate::handle::Handle) -> Self {
                Self(handle)
            }
        }

        impl From<$name> for $crate::handle::Handle {
            fn from(object: $name) -> Self {
                object.0
            }
        }

        impl $name {
            /// A second handle to the same object with `rights`.
            pub fn duplicate(&self, rights: $crate::Rights) -> $crate::Result<Self> {
                $crate::handle::AsHandle::duplicate_handle(self, rights).map(Self)
            }
        }
    };
}
pub(crate) use object;

/// One item of [`wait_many`].
#[derive(Debug)]
pub struct WaitItem<'a> {
    /// The object to wait on.
    pub handle: &'a Handle,
    /// Signals that end the wait.
    pub waitfor: Signals,
    /// Signals seen, filled in by the wait.
    pub pending: Signals,
}

impl<'a> WaitItem<'a> {
    /// An item that waits for `waitfor` on `object`.
    pub fn new(object: &'a impl AsHandle, waitfor: Signals) -> Self {
        Self { handle: object.handle(), waitfor, pending: Signals::empty() }
    }
}

/// The most items that one [`wait_many`] takes.
pub const WAIT_MANY_MAX: usize = abi::WAIT_MANY_MAX_ITEMS;

/// Waits until one of the items has one of its signals, or until `deadline`. More than
/// [`WAIT_MANY_MAX`] items: `OUT_OF_RANGE`.
pub fn wait_many(items: &mut [WaitItem<'_>], deadline: i64) -> Result<()> {
    let mut raw = [abi::WaitItem::default(); WAIT_MANY_MAX];
    let Some(raw) = raw.get_mut(..items.len()) else { return Err(Status::OUT_OF_RANGE) };
    for (raw, item) in raw.iter_mut().zip(items.iter()) {
        raw.handle = item.handle.raw();
        raw.waitfor = item.waitfor;
    }
    // SAFETY: the array outlives the call and has `items.len()` entries.
    let status = unsafe { sys::zx_object_wait_many(raw.as_mut_ptr(), raw.len(), deadline) };
    for (raw, item) in raw.iter().zip(items.iter_mut()) {
        item.pending = raw.pending;
    }
    check(status)
}
