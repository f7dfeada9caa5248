//! Instructions per operation, counted in the guest.
//!
//! QEMU's `icount` makes one guest instruction one tick of the guest's clock, so
//! a figure is the same on every machine and every run.

use anyhow::Result;
use hafnon::{
    machine::{Boot, Listener, word},
    qemu::{self, Accelerator},
    ramdisk,
};
use serde_json::json;

use super::{build, run::follow};
use crate::options::{Accel, MachineOptions, Usage};

/// Seconds without a figure after which the guest is taken for hung.
const SILENCE: u64 = 300;

/// Boots the benchmark program and prints its figures.
pub fn run(options: &MachineOptions, json: bool) -> Result<u8> {
    if matches!(options.accel, Some(Accel::Kvm)) {
        return Err(Usage("instructions can be counted with --accel tcg only".into()).into());
    }
    qemu::ensure()?;
    let built = build()?;
    let ramdisk = Some(ramdisk::temporary(&built.programs)?);
    let words = vec![word("run", "bin/bench")];
    let boot = Boot::Direct { kernel: built.kernel, ramdisk, words };
    let mut machine = options.machine(boot, SILENCE)?;
    machine.accelerator = Accelerator::Tcg;
    machine.counted = true;
    machine.cpus = 1;
    let mut figures = Figures { json, console: String::new() };
    let status = follow(machine, &mut figures)?;
    if status != 0 {
        eprint!("{}", figures.console);
    }
    Ok(status)
}

/// Prints each figure as it comes, and keeps the console in case the guest fails.
struct Figures {
    json: bool,
    console: String,
}

impl Listener for Figures {
    fn console(&mut self, bytes: &[u8]) {
        self.console += &String::from_utf8_lossy(bytes);
    }

    fn control(&mut self, line: &str) {
        if let Some(figure) = Figure::parse(line) {
            println!("{}", if self.json { figure.json() } else { figure.row() });
        }
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
