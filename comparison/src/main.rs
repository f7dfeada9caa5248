//! hafnon's executor, wait queue and channel beside others', on the host, in one run.
//!
//! `cargo run --release --manifest-path comparison/Cargo.toml` measures all and writes
//! `docs/host-comparison.md` and `docs/host-comparison.svg`. Words after `--` measure only the cases whose
//! names contain one of them, and write nothing.

mod allocations;
mod cases;
mod channels;
mod executors;
mod measure;
mod plot;
mod queues;
mod table;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use cases::{Case, Work};
use std::fs;
use std::path::Path;

/// What this project is called in the rows.
const HAFNON: &str = "hafnon";

/// The option by which this program runs one case, so many times, under valgrind.
const ONE: &str = "--one";

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let cases = all_cases();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [ONE, name, operations] => run_one(&cases, name, operations.parse().context("how many times?")?),
        [] => {
            let figures = measure::all(&cases)?;
            let results = table::Results::new(&cases, &figures);
            print!("{}", results.plain());
            let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
            fs::write(docs.join("host-comparison.md"), results.page())?;
            fs::write(docs.join("host-comparison.svg"), plot::draw(&results))?;
            Ok(())
        }
        ref words => {
            let wanted = |case: &Case| words.iter().any(|word| case.name().contains(word));
            let cases: Vec<_> = cases.into_iter().filter(wanted).collect();
            let figures = measure::all(&cases)?;
            print!("{}", table::Results::new(&cases, &figures).plain());
            Ok(())
        }
    }
}

fn all_cases() -> Vec<Case> {
    [executors::all(), queues::all(), channels::all()].concat()
}

fn run_one(cases: &[Case], name: &str, operations: u64) -> Result<()> {
    let case = cases.iter().find(|case| case.name() == name).context("no such case")?;
    if let Work::Speed(work) = case.work {
        work(operations);
    }
    Ok(())
}
