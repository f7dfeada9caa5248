//! The name property: at most 31 bytes, kept with its terminating zero.

use waitq::sync::Mutex;

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

    /// Changes the name.
    pub fn set(&self, name: &[u8]) {
        *self.0.lock() = Self::clip(name);
    }

    fn clip(name: &[u8]) -> [u8; MAX_NAME] {
        let mut clipped = [0; MAX_NAME];
        let text = name.iter().take_while(|byte| **byte != 0);
        for (to, from) in clipped[..MAX_NAME - 1].iter_mut().zip(text) {
            *to = *from;
        }
        clipped
    }
}
