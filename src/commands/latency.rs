//! How long the kernel goes without a chance to take an interrupt, in programs that make it long.
//!
//! The programs are the tests of the suite `latency` (`docs/tests.md`), and `user/tests/latency.toml` says what
//! each does. Instructions are counted, so the figures are the same on every machine.

use std::{fs, time::Duration};

use anyhow::{Context, Result, bail};
use hafnon::{
    LONGEST_STRETCH,
    guest::{self, Stretch, word},
    ramdisk, workspace,
};
use machine::{Accelerator, Boot, End, Transcript};
use toml::{Table, Value};

use super::{Built, build};
use crate::{
    options::{Accel, MachineOptions, Usage},
    output,
};

/// The program with the tests, and the module that they are in.
const PROGRAM: &str = "bin/tests";
const MODULE: &str = "latency::";

/// How long a test may take.
const LIMIT: Duration = Duration::from_secs(900);

/// Memory of the machine, unless another size was asked for.
const MEMORY: &str = "2G";

/// Runs the tests whose names contain `name`, and prints their longest stretches; or all, and writes the report.
pub fn run(options: &MachineOptions, name: Option<&str>) -> Result<u8> {
    if matches!(options.accel, Some(Accel::Kvm)) {
        return Err(Usage("instructions can be counted with --accel tcg only".into()).into());
    }
    let table = declared()?;
    if !table.keys().any(|row| row.contains(name.unwrap_or_default())) {
        return Err(Usage(format!("no row's name contains {:?}", name.unwrap_or_default())).into());
    }
    options.check()?;
    let built = build()?;
    let rows = rows(&built, &table, name.unwrap_or_default())?;
    let symbols = guest::symbols(&built.kernel);
    let mut text = String::from(HEAD);
    let mut longest = 0;
    for row in rows {
        let stretch = measure(options, &built, &row.test)?;
        let mut line = format!("{:<64}{:>12}  instructions\n", row.test, stretch.ticks);
        if stretch.ticks > LONGEST_STRETCH {
            line += &stretch.describe(&symbols);
        }
        output::write(line.as_bytes())?;
        longest = longest.max(stretch.ticks);
        text += &row.line(stretch.ticks);
    }
    if name.is_none() {
        fs::write(workspace::root().join(REPORT), text).with_context(|| format!("cannot write {REPORT}"))?;
    }
    Ok(u8::from(longest > LONGEST_STRETCH))
}

/// The report, below the workspace's root.
const REPORT: &str = "docs/latency.md";

const HEAD: &str = "\
# Latency

How many instructions the kernel goes without a chance to take an interrupt, at most, while a program makes it work as
long as it can: `cargo run -- latency` runs the tests of the suite `latency` and writes this page. What a stretch is, and
why its limit is 200 000, stands in [decisions/0001-bounded-work.md](decisions/0001-bounded-work.md); before: the same, or the time
that it took on an emulated machine, before the work was cut into steps, where that is known. All rows are of one CPU:
with several virtual CPUs QEMU's counter counts what all of them execute, and tells nothing of one.

| row | what it does | before | longest stretch | limit |
|---|---|---|---|---|
";

/// What `user/tests/latency.toml` says.
fn declared() -> Result<Table> {
    let file = workspace::root().join("user/tests/latency.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    text.parse().with_context(|| format!("{} is no TOML", file.display()))
}

/// A test, and what is said of it.
struct Row {
    /// Its name within the module.
    test: String,
    what: String,
    before: Option<String>,
}

impl Row {
    fn new(test: &str, table: &Table) -> Result<Self> {
        let said =
            table.get(test).with_context(|| format!("user/tests/latency.toml does not name {test}"))?;
        let what = said.get("what").and_then(Value::as_str);
        let before = said.get("before").map(|before| match before {
            Value::Integer(count) => grouped(count.unsigned_abs()),
            other => other.as_str().unwrap_or_default().into(),
        });
        Ok(Self { test: test.into(), what: what.unwrap_or_default().into(), before })
    }

    /// Its line in the report.
    fn line(&self, ticks: u64) -> String {
        let before = self.before.as_deref().unwrap_or("–");
        let (ticks, limit) = (grouped(ticks), grouped(LONGEST_STRETCH));
        format!("| `{}` | {} | {before} | {ticks} | {limit} |\n", self.test, self.what)
    }
}

/// The tests whose names contain `name`, by name.
fn rows(built: &Built, table: &Table, name: &str) -> Result<Vec<Row>> {
    let program = built.programs.iter().find(|program| program.name == PROGRAM);
    let lines = guest::tests(&program.with_context(|| format!("there is no {PROGRAM}"))?.file)?;
    let names = lines.iter().filter_map(|line| line.split_whitespace().next()?.strip_prefix(MODULE));
    let mut names: Vec<&str> = names.filter(|test| test.contains(name)).collect();
    names.sort_unstable();
    names.into_iter().map(|test| Row::new(test, table)).collect()
}

/// Runs a test; its longest stretch.
fn measure(options: &MachineOptions, built: &Built, test: &str) -> Result<Stretch> {
    let ramdisk = Some(ramdisk::temporary(&built.programs)?);
    let words = vec![word("run", PROGRAM), word("arg", &format!("{MODULE}{test}"))];
    let boot = Boot::Direct { kernel: built.kernel.clone(), ramdisk, words };
    let mut machine = options.machine(boot, 0)?;
    machine.accelerator = Accelerator::Tcg;
    machine.counted = true;
    machine.cpus = 1;
    machine.limit = Some(LIMIT);
    machine.memory = MEMORY.into();
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript)?;
    match (outcome.end, Stretch::last_of(&transcript.control)) {
        (End::Exited(0), Some(stretch)) => Ok(stretch),
        (end, _) => bail!("{test} did not pass: {end}\n{}", transcript.text()),
    }
}

/// A number with its digits in groups.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index != 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_of_the_report() {
        let table: Table = "[a]\nwhat = \"it works\"\nbefore = 1234567".parse().unwrap();
        let line = Row::new("a", &table).unwrap().line(999);
        assert_eq!(line, "| `a` | it works | 1 234 567 | 999 | 200 000 |\n");
        assert!(Row::new("b", &table).is_err());
    }
}
