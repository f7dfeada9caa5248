//! Figures that are promised: what a crowd does not make slower, and what a machine of any speed gives in
//! the same number of instructions.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// How much more something may take among many, in percent: the means are of rounds that do not all do
/// exactly the same (a hash chain of two, a list that starts over).
const TOLERANCE: u64 = 2;

/// The most that these may take, in the units of `docs/figures.md`.
const LIMITS: [(&str, u64); 6] = [
    ("null_syscall", 150),
    ("event_signal_wait", 400),
    ("channel_write_read_64", 900),
    ("port_queue_wait", 700),
    ("thread_create_join", 8_000),
    ("idle_task_bytes", 256),
];

/// The figures of `bench` whose names contain `part`, and those that the kernel itself tells.
fn figures(part: &str) -> BTreeMap<String, u64> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    let bench = command.args(["bench", "--json", part]).output().unwrap();
    assert!(bench.status.success(), "{}", String::from_utf8_lossy(&bench.stderr));
    let figure = |line: &str| {
        let figure: Value = serde_json::from_str(line).unwrap();
        (figure["name"].as_str().unwrap().to_owned(), figure["value"].as_u64().unwrap())
    };
    String::from_utf8(bench.stdout).unwrap().lines().map(figure).collect()
}

#[test]
fn a_crowd_makes_nothing_slower() {
    let figures = figures("_among_");
    for (name, many) in [("signal", 100_000), ("port_packet", 100_000), ("futex_wake", 10_000)] {
        let [few, cost] = [10, many].map(|crowd| figures[&format!("{name}_among_{crowd}")]);
        assert!(cost * 100 <= few * (100 + TOLERANCE), "{name}: {few} among 10, {cost} among {many}");
    }
}

#[test]
fn no_figure_is_over_its_limit() {
    for (name, limit) in LIMITS {
        let value = figures(name)[name];
        assert!(value <= limit, "{name}: {value}, at most {limit}");
    }
}
