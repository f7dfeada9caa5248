//! Sets of bits: rights of handles, signals of objects. Their names come from `syscalls.toml`.

use core::fmt;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What a handle allows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(transparent)]
pub struct Rights(pub(crate) u32);

/// Conditions of an object that can be waited for: bits 0 to 23 are the kernel's, 24 to 31 the user's.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(transparent)]
pub struct Signals(pub(crate) u32);

impl fmt::Debug for Rights {
    /// `Rights(DUPLICATE | WAIT)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rights(")?;
        bitflags::parser::to_writer(self, &mut *f)?;
        f.write_str(")")
    }
}

impl fmt::Debug for Signals {
    /// As a number: the names of the kernel's bits depend on the object.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signals({:#x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn rights_show_their_names() {
        assert_eq!(format!("{:?}", Rights::IO), "Rights(READ | WRITE)");
        assert_eq!(format!("{:?}", Signals::USER_SIGNAL_0 | Signals::CHANNEL_READABLE), "Signals(0x1000001)");
    }

    #[test]
    fn channels_cannot_be_duplicated_by_default() {
        assert!(!Rights::DEFAULT_CHANNEL.contains(Rights::DUPLICATE));
        assert!(
            Rights::DEFAULT_CHANNEL
                .contains(Rights::TRANSFER | Rights::READ | Rights::WRITE | Rights::SIGNAL_PEER)
        );
    }
}
