//! Counting what an activity leaves behind: handles of this process, pages and tasks of the system.

use core::fmt;

use hafnon_user::{
    Job, Result, Startup, Status,
    abi::{INFO_JOB_CHILDREN, INFO_JOB_PROCESSES, INFO_PROCESS_THREADS, PA_PROC_SELF, PA_RESOURCE},
    clock,
    handle::Handle,
    info,
    vmar::PAGE_SIZE,
};

/// How often to look again while the kernel is still freeing what a dead process had.
const PATIENCE: usize = 50;

/// What there is at one moment.
#[derive(Clone, Copy)]
struct Counts {
    handles: i64,
    pages: i64,
    tasks: i64,
}

impl Counts {
    fn take(process: &Handle, resource: &Handle, job: &Job) -> Result<Self> {
        let free = info::kernel_memory(resource)?.free_bytes as i64;
        let children = info::koids(job, INFO_JOB_CHILDREN)?.len();
        let processes = info::koids(job, INFO_JOB_PROCESSES)?.len();
        let threads = info::koids(process, INFO_PROCESS_THREADS)?.len();
        Ok(Self {
            handles: info::total_handles(process)? as i64,
            pages: -free / PAGE_SIZE as i64,
            tasks: (children + processes + threads) as i64,
        })
    }
}

/// The difference between two counts: positive is what stayed.
pub struct Left {
    handles: i64,
    pages: i64,
    tasks: i64,
}

impl Left {
    /// Whether nothing stayed. Memory may shrink: a cache that gave something back is no leak.
    pub fn is_nothing(&self) -> bool {
        self.handles == 0 && self.pages <= 0 && self.tasks == 0
    }
}

impl fmt::Display for Left {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nothing() {
            return write!(formatter, "handles none, pages none, tasks none");
        }
        write!(formatter, "handles {}, pages {}, tasks {}", self.handles, self.pages, self.tasks)
    }
}

/// Runs `activity` between two counts.
pub fn left_behind(startup: &Startup, job: &Job, activity: impl FnOnce() -> Result<()>) -> Result<Left> {
    let process = startup.handle(PA_PROC_SELF).ok_or(Status::NOT_FOUND)?;
    let resource = startup.handle(PA_RESOURCE).ok_or(Status::NOT_FOUND)?;
    let count = || Counts::take(process, resource, job);
    // The first count also warms up what counting itself needs.
    settled(&count)?;
    let before = settled(&count)?;
    activity()?;
    let mut left = difference(before, count()?);
    for _ in 0..PATIENCE {
        if left.is_nothing() {
            break;
        }
        clock::sleep(10 * clock::MILLISECOND)?;
        left = difference(before, count()?);
    }
    Ok(left)
}

/// Counts until two counts in a row have the same number of pages.
fn settled(count: &impl Fn() -> Result<Counts>) -> Result<Counts> {
    let mut last = count()?;
    for _ in 0..PATIENCE {
        clock::sleep(10 * clock::MILLISECOND)?;
        let next = count()?;
        if next.pages == last.pages {
            break;
        }
        last = next;
    }
    Ok(last)
}

fn difference(before: Counts, after: Counts) -> Left {
    Left {
        handles: after.handles - before.handles,
        pages: after.pages - before.pages,
        tasks: after.tasks - before.tasks,
    }
}
