//! Kernels: how one ends, what it reports, and one of a person's own.

use std::time::Duration;

use hafnon::{
    compile::{self, Kind},
    guest::{machine, word},
    ramdisk,
    steps::Step,
    toolchain,
};
use machine::{Boot, End, Machine, Transcript};

use super::{build, guest};

#[test]
fn a_kernel_without_a_program_ends_with_a_sentence() {
    let ramdisk = Some(ramdisk::temporary(build()).unwrap());
    let words = vec![word("run", "bin/nothing")];
    let kernel = compile::kernel_file(compile::KERNEL);
    let mut transcript = Transcript::default();
    let machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
    let outcome = machine.run(&mut transcript).unwrap();
    assert_eq!(outcome.end, End::Exited(2));
    assert!(transcript.text().contains("no first process: bin/nothing is not in the ramdisk"));
}

/// Runs one test of the kernel's own that ends the machine; how it ended, for a person.
fn told(test: &str) -> (End, String) {
    build();
    let kernel = compile::kernel(&toolchain::for_kernel().unwrap(), "hafnon-kernel-tests").unwrap();
    let words = vec![word("test", &format!("ends::{test}"))];
    let machine = machine(Boot::Direct { kernel, ramdisk: None, words }).unwrap();
    let outcome = machine.run(&mut Transcript::default()).unwrap();
    let told = outcome.describe();
    (outcome.end, told)
}

#[test]
fn the_ends_of_a_kernel_are_told_with_symbols() {
    let (end, told_of) = told("a_panic_is_reported");
    assert!(matches!(&end, End::Panicked(text) if text.contains("on purpose")), "{told_of}");
    assert!(
        told_of.contains("ends.rs:") && told_of.contains("cpu_loop at kernel/src/sched/run.rs:"),
        "{told_of}"
    );

    let (end, told_of) = told("a_stack_overflow_is_reported");
    assert!(matches!(&end, End::Panicked(text) if text.contains("stack")), "{told_of}");
    assert!(told_of.contains("endless at qemu-tests/kernel/src/ends.rs:"), "{told_of}");

    let (end, told_of) = told("a_triple_fault_is_a_reset");
    assert_eq!((end.status(), end), (102, End::Reset), "{told_of}");
    assert!(told_of.contains("reset at kernel/src/arch/power.rs:"), "{told_of}");
}

#[test]
fn a_kernel_of_ones_own_runs_its_service() {
    let mut cargo = compile::cargo(&toolchain::for_kernel().unwrap(), "build", Kind::Kernel);
    Step::new("building heartbeat")
        .run(cargo.args(["-p", compile::KERNEL, "--example", "heartbeat"]))
        .unwrap();
    let kernel = Kind::Kernel.directory().join(toolchain::TARGET).join("release/examples/heartbeat");
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    let programs = ramdisk::with(build().clone(), "bin/endless", &endless);
    let ramdisk = Some(ramdisk::temporary(&programs).unwrap());
    let words = vec![word("run", "bin/endless")];
    let mut machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
    let limit = Duration::from_secs(8);
    machine.limit = Some(limit);
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    let console = transcript.text();
    assert_eq!(outcome.end, End::TookTooLong(limit), "{console}");
    assert!(console.contains("alive for 1 s"), "{console}");
}

#[test]
fn a_poll_over_its_budget_is_reported_with_the_tasks_name() {
    build();
    let kernel = compile::kernel(&toolchain::for_kernel().unwrap(), "hafnon-kernel-tests").unwrap();
    let said = |budget: &str| {
        let words = vec![word("test", "scheduling::a_long_poll"), word("kernel.poll-budget", budget)];
        let mut transcript = Transcript::default();
        let boot = Boot::Direct { kernel: kernel.clone(), ramdisk: None, words };
        // Instructions are the guest's time: no load of the host makes a poll longer.
        let machine = Machine { counted: true, ..machine(boot).unwrap() };
        let outcome = machine.run(&mut transcript).unwrap();
        let console = transcript.text().into_owned();
        assert_eq!(outcome.end, End::Exited(0), "{console}");
        console
    };
    let report = "a poll of task lengthy took";
    assert!(said("5").contains(report));
    assert!(!said("60000").contains(report), "it takes 20 ms");
}
