//! Accounts: how much of the machine a job has, and how much it may have.
//!
//! ```text
//! VMO, page tables ── Charge ──▶ Payer, the process ──▶ ledger of its job ──▶ that of the parent ──▶ … ──▶ of the root
//! frame of the kernel heap ─────▶
//! ```
//! What user code has the kernel hold is charged to the job of the process that asked for it, and stays so wherever
//! the object goes: to be handed something costs nothing. A charge counts in every job above, too, and must fit into
//! the limit of each. Charges are taken in chunks, so that a hot path compares two numbers of its own.
//!
//! The kernel heap charges when it takes frames, not when it allocates. As small allocations can not fail, it may
//! [overdraw](Payer::charge_frames) an account, and who is over a limit is refused the next call that needs memory.

mod ledger;
#[cfg(not(loom))]
mod parked;

pub(crate) use ledger::Ledger;
pub use ledger::set_alarm;
#[cfg(not(loom))]
pub use parked::{park, release_some};

use crate::core::room::NoMemory;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many pages are charged at once, at most, beyond those that are needed.
const CHUNK: u64 = 16;

/// A process as the one who pays, also for what outlives it.
pub struct Payer {
    ledger: Arc<Ledger>,
    /// Everything that is charged to it, in pages.
    pages: AtomicU64,
    /// What of it are frames of the kernel heap.
    frames: AtomicU64,
    #[cfg(not(loom))]
    parked: parked::ParkedLink,
}

impl Payer {
    /// Who pays out of this ledger, and has paid for nothing yet.
    pub(crate) fn of(ledger: Arc<Ledger>) -> Arc<Self> {
        Arc::new(Self {
            ledger,
            pages: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            #[cfg(not(loom))]
            parked: parked::ParkedLink::default(),
        })
    }

    /// How many pages are charged to it, frames of the kernel heap included.
    pub fn pages(&self) -> u64 {
        self.pages.load(Relaxed)
    }

    /// How many frames of the kernel heap are charged to it.
    pub fn frames(&self) -> u64 {
        self.frames.load(Relaxed)
    }

    /// Whether its job, or one above, has more than it may.
    pub fn is_over_limit(&self) -> bool {
        self.ledger.is_over_limit()
    }

    fn charge(&self, pages: u64) -> Result<(), NoMemory> {
        self.ledger.charge_pages(pages)?;
        self.pages.fetch_add(pages, Relaxed);
        Ok(())
    }

    /// As [`Payer::charge`], whatever the limits are up to `last`.
    fn charge_beyond(&self, pages: u64, last: &Ledger) -> Result<(), NoMemory> {
        self.ledger.charge_pages_beyond(pages, last)?;
        self.pages.fetch_add(pages, Relaxed);
        Ok(())
    }

    fn give_back(&self, pages: u64) {
        self.pages.fetch_sub(pages, Relaxed);
        self.ledger.give_back_pages(pages);
    }

    /// Charges frames of the kernel heap; those that can do without `must_fit` into the limits. Whether they are the
    /// only ones now. It takes no lock, and does not allocate.
    ///
    /// # Errors
    /// `NoMemory`: they must fit, and do not.
    pub fn charge_frames(&self, frames: u64, must_fit: bool) -> Result<bool, NoMemory> {
        match must_fit {
            true => self.ledger.charge_pages(frames)?,
            false => self.ledger.overdraw_pages(frames),
        }
        self.pages.fetch_add(frames, Relaxed);
        Ok(self.frames.fetch_add(frames, Relaxed) == 0)
    }

    /// Gives back frames of the kernel heap; whether they were the last ones.
    pub fn give_back_frames(&self, frames: u64) -> bool {
        self.give_back(frames);
        self.frames.fetch_sub(frames, Relaxed) == frames
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

    /// As [`Charge::cover`], whatever the limits are up to that of `last`. No page more than that is charged: somebody
    /// may live there who came later, and shall have what is left.
    ///
    /// # Errors
    /// `NoMemory` when a job above that would exceed its limit.
    pub(crate) fn cover_beyond(&mut self, pages: u64, last: &Ledger) -> Result<(), NoMemory> {
        let Some(payer) = self.payer.as_ref().filter(|_| pages > self.pages) else { return Ok(()) };
        payer.charge_beyond(pages - self.pages, last)?;
        self.pages = pages;
        Ok(())
    }

    /// The lowest ledger whose limit keeps so many pages from being charged, in all or of those above one that is given.
    pub(crate) fn refusing(&self, pages: u64, above: Option<&Ledger>) -> Option<Arc<Ledger>> {
        let more = pages.checked_sub(self.pages).filter(|more| *more > 0)?;
        self.payer.as_ref()?.ledger.refusing(more, above)
    }

    /// Gives back what is charged for more than this many pages, but for a chunk.
    pub fn reduce(&mut self, pages: u64) {
        if let Some(payer) = self.payer.as_ref().filter(|_| self.pages > pages + CHUNK) {
            payer.give_back(self.pages - pages);
            self.pages = pages;
        }
    }

    /// Gives back all that is charged.
    #[cold]
    pub(crate) fn clear(&mut self) {
        if let Some(payer) = &self.payer {
            payer.give_back(core::mem::take(&mut self.pages));
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
    use crate::Job;
    use abi::Status;

    #[test]
    fn a_charge_counts_in_all_jobs_above_and_comes_back() {
        let root = Job::root();
        let child = root.create_child().expect("a job");
        let payer = Payer::new(&child);
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
        let (mut first, mut second) = (Charge::to(Payer::new(&one)), Charge::to(Payer::new(&other)));
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
    fn frames_of_the_kernel_count_with_the_pages_and_may_overdraw() {
        let root = Job::root();
        let job = root.create_child().expect("a job");
        job.set_page_limit(20);
        let payer = Payer::new(&job);
        let mut charge = Charge::to(payer.clone());
        charge.cover(16, 16).expect("it fits");
        assert_eq!(payer.charge_frames(5, true), Err(NoMemory));
        assert_eq!(payer.charge_frames(4, true), Ok(true));
        assert!(!payer.is_over_limit());
        assert_eq!(payer.charge_frames(4, false), Ok(false));
        assert_eq!([root.pages(), job.pages(), payer.pages(), payer.frames()], [24, 24, 24, 8]);
        assert!(payer.is_over_limit() && charge.cover(17, 17).is_err());
        assert!(!payer.give_back_frames(4) && !payer.is_over_limit());
        drop(job);
        assert!(payer.give_back_frames(4), "the account outlives the job");
        drop(charge);
        assert_eq!([root.pages(), payer.pages()], [0, 0]);
    }

    #[test]
    fn a_chunk_more_than_is_needed_is_kept_and_no_page_beyond() {
        let root = Job::root();
        let mut charge = Charge::to(Payer::new(&root));
        charge.cover(100, 100).expect("no limit");
        charge.reduce(100 - CHUNK);
        assert_eq!(root.pages(), 100);
        charge.reduce(100 - CHUNK - 1);
        assert_eq!(root.pages(), 100 - CHUNK - 1);
        charge.reduce(0);
        assert_eq!(root.pages(), 0);
        charge.cover(CHUNK, CHUNK).expect("no limit");
        charge.reduce(0);
        assert_eq!(root.pages(), CHUNK);
        charge.cover(CHUNK, 100).expect("it is covered");
        assert_eq!(root.pages(), CHUNK, "what is covered is not charged again");
    }

    /// Though there may be less by now.
    #[test]
    fn what_is_charged_already_is_refused_by_nobody() {
        let job = Job::root();
        let mut charge = Charge::to(Payer::new(&job));
        charge.cover(5, 5).expect("no limit");
        job.set_page_limit(3);
        assert!(charge.refusing(4, None).is_none() && charge.refusing(5, None).is_none());
        let refusing = charge.refusing(6, None);
        assert!(refusing.is_some_and(|refusing| Arc::ptr_eq(&refusing, job.ledger())));
    }

    #[test]
    fn nobody_pays_without_end() {
        Charge::default().cover(u64::MAX, u64::MAX).expect("nobody has no limit");
    }
}
