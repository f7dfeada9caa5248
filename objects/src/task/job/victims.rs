//! Who goes when there is no memory: looks at all jobs there are, a few at a time, and others run in between.
//!
//! So this is no picture of one moment. A job that is there the whole time is seen; one that comes meanwhile is not, so
//! that nobody can have it go on for ever, and whoever looks will do so again if the memory does not suffice.
//!
//! ```text
//!   root ─┬─ its processes          the largest of these, if that is more than its share
//!         ├─ job ─┬─ its own        the largest of these, and so on downwards
//!         │       └─ jobs below
//!         └─ what nobody here has   the largest: its processes go, then its jobs, when nobody has more than its share
//! ```
//! A page is charged to who asked for it, and to all jobs above, until it is free, whoever has it in his hands and
//! whether or not that process and that job are there still. So what a job that is gone has left to others is its
//! parent's own, and with the parent go those who could make that job and get something from it. Whoever is killed for
//! nothing, as others hold what it paid for, is in no list any more: the next choice falls one level higher.

use super::Job;
use crate::core::base::{Base, Koid};
use crate::task::Process;
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

    /// Whether it was killed, or is about to end for another reason.
    pub fn is_dying(&self) -> bool {
        match self {
            Self::Job(job) => job.is_marked(),
            Self::Process(process) => process.is_dying(),
        }
    }
}

/// Lets others run after each step.
struct Pace {
    steps: usize,
    /// An id that is higher than those of all that were there when it began.
    limit: Koid,
}

impl Pace {
    fn begin() -> Self {
        Self { steps: 0, limit: Base::new().koid() }
    }

    async fn step(&mut self) {
        self.steps += 1;
        if self.steps.is_multiple_of(STEP) {
            executor::yield_now().await;
        }
    }
}

/// Visits the jobs below one, each after its parent, without recursion.
struct Walk<'a> {
    top: &'a Arc<Job>,
    at: Arc<Job>,
    pace: Pace,
}

impl<'a> Walk<'a> {
    fn below(top: &'a Arc<Job>) -> Self {
        Self { top, at: top.clone(), pace: Pace::begin() }
    }

    async fn next(&mut self) -> Option<Arc<Job>> {
        self.pace.step().await;
        let (mut job, mut after) = (self.at.clone(), 0);
        loop {
            if let Some(child) = job.next_job(after).filter(|child| child.base.koid() < self.pace.limit) {
                self.at = child.clone();
                return Some(child);
            }
            let parent = job.parent.clone().filter(|_| !Arc::ptr_eq(&job, self.top))?;
            (job, after) = (parent, job.base.koid());
        }
    }
}

/// Those of a kind who have pages.
struct Among<T> {
    parties: u64,
    /// What all have.
    all: u64,
    /// Who has most, and how many that are.
    most: Option<T>,
    pages: u64,
}

impl<T> Among<T> {
    const NOBODY: Self = Self { parties: 0, all: 0, most: None, pages: 0 };

    fn see(&mut self, pages: u64, party: T) {
        self.parties += u64::from(pages > 0);
        self.all += pages;
        if pages > self.pages {
            (self.pages, self.most) = (pages, Some(party));
        }
    }
}

/// The one with more pages; the first if they have as many.
fn larger<T>(one: Option<(u64, T)>, other: Option<(u64, T)>) -> Option<(u64, T)> {
    match (&one, &other) {
        (Some((first, _)), Some((second, _))) if first >= second => one,
        (_, None) => one,
        _ => other,
    }
}

impl Job {
    fn is_marked(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    /// The youngest job below this one that asks to be killed first when memory runs out, was not, and has any.
    pub async fn to_be_killed_first(self: &Arc<Self>) -> Option<Arc<Self>> {
        let (mut youngest, mut walk) = (None::<Arc<Self>>, Walk::below(self));
        while let Some(job) = walk.next().await {
            let asks = job.kill_on_oom() && !job.is_marked() && job.pages() > 0;
            if asks && youngest.as_ref().is_none_or(|other| other.base.koid() < job.base.koid()) {
                youngest = Some(job);
            }
        }
        youngest
    }

    /// Who below this job, the root of the tree, has the most pages, if that is more than a fair share: what each
    /// would have if all had the same: the pages of VMOs, and what the kernel holds for them. It may be dying. If nobody has
    /// more, but what nobody has is the largest: the largest process, or else job.
    ///
    /// A job counts as one, with all below; the processes of this job each for itself, as it has everybody. Its first
    /// process is never the one, as it is last to go.
    pub async fn greediest(self: &Arc<Self>) -> Option<Greedy> {
        let (mut pace, before) = (Pace::begin(), self.pages());
        let jobs = self.jobs_by_pages(&mut pace).await;
        let (first, processes) = self.processes_by_pages(&mut pace).await;
        let all = jobs.all + first + processes.all;
        let largest = jobs.pages.max(first).max(processes.pages);
        let share = all / (jobs.parties + processes.parties + u64::from(first > 0)).max(1);
        let has_left = before.min(self.pages()).saturating_sub(all) > largest;
        let (process, job) = match jobs.pages.max(processes.pages) > share {
            true if processes.pages > jobs.pages => (processes.most, None),
            true => (None, jobs.most),
            false if has_left => (processes.most, jobs.most),
            false => (None, None),
        };
        match (process, job) {
            (Some(process), _) => Some(Greedy::Process(process)),
            (None, Some(job)) => Some(Greedy::Job(job.largest_part(&mut pace).await)),
            (None, None) => None,
        }
    }

    /// Which process here or below, of those with lower ids than `newest`, is to end next: one that is about to; else
    /// the one with most pages in the job that has most, or, if none is in that, of all.
    pub(super) async fn to_be_evicted(self: &Arc<Self>, newest: Koid) -> Option<Arc<Process>> {
        let (mut pace, largest) = {
            let mut walk = Walk { top: self, at: self.clone(), pace: Pace { steps: 0, limit: newest } };
            let (mut most, mut next) = (None, Some(self.clone()));
            while let Some(job) = next {
                match job.largest_process(&mut walk.pace).await {
                    Some((_, process)) if process.is_dying() => return Some(process),
                    largest => most = larger(most, largest),
                }
                next = walk.next().await;
            }
            (walk.pace, most?.1)
        };
        let part = self.clone().largest_part(&mut pace).await;
        Some(part.largest_process(&mut pace).await.map_or(largest, |(_, process)| process))
    }

    /// Its process with most pages, or one that is about to end, if there is any; and how many pages that has.
    async fn largest_process(&self, pace: &mut Pace) -> Option<(u64, Arc<Process>)> {
        let (mut most, mut after) = (None, 0);
        while let Some(process) = self.next_process(&mut after).filter(|_| after < pace.limit) {
            let one = Some((process.payer().pages(), process));
            if one.as_ref().is_some_and(|(_, process)| process.is_dying()) {
                return one;
            }
            most = larger(most, one);
            pace.step().await;
        }
        most
    }

    /// Its child jobs.
    async fn jobs_by_pages(&self, pace: &mut Pace) -> Among<Arc<Self>> {
        let (mut among, mut after) = (Among::NOBODY, 0);
        while let Some(job) = self.next_job(after).filter(|job| job.base.koid() < pace.limit) {
            after = job.base.koid();
            among.see(job.pages(), job);
            pace.step().await;
        }
        among
    }

    /// Its processes; what the first one has stands apart.
    async fn processes_by_pages(&self, pace: &mut Pace) -> (u64, Among<Arc<Process>>) {
        let (mut among, mut after) = (Among::NOBODY, 0);
        let first = self.next_process(&mut after).map_or(0, |process| process.payer().pages());
        while let Some(process) = self.next_process(&mut after).filter(|_| after < pace.limit) {
            among.see(process.payer().pages(), process);
            pace.step().await;
        }
        (first, among)
    }

    /// This job if what it has itself, or has got from jobs that are gone, is more than what each of the jobs in it has;
    /// or else that of the one of these that has most.
    async fn largest_part(self: Arc<Self>, pace: &mut Pace) -> Arc<Self> {
        let mut job = self;
        loop {
            let before = job.pages();
            let jobs = job.jobs_by_pages(pace).await;
            // Who has gone or grown meanwhile is in one of these numbers only.
            let own = before.min(job.pages()).saturating_sub(jobs.all);
            match jobs.most.filter(|_| jobs.pages > own) {
                Some(largest) => job = largest,
                None => return job,
            }
        }
    }
}
