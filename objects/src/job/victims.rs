//! Who goes when there is no memory: looks at all jobs there are, a few at a time, and others run in between.
//!
//! So this is no picture of one moment. A job that is there the whole time is seen; one that comes meanwhile is not, so
//! that nobody can have it go on for ever, and whoever looks will do so again if the memory does not suffice.

use super::Job;
use crate::base::{Base, Koid};
use crate::process::Process;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

/// How many jobs or processes are looked at before others have their turn.
const STEP: usize = 64;

/// Who has more memory than others.
pub enum Greedy {
    /// All processes of a job together.
    Job(Arc<Job>),
    /// A process of the root job.
    Process(Arc<Process>),
}

impl Greedy {
    /// Whether it has ended, so that nothing of its own is left.
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Job(job) => job.exit().is_some(),
            Self::Process(process) => process.progress().1.is_some(),
        }
    }
}

/// Lets others run after each step.
#[derive(Default)]
struct Pace(usize);

impl Pace {
    async fn step(&mut self) {
        self.0 += 1;
        if self.0.is_multiple_of(STEP) {
            executor::yield_now().await;
        }
    }
}

/// Visits the jobs below one, each after its parent, without recursion.
struct Walk<'a> {
    top: &'a Arc<Job>,
    at: Arc<Job>,
    /// An id that is higher than those of all that were there when it began.
    limit: Koid,
    pace: Pace,
}

impl<'a> Walk<'a> {
    fn below(top: &'a Arc<Job>) -> Self {
        Self { top, at: top.clone(), limit: Base::new().koid(), pace: Pace::default() }
    }

    async fn next(&mut self) -> Option<Arc<Job>> {
        self.pace.step().await;
        let (mut job, mut after) = (self.at.clone(), 0);
        loop {
            if let Some(child) = job.next_job(after).filter(|child| child.base.koid() < self.limit) {
                self.at = child.clone();
                return Some(child);
            }
            let parent = job.parent.clone().filter(|_| !Arc::ptr_eq(&job, self.top))?;
            (job, after) = (parent, job.base.koid());
        }
    }
}

/// The one of several that has most.
#[derive(Default)]
struct Most {
    parties: u64,
    /// What all have.
    all: u64,
    greedy: Option<Greedy>,
    pages: u64,
}

impl Most {
    fn see(&mut self, pages: u64, greedy: impl FnOnce() -> Option<Greedy>) {
        self.parties += 1;
        self.all += pages;
        if pages > self.pages
            && let Some(greedy) = greedy()
        {
            (self.pages, self.greedy) = (pages, Some(greedy));
        }
    }
}

impl Job {
    fn is_marked(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    /// The youngest job below this one that asks to be killed first when memory runs out, and was not.
    pub async fn to_be_killed_first(self: &Arc<Self>) -> Option<Arc<Self>> {
        let (mut youngest, mut walk) = (None::<Arc<Self>>, Walk::below(self));
        while let Some(job) = walk.next().await {
            let asks = job.kill_on_oom() && !job.is_marked();
            if asks && youngest.as_ref().is_none_or(|other| other.base.koid() < job.base.koid()) {
                youngest = Some(job);
            }
        }
        youngest
    }

    /// Who below this job, the root of the tree, has the most pages, if that is more than a fair share: what each
    /// would have if all had the same: the pages of VMOs, and what the kernel holds for them.
    ///
    /// A job counts as one; the processes of this job each for itself, as it has everybody. Its first process is never
    /// the one, as it is last to go.
    pub async fn greediest(self: &Arc<Self>) -> Option<Greedy> {
        let (mut most, mut walk) = (Most::default(), Walk::below(self));
        while let Some(job) = walk.next().await {
            most.see(job.own_pages(), || (!job.is_marked()).then(|| Greedy::Job(job.clone())));
        }
        let mut after = 0;
        if let Some(first) = self.next_process(&mut after) {
            most.see(first.payer().pages(), || None);
        }
        while let Some(process) = self.next_process(&mut after).filter(|_| after < walk.limit) {
            most.see(process.payer().pages(), || {
                (!process.is_dying()).then(|| Greedy::Process(process.clone()))
            });
            drop(process);
            walk.pace.step().await;
        }
        most.greedy.filter(|_| most.pages > most.all / most.parties)
    }
}
