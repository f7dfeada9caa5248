//! Trials: steps of the kernel in which a request for memory is refused, to see what they do then. They are how
//! tests show that a call can run out of memory everywhere, and only, where it has an answer for that.
//!
//! A request is whatever may be refused: an admission, a frame or a block, and a small allocation that no
//! admission covers. So an allocation that has no way back panics when it is refused, and that is how one is
//! found that was not reserved.
//!
//! In a trial the CPU's magazines are empty and closed, and nothing is [ordinary](super::watermarks), so that each
//! request comes here; outside of trials this costs nothing but a look where memory is scarce anyway.

use super::{MAX_CPUS, heap, stock, watermarks};
use crate::arch::cpu;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// What is refused to one course of steps, and what these have asked for until now.
#[derive(Debug)]
pub struct Trial {
    /// The number of the request that is refused, from 1 on.
    pub refused: usize,
    /// Those after it are refused as well.
    pub lasting: bool,
    /// How many requests there were.
    pub requests: usize,
}

/// The trial on a CPU, which alone reads and writes it.
#[repr(align(64))]
struct Current {
    active: AtomicBool,
    refused: AtomicUsize,
    lasting: AtomicBool,
    requests: AtomicUsize,
    /// How many small allocations the last admission covers still.
    covered: AtomicUsize,
}

static CURRENT: [Current; MAX_CPUS] = [const {
    Current {
        active: AtomicBool::new(false),
        refused: AtomicUsize::new(0),
        lasting: AtomicBool::new(false),
        requests: AtomicUsize::new(0),
        covered: AtomicUsize::new(0),
    }
}; MAX_CPUS];

fn current() -> &'static Current {
    &CURRENT[cpu::index()]
}

impl Trial {
    /// Takes a step, in which no other trial is.
    pub fn during<R>(&mut self, step: impl FnOnce() -> R) -> R {
        let current = current();
        current.refused.store(self.refused, Relaxed);
        current.lasting.store(self.lasting, Relaxed);
        current.requests.store(self.requests, Relaxed);
        current.covered.store(0, Relaxed);
        watermarks::begin_scrutiny();
        heap::close_magazines();
        current.active.store(true, Relaxed);
        let result = step();
        current.active.store(false, Relaxed);
        heap::open_magazines();
        watermarks::end_scrutiny();
        self.requests = current.requests.load(Relaxed);
        result
    }
}

/// Whether this CPU is in a trial.
pub(super) fn is_active() -> bool {
    current().active.load(Relaxed)
}

/// Whether this request is granted.
pub(super) fn request() -> bool {
    let current = current();
    if !current.active.load(Relaxed) {
        return true;
    }
    let number = current.requests.load(Relaxed) + 1;
    current.requests.store(number, Relaxed);
    let refused = current.refused.load(Relaxed);
    number < refused || number > refused && !current.lasting.load(Relaxed)
}

/// Whether this admission is granted. If so, it covers small allocations.
pub(super) fn admit() -> bool {
    let granted = request();
    if granted {
        current().covered.store(stock::ALLOCATIONS, Relaxed);
    }
    granted
}

/// Whether this small allocation is granted.
pub(super) fn allocate() -> bool {
    let current = current();
    let covered = current.covered.load(Relaxed);
    if covered == 0 || stock::is_spared() {
        return request();
    }
    current.covered.store(covered - 1, Relaxed);
    true
}
