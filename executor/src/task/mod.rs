//! A task: one allocation with a header, which everything that is not generic works on, and the future.
//!
//! # References
//! The state word counts references; the allocation is freed with the last one.
//! - **The executor's own**, from spawn until the future has been dropped. A task in a run queue, in an
//!   inbox, in a registry's list, in a scope or in `Executor::current` is there on this reference: it
//!   counts no other.
//! - **[`TaskRef`](crate::TaskRef)**: each counts one. It never reaches the future.
//! - **`Waker`**: each counts one, except the one in the context of a poll, which borrows the
//!   executor's own.
//!
//! # Who may touch what
//! - *The right to enqueue* belongs to whoever set `ACTIVE`, then to the queue or inbox the task is in,
//!   then to the executor that took it out, until that clears `ACTIVE`. It covers the queue node, the
//!   home, and the future.
//! - `registry_links` are touched under the lock of their list.
//! - Accounts and the waiting label are written by the running executor, and read at any moment.
//! - `group` is set before anybody knows the task, and taken away by the executor that ends it.
//! - `class` and `affinity` are written by anyone, and take effect when the task is next enqueued or
//!   dequeued.
//!
//! # State bits
//! See [`state`]: `SCHEDULED`, `ACTIVE`, `KILLED`, `DONE`, `CLOSED`, `JOINED`, `PANICKED`, and the count.

pub(crate) mod annotate;
pub(crate) mod cache;
pub(crate) mod label;
pub(crate) mod options;
pub(crate) mod raw;
pub(crate) mod reference;
pub(crate) mod state;
pub(crate) mod waker;

use crate::heap::Node;
use crate::list::Links;
use crate::sync::{Exclusive, plain};
use crate::task_group::Shared;
use core::cell::Cell;
use core::ptr::NonNull;
use core::sync::atomic::Ordering::Relaxed;
use label::Label;
use raw::VTable;
use state::State;
use waitq::WaitQueue;

/// A task, whatever its future.
pub(crate) type Task = NonNull<Header>;

/// What every task starts with. The node comes first: queues know a task by the address of its node.
#[repr(C)]
pub(crate) struct Header {
    /// The place in a run queue or inbox. The key holds class and virtual time or deadline.
    pub(crate) node: Node,
    pub(crate) state: State,
    pub(crate) vtable: &'static VTable,
    /// The `Executor<P>` that owns the task, for the vtable, which knows `P`.
    pub(crate) home: plain::AtomicPtr<()>,
    /// Class and parameter as [`options::Class::pack`] packs them.
    pub(crate) class: plain::AtomicU64,
    /// One bit per CPU that may run the task; zero: the home CPU only.
    pub(crate) affinity: plain::AtomicU64,
    /// Set when the task is listed, before anybody knows it.
    pub(crate) id: Cell<u64>,
    name: NonNull<u8>,
    /// The name is 4 GiB at most.
    name_length: u32,
    /// Where the task is listed: the number of the CPU on whose executor it was spawned.
    pub(crate) listed: u32,
    pub(crate) run_time: plain::AtomicU64,
    pub(crate) longest: plain::AtomicU64,
    pub(crate) polls: plain::AtomicU64,
    pub(crate) waits_for: Label,
    /// The group in which it competes, of which it counts a reference until it is over; `None`: its executor's own.
    pub(crate) group: Cell<Option<NonNull<Shared>>>,
    pub(crate) registry_links: Links<Header>,
    /// Who waits for the end; the state says whether it has come, and whether anybody waits.
    pub(crate) joiners: WaitQueue,
    /// Stands for the future in models: loom sees two parties that have it at once.
    pub(crate) exclusive: Exclusive,
}

// SAFETY: the module's documentation says for each part who may touch it; the future, which the
// header stands for, is `Send`.
unsafe impl Send for Header {}
// SAFETY: as above.
unsafe impl Sync for Header {}

const _: () = assert!(cfg!(loom) || size_of::<Header>() <= 192, "three cache lines");

impl Header {
    /// The rank of the task's class, and its parameter.
    #[inline(always)]
    pub(crate) fn class_word(&self) -> u64 {
        self.class.load(Relaxed)
    }

    /// The rank of the task's class: 0 deadline, 1 fair, 2 idle.
    #[inline(always)]
    pub(crate) fn rank(&self) -> u8 {
        (self.class_word() >> options::RANK_SHIFT) as u8
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        // SAFETY: made of a `&'static str` in `raw::allocate`.
        unsafe {
            let bytes = NonNull::slice_from_raw_parts(self.name, self.name_length as usize);
            core::str::from_utf8_unchecked(bytes.as_ref())
        }
    }

    /// Whether it has never been polled.
    #[inline(always)]
    pub(crate) fn is_new(&self) -> bool {
        self.polls.load(Relaxed) == 0
    }

    /// Counts a poll. By the executor that runs the task.
    #[inline(always)]
    pub(crate) fn count_poll(&self) {
        self.polls.store(self.polls.load(Relaxed) + 1, Relaxed);
    }

    /// Accounts a poll of `ran` nanoseconds. By the executor that runs the task.
    #[inline(always)]
    pub(crate) fn account(&self, ran: u64) {
        self.run_time.store(self.run_time.load(Relaxed) + ran, Relaxed);
        if ran > self.longest.load(Relaxed) {
            self.longest.store(ran, Relaxed);
        }
    }
}
