//! Accounts: how much of the machine a job has, and how much it may have.
//!
//! ```text
//! VMO ── Charge ──▶ Payer, the process that made it ──▶ its job ──▶ the parent of that ──▶ … ──▶ the root job
//! ```
//! What user code has the kernel hold is charged to the job of the process that asked for it, and stays so wherever
//! the object goes: to be handed something costs nothing. A charge counts in every job above, too, and must fit into
//! the limit of each. Charges are taken in chunks, so that a hot path compares two numbers of its own.

use crate::job::Job;
use crate::memory::NoMemory;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many pages are charged at once, at most, beyond those that are needed.
const CHUNK: u64 = 16;

/// What one job has of one thing, with all jobs below it.
pub(crate) struct Account {
    used: AtomicU64,
    limit: AtomicU64,
}

impl Default for Account {
    fn default() -> Self {
        Self { used: AtomicU64::new(0), limit: AtomicU64::new(u64::MAX) }
    }
}

impl Account {
    /// How much it has.
    pub fn used(&self) -> u64 {
        self.used.load(Relaxed)
    }

    /// How much it may have.
    pub fn limit(&self) -> u64 {
        self.limit.load(Relaxed)
    }

    /// Says how much it may have. What it has beyond that stays.
    pub fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Relaxed);
    }

    /// Takes more, if that does not exceed the limit.
    pub fn add(&self, amount: u64) -> bool {
        let more = |used: u64| used.checked_add(amount).filter(|sum| *sum <= self.limit());
        self.used.fetch_update(Relaxed, Relaxed, more).is_ok()
    }

    /// Gives back.
    pub fn subtract(&self, amount: u64) {
        self.used.fetch_sub(amount, Relaxed);
    }
}

/// A process as the one who pays, also for what outlives it.
pub struct Payer {
    job: Arc<Job>,
    pages: AtomicU64,
}

impl Payer {
    /// A process of this job.
    pub fn new(job: Arc<Job>) -> Arc<Self> {
        Arc::new(Self { job, pages: AtomicU64::new(0) })
    }

    /// How many pages are charged to it.
    pub fn pages(&self) -> u64 {
        self.pages.load(Relaxed)
    }

    fn charge(&self, pages: u64) -> Result<(), NoMemory> {
        self.job.charge_pages(pages)?;
        self.pages.fetch_add(pages, Relaxed);
        Ok(())
    }

    fn give_back(&self, pages: u64) {
        self.pages.fetch_sub(pages, Relaxed);
        self.job.give_back_pages(pages);
    }
}

/// Pages that are charged to a process and its jobs, or to nobody. Dropping it gives them back.
#[derive(Default)]
pub struct Charge {
    payer: Option<Arc<Payer>>,
    pages: u64,
}

impl Charge {
    /// No pages yet; these are for this one to pay.
    pub fn to(payer: Arc<Payer>) -> Self {
        Self { payer: Some(payer), pages: 0 }
    }

    /// Makes sure that this many pages are charged, of at most `most` that there can ever be.
    ///
    /// # Errors
    /// `NoMemory` when a job would exceed its limit.
    #[inline]
    pub fn cover(&mut self, pages: u64, most: u64) -> Result<(), NoMemory> {
        if pages <= self.pages { Ok(()) } else { self.extend(pages, most) }
    }

    #[cold]
    fn extend(&mut self, pages: u64, most: u64) -> Result<(), NoMemory> {
        let Some(payer) = &self.payer else { return Ok(()) };
        let needed = pages - self.pages;
        let convenient = needed.max(CHUNK.min(most.saturating_sub(self.pages)));
        let added = match payer.charge(convenient) {
            Ok(()) => convenient,
            Err(_) => payer.charge(needed).map(|()| needed)?,
        };
        self.pages += added;
        Ok(())
    }

    /// Gives back what is charged for more than this many pages, but for a chunk.
    pub fn reduce(&mut self, pages: u64) {
        if let Some(payer) = self.payer.as_ref().filter(|_| self.pages > pages + CHUNK) {
            payer.give_back(self.pages - pages);
            self.pages = pages;
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if let Some(payer) = &self.payer {
            payer.give_back(self.pages);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use abi::Status;

    #[test]
    fn a_charge_counts_in_all_jobs_above_and_comes_back() {
        let root = Job::root();
        let child = root.create_child().expect("a job");
        let payer = Payer::new(child.clone());
        let mut charge = Charge::to(payer.clone());
        charge.cover(1, 1).expect("no limit");
        assert_eq!([root.pages(), child.pages()], [1, 1]);
        charge.cover(2, 100).expect("no limit");
        assert_eq!([root.pages(), child.pages()], [1 + CHUNK; 2]);
        charge.cover(100, 100).expect("no limit");
        charge.reduce(90);
        assert_eq!([root.pages(), child.pages()], [100; 2], "a chunk more is kept");
        charge.reduce(2);
        assert_eq!([root.pages(), child.pages()], [2; 2]);
        assert_eq!(payer.pages(), 2);
        drop(charge);
        assert_eq!([root.pages(), child.pages(), payer.pages()], [0; 3]);
    }

    #[test]
    fn the_lowest_limit_of_all_jobs_above_holds() {
        let root = Job::root();
        let middle = root.create_child().expect("a job");
        let (one, other) = (middle.create_child().expect("a job"), middle.create_child().expect("a job"));
        middle.set_page_limit(20);
        let (mut first, mut second) = (Charge::to(Payer::new(one.clone())), Charge::to(Payer::new(other)));
        first.cover(16, 1000).expect("it fits");
        assert_eq!(second.cover(5, 1000), Err(NoMemory));
        second.cover(4, 1000).expect("it fits, though no chunk does");
        assert_eq!(Status::from(first.cover(17, 1000).unwrap_err()), Status::NO_MEMORY);
        assert_eq!(
            [root.pages(), middle.pages(), one.pages()],
            [20, 20, 16],
            "what failed is charged nowhere"
        );
        drop(second);
        first.cover(20, 1000).expect("there is room again");
    }

    #[test]
    fn nobody_pays_without_end() {
        Charge::default().cover(u64::MAX, u64::MAX).expect("nobody has no limit");
    }
}
