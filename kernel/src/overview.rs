//! What goes on in the kernel, as text: every task, the handles of every process, and the locks that CPUs hold. It is told
//! when somebody asks: a living kernel by a key of the console ([`KEY`]), one that hangs by a non-maskable interrupt, which
//! QEMU's monitor sends (`nmi`).
//!
//! Both ways are one walk. The living kernel takes a step of it at a time, waits for locks, and for room on the console. With
//! the interrupt all CPUs stand still, so no lock is waited for: what somebody has locked is left out, and that is said.

use crate::arch::cpu;
use crate::console;
use crate::machine::pressure;
use crate::sched::run;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt::{self, Write};
use core::mem;
use executor::{TaskInfo, TaskState, TaskWalk};
use objects::object::KINDS;
use objects::{Job, KernelObject, Koid, Process};
use waitq::sync::{Locked, Patience, checks};

/// The key that asks: Ctrl-T, by which BSD's terminals ask for the same. No program gets it.
pub const KEY: u8 = 0x14;

/// The line that comes last.
pub const LAST_LINE: &str = "hafnon: that is all";

/// Tasks that are told of a CPU by a kernel that does not go on.
const MOST_TASKS: usize = 1_000;

/// A walk over all of it.
pub struct Overview {
    patience: Patience,
    next: Stage,
}

/// What comes next.
enum Stage {
    /// Tasks that were spawned on this CPU.
    Tasks(usize, TaskWalk),
    /// The processes of this job above an id.
    Processes(Arc<Job>, Koid),
    /// The handles of a process from a slot on, and how many of each kind there were before.
    Handles(Arc<Job>, Arc<Process>, u32, [u32; KINDS.len()]),
    /// Its threads above an id.
    Threads(Arc<Job>, Arc<Process>, Koid),
    Locks,
    Over,
}

impl Overview {
    /// From its beginning.
    pub fn new(patience: Patience) -> Self {
        Self { patience, next: Stage::Tasks(0, TaskWalk::default()) }
    }

    /// Tells the next part; whether there is more.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn step(&mut self, out: &mut dyn Write) -> Result<bool, fmt::Error> {
        self.next = match mem::replace(&mut self.next, Stage::Over) {
            Stage::Tasks(cpu, walk) => self.tasks(cpu, walk, out)?,
            Stage::Processes(job, after) => self.processes(job, after, out)?,
            Stage::Handles(job, process, from, counts) => self.handles(job, process, from, counts, out)?,
            Stage::Threads(job, process, after) => self.threads(job, process, after, out)?,
            Stage::Locks => locks(out)?,
            Stage::Over => return Ok(false),
        };
        Ok(true)
    }

    fn tasks(&self, cpu: usize, mut walk: TaskWalk, out: &mut dyn Write) -> Result<Stage, fmt::Error> {
        let Some(executor) = run::executor_of(cpu) else {
            return Ok(pressure::root().map_or(Stage::Locks, |root| Stage::Processes(root.clone(), 0)));
        };
        let mut result = Ok(());
        let mut tell = |task: &TaskInfo| result = result.and_then(|()| tell_task(task, out));
        match self.patience {
            Patience::Waits => {
                if executor.visit_some_tasks(&mut walk, tell) {
                    return result.map(|()| Stage::Tasks(cpu, walk));
                }
                result?;
            }
            Patience::Tries => {
                let mut count = 0;
                let told = executor.try_for_each_task(|task| {
                    count += 1;
                    if count <= MOST_TASKS {
                        tell(task);
                    }
                });
                result?;
                if !told {
                    writeln!(out, "(the list of tasks of CPU {cpu} is locked)")?;
                } else if count > MOST_TASKS {
                    writeln!(out, "(and {} more tasks of CPU {cpu})", count - MOST_TASKS)?;
                }
            }
        }
        Ok(Stage::Tasks(cpu + 1, TaskWalk::default()))
    }

    fn processes(&self, job: Arc<Job>, after: Koid, out: &mut dyn Write) -> Result<Stage, fmt::Error> {
        match job.process_after(after, self.patience) {
            Ok(Some(process)) => return Ok(Stage::Handles(job, process, 0, [0; KINDS.len()])),
            Ok(None) => {}
            Err(Locked) => writeln!(out, "(job {} is locked: its processes are left out)", koid(&job))?,
        }
        // Down first, and then on, or up.
        let mut after = 0;
        let mut job = job;
        loop {
            match job.job_after(after, self.patience) {
                Ok(Some(child)) => {
                    self.let_go(job);
                    return Ok(Stage::Processes(child, 0));
                }
                Ok(None) => {}
                Err(Locked) => writeln!(out, "(job {} is locked: jobs in it are left out)", koid(&job))?,
            }
            let Some(parent) = job.parent().cloned() else {
                self.let_go(job);
                return Ok(Stage::Locks);
            };
            after = koid(&job);
            self.let_go(mem::replace(&mut job, parent));
        }
    }

    fn handles(
        &self,
        job: Arc<Job>,
        process: Arc<Process>,
        from: u32,
        mut counts: [u32; KINDS.len()],
        out: &mut dyn Write,
    ) -> Result<Stage, fmt::Error> {
        let visited = process.handles.visit_objects(from, self.patience, |object| counts[object.kind()] += 1);
        if let Ok(Some(from)) = visited {
            return Ok(Stage::Handles(job, process, from, counts));
        }
        let name = process.name().and_then(|name| name.get_with(self.patience).ok()).unwrap_or_default();
        write!(out, "process {} \"{}\" in job {}; handles: ", process.koid(), Text(&name), koid(&job))?;
        match visited {
            Err(Locked) => write!(out, "locked")?,
            Ok(_) => write!(out, "{}", counts.iter().sum::<u32>())?,
        }
        for (kind, count) in KINDS.iter().zip(counts).filter(|(_, count)| *count != 0) {
            write!(out, ", {count} {kind}")?;
        }
        writeln!(out)?;
        Ok(Stage::Threads(job, process, 0))
    }

    fn threads(
        &self,
        job: Arc<Job>,
        process: Arc<Process>,
        after: Koid,
        out: &mut dyn Write,
    ) -> Result<Stage, fmt::Error> {
        match process.thread_after_with(after, self.patience) {
            Ok(Some(thread)) => {
                let name =
                    thread.name().and_then(|name| name.get_with(self.patience).ok()).unwrap_or_default();
                let (koid, of) = (thread.koid(), process.koid());
                writeln!(out, "thread {koid} \"{}\" of process {of}", Text(&name))?;
                self.let_go(thread);
                return Ok(Stage::Threads(job, process, koid));
            }
            Ok(None) => {}
            Err(Locked) => writeln!(out, "(the list of its threads is locked)")?,
        }
        let after = process.koid();
        self.let_go(process);
        Ok(Stage::Processes(job, after))
    }

    /// Drops a reference, unless it is the last one and nothing may be discarded here: what was dropped meanwhile, on a CPU
    /// that stands still, stays then.
    fn let_go<T>(&self, reference: Arc<T>) {
        if self.patience == Patience::Tries && Arc::strong_count(&reference) == 1 {
            mem::forget(reference);
        }
    }
}

fn koid(job: &Arc<Job>) -> Koid {
    job.base().koid()
}

/// A line for a task.
fn tell_task(task: &TaskInfo, out: &mut dyn Write) -> fmt::Result {
    let TaskInfo { id, name, cpu, state, stats, waiting_for, .. } = task;
    write!(out, "{name} {id} on CPU {cpu}: ")?;
    match state {
        TaskState::Parked => write!(out, "parked")?,
        TaskState::Scheduled => write!(out, "ready")?,
        TaskState::Running => write!(out, "runs")?,
        TaskState::Over(outcome) => write!(out, "over, {outcome:?}")?,
    }
    if let Some((what, number)) = waiting_for {
        // Of a task that is not parked it is the last that it has waited for.
        let behind = if *state == TaskState::Parked { " in" } else { ", last in" };
        write!(out, "{behind} {what} {number}")?;
    }
    let [ran, longest] = [stats.run_time, stats.longest_poll].map(|time| time / 1_000);
    writeln!(out, "; {} polls, {ran} us, the longest {longest} us", stats.polls)
}

/// The locks that CPUs hold, where that is known.
fn locks(out: &mut dyn Write) -> Result<Stage, fmt::Error> {
    if !checks::ARE_ON {
        writeln!(out, "(this kernel does not watch its locks: kernels of the profile \"checked\" do)")?;
        return Ok(Stage::Over);
    }
    for cpu in cpu::all() {
        let (mut result, mut none) = (Ok(()), true);
        checks::for_each_held(cpu.index(), |held| {
            none = false;
            let verb = if held.awaited { "waits for" } else { "holds" };
            let (cpu, class, lock, place) = (cpu.index(), held.class, held.lock, held.place);
            result =
                result.and_then(|()| writeln!(out, "CPU {cpu} {verb} {class} at {lock:#x}, since {place}"));
        });
        result?;
        if none {
            writeln!(out, "CPU {} holds no lock", cpu.index())?;
        }
    }
    Ok(Stage::Over)
}

/// A name, as far as it can be printed.
struct Text<'a>(&'a [u8]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        name.escape_ascii().fmt(out)
    }
}

/// Tells all of it to `out`, at once: for a kernel whose CPUs stand still.
pub fn tell_at_once(out: &mut dyn Write) {
    let mut overview = Overview::new(Patience::Tries);
    while let Ok(true) = overview.step(out) {}
    // Where nothing can be written, nobody reads.
    let _ = writeln!(out, "{LAST_LINE}");
}

/// Tells all of it on the console, a step at a time.
pub async fn tell() {
    let mut overview = Overview::new(Patience::Waits);
    let mut text = String::new();
    // A string takes everything.
    while let Ok(true) = overview.step(&mut text) {
        console::write(&text).await;
        text.clear();
        executor::yield_now().await;
    }
    text.push_str(LAST_LINE);
    text.push('\n');
    console::write(&text).await;
}
