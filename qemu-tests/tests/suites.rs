//! The suites of this kernel: `kernel::…` are tests inside it, `user::…` are
//! tests of a user program that it starts, `user::c::…` of one in C, and `latency::…` those of
//! how long the kernel goes without a chance for interrupts (`docs/tests.md`).

use std::{env, process::ExitCode, time::Duration};

use anyhow::Result;
use hafnon::{
    compile::{self, Profile, Program},
    toolchain,
};
use qemu_tests::Suite;

/// The package of the kernel with tests in it.
const KERNEL_TESTS: &str = "hafnon-kernel-tests";

/// The module of the test program with the suite `latency`.
const LATENCY: &str = "latency";

/// How long a test of that may take: it builds up a great deal.
const LONG: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    qemu_tests::main(suites)
}

fn suites() -> Result<Vec<Suite>> {
    // `cargo nextest` starts one process for each test, and sets this variable for it; the
    // process that it asked for the list before has built everything.
    if env::var_os("NEXTEST_EXECUTION_MODE").is_none() {
        build()?;
    }
    let programs = compile::user_program_files()?;
    let kernel = compile::kernel_file(compile::KERNEL);
    let of_programs = [
        Suite::of_program("user", &kernel, programs.clone(), "bin/tests")?.without(LATENCY),
        Suite::of_program("user::c", &kernel, programs.clone(), "bin/c-tests")?,
        Suite::of_program("fuzz", &kernel, programs.clone(), "bin/fuzz")?,
        Suite::of_program("fuzz::small", &kernel, programs.clone(), "bin/fuzz")?
            .machine(|machine| machine.memory("64M")),
        Suite::of_program("latency", &kernel, programs.clone(), "bin/tests")?
            .only(LATENCY)
            .machine(|machine| machine.cpus(1).memory("2G").timeout(LONG)),
    ];
    // Of all of these: what no test of `latency` was written for is seen elsewhere.
    let limited = |suite: Suite| suite.machine(|machine| machine.longest_stretch(hafnon::LONGEST_STRETCH));
    let mut suites: Vec<Suite> = of_programs.into_iter().map(limited).collect();
    // These tests are polls of the kernel themselves, as long as they were written; it measures none of them.
    suites.push(
        Suite::new("kernel", compile::kernel_file(KERNEL_TESTS)).without(LOCKS).programs(programs.clone()),
    );
    suites.extend(checked(programs)?);
    Ok(suites)
}

/// The modules of the test program that take the most locks, and in the most ways.
const LOCKING: &str = "accounts channel_rings closing crowds debuglog full_channels futex_owner job magenta pressure \
                       stress stress_futexes stress_handles stress_kills stress_ports timer unfinished vmar_regions";

/// The module of the kernel's tests that need locks which are watched.
const LOCKS: &str = "locks";

/// For how many instructions a lock may be held. A step of what works on a whole address space has it locked from its
/// beginning to its end, and kernels that are checked take more instructions for it, up to 130 000.
const LONGEST_HOLD: u64 = 170_000;

/// What runs in kernels that watch their locks.
fn checked(programs: Vec<Program>) -> Result<Vec<Suite>> {
    let kernel = compile::kernel_file_for(compile::KERNEL, Profile::Checked);
    let tests = compile::kernel_file_for(KERNEL_TESTS, Profile::Checked);
    Ok([
        Suite::of_program("checked::user", &kernel, programs.clone(), "bin/tests")?.with(LOCKING),
        Suite::of_program("checked::fuzz", &kernel, programs.clone(), "bin/fuzz")?,
        // Nothing holds a lock for longer than what works on memory.
        Suite::of_program("checked", &kernel, programs.clone(), "bin/tests")?
            .with("latency::memory")
            .machine(|machine| machine.cpus(1).memory("2G").timeout(LONG)),
        Suite::new("checked::kernel", tests).programs(programs),
    ]
    .into_iter()
    .map(|suite| suite.machine(|machine| machine.longest_hold(LONGEST_HOLD)))
    .collect())
}

fn build() -> Result<()> {
    let toolchain = toolchain::for_kernel()?;
    compile::kernel(&toolchain, compile::KERNEL)?;
    compile::kernel(&toolchain, KERNEL_TESTS)?;
    compile::kernel_for(&toolchain, compile::KERNEL, Profile::Checked)?;
    compile::kernel_for(&toolchain, KERNEL_TESTS, Profile::Checked)?;
    compile::user_programs(&toolchain)?;
    Ok(())
}
