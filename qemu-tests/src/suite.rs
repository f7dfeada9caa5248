//! A suite: a program with tests in it, and the machine that they want.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hafnon::{
    compile::Program,
    elf,
    machine::{Boot, Machine, word},
    qemu::{self, Accelerator},
    ramdisk,
};
use libtest_mimic::{Arguments, Trial};

use crate::{
    notice::Notice,
    plan::Plan,
    run::{Reporter, run},
    slots::Slots,
};

/// How often at most it is told that a test is still running.
const NOTICES: u32 = 4;

/// The machine that a suite's tests want, unless a test says otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    cpus: u32,
    memory: String,
    timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { cpus: 2, memory: "512M".into(), timeout: Duration::from_secs(60) }
    }
}

impl Settings {
    /// Number of virtual CPUs; 2 unless said.
    #[must_use]
    pub fn cpus(mut self, cpus: u32) -> Self {
        self.cpus = cpus;
        self
    }

    /// Size of memory as QEMU reads it; `512M` unless said.
    #[must_use]
    pub fn memory(mut self, size: &str) -> Self {
        self.memory = size.into();
        self
    }

    /// How long one test may take, its boot included; 60 s unless said. Time in which the machine waited for a
    /// processor of the host does not count.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }
}

/// A program with tests in it.
#[derive(Clone, Debug)]
pub struct Suite {
    name: String,
    /// The ELF file that lists the tests.
    listing: PathBuf,
    kernel: PathBuf,
    programs: Vec<Program>,
    /// The first process, when the tests are in a user program.
    first: Option<String>,
    settings: Settings,
}

impl Suite {
    /// Tests inside the kernel `elf`, shown as `NAME::TEST`.
    pub fn new(name: &str, elf: impl Into<PathBuf>) -> Self {
        let kernel = elf.into();
        Self {
            name: name.into(),
            listing: kernel.clone(),
            kernel,
            programs: Vec::new(),
            first: None,
            settings: Settings::default(),
        }
    }

    /// Tests inside the user program `first` (its name in the ramdisk), started by `kernel`
    /// with the test's name as argument. The program reports on the console, and its exit code is
    /// 0 when the test passed.
    ///
    /// # Errors
    /// No program has that name.
    pub fn of_program(name: &str, kernel: &Path, programs: Vec<Program>, first: &str) -> Result<Self> {
        let program = programs.iter().find(|program| program.name == first);
        let listing = program.with_context(|| format!("there is no {first}"))?.file.clone();
        let suite = Self::new(name, kernel);
        Ok(Self { listing, programs, first: Some(first.into()), ..suite })
    }

    /// Programs for the ramdisk.
    #[must_use]
    pub fn programs(mut self, programs: Vec<Program>) -> Self {
        self.programs = programs;
        self
    }

    /// Changes the machine that the tests want.
    #[must_use]
    pub fn machine(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        self.settings = change(self.settings);
        self
    }

    /// The tests, read from the program without a boot.
    ///
    /// # Errors
    /// The program can not be read, lists no test, or one with words that are not known.
    pub fn plans(&self) -> Result<Vec<Plan>> {
        let lines = elf::tests(&self.listing)?;
        let mut plans: Vec<Plan> = lines.iter().map(|line| Plan::parse(line)).collect::<Result<_>>()?;
        // One that lost its tests would pass for ever.
        let (name, file, section) = (&self.name, self.listing.display(), elf::TESTS_SECTION);
        ensure!(!plans.is_empty(), "suite {name}: {file} lists no tests in its section {section}");
        plans.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(plans)
    }

    /// Runs the suite with this process's arguments, and ends the process.
    pub fn run(self) -> ! {
        let status = main(|| Ok(vec![self]));
        std::process::exit(i32::from(status != ExitCode::SUCCESS))
    }

    /// The machine for one test.
    fn boot(&self, plan: &Plan, cpus: u32) -> Result<Machine> {
        let mut words = match &self.first {
            Some(first) => vec![word("run", first), word("arg", &plan.name)],
            None => vec![word("test", &plan.name)],
        };
        words.extend(plan.words.iter().map(|(name, value)| word(name, value)));
        let kernel = self.kernel.clone();
        let ramdisk = Some(ramdisk::temporary(&self.programs)?);
        Ok(Machine {
            cpus,
            memory: plan.memory.clone().unwrap_or_else(|| self.settings.memory.clone()),
            accelerator: if plan.counted { Accelerator::Tcg } else { qemu::best_accelerator() },
            counted: plan.counted,
            limit: Some(self.limit(plan)),
            ..Machine::new(Boot::Direct { kernel, ramdisk, words })
        })
    }

    /// How long a test may take.
    fn limit(&self, plan: &Plan) -> Duration {
        plan.timeout.unwrap_or(self.settings.timeout)
    }

    fn reporter(&self) -> Reporter {
        if self.first.is_some() { Reporter::Program } else { Reporter::Kernel }
    }

    /// One trial for each test and number of CPUs.
    fn trials(self, slots: &Arc<Slots>) -> Result<Vec<Trial>> {
        let plans = self.plans()?;
        let suite = Arc::new(self);
        let mut trials = Vec::new();
        for plan in plans {
            let own = [suite.settings.cpus];
            let matrix = if plan.cpus.is_empty() { &own[..] } else { &plan.cpus };
            for &cpus in matrix {
                trials.push(suite.trial(&plan, cpus, matrix.len() > 1, slots));
            }
        }
        Ok(trials)
    }

    fn trial(self: &Arc<Self>, plan: &Plan, cpus: u32, several: bool, slots: &Arc<Slots>) -> Trial {
        let mut name = format!("{}::{}", self.name, plan.name);
        if several {
            name += &format!("::cpus_{cpus}");
        }
        let (suite, plan, slots) = (Arc::clone(self), plan.clone(), Arc::clone(slots));
        Trial::test(name.clone(), move || {
            let _processors = slots.lend(cpus);
            let _notice = Notice::of(name, suite.limit(&plan) / NOTICES);
            let machine = suite.boot(&plan, cpus).map_err(|error| format!("{error:#}"))?;
            Ok(run(&plan, suite.reporter(), machine)?)
        })
    }
}

/// The `main` of a test target with `harness = false`: runs the suites that `suites` makes, as
/// this process's arguments say (those of `cargo test`).
pub fn main(suites: impl FnOnce() -> Result<Vec<Suite>>) -> ExitCode {
    let arguments = Arguments::from_args();
    match trials(suites) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials(suites: impl FnOnce() -> Result<Vec<Suite>>) -> Result<Vec<Trial>> {
    let slots = Arc::new(Slots::of_this_machine());
    let mut trials = Vec::new();
    for suite in suites()? {
        trials.extend(suite.trials(&slots)?);
    }
    Ok(trials)
}
