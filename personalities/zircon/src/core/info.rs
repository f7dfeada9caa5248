//! `object_get_info`: one function a topic. A topic has one record, or a list of them, which is read in parts.

use abi::magenta;
use abi::{
    InfoHandleBasic, InfoHandleCount, InfoHandleExtended, InfoJob, InfoKmemStats, InfoProcess,
    InfoProcessHandleStats, InfoResource, InfoTaskRuntime, InfoTaskRuntimeV1, InfoTaskStats, InfoThread,
    InfoThreadStats, InfoTimer, InfoVmar, InfoVmo, InfoVmoV1, Rights, Status,
};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::task::Poll;
use executor::TaskState;
use hafnon_kernel::mm::address_space::page_tables;
use hafnon_kernel::mm::user::{Out, OutSlice};
use hafnon_kernel::mm::{self, frames, heap};
use hafnon_kernel::sched::run;
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::memory::PAGE_SIZE;
use objects::name::Name;
use objects::vmar::Usage;
use objects::{
    Channel, Held, Job, KernelObject, Kind, Object, Process, Resource, Slack, Socket, Thread, Timer, Times,
    Vmar, Vmo,
};
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Where a topic's records go, and where their numbers are told.
struct Report {
    buffer: OutSlice<u8>,
    actual: Out<usize>,
    avail: Out<usize>,
}

impl Report {
    /// A topic with one record.
    fn one<T: IntoBytes + Immutable>(&self, record: &T) -> Result<(), Status> {
        let fits = self.buffer.len() >= size_of::<T>();
        if fits {
            self.buffer.write_slice(record.as_bytes())?;
        }
        self.actual.write_optional(&usize::from(fits))?;
        self.avail.write_optional(&1)?;
        if fits { Ok(()) } else { Err(Status::BUFFER_TOO_SMALL) }
    }

    /// A topic with a list of records, as many of which are written as fit. `part` visits the records from a position
    /// on, a part of them, and tells where to go on. Between the parts others get their turn, so this is no picture
    /// of one moment: what is there the whole time is told once, what comes or goes meanwhile once or not at all.
    async fn list<T: IntoBytes + Immutable>(
        &self,
        mut part: impl FnMut(u64, &mut dyn FnMut(T)) -> Option<u64>,
    ) -> Result<(), Status> {
        let (mut written, mut count, mut position) = (0, 0, 0);
        // Records are gathered under a lock of the object, where user memory can not be written: a page
        // may have to be brought in.
        let mut gathered = Vec::new();
        loop {
            let next =
                self.list_part(&mut gathered, &mut written, &mut count, |each| part(position, each))?;
            let Some(next) = next else { break };
            position = next;
            next_step().await;
        }
        self.actual.write_optional(&written)?;
        self.avail.write_optional(&count)
    }

    /// Gathers and writes a part of a list; what `part` answers.
    fn list_part<T: IntoBytes + Immutable>(
        &self,
        gathered: &mut Vec<T>,
        written: &mut usize,
        count: &mut usize,
        part: impl FnOnce(&mut dyn FnMut(T)) -> Option<u64>,
    ) -> Result<Option<u64>, Status> {
        let room = self.buffer.len() / size_of::<T>() - *written;
        let (mut visited, mut outcome) = (0, Ok(()));
        let next = part(&mut |record| {
            visited += 1;
            if gathered.len() < room && outcome.is_ok() {
                outcome = gathered.try_reserve(1).map_err(|_| Status::NO_MEMORY);
                if outcome.is_ok() {
                    gathered.push(record);
                }
            }
        });
        outcome?;
        let to = self.buffer.part(*written * size_of::<T>(), size_of_val(&**gathered));
        to.write_slice(gathered.as_slice().as_bytes())?;
        *written += gathered.len();
        *count += visited;
        gathered.clear();
        Ok(next)
    }
}

/// Tells about an object. Topics that are as long as user code likes are left to [`object_get_info_long`].
pub fn object_get_info(
    caller: &Caller,
    handle: HandleArgument,
    topic: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
    avail: Out<usize>,
) -> Poll<Result<(), Status>> {
    if is_long(topic) {
        return Poll::Pending;
    }
    Poll::Ready(tell(caller, handle, topic, &Report { buffer, actual, avail }))
}

/// Whether a topic counts or lists what there may be very much of.
fn is_long(topic: u32) -> bool {
    [
        abi::INFO_PROCESS_THREADS,
        abi::INFO_PROCESS_HANDLE_STATS,
        abi::INFO_HANDLE_TABLE,
        abi::INFO_TASK_STATS,
        abi::INFO_JOB_CHILDREN,
        abi::INFO_JOB_PROCESSES,
        abi::INFO_TASK_RUNTIME,
        abi::INFO_TASK_RUNTIME_V1,
    ]
    .contains(&topic)
}

/// [`object_get_info`] of these topics.
pub async fn object_get_info_long(
    caller: &Caller,
    handle: HandleArgument,
    topic: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
    avail: Out<usize>,
) -> Result<(), Status> {
    let report = Report { buffer, actual, avail };
    match topic {
        abi::INFO_PROCESS_THREADS => {
            let process: Arc<Process> = caller.object(handle, Rights::ENUMERATE)?;
            report.list::<u64>(|after, each| process.visit_threads(after, each)).await
        }
        abi::INFO_PROCESS_HANDLE_STATS => {
            handle_stats(&*caller.object(handle, Rights::INSPECT)?, &report).await
        }
        abi::INFO_HANDLE_TABLE => {
            let rights = Rights::INSPECT | Rights::MANAGE_PROCESS | Rights::MANAGE_THREAD;
            let process: Arc<Process> = caller.object(handle, rights)?;
            report.list(|from, each| handle_table(&process, from, each)).await
        }
        abi::INFO_TASK_STATS => task_stats(&*caller.object(handle, Rights::INSPECT)?, &report).await,
        abi::INFO_JOB_CHILDREN => {
            let job: Arc<Job> = caller.object(handle, Rights::ENUMERATE)?;
            report.list::<u64>(|after, each| job.visit_jobs(after, each)).await
        }
        abi::INFO_JOB_PROCESSES => {
            let job: Arc<Job> = caller.object(handle, Rights::ENUMERATE)?;
            report.list::<u64>(|after, each| job.visit_processes(after, each)).await
        }
        abi::INFO_TASK_RUNTIME => {
            let (cpu_time, queue_time) = times(caller, handle).await?;
            report.one(&InfoTaskRuntime { cpu_time, queue_time, ..Default::default() })
        }
        abi::INFO_TASK_RUNTIME_V1 => {
            let (cpu_time, queue_time) = times(caller, handle).await?;
            report.one(&InfoTaskRuntimeV1 { cpu_time, queue_time })
        }
        _ => Err(Status::INTERNAL),
    }
}

fn tell(caller: &Caller, handle: HandleArgument, topic: u32, report: &Report) -> Result<(), Status> {
    match topic {
        abi::INFO_HANDLE_VALID => caller.any(handle, Rights::NONE).map(drop),
        abi::INFO_HANDLE_BASIC => handle_basic(&caller.any_held(handle, Rights::NONE)?, report),
        abi::INFO_HANDLE_COUNT => {
            let handle_count = caller.any(handle, Rights::INSPECT)?.base().handle_count();
            report.one(&InfoHandleCount { handle_count })
        }
        abi::INFO_PROCESS => process(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_JOB => job(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_THREAD => thread(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_THREAD_EXCEPTION_REPORT => {
            // No thread ever waits for an answer to an exception: there are no exception channels.
            caller.object::<Thread>(handle, Rights::INSPECT).and(Err(Status::BAD_STATE))
        }
        abi::INFO_THREAD_STATS => thread_stats(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_VMAR => vmar(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_VMO => report.one(&vmo(&caller.held(handle, Rights::NONE)?)),
        abi::INFO_VMO_V1 => {
            let told = vmo(&caller.held(handle, Rights::NONE)?);
            let (first, _) = InfoVmoV1::read_from_prefix(told.as_bytes()).map_err(|_| Status::INTERNAL)?;
            report.one(&first)
        }
        abi::INFO_SOCKET => report.one(&caller.object::<Socket>(handle, Rights::INSPECT)?.info()),
        abi::INFO_TIMER => timer(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_RESOURCE => resource(&*caller.object(handle, Rights::INSPECT)?, report),
        abi::INFO_KMEM_STATS => {
            caller.object::<Resource>(handle, Rights::NONE)?;
            report.one(&kernel_memory())
        }
        // There is nothing to tell of these yet, but who may ask.
        abi::INFO_PROCESS_MAPS | abi::INFO_PROCESS_VMOS => {
            caller.object::<Process>(handle, Rights::INSPECT).and(Err(Status::NOT_SUPPORTED))
        }
        abi::INFO_CPU_STATS => {
            caller.object::<Resource>(handle, Rights::NONE).and(Err(Status::NOT_SUPPORTED))
        }
        // No object is of these kinds.
        abi::INFO_BTI | abi::INFO_STREAM | abi::INFO_MSI => {
            caller.any(handle, Rights::NONE).and(Err(Status::WRONG_TYPE))
        }
        // What is no handle is told before what is no topic.
        _ => caller.any(handle, Rights::NONE).and(Err(Status::NOT_SUPPORTED)),
    }
}

/// A handle may always be asked what it is itself.
fn handle_basic(held: &Held<Object>, report: &Report) -> Result<(), Status> {
    let object = &held.object;
    report.one(&InfoHandleBasic {
        koid: object.koid(),
        rights: held.rights,
        kind: object.object_type(),
        related_koid: object.base().related_koid(),
        props: props(object),
        ..Default::default()
    })
}

fn props(object: &Object) -> u32 {
    if object.default_rights().contains(Rights::WAIT) { abi::OBJ_PROP_WAITABLE } else { abi::OBJ_PROP_NONE }
}

fn process(process: &Process, report: &Report) -> Result<(), Status> {
    let (started, exit) = process.progress();
    report.one(&InfoProcess {
        return_code: exit.unwrap_or_default(),
        started: started.into(),
        exited: exit.is_some().into(),
        ..Default::default()
    })
}

async fn handle_stats(process: &Process, report: &Report) -> Result<(), Status> {
    let mut stats = InfoProcessHandleStats::default();
    let mut position = Some(usize::MAX);
    while let Some(from) = position {
        position = process.handles.visit_part(from, |_, handle| {
            if let Some(count) = stats.handle_count.get_mut(handle.object().object_type() as usize) {
                *count += 1;
            }
        });
        if position.is_some() {
            next_step().await;
        }
    }
    report.one(&stats)
}

/// A part of the list of a process's handles, the newest first.
fn handle_table(process: &Process, from: u64, each: &mut dyn FnMut(InfoHandleExtended)) -> Option<u64> {
    let below = if from == 0 { usize::MAX } else { from as usize };
    let next = process.handles.visit_part(below, |value, handle| {
        let object = handle.object();
        each(InfoHandleExtended {
            kind: object.object_type(),
            handle_value: value,
            rights: handle.rights(),
            props: props(object),
            koid: object.koid(),
            related_koid: object.base().related_koid(),
            peer_owner_koid: Channel::from_object(object).map_or(0, |channel| channel.peer_owner()),
        });
    });
    next.map(|next| next as u64)
}

async fn task_stats(process: &Process, report: &Report) -> Result<(), Status> {
    let (root, mut from, mut usage) = (process.root(), 0, Usage::default());
    while !root.add_usage(&mut from, &mut usage) {
        next_step().await;
    }
    if process.progress().1.is_some() {
        return Err(Status::BAD_STATE);
    }
    report.one(&InfoTaskStats {
        mem_mapped_bytes: root.mapped_bytes() as usize,
        mem_private_bytes: usage.private as usize,
        mem_shared_bytes: usage.shared as usize,
        mem_scaled_shared_bytes: usage.scaled as usize,
    })
}

/// How long a task ran and waited for its turn, in nanoseconds (docs/decisions/0018-run-times.md). What ends while it is
/// counted may be missing.
async fn times(caller: &Caller, handle: HandleArgument) -> Result<(i64, i64), Status> {
    let times = match caller.any(handle, Rights::INSPECT)? {
        Object::Thread(thread) => times_of(caller, &thread),
        Object::Process(process) => process_times(caller, &process).await,
        Object::Job(job) => job_times(caller, &job).await,
        _ => return Err(Status::WRONG_TYPE),
    };
    Ok((times.ran as i64, times.queued as i64))
}

/// Those of a thread; the caller's own goes on in this very poll.
fn times_of(caller: &Caller, thread: &Thread) -> Times {
    let poll = if core::ptr::eq(thread, &*caller.thread) { run::poll_time() } else { 0 };
    thread.times() + Times { ran: poll, queued: 0 }
}

/// Those of all threads of a process, also of those that have ended.
async fn process_times(caller: &Caller, process: &Process) -> Times {
    let (mut times, mut after) = (process.ended_times(), 0);
    while let Some(thread) = process.thread_after(after) {
        after = thread.koid();
        // One that has ended, and is listed still, counts there.
        if thread.phase() != abi::THREAD_STATE_DEAD {
            times += times_of(caller, &thread);
        }
        drop(thread);
        next_step().await;
    }
    times
}

/// Those of all processes of a job, also of those that have ended.
async fn job_times(caller: &Caller, job: &Job) -> Times {
    let (mut times, mut after) = (job.ended_times(), 0);
    while let Some(process) = job.next_process(&mut after) {
        times += process_times(caller, &process).await;
        drop(process);
        next_step().await;
    }
    times
}

fn job(job: &Job, report: &Report) -> Result<(), Status> {
    let exit = job.exit();
    report.one(&InfoJob {
        return_code: exit.unwrap_or_default(),
        exited: exit.is_some().into(),
        kill_on_oom: job.kill_on_oom().into(),
        ..Default::default()
    })
}

fn resource(resource: &Resource, report: &Report) -> Result<(), Status> {
    let name = resource.name().map(Name::get).unwrap_or_default();
    report.one(&InfoResource { kind: abi::RSRC_KIND_ROOT, name, ..Default::default() })
}

fn thread(thread: &Thread, report: &Report) -> Result<(), Status> {
    let waits = thread.with_task(|task| match task.state() {
        TaskState::Parked => task.waiting_for(),
        _ => None,
    });
    let waits = waits.flatten().filter(|_| !thread.is_dying());
    let state = waits.map_or_else(|| thread.phase(), |(_, call)| blocked_in(call));
    let mut info = InfoThread { state, ..Default::default() };
    info.cpu_affinity_mask.mask[0] = u64::MAX >> (64 - hafnon_kernel::machine::cpu_count());
    report.one(&info)
}

/// `ZX_THREAD_STATE_BLOCKED*` of a thread that waits in the system call of this number.
fn blocked_in(call: u64) -> u32 {
    match u32::try_from(call) {
        Ok(abi::zircon::NANOSLEEP | magenta::NANOSLEEP) => abi::THREAD_STATE_BLOCKED_SLEEPING,
        Ok(abi::zircon::FUTEX_WAIT | magenta::FUTEX_WAIT) => abi::THREAD_STATE_BLOCKED_FUTEX,
        Ok(abi::zircon::PORT_WAIT | magenta::PORT_WAIT) => abi::THREAD_STATE_BLOCKED_PORT,
        Ok(abi::zircon::CHANNEL_CALL | abi::zircon::CHANNEL_CALL_ETC) => abi::THREAD_STATE_BLOCKED_CHANNEL,
        Ok(abi::zircon::OBJECT_WAIT_ONE | magenta::OBJECT_WAIT_ONE | magenta::HANDLE_WAIT_ONE) => {
            abi::THREAD_STATE_BLOCKED_WAIT_ONE
        }
        Ok(
            abi::zircon::OBJECT_WAIT_MANY
            | magenta::OBJECT_WAIT_MANY
            | magenta::HANDLE_WAIT_MANY
            | magenta::WAITSET_WAIT,
        ) => abi::THREAD_STATE_BLOCKED_WAIT_MANY,
        // "Blocked" without saying in what is never reported.
        _ => abi::THREAD_STATE_RUNNING,
    }
}

fn thread_stats(thread: &Thread, report: &Report) -> Result<(), Status> {
    let stats = thread.with_task(|task| (task.stats().run_time, task.cpu()));
    let (runtime, cpu) = match stats {
        Some((runtime, cpu)) => (runtime as i64, cpu as u32),
        None if thread.phase() == abi::THREAD_STATE_DEAD => return Err(Status::BAD_STATE),
        None => (0, abi::INFO_INVALID_CPU),
    };
    report.one(&InfoThreadStats { total_runtime: runtime, last_scheduled_cpu: cpu, ..Default::default() })
}

fn vmar(vmar: &Vmar, report: &Report) -> Result<(), Status> {
    report.one(&InfoVmar { base: vmar.address() as usize, len: vmar.length() as usize })
}

fn vmo(held: &Held<Arc<Vmo>>) -> InfoVmo {
    let vmo = &held.object;
    let info = vmo.info();
    let resizable = if vmo.is_resizable() { abi::INFO_VMO_RESIZABLE } else { 0 };
    InfoVmo {
        koid: vmo.base().koid(),
        name: vmo.name().get(),
        size_bytes: info.size,
        num_mappings: info.mappings,
        // What nobody maps counts as one, too: so the public tests have it.
        share_count: info.spaces.max(1),
        flags: abi::INFO_VMO_TYPE_PAGED | abi::INFO_VMO_VIA_HANDLE | resizable,
        committed_bytes: info.committed,
        handle_rights: held.rights,
        metadata_bytes: info.metadata,
        ..Default::default()
    }
}

fn timer(timer: &Timer, report: &Report) -> Result<(), Status> {
    let (slack, armed) = timer.details();
    let (deadline, slack_amount) = armed.unwrap_or_default();
    report.one(&InfoTimer {
        options: match slack {
            Slack::Center => abi::TIMER_SLACK_CENTER,
            Slack::Early => abi::TIMER_SLACK_EARLY,
            Slack::Late => abi::TIMER_SLACK_LATE,
        },
        deadline,
        slack: slack_amount,
        ..Default::default()
    })
}

/// Memory by use. "Free" includes the frames that wait for TLBs to forget them, "ipc" is what the kernel
/// heap holds for objects, messages and threads, "wired" the kernel's image and what it took at boot.
fn kernel_memory() -> InfoKmemStats {
    let bytes = |frames: usize| frames as u64 * PAGE_SIZE;
    let heap_bytes = bytes(heap::frames_in_use());
    let in_use = heap::in_use_bytes() as u64;
    InfoKmemStats {
        total_bytes: bytes(frames::total_frames()) + mm::wired_bytes(),
        free_bytes: bytes(frames::free_frames() + frames::quarantined_frames()),
        total_heap_bytes: heap_bytes,
        free_heap_bytes: heap_bytes.saturating_sub(in_use),
        wired_bytes: mm::wired_bytes(),
        vmo_bytes: bytes(mm::user_frames().saturating_sub(page_tables())),
        mmu_overhead_bytes: bytes(page_tables()),
        ipc_bytes: in_use,
        ..Default::default()
    }
}
