//! A fuzzer of system calls: sequences over all calls that are done, made from the declaration, and run by several
//! processes and threads at once, of which some are killed in the middle.
//!
//! ```text
//! supervisor ──one round after the other──▶ a job with 1 to 3 processes ──▶ 1 to 3 threads each ──▶ steps
//!     └── compares handles, tasks, pages and kernel heap with what there was before
//! ```
//! Everything follows from a seed: a round's shape from seed and round, a step from seed, round and its place, whatever
//! was done before. So a part of the steps can be left out, which is how a failure is made small.
//!
//! `fuzz seed=S calls=N` makes N calls. `round=R` runs that round only, `keep=MASK` only the steps whose bits are set in
//! a mask in hexadecimal, and `print` shows them instead. `planted=CALL` takes each round in which a step makes that call
//! for a failure. `fuzz NAME` is one of the tests that the host finds in the
//! section `.hafnon_tests`; they run with fixed seeds.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "it makes system calls with arguments that no typed wrapper would pass")]

extern crate alloc;

mod counts;
mod plan;
mod random;
mod step;
mod supervisor;
mod table;
mod tests;
mod worker;
mod world;

use hafnon_user::{Startup, Status, println};

use plan::{Request, WORKER};

hafnon_user::main!(fuzz);

fn fuzz(startup: &mut Startup) -> i64 {
    let arguments = startup.arguments.clone();
    match arguments.get(1).map(|word| word.as_str()) {
        Some(WORKER) => worker::run(startup, &arguments[2..]),
        Some(word) if !word.contains('=') && word != plan::PRINT => tests::run(startup, word),
        _ => match Request::parse(&arguments[1..]) {
            Some(request) => outcome(supervisor::run(startup, &request)),
            None => {
                println!("fuzz: what does {:?} mean?", &arguments[1..]);
                2
            }
        },
    }
}

/// The exit code for how fuzzing went.
fn outcome(result: Result<bool, Status>) -> i64 {
    match result {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(status) => {
            println!("fuzz: the fuzzer itself failed: {status:?}");
            3
        }
    }
}
