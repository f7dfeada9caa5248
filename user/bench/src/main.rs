//! Costs of the kernel's operations, in instructions: run under `-icount`, where a tick is an instruction.
//!
//! Prints a line `bench NAME VALUE UNIT` for each figure, with the keys of docs/figures.md. Every figure is
//! the mean over many rounds in a steady state, the loop around the calls included. Calls are made raw:
//! what is measured is the kernel and the vDSO, not the Rust crate. An argument selects the figures whose
//! names contain it.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "raw system calls, and threads on stacks of a few bytes")]

extern crate alloc;

mod crowd;
mod memory;
mod one_thread;
mod pages;
mod processes;
mod threads;

use alloc::string::String;
use hafnon_user::{Result, Startup, Status, clock, println};

hafnon_user::main!(bench);

/// Rounds before measuring, for caches and free lists to fill.
const WARM_UP: u32 = 500;
/// Rounds measured.
const ROUNDS: u32 = 5000;

fn bench(startup: &mut Startup) -> i64 {
    match startup.arguments.get(1).map(String::as_str) {
        Some(processes::ECHO) => outcome(processes::echo(startup)),
        Some(processes::END) => 0,
        _ => outcome(measure(startup)),
    }
}

fn outcome(result: Result<()>) -> i64 {
    match result {
        Ok(()) => 0,
        Err(status) => {
            println!("bench: failed: {status:?}");
            1
        }
    }
}

/// What measures the figure of this name.
type Measure = (&'static str, fn(&mut Startup) -> Result<()>);

fn measure(startup: &mut Startup) -> Result<()> {
    let selected: Option<String> = startup.arguments.get(1).cloned();
    let all = [
        one_thread::FIGURES,
        threads::FIGURES,
        processes::FIGURES,
        pages::FIGURES,
        memory::FIGURES,
        crowd::FIGURES,
    ];
    for (name, measure) in all.into_iter().flatten() {
        if selected.as_deref().is_none_or(|part| name.contains(part)) {
            measure(startup)?;
        }
    }
    Ok(())
}

/// Prints one figure.
fn report(name: &str, value: i64, unit: &str) {
    println!("bench {name} {value} {unit}");
}

/// Runs `round` until warm, then measures and reports its mean cost.
fn repeat(name: &str, round: impl FnMut() -> i32) -> Result<()> {
    report(name, mean(WARM_UP, ROUNDS, round)?, "instructions");
    Ok(())
}

/// The mean cost of a round, once so many of them have warmed up what they use.
fn mean(warm_up: u32, rounds: u32, mut round: impl FnMut() -> i32) -> Result<i64> {
    run(warm_up, &mut round)?;
    let start = clock::ticks();
    run(rounds, &mut round)?;
    Ok((clock::ticks() - start) / i64::from(rounds))
}

#[inline(always)]
fn run(rounds: u32, round: &mut impl FnMut() -> i32) -> Result<()> {
    for _ in 0..rounds {
        let status = round();
        if status != Status::OK.raw() {
            return Err(Status::from_raw(status));
        }
    }
    Ok(())
}

/// The first status that is not OK, or the last: to chain raw calls in one round.
macro_rules! all {
    ($first:expr $(, $next:expr)* $(,)?) => {{
        #[allow(unused_mut)]
        let mut status = $first;
        $( if status == 0 { status = $next; } )*
        status
    }};
}
pub(crate) use all;
