//! The suites of this kernel: `kernel::…` are tests inside it, `user::…` are
//! tests of a user program that it starts, `user::c::…` of one in C, and `latency::…` those of
//! how long the kernel goes without a chance for interrupts (`docs/tests.md`).

use std::{env, process::ExitCode, time::Duration};

use anyhow::Result;
use hafnon::{compile, toolchain};
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
    suites.push(Suite::new("kernel", compile::kernel_file(KERNEL_TESTS)).programs(programs));
    Ok(suites)
}

fn build() -> Result<()> {
    let toolchain = toolchain::for_kernel()?;
    compile::kernel(&toolchain, compile::KERNEL)?;
    compile::kernel(&toolchain, KERNEL_TESTS)?;
    compile::user_programs(&toolchain)?;
    Ok(())
}
