//! What a task waits for, written by its poll and read by a listing on any CPU: a sequence lock. Changing the
//! number alone costs the hot path a plain store.

use crate::sync::plain::{AtomicPtr, AtomicU32, AtomicU64};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::fence;

pub(crate) struct Label {
    /// Odd while it is being written.
    version: AtomicU32,
    /// The text is 4 GiB at most.
    length: AtomicU32,
    text: AtomicPtr<u8>,
    number: AtomicU64,
}

impl Label {
    pub(crate) const fn new() -> Self {
        Self {
            version: AtomicU32::new(0),
            length: AtomicU32::new(0),
            text: AtomicPtr::new(core::ptr::null_mut()),
            number: AtomicU64::new(0),
        }
    }

    /// An empty text says that the task waits for nothing known.
    pub(crate) fn set(&self, text: &'static str, number: u64) {
        let mut version = self.version.load(Relaxed) & !1;
        while let Err(now) = self.version.compare_exchange_weak(version, version | 1, Acquire, Relaxed) {
            core::hint::spin_loop();
            version = now & !1;
        }
        fence(Release);
        self.text.store(text.as_ptr().cast_mut(), Relaxed);
        self.length.store(text.len() as u32, Relaxed);
        self.number.store(number, Relaxed);
        self.version.store(version.wrapping_add(2), Release);
    }

    /// As `set` with the same text.
    #[inline]
    pub(crate) fn set_number(&self, number: u64) {
        self.number.store(number, Relaxed);
    }

    /// The label, or `None` if it is empty; also if it is being written for so long that who writes it has been stopped.
    pub(crate) fn get(&self) -> Option<(&'static str, u64)> {
        /// Far more than a writer needs that goes on.
        const TRIES: usize = 1 << 20;
        for _ in 0..TRIES {
            let version = self.version.load(Acquire);
            let (text, length) = (self.text.load(Relaxed), self.length.load(Relaxed) as usize);
            let number = self.number.load(Relaxed);
            fence(Acquire);
            if version & 1 != 0 || self.version.load(Relaxed) != version {
                core::hint::spin_loop();
                continue;
            }
            if length == 0 {
                return None;
            }
            // SAFETY: the version says that both were stored by the same `set`, from a `&'static str`.
            let text = unsafe { core::str::from_utf8_unchecked(core::slice::from_raw_parts(text, length)) };
            return Some((text, number));
        }
        None
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Label;

    #[test]
    fn a_label_is_what_was_set_last() {
        let label = Label::new();
        assert_eq!(label.get(), None);
        for (text, number) in [("port", 7), ("a futex", 1), ("port", 0)] {
            label.set(text, number);
            assert_eq!(label.get(), Some((text, number)));
        }
        label.set_number(9);
        assert_eq!(label.get(), Some(("port", 9)));
        label.set("", 1);
        assert_eq!(label.get(), None);
    }
}
