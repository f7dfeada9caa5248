//! The process that has rounds run, and looks at what they leave behind.

use alloc::{format, string::ToString, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Job, Process, Result, Rights, Signals, Startup, Status, Vmo,
    abi::{PA_JOB_DEFAULT, PA_RESOURCE, PA_VMO_BOOTFS, PA_VMO_VDSO, zerocopy::IntoBytes},
    clock,
    handle::Handle,
    launch::Launch,
    println,
    ramdisk::Ramdisk,
    task::Task,
    vmar::PAGE_SIZE,
};

use crate::{
    counts::{Counts, Left},
    plan::{Mask, Plan, Request, WORKER},
    random::Random,
    step::Step,
    worker::{self, CHANNELS, COUNTERS, OTHER},
    world::World,
};

/// This program in the ramdisk.
const PROGRAM: &str = "bin/fuzz";
/// How long a round goes on without a call, in nanoseconds: its threads may wait for what never comes.
const PATIENCE: i64 = 10 * clock::MILLISECOND;
/// Rounds between two looks at what is left behind.
const BETWEEN_LOOKS: u64 = 16;

/// What the supervisor works with.
struct Supervisor<'a> {
    startup: &'a Startup,
    request: &'a Request,
    job: Job,
    vdso: Vmo,
    ramdisk: Ramdisk,
    calls: u64,
    succeeded: u64,
}

/// Does what is asked; whether the kernel stood it.
pub fn run(startup: &Startup, request: &Request) -> Result<bool> {
    if request.print {
        print(request)?;
        return Ok(true);
    }
    let given = |kind| startup.handle(kind).ok_or(Status::NOT_FOUND)?.duplicate_handle(Rights::SAME_RIGHTS);
    let job = Job::from(given(PA_JOB_DEFAULT)?);
    let ramdisk = Ramdisk::map(&given(PA_VMO_BOOTFS)?.into())?;
    let vdso = given(PA_VMO_VDSO)?.into();
    Supervisor { startup, request, job, vdso, ramdisk, calls: 0, succeeded: 0 }.supervise()
}

/// Shows the steps of a round.
fn print(request: &Request) -> Result<()> {
    let plan = Plan::new(request.seed, request.round.unwrap_or(0));
    println!(
        "fuzz: seed {}, round {}: {} processes of {} threads, root resource: {}, killed: {:?}",
        plan.seed, plan.round, plan.processes, plan.threads, plan.privileged, plan.killed
    );
    for_each_step(&plan, &request.keep, |(process, thread, index), step| {
        let number = plan.number(process, thread, index);
        println!("#{number} process {process} thread {thread}: {step}");
    })
}

/// Visits the steps of a round that are made, each with its process, thread and index.
fn for_each_step(plan: &Plan, keep: &Mask, mut visit: impl FnMut((usize, usize, usize), Step)) -> Result<()> {
    let world = World::empty(plan.threads)?;
    for process in 0..plan.processes {
        for thread in 0..plan.threads {
            for index in 0..plan.steps {
                let place = (process, thread, index);
                if let Some(step) = worker::step(plan, keep, &world, place) {
                    visit(place, step);
                }
            }
        }
    }
    Ok(())
}

/// Whether a step of a round makes this call.
fn makes(call: &str, plan: &Plan, keep: &Mask) -> Result<bool> {
    let mut found = false;
    for_each_step(plan, keep, |_, step| found |= step.to_string().starts_with(&format!("{call}(")))?;
    Ok(found)
}

impl Supervisor<'_> {
    /// Runs rounds until enough calls were made, and looks now and then at what they left behind. One round alone runs
    /// as often as there are rounds between two looks, so that the little that it leaves adds up.
    fn supervise(&mut self) -> Result<bool> {
        // What the first rounds make the kernel keep for good, such as caches, is no leak.
        let mut before = None;
        for count in 1.. {
            let round = self.request.round.unwrap_or(count - 1);
            self.round(round)?;
            if let Some(call) = &self.request.planted
                && makes(call, &Plan::new(self.request.seed, round), &self.request.keep)?
            {
                println!("fuzz: a step of round {round} makes {call}, which is to be a failure");
                return Ok(false);
            }
            let (first, enough) = match self.request.round {
                Some(_) => (1, count > BETWEEN_LOOKS),
                None => (BETWEEN_LOOKS, self.calls >= self.request.calls),
            };
            if !enough && count % BETWEEN_LOOKS != first % BETWEEN_LOOKS {
                continue;
            }
            let left = self.look(&mut before)?;
            println!("fuzz: {} calls, {} succeeded, {count} rounds", self.calls, self.succeeded);
            if !left.is_nothing() {
                println!("fuzz: left behind after {count} rounds of seed {}: {left}", self.request.seed);
                return Ok(false);
            }
            if enough {
                break;
            }
        }
        Ok(true)
    }

    /// What there is more of than at the first look.
    fn look(&self, before: &mut Option<Counts>) -> Result<Left> {
        match before {
            None => {
                *before = Some(Counts::settled(self.startup, &self.job)?);
                Ok(Left::default())
            }
            Some(before) => Left::since(before, self.startup, &self.job),
        }
    }

    /// Runs a round to its end.
    fn round(&mut self, round: u64) -> Result<()> {
        let plan = Plan::new(self.request.seed, round);
        println!("fuzz: round {round}");
        let job = self.job.create_child()?;
        let counters = Vmo::create(PAGE_SIZE as u64)?;
        let processes = self.launch(&plan, &job, &counters)?;
        if let Some((victim, after)) = plan.killed
            && let Some(process) = processes.get(victim)
        {
            clock::sleep(after)?;
            // It may have been killed, or the handle's right with it, by a sibling.
            let _ = process.kill();
        }
        let mut before = None;
        for process in &processes {
            while process.wait(Signals::PROCESS_TERMINATED, clock::deadline_after(PATIENCE)).is_err() {
                let now = Some(counted(&counters)?);
                if core::mem::replace(&mut before, now) == now {
                    break;
                }
            }
        }
        job.kill()?;
        for process in &processes {
            process.wait_terminated()?;
        }
        job.wait_terminated()?;
        let [calls, succeeded] = counted(&counters)?;
        self.calls += calls;
        self.succeeded += succeeded;
        Ok(())
    }

    /// Starts the processes of a round, as far as that goes: each has a channel to the one before.
    fn launch(&self, plan: &Plan, job: &Job, counters: &Vmo) -> Result<Vec<Process>> {
        let mut processes: Vec<Process> = Vec::new();
        let mut random = Random::of(&[plan.seed, plan.round, u64::MAX]);
        let mut end: Option<Channel> = None;
        for number in 0..plan.processes {
            let (near, far) = Channel::create()?;
            let mut launch = Launch::new(job, &self.vdso, PROGRAM)
                .argument(WORKER)
                .argument(&plan.seed.to_string())
                .argument(&plan.round.to_string())
                .argument(&format!("{number}"));
            if let Some(word) = self.request.keep.word() {
                launch = launch.argument(&word);
            }
            launch = launch.handle(COUNTERS, same(counters)?).handle(CHANNELS, near);
            if let Some(end) = end.replace(far) {
                launch = launch.handle(CHANNELS, end);
            }
            if let Some(other) = processes.last() {
                launch = launch.handle(OTHER, same(other)?);
            }
            if plan.privileged {
                let resource = self.startup.handle(PA_RESOURCE).ok_or(Status::NOT_FOUND)?;
                launch = launch.handle(PA_RESOURCE, same(resource)?);
            }
            if random.one_in(2) {
                launch = launch.handle(PA_JOB_DEFAULT, same(job)?);
            }
            match launch.start(self.ramdisk.program(PROGRAM)?) {
                Ok(process) => processes.push(process),
                // There is no memory, or a sibling has killed the job.
                Err(_) => break,
            }
        }
        Ok(processes)
    }
}

fn same(object: &impl AsHandle) -> Result<Handle> {
    object.duplicate_handle(Rights::SAME_RIGHTS)
}

/// How many calls were counted, and how many of them succeeded.
fn counted(counters: &Vmo) -> Result<[u64; 2]> {
    let mut counts = [0u64; 2];
    counters.read(counts.as_mut_bytes(), 0)?;
    Ok(counts)
}
