//! The part that always runs: fixed seeds, each a test that the host finds without a boot.

use hafnon_user::{Startup, println};

use crate::{plan::Request, supervisor};

/// A test: its name, and what its machine needs.
macro_rules! seeds {
    ($($name:literal $needs:literal: $seed:literal, $calls:literal;)*) => {
        const SEEDS: &[(&str, u64, u64)] = &[$(($name, $seed, $calls)),*];
        const LINES: &str = concat!($($name, " ", $needs, "\n"),*);
    };
}

seeds! {
    "one_cpu" "cpus=1 counted timeout=600": 1, 20_000;
    "several_cpus" "cpus=2,4 timeout=600": 2, 20_000;
}

#[used]
#[unsafe(link_section = ".hafnon_tests")]
static TEXT: [u8; LINES.len()] = {
    let (mut copy, mut index) = ([0; LINES.len()], 0);
    while index < LINES.len() {
        copy[index] = LINES.as_bytes()[index];
        index += 1;
    }
    copy
};

/// Runs the test of this name, and reports on the console.
pub fn run(startup: &Startup, name: &str) -> i64 {
    let Some((_, seed, calls)) = SEEDS.iter().find(|(known, ..)| *known == name) else {
        println!("fuzz: there is no test {name}");
        return 2;
    };
    println!("KTAP version 1\n1..1\n# start {name}");
    let request = Request { seed: *seed, calls: *calls, ..Request::default() };
    let code = crate::outcome(supervisor::run(startup, &request));
    if code == 0 {
        println!("\nok 1 {name}");
    }
    code
}
