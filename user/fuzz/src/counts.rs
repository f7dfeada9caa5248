//! What there is at one moment, to be compared with what there is later.

use core::fmt;

use hafnon_user::{
    Job, Result, Startup, Status,
    abi::{INFO_JOB_CHILDREN, INFO_JOB_PROCESSES, PA_PROC_SELF, PA_RESOURCE},
    clock, info, sys,
    vmar::PAGE_SIZE,
};

/// How often to look again while the kernel is still freeing what dead processes had.
const PATIENCE: usize = 400;

/// How much more there may be without being a leak, and how much for each CPU: caches of the kernel, which each has, are
/// as full as they happen to be.
const SLACK_PAGES: [i64; 2] = [256, 4];
const SLACK_BYTES: [i64; 2] = [256 * 1024, 16 * 1024];

/// Handles of this process, tasks below its job, pages and bytes of the kernel's heap in use.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    handles: i64,
    tasks: i64,
    pages: i64,
    heap: i64,
}

/// What there is more of.
#[derive(Default)]
pub struct Left(Counts);

impl Counts {
    fn take(startup: &Startup, job: &Job) -> Result<Self> {
        let resource = startup.handle(PA_RESOURCE).ok_or(Status::NOT_FOUND)?;
        let process = startup.handle(PA_PROC_SELF).ok_or(Status::NOT_FOUND)?;
        let memory = info::kernel_memory(resource)?;
        let children = info::koids(job, INFO_JOB_CHILDREN)?.len();
        let processes = info::koids(job, INFO_JOB_PROCESSES)?.len();
        Ok(Self {
            handles: info::total_handles(process)? as i64,
            tasks: (children + processes) as i64,
            pages: -(memory.free_bytes as i64) / PAGE_SIZE as i64,
            heap: memory.total_heap_bytes as i64 - memory.free_heap_bytes as i64,
        })
    }

    /// Takes counts until two in a row are the same: the kernel frees what dead processes had little by little.
    pub fn settled(startup: &Startup, job: &Job) -> Result<Self> {
        let mut last = Self::take(startup, job)?;
        for _ in 0..PATIENCE {
            clock::sleep(clock::MILLISECOND)?;
            let next = Self::take(startup, job)?;
            if next == last {
                break;
            }
            last = next;
        }
        Ok(last)
    }

    /// What there is more of than there was.
    fn since(&self, before: &Self) -> Left {
        Left(Self {
            handles: self.handles - before.handles,
            tasks: self.tasks - before.tasks,
            pages: self.pages - before.pages,
            heap: self.heap - before.heap,
        })
    }
}

impl Left {
    /// What there is more of than `before`, once the kernel has had time to free what dead processes had.
    pub fn since(before: &Counts, startup: &Startup, job: &Job) -> Result<Self> {
        let mut left = Counts::take(startup, job)?.since(before);
        for _ in 0..PATIENCE {
            if left.is_nothing() {
                break;
            }
            clock::sleep(clock::MILLISECOND)?;
            left = Counts::take(startup, job)?.since(before);
        }
        Ok(left)
    }

    /// Whether there is nothing more.
    pub fn is_nothing(&self) -> bool {
        let Counts { handles, tasks, pages, heap } = self.0;
        // SAFETY: it has no arguments.
        let cpus = i64::from(unsafe { sys::zx_system_get_num_cpus() });
        let slack = |[all, each]: [i64; 2]| all + each * cpus;
        handles == 0 && tasks == 0 && pages <= slack(SLACK_PAGES) && heap <= slack(SLACK_BYTES)
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { handles, tasks, pages, heap } = self.0;
        write!(f, "handles {handles}, tasks {tasks}, pages {pages}, bytes of heap {heap}")
    }
}
