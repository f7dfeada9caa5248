//! Memory pressure: how little memory is too little, who is told, and what is done when there is none.
//!
//! ```text
//! page fault without memory ─▶ relief() ─▶ 1  what is on its way back is awaited
//!                                          2  a job is killed that asked for that
//!                                          3  who has most is killed, if that is more than the share of one
//!                                          4  the first process is killed, and the machine ends
//!        tried again ◀── there is memory ◀──┘
//! ```
//! So who needs a page when there is none does not pay for that, unless it is the one who has them all. Nor does who
//! needs one for which somebody else's job is to pay, and may not have it: then somebody in that job ends
//! (`objects/src/task/job/evictions.rs`).

use crate::arch::time;
use crate::mm::layout::PAGE_SIZE;
use crate::mm::{frames, watermarks};
use crate::println;
use crate::sched::run;
use alloc::sync::Arc;
use core::future::poll_fn;
use core::pin::pin;
use core::task::Poll;
use executor::yield_now;
use objects::closing::{self, own};
use objects::memory::Protection;
use objects::pressure::Pressure;
use objects::vmar::FaultError;
use objects::wait::{self, Deadline};
use objects::{Claim, Greedy, Job, KernelObject, Process, Starving};
use spin::Once;

static PRESSURE: Once<Pressure> = Once::new();
static ROOT: Once<Arc<Job>> = Once::new();

/// How long to wait, in nanoseconds, before it is looked again whether what was killed has ended; Zircon's.
const RESPITE: i64 = 500_000_000;

/// The events of `system_get_event`.
pub fn events() -> &'static Pressure {
    PRESSURE.call_once(|| Pressure::new(marks()))
}

/// Below how many free frames each event is signalled. Zircon's warning and critical amounts, but parts of the
/// memory where there is little of it. User programs get no more memory from the reserve on.
fn marks() -> [usize; 4] {
    let (total, reserve) = (frames::total_frames(), frames::reserve());
    let megabytes = |count: usize| (count << 20) / PAGE_SIZE as usize;
    let imminent = 4 * reserve;
    let critical = (total / 16).min(megabytes(150)).max(imminent + reserve);
    let warning = (total / 8).min(megabytes(300)).max(critical + reserve);
    [2 * reserve, imminent, critical, warning]
}

/// Has jobs of this tree killed when there is no memory; first those that ask for it (`ZX_PROP_JOB_KILL_ON_OOM`).
pub fn protect_by_killing_in(root: &Arc<Job>) {
    ROOT.call_once(|| root.clone());
}

/// The root of that tree, once there is one.
pub fn root() -> Option<&'static Arc<Job>> {
    ROOT.get()
}

/// Those who need a page.
static STARVING: Starving = Starving::new();

/// Waits until there is memory for user programs, for which all is done that can be; for a turn of the others, at least.
pub async fn relief() {
    yield_now().await;
    STARVING.wait(has_memory, watermarks::call).await;
}

/// Makes an access to this address of a process possible, however long there is no memory for that, or nobody who pays.
///
/// # Errors
/// Why it never will be.
#[expect(
    clippy::manual_async_fn,
    reason = "one would keep its arguments twice, and this is a part of each thread"
)]
pub fn bring_in(
    process: &Process,
    address: u64,
    access: Protection,
) -> impl Future<Output = Result<(), FaultError>> {
    async move {
        let claim = Claim::new(process, address);
        loop {
            match process.root().fault(address, access) {
                Err(FaultError::NoMemory) => relief().await,
                Err(FaultError::Unpaid) if !claim.is_own() => {
                    yield_now().await;
                    if !come_back(|| !claim.is_refused()).await {
                        claim.press(evict).await?;
                    }
                }
                outcome => return outcome,
            }
        }
    }
}

fn evict(process: &Arc<Process>) {
    if !process.is_dying() {
        let reason = "its job may not have a page that others need";
        println!("over a limit: process {} is killed: {reason}", process.koid());
        process.kill(abi::TASK_RETCODE_OOM_KILL);
    }
}

fn has_memory() -> bool {
    frames::readily_free() > frames::reserve()
}

/// The life of the kernel task that watches. One after the other goes, each when the one before has ended.
pub async fn watch() {
    let mut dying: Option<Greedy> = None;
    loop {
        let reading = events().update(frames::readily_free());
        let starving = STARVING.feed(has_memory).await;
        // Others run meanwhile, whenever something is awaited, and memory may come back.
        let suffices = || match starving {
            true => has_memory(),
            false => !reading.holds.contains(&frames::readily_free()),
        };
        if (starving || reading.out_of_memory) && come_back(suffices).await {
            continue;
        }
        if dying.as_ref().is_some_and(|greedy| !greedy.is_gone()) {
            respite().await;
            continue;
        }
        let chosen = victim(reading.out_of_memory, starving).await;
        if suffices() {
            continue;
        }
        dying = chosen.map(kill);
        match &dying {
            None => watermarks::left(reading.holds).await,
            // What it had is free, or on its way, or others have it.
            Some(greedy) if greedy.is_gone() => yield_now().await,
            Some(_) => respite().await,
        }
    }
}

/// Waits for what is on its way to be free now, and not for what others put on their way meanwhile, until there is
/// `enough`. Whether there is.
pub async fn come_back(enough: impl Fn() -> bool) -> bool {
    // What is closed gives pages and frames free, and pages that are free may have been mapped: in this order. What is in
    // the hands of a thread that ends is left then.
    let in_hands = own::ticket();
    let mut turns = 0..frames::total_frames();
    // A thread may be added to what it has in its hands, so this has an end of its own.
    if until(|| turns.next().is_none() || own::is_over(in_hands), &enough).await {
        return true;
    }
    let left = closing::ticket();
    if until(|| closing::is_over(left), &enough).await {
        return true;
    }
    // A turn frees some page, so these are enough for all that are left.
    let mut turns = 0..frames::total_frames().saturating_sub(frames::free_frames());
    let mut is_freed = || turns.next().is_none() || !objects::vmo::free_some() && objects::vmo::is_idle();
    if until(&mut is_freed, &enough).await {
        return true;
    }
    let retired = frames::quarantine_ticket();
    until(|| frames::is_released(retired), &enough).await
}

/// Gives way until something is over, or there is `enough`, and whether there is.
async fn until(mut is_over: impl FnMut() -> bool, enough: &impl Fn() -> bool) -> bool {
    while !is_over() {
        yield_now().await;
        if enough() {
            return true;
        }
    }
    false
}

/// Who is to go, and why.
struct Victim(Greedy, &'static str);

async fn victim(out_of_memory: bool, starving: bool) -> Option<Victim> {
    let root = ROOT.get().filter(|_| out_of_memory || starving)?;
    if let Some(job) = root.to_be_killed_first().await {
        return Some(Victim(Greedy::Job(job), "it asked for that"));
    }
    if !starving {
        return None;
    }
    let most = root.greediest().await.map(|greedy| Victim(greedy, "it has most of it"));
    most.or_else(|| Some(Victim(Greedy::Process(root.first_process()?), "nobody else has more than others")))
}

fn kill(Victim(greedy, reason): Victim) -> Greedy {
    let code = abi::TASK_RETCODE_OOM_KILL;
    match &greedy {
        // It is on its way already, and is awaited.
        dying if dying.is_dying() => {}
        Greedy::Job(job) => {
            println!("out of memory: job {} is killed: {reason}", job.base().koid());
            job.kill(code);
        }
        Greedy::Process(process) => {
            println!("out of memory: process {} is killed: {reason}", process.koid());
            process.kill(code);
        }
    }
    greedy
}

/// Waits until what somebody had comes back who has been killed, but no longer than [`RESPITE`].
async fn respite() {
    // There may be memory at once, and those who are to end need their turn all the same.
    yield_now().await;
    let mut over = pin!(wait::sleep_until(Deadline { at: time::now() + RESPITE, timers: run::timers() }));
    let mut memory = pin!(watermarks::left(0..frames::reserve() + 1));
    poll_fn(|context| match over.as_mut().poll(context) {
        Poll::Pending => memory.as_mut().poll(context),
        over => over,
    })
    .await;
}
