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
    guest::{self, word},
    ramdisk,
};
use libtest_mimic::{Arguments, Trial};
use machine::{Accelerator, Boot, Machine};

use crate::{
    longest::Longest,
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
    longest_stretch: Option<u64>,
    longest_hold: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        let timeout = Duration::from_secs(60);
        Self { cpus: 2, memory: "512M".into(), timeout, longest_stretch: None, longest_hold: None }
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

    /// How many instructions there may be between two chances for interrupts, in tests that are
    /// `counted` on one CPU; no limit unless said. (Clocks count what all CPUs execute.)
    #[must_use]
    pub fn longest_stretch(mut self, instructions: u64) -> Self {
        self.longest_stretch = Some(instructions);
        self
    }

    /// For how many instructions a kernel that watches its locks may hold one, in the same tests: it is told by a word of
    /// its command line, `kernel.lock-hold`. No limit unless said.
    #[must_use]
    pub fn longest_hold(mut self, instructions: u64) -> Self {
        self.longest_hold = Some(instructions);
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
    /// Which of the program's tests it has.
    module: Module,
    settings: Settings,
}

/// Which of a program's tests a suite has.
#[derive(Clone, Debug)]
enum Module {
    /// Those of one module, by their names in it.
    Only(String),
    /// Those of some modules.
    These(Vec<String>),
    /// All but those of some modules.
    AllBut(Vec<String>),
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
            module: Module::AllBut(Vec::new()),
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

    /// Only the tests in this module, named by the suite's name and theirs in it.
    #[must_use]
    pub fn only(mut self, module: &str) -> Self {
        self.module = Module::Only(module.into());
        self
    }

    /// Only the tests in these modules, with spaces between.
    #[must_use]
    pub fn with(mut self, modules: &str) -> Self {
        self.module = Module::These(modules.split_whitespace().map(str::to_owned).collect());
        self
    }

    /// Not the tests in this module.
    #[must_use]
    pub fn without(mut self, module: &str) -> Self {
        if let Module::AllBut(modules) = &mut self.module {
            modules.push(module.into());
        }
        self
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
        let lines = guest::tests(&self.listing)?;
        let mut plans: Vec<Plan> = lines.iter().map(|line| Plan::parse(line)).collect::<Result<_>>()?;
        plans.retain(|plan| self.label(plan).is_some());
        // One that lost its tests would pass for ever.
        let (name, file, section) = (&self.name, self.listing.display(), guest::TESTS_SECTION);
        ensure!(!plans.is_empty(), "suite {name}: {file} lists no tests in its section {section}");
        plans.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(plans)
    }

    /// What the suite calls a test; `None` if it does not have it.
    fn label<'a>(&self, plan: &'a Plan) -> Option<&'a str> {
        let within = |module: &String| plan.name.strip_prefix(module.as_str())?.strip_prefix("::");
        let is_in = |modules: &[String]| modules.iter().any(|module| within(module).is_some());
        match &self.module {
            Module::Only(module) => within(module),
            Module::These(modules) => is_in(modules).then_some(&plan.name),
            Module::AllBut(modules) => (!is_in(modules)).then_some(&plan.name),
        }
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
        if let Some(limit) = self.settings.longest_hold.filter(|_| plan.counted && cpus == 1) {
            words.push(word("kernel.lock-hold", &limit.to_string()));
        }
        let kernel = self.kernel.clone();
        let ramdisk = Some(ramdisk::temporary(&self.programs)?);
        Ok(Machine {
            cpus,
            memory: plan.memory.clone().unwrap_or_else(|| self.settings.memory.clone()),
            accelerator: if plan.counted { Accelerator::Tcg } else { Accelerator::best() },
            counted: plan.counted,
            devices: plan.devices.clone(),
            limit: Some(self.limit(plan)),
            ..guest::machine(Boot::Direct { kernel, ramdisk, words })?
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
    fn trials(self, slots: &Arc<Slots>, longest: &Arc<Longest>) -> Result<Vec<Trial>> {
        let plans = self.plans()?;
        let suite = Arc::new(self);
        let mut trials = Vec::new();
        for plan in plans {
            let own = [suite.settings.cpus];
            let matrix = if plan.cpus.is_empty() { &own[..] } else { &plan.cpus };
            for &cpus in matrix {
                trials.push(suite.trial(&plan, cpus, matrix.len() > 1, slots, longest));
            }
        }
        Ok(trials)
    }

    fn trial(
        self: &Arc<Self>,
        plan: &Plan,
        cpus: u32,
        several: bool,
        slots: &Arc<Slots>,
        longest: &Arc<Longest>,
    ) -> Trial {
        let mut name = format!("{}::{}", self.name, self.label(plan).unwrap_or(&plan.name));
        if several {
            name += &format!("::cpus_{cpus}");
        }
        let (suite, plan) = (Arc::clone(self), plan.clone());
        let (slots, longest) = (Arc::clone(slots), Arc::clone(longest));
        Trial::test(name.clone(), move || {
            let _processors = slots.lend(cpus);
            let _notice = Notice::of(name.clone(), suite.limit(&plan) / NOTICES);
            let machine = suite.boot(&plan, cpus).map_err(|error| format!("{error:#}"))?;
            let symbols = machine.symbols.clone();
            let (counted, limit) = (plan.counted && cpus == 1, suite.settings.longest_stretch);
            let told = run(&plan, suite.reporter(), machine, limit.filter(|_| counted))?;
            if let Some(stretch) = &told.stretch {
                longest.take(&name, counted, stretch, symbols);
            }
            Ok(told.result?)
        })
    }
}

/// The `main` of a test target with `harness = false`: runs the suites that `suites` makes, as
/// this process's arguments say (those of `cargo test`).
pub fn main(suites: impl FnOnce() -> Result<Vec<Suite>>) -> ExitCode {
    let arguments = Arguments::from_args();
    let longest = Arc::new(Longest::default());
    match trials(suites, &longest) {
        Ok(trials) => {
            let conclusion = libtest_mimic::run(&arguments, trials);
            print!("{}", longest.describe());
            conclusion.exit_code()
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials(suites: impl FnOnce() -> Result<Vec<Suite>>, longest: &Arc<Longest>) -> Result<Vec<Trial>> {
    let slots = Arc::new(Slots::of_this_machine());
    let mut trials = Vec::new();
    for suite in suites()? {
        trials.extend(suite.trials(&slots, longest)?);
    }
    Ok(trials)
}
