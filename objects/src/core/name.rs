//! The name property: at most 31 bytes, kept with its terminating zero.

use waitq::sync::{Locked, Mutex, Patience};

/// `ZX_MAX_NAME_LEN`.
pub const MAX_NAME: usize = abi::MAX_NAME_LEN;

/// A name that user code may change.
pub struct Name(Mutex<[u8; MAX_NAME]>);

impl Name {
    /// A name; bytes after the 31st, or after a zero, are dropped.
    pub fn new(name: &[u8]) -> Self {
        Self(Mutex::new(Self::clip(name)))
    }

    /// The name, padded with zeros.
    pub fn get(&self) -> [u8; MAX_NAME] {
        *self.0.lock()
    }

    /// The name, for those who may not wait.
    ///
    /// # Errors
    /// Somebody has it locked.
    pub fn get_with(&self, patience: Patience) -> Result<[u8; MAX_NAME], Locked> {
        Ok(*patience.lock(&self.0)?)
    }

    /// Changes the name.
    pub fn set(&self, name: &[u8]) {
        *self.0.lock() = Self::clip(name);
    }

    fn clip(name: &[u8]) -> [u8; MAX_NAME] {
        let mut clipped = [0; MAX_NAME];
        let name = &name[..name.len().min(MAX_NAME - 1)];
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        clipped[..length].copy_from_slice(&name[..length]);
        clipped
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// A name with zeros behind it.
    macro_rules! padded {
        ($name:expr) => {
            core::array::from_fn(|index| $name.get(index).copied().unwrap_or(0))
        };
    }

    #[test]
    fn a_name_ends_with_its_first_zero() {
        let name = Name::new(b"init\0more");
        assert_eq!(name.get(), padded!(b"init"));
        name.set(b"");
        assert_eq!(name.get(), padded!(b""));
        name.set(b"shell");
        assert_eq!(name.get(), padded!(b"shell"));
    }

    #[test]
    fn a_name_has_31_bytes_and_a_zero() {
        let long: [u8; 40] = core::array::from_fn(|index| b'0' + index as u8);
        for length in [30, 31, 32, 33, 40] {
            assert_eq!(Name::new(&long[..length]).get(), padded!(&long[..length.min(31)]), "{length}");
        }
    }
}
