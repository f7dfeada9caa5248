//! A process that makes calls.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hafnon_user::{
    AsHandle, Mapping, Result, Rights, Startup, Status, Vmo,
    abi::{PA_JOB_DEFAULT, PA_PROC_SELF, PA_RESOURCE, PA_THREAD_SELF, PA_USER0, PA_USER1, PA_USER2},
    thread,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    plan::{Mask, Plan},
    random::Random,
    step::Step,
    world::World,
};

/// How many steps of each thread create objects, before there are calls of all kinds.
const FIRST: usize = 24;

/// Exit code of a process that could not begin.
const CAN_NOT_BEGIN: i64 = 4;

/// Names under which a process is given what is shared: counters of steps, channels to other processes, and a process.
pub const COUNTERS: u32 = PA_USER0;
pub const CHANNELS: u32 = PA_USER1;
pub const OTHER: u32 = PA_USER2;

/// How many calls the processes of a round have made, and how many of these succeeded.
#[repr(C)]
pub struct Counters {
    made: AtomicU64,
    succeeded: AtomicU64,
}

/// A process's place in a round.
struct Part {
    plan: Plan,
    process: usize,
    keep: Mask,
}

/// The life of a process that makes calls: arguments are seed, round, number of the process, and perhaps a mask.
pub fn run(startup: &mut Startup, arguments: &[String]) -> i64 {
    let Some(part) = parse(arguments) else { return CAN_NOT_BEGIN };
    match begin(startup, part) {
        Ok(()) => 0,
        Err(_) => CAN_NOT_BEGIN,
    }
}

fn parse(arguments: &[String]) -> Option<Part> {
    let number = |index: usize| arguments.get(index)?.parse::<u64>().ok();
    let keep = match arguments.get(3) {
        Some(word) => Mask::parse(word.strip_prefix("keep=")?)?,
        None => Mask::default(),
    };
    Some(Part { plan: Plan::new(number(0)?, number(1)?), process: number(2)? as usize, keep })
}

fn begin(startup: &mut Startup, part: Part) -> Result<()> {
    let counters = count_in(startup)?;
    let mut world = World::empty(part.plan.threads)?;
    world.prepare()?;
    for (kind, name) in [("job", PA_JOB_DEFAULT), ("resource", PA_RESOURCE), ("process", OTHER)] {
        startup.take(name).into_iter().for_each(|handle| world.give(kind, handle));
    }
    while let Some(channel) = startup.take(CHANNELS) {
        world.give("channel", channel);
    }
    for (kind, name) in [("process", PA_PROC_SELF), ("thread", PA_THREAD_SELF)] {
        let own = startup.handle(name).ok_or(Status::NOT_FOUND)?;
        world.give(kind, own.duplicate_handle(Rights::SAME_RIGHTS)?);
    }
    let shared = Arc::new((part, world));
    let others: Vec<_> = (1..shared.0.plan.threads)
        .filter_map(|number| {
            let shared = shared.clone();
            thread::spawn("fuzz", move || make_calls(&shared.0, &shared.1, number, counters)).ok()
        })
        .collect();
    make_calls(&shared.0, &shared.1, 0, counters);
    for thread in others {
        let _ = thread.join();
    }
    Ok(())
}

/// Where steps are counted, in memory that the supervisor reads.
fn count_in(startup: &mut Startup) -> Result<&'static Counters> {
    let memory: Vmo = startup.take_object(COUNTERS)?;
    let mapping = core::mem::ManuallyDrop::new(Mapping::new(&memory, READ_WRITE, PAGE_SIZE)?);
    // SAFETY: the page stays mapped, unless a call of this process unmaps it; it is aligned, and atomics may be shared.
    Ok(unsafe { &*core::ptr::with_exposed_provenance(mapping.address()) })
}

/// A thread's part.
fn make_calls(part: &Part, world: &World, thread: usize, counters: &Counters) {
    for index in 0..part.plan.steps {
        let Some(step) = step(&part.plan, &part.keep, world, (part.process, thread, index)) else { continue };
        counters.made.fetch_add(1, Relaxed);
        counters.succeeded.fetch_add(u64::from(step.make(world, thread)), Relaxed);
    }
}

/// The step at this place of a round, if it is to be made.
pub fn step(
    plan: &Plan,
    keep: &Mask,
    world: &World,
    (process, thread, index): (usize, usize, usize),
) -> Option<Step> {
    let number = plan.number(process, thread, index);
    keep.has(number).then(|| {
        let mut random = Random::of(&[plan.seed, plan.round, number as u64]);
        Step::choose(&mut random, world, index < FIRST)
    })
}

/// Where threads begin that calls have started. They end at once.
pub extern "C" fn entry(_first: usize, _second: usize) -> ! {
    thread::exit()
}
