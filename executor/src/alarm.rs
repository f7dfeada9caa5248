//! A timer entry on the heap, for safe code that sets one timer again and again.

use crate::AllocError;
use crate::sync::Mutex;
use crate::timers::{Entry, TimerQueue};
use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use core::ptr::NonNull;
use core::task::Waker;

/// Wakes a waker at a time. Made once, set as often as needed; only making it allocates. Dropping it
/// cancels.
pub struct Alarm {
    entry: NonNull<Entry>,
    /// The queue in which the entry was last armed. Taken before that queue's own lock.
    queue: Mutex<Option<&'static TimerQueue>>,
}

// SAFETY: the entry is only touched under the alarm's lock and, while armed, its queue's.
unsafe impl Send for Alarm {}
// SAFETY: as above.
unsafe impl Sync for Alarm {}

impl Alarm {
    /// An alarm that is not set.
    pub fn new() -> Result<Self, AllocError> {
        // SAFETY: the layout is not zero-sized.
        let memory = unsafe { alloc(Layout::new::<Entry>()) }.cast::<Entry>();
        let entry = NonNull::new(memory).ok_or(AllocError)?;
        // SAFETY: fresh memory of this layout.
        unsafe { entry.write(Entry::new()) };
        Ok(Self { entry, queue: Mutex::new(None) })
    }

    /// Sets the alarm: `waker` is woken when `queue` expires `deadline` (nanoseconds; `u64::MAX`: never).
    /// Replaces an earlier setting. Does not allocate.
    pub fn set(&self, queue: &'static TimerQueue, deadline: u64, waker: Waker) {
        if deadline == u64::MAX {
            self.cancel();
            return;
        }
        let mut current = self.queue.lock();
        let before = self.disarm(current.take());
        // SAFETY: disarmed above, under the alarm's lock; on the heap, and disarmed by drop.
        unsafe { queue.arm(self.entry, deadline, waker) };
        *current = Some(queue);
        drop(current);
        drop(before);
    }

    /// Whether someone has the lock, at some moment.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn is_locked(&self) -> bool {
        self.queue.is_locked()
    }

    /// Takes the setting back. Whether it was set and had not expired.
    pub fn cancel(&self) -> bool {
        let mut current = self.queue.lock();
        let (armed, waker) = self.disarm(current.take());
        drop(current);
        drop(waker);
        armed
    }

    /// Takes the entry out of the queue it was last armed in: whether it was in, and its waker, which is foreign
    /// code and dropped without the lock. By who has the alarm's lock.
    fn disarm(&self, queue: Option<&'static TimerQueue>) -> (bool, Option<Waker>) {
        // SAFETY: `queue` is the one it was last armed in.
        queue.map_or((false, None), |queue| unsafe { queue.disarm(self.entry) })
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.cancel();
        // SAFETY: made in `new` with the layout of a box, and in no queue any more.
        drop(unsafe { Box::from_raw(self.entry.as_ptr()) });
    }
}
