//! A mutex and an event for the threads of one process, on a futex each.

use core::sync::atomic::{
    AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

use crate::{Result, futex};

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and somebody may be waiting: unlocking must wake.
const CONTENDED: u32 = 2;

/// The lock of [`Mutex`]: three states in one word, no system call unless two threads meet.
#[derive(Debug)]
pub struct RawMutex(AtomicU32);

// SAFETY: only the thread that moved the word away from FREE holds the lock, with acquire order; unlocking
// stores FREE with release order.
unsafe impl lock_api::RawMutex for RawMutex {
    #[allow(clippy::declare_interior_mutable_const, reason = "the trait asks for it")]
    const INIT: Self = Self(AtomicU32::new(FREE));
    type GuardMarker = lock_api::GuardSend;

    fn lock(&self) {
        if !self.try_lock() {
            while self.0.swap(CONTENDED, Acquire) != FREE {
                // An error means that the word has changed: look again.
                let _ = futex::wait(&self.0, CONTENDED);
            }
        }
    }

    fn try_lock(&self) -> bool {
        self.0.compare_exchange(FREE, HELD, Acquire, Relaxed).is_ok()
    }

    unsafe fn unlock(&self) {
        if self.0.swap(FREE, Release) == CONTENDED {
            // Waking by the address of a live word cannot fail.
            let _ = futex::wake(&self.0, 1);
        }
    }
}

/// A lock around a value.
pub type Mutex<T> = lock_api::Mutex<RawMutex, T>;
/// What [`Mutex::lock`] returns.
pub type MutexGuard<'a, T> = lock_api::MutexGuard<'a, RawMutex, T>;

/// Something that happens once and that any number of threads wait for.
#[derive(Debug, Default)]
pub struct OnceEvent(AtomicU32);

impl OnceEvent {
    /// An event that has not happened.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Makes it happen: all waiters go on.
    pub fn set(&self) {
        self.0.store(1, Release);
        // Waking by the address of a live word cannot fail.
        let _ = futex::wake(&self.0, u32::MAX);
    }

    /// Whether it has happened.
    pub fn is_set(&self) -> bool {
        self.0.load(Acquire) != 0
    }

    /// Waits until it has happened or `deadline` has passed.
    pub fn wait(&self, deadline: i64) -> Result<()> {
        while !self.is_set() {
            match futex::wait_until(&self.0, 0, 0, deadline) {
                Ok(()) | Err(abi::Status::BAD_STATE) => {}
                Err(status) => return Err(status),
            }
        }
        Ok(())
    }
}
