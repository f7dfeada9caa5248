//! Measuring: time by the shortest of many interleaved rounds, instructions by valgrind, allocations by
//! our allocator. Each is the difference of a long and a short run, so that setting up costs nothing.

use crate::allocations;
use crate::cases::{Case, Work};
use anyhow::{Context, Result, ensure};
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

/// How often each case is timed. The contenders take turns, so that a noisy moment is everyone's.
const ROUNDS: usize = 150;

/// A short run has this part of a long run's operations.
const SHORT: u64 = 8;

/// What was measured of one operation, or of one thing.
#[derive(Clone, Copy, Default)]
pub struct Figures {
    /// The shortest of many times.
    pub nanoseconds: Option<f64>,
    /// `None` without valgrind.
    pub instructions: Option<f64>,
    pub allocations: Option<f64>,
    pub bytes: Option<u64>,
}

/// Measures all cases.
pub fn all(cases: &[Case]) -> Result<Vec<Figures>> {
    let times = times(cases);
    let mut figures = Vec::new();
    let valgrind = has_valgrind();
    for (case, nanoseconds) in cases.iter().zip(times) {
        eprint!("\r\x1b[K{}", case.name());
        figures.push(match case.work {
            Work::Size(size) => Figures { bytes: Some(size()), ..Figures::default() },
            Work::Speed(work) => Figures {
                nanoseconds: Some(nanoseconds),
                instructions: valgrind.then(|| instructions(case)).transpose()?,
                allocations: Some(allocations_of(case, work)),
                bytes: None,
            },
        });
    }
    eprint!("\r\x1b[K");
    Ok(figures)
}

fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The cost of one operation, given what a long and a short run cost.
fn per_operation(case: &Case, mut cost: impl FnMut(u64) -> f64) -> f64 {
    let long = case.row.operations();
    let short = long / SHORT;
    (cost(long) - cost(short)) / (long - short) as f64
}

/// The shortest times, in nanoseconds an operation.
fn times(cases: &[Case]) -> Vec<f64> {
    let mut shortest = vec![[f64::INFINITY; 2]; cases.len()];
    for round in 0..ROUNDS {
        eprint!("\r\x1b[Kround {} of {ROUNDS}", round + 1);
        for (case, shortest) in cases.iter().zip(&mut shortest) {
            let Work::Speed(work) = case.work else { continue };
            let long = case.row.operations();
            for (operations, shortest) in [long, long / SHORT].into_iter().zip(shortest) {
                let start = Instant::now();
                work(black_box(operations));
                *shortest = shortest.min(start.elapsed().as_nanos() as f64);
            }
        }
    }
    let mean = |(case, [long, short]): (&Case, [f64; 2])| {
        per_operation(case, |operations| if operations == case.row.operations() { long } else { short })
    };
    cases.iter().zip(shortest).map(mean).collect()
}

fn allocations_of(case: &Case, work: fn(u64)) -> f64 {
    per_operation(case, |operations| {
        let before = allocations::count();
        work(operations);
        (allocations::count() - before) as f64
    })
}

/// Has valgrind run this program for one case, and count.
fn instructions(case: &Case) -> Result<f64> {
    let mut failure = None;
    let cost = per_operation(case, |operations| {
        count(&case.name(), operations).unwrap_or_else(|error| {
            failure = Some(error);
            0.0
        })
    });
    failure.map_or(Ok(cost), Err)
}

fn count(case: &str, operations: u64) -> Result<f64> {
    let program = std::env::current_exe().context("where is this program?")?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([crate::ONE, case, &operations.to_string()])
        .output()
        .context("valgrind does not run")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed at {case}:\n{text}");
    let line = text.lines().find_map(|line| line.split_once("Collected :"));
    let count = line.and_then(|(_, count)| count.trim().parse().ok());
    count.with_context(|| format!("valgrind counted nothing at {case}:\n{text}"))
}
