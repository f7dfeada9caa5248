//! Memory pressure: how little memory is too little, who is told, and what is done when there is none.

use crate::arch::time;
use crate::mm::layout::PAGE_SIZE;
use crate::mm::{frames, watermarks};
use crate::{println, run};
use alloc::sync::Arc;
use objects::pressure::Pressure;
use objects::wait::{self, Deadline};
use objects::{Job, KernelObject};
use spin::Once;

static PRESSURE: Once<Pressure> = Once::new();
static ROOT: Once<Arc<Job>> = Once::new();

/// How long what a killed job had takes to come back, in nanoseconds, before another one is killed; Zircon's.
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

/// Has jobs of this tree killed that ask for it (`ZX_PROP_JOB_KILL_ON_OOM`) when there is no memory.
pub fn protect_by_killing_in(root: &Arc<Job>) {
    ROOT.call_once(|| root.clone());
}

/// The life of the kernel task that watches.
pub async fn watch() {
    loop {
        let reading = events().update(frames::readily_free());
        let victim = ROOT.get().filter(|_| reading.out_of_memory).and_then(|root| root.to_be_killed_first());
        match victim {
            None => watermarks::left(reading.holds).await,
            Some(job) => {
                println!("out of memory: job {} is killed, as it asked", job.base().koid());
                job.kill(abi::TASK_RETCODE_OOM_KILL);
                drop(job);
                wait::sleep_until(Deadline { at: time::now() + RESPITE, timers: run::timers() }).await;
            }
        }
    }
}
