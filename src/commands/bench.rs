//! Instructions per operation, counted in the guest.
//!
//! QEMU's `icount` makes one guest instruction one tick of the guest's clock, so
//! a figure is the same on every machine and every run. The one exception is
//! `qemu_to_user`, the time from the start of QEMU to the first user instruction.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hafnon::{
    guest::{
        control::{IDLE_TASK_BYTES, USER_AFTER},
        word,
    },
    ramdisk,
};
use machine::{Accelerator, Boot, Listener};
use serde_json::json;

use super::{Built, build, run::follow};
use crate::{
    options::{Accel, MachineOptions, Usage},
    output::{self, Unwritten},
};

/// Seconds without a figure after which the guest is taken for hung.
const SILENCE: u64 = 300;

/// Boots the benchmark program and prints its figures, or those whose names contain `name`.
pub fn run(options: &MachineOptions, name: Option<&str>, json: bool) -> Result<u8> {
    if matches!(options.accel, Some(Accel::Kvm)) {
        return Err(Usage("instructions can be counted with --accel tcg only".into()).into());
    }
    if let Some(name) = name.filter(|name| !NAMES.lines().any(|known| known.contains(name))) {
        return Err(Usage(format!("no figure has {name} in its name; `bench` alone prints them all")).into());
    }
    options.check()?;
    let built = build()?;
    let ramdisk = Some(ramdisk::temporary(&built.programs)?);
    let mut words = vec![word("run", "bin/bench"), word("figures", "yes")];
    words.extend(name.map(|name| word("arg", name)));
    let boot = Boot::Direct { kernel: built.kernel.clone(), ramdisk, words };
    let mut machine = options.machine(boot, SILENCE)?;
    machine.accelerator = Accelerator::Tcg;
    machine.counted = true;
    machine.cpus = 1;
    let name = name.map(str::to_owned);
    let mut figures = Figures { json, name, console: String::new(), parsed: 0, failed: None };
    let status = follow(machine, &mut figures)?;
    if status != 0 && figures.failed.is_none() {
        eprint!("{}", figures.console);
        return Ok(status);
    }
    if figures.wanted(QEMU_TO_USER) && figures.failed.is_none() {
        let boot = time_to_user(options, built)?.as_millis();
        figures.print(&Figure { name: QEMU_TO_USER, value: boot as u64, unit: "milliseconds" });
    }
    figures.failed.map_or(Ok(0), |failed| Err(failed.into()))
}

/// The time from the start of QEMU to the first user instruction, of a plain boot.
fn time_to_user(options: &MachineOptions, built: Built) -> Result<Duration> {
    let ramdisk = Some(ramdisk::temporary(&built.programs)?);
    let boot = Boot::Direct { kernel: built.kernel, ramdisk, words: vec![word("run", "bin/hello")] };
    let mut machine = options.machine(boot, SILENCE)?;
    machine.accelerator = Accelerator::Tcg;
    let mut first = FirstInstruction { start: Instant::now(), after: None };
    let status = follow(machine, &mut first)?;
    ensure!(status == 0, "the boot that was timed ended with status {status}");
    first.after.context("the kernel did not say when it entered user mode")
}

/// Notes when the kernel says that it enters user mode.
struct FirstInstruction {
    start: Instant,
    after: Option<Duration>,
}

impl Listener for FirstInstruction {
    fn console(&mut self, _bytes: &[u8]) {}

    fn control(&mut self, line: &str) {
        if line.starts_with(USER_AFTER) && self.after.is_none() {
            self.after = Some(self.start.elapsed());
        }
    }
}

/// The one figure that is a time.
const QEMU_TO_USER: &str = "qemu_to_user";

/// The names of all figures, one a line.
const NAMES: &str = include_str!("../../user/bench/figures");

/// Prints each figure as it comes, and keeps the console in case the guest fails.
struct Figures {
    json: bool,
    /// What the names of those that are wanted contain.
    name: Option<String>,
    console: String,
    /// How much of the console has been looked through for figures.
    parsed: usize,
    /// Why nothing more is printed.
    failed: Option<Unwritten>,
}

impl Figures {
    fn wanted(&self, name: &str) -> bool {
        self.name.as_ref().is_none_or(|part| name.contains(part))
    }

    fn print(&mut self, figure: &Figure) {
        if self.failed.is_none() && self.wanted(figure.name) {
            let line = if self.json { figure.json() } else { figure.row() } + "\n";
            self.failed = output::write(line.as_bytes()).err();
        }
    }
}

impl Listener for Figures {
    fn console(&mut self, bytes: &[u8]) {
        self.console += &String::from_utf8_lossy(bytes);
        while let Some(length) = self.console[self.parsed..].find('\n') {
            let line = self.console[self.parsed..self.parsed + length].to_owned();
            if let Some(figure) = Figure::parse(line.trim_end()) {
                self.print(&figure);
            }
            self.parsed += length + 1;
        }
    }

    fn control(&mut self, line: &str) {
        let told =
            [(USER_AFTER, "boot_to_user", "instructions"), (IDLE_TASK_BYTES, "idle_task_bytes", "bytes")];
        for (prefix, name, unit) in told {
            if let Some(Ok(value)) = line.strip_prefix(prefix).map(|value| value.trim().parse()) {
                self.print(&Figure { name, value, unit });
            }
        }
    }

    fn listens(&self) -> bool {
        self.failed.is_none()
    }
}

/// One figure: `bench NAME VALUE UNIT`.
struct Figure<'a> {
    name: &'a str,
    value: u64,
    unit: &'a str,
}

impl<'a> Figure<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.strip_prefix("bench ")?.split_whitespace();
        let (name, value, unit) = (words.next()?, words.next()?, words.next()?);
        Some(Self { name, value: value.parse().ok()?, unit })
    }

    fn json(&self) -> String {
        json!({"name": self.name, "unit": self.unit, "value": self.value}).to_string()
    }

    fn row(&self) -> String {
        format!("{:<32}{:>12}  {}", self.name, self.value, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn figures_are_read_and_printed() {
        let figure = Figure::parse("bench null_syscall 87 instructions").unwrap();
        let expected = r#"{"name":"null_syscall","unit":"instructions","value":87}"#;
        assert_eq!(figure.json(), expected);
        assert!(figure.row().starts_with("null_syscall "));
        assert!(Figure::parse("ok 1 test").is_none());
    }
}
