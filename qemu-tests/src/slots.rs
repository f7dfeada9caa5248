//! The host's processors, lent to machines: one for each virtual CPU.
//!
//! Machines that together have more CPUs than the host would slow each other
//! down until timeouts fire. A machine with more CPUs than the host has takes
//! them all, and so runs alone.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    thread::available_parallelism,
};

/// Processors that machines may use.
#[derive(Debug)]
pub struct Slots {
    all: usize,
    free: Mutex<usize>,
    returned: Condvar,
}

/// Processors lent to one machine; returned when dropped.
#[derive(Debug)]
pub struct Loan<'a> {
    slots: &'a Slots,
    count: usize,
}

impl Slots {
    /// As many as given.
    pub const fn new(all: usize) -> Self {
        Self { all, free: Mutex::new(all), returned: Condvar::new() }
    }

    /// As many as this process may use.
    pub fn of_this_machine() -> Self {
        Self::new(available_parallelism().map_or(1, usize::from))
    }

    /// Waits until `cpus` processors are free (all of them, when that is more than there are),
    /// and lends them.
    pub fn lend(&self, cpus: u32) -> Loan<'_> {
        let count = usize::try_from(cpus).map_or(self.all, |cpus| cpus.min(self.all));
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = self.returned.wait_while(free, |free| *free < count);
        *enough.unwrap_or_else(PoisonError::into_inner) -= count;
        Loan { slots: self, count }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut free = self.slots.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free += self.count;
        drop(free);
        self.slots.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    use super::Slots;

    #[test]
    fn never_more_than_there_are() {
        let (slots, used) = (Slots::new(3), AtomicUsize::new(0));
        thread::scope(|scope| {
            for cpus in [1, 2, 3, 9, 2, 1] {
                let (slots, used) = (&slots, &used);
                scope.spawn(move || {
                    let loan = slots.lend(cpus);
                    let before = used.fetch_add(loan.count, Ordering::SeqCst);
                    assert!(before + loan.count <= 3);
                    thread::yield_now();
                    used.fetch_sub(loan.count, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(*slots.free.lock().unwrap(), 3);
    }
}
