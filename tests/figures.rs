//! Figures that are promised: that the command prints each, that none is over its limit, and that a crowd
//! makes nothing slower. Instructions are counted, so a machine of any speed and load gives the same.

use std::{collections::BTreeMap, process::Command, sync::OnceLock};

use serde_json::Value;

/// How much more something may take among many, in percent: the means are of rounds that do not all do
/// exactly the same (a hash chain of two, a list that starts over).
const TOLERANCE: u64 = 2;

/// All figures with their units, in those of `docs/figures.md`, and the most that is allowed.
const FIGURES: [(&str, &str, u64); 17] = [
    ("boot_to_user", "instructions", 20_000_000),
    ("null_syscall", "instructions", 150),
    ("yield_alone", "instructions", 150),
    ("event_signal_wait", "instructions", 400),
    ("channel_write_read_64", "instructions", 900),
    ("port_queue_wait", "instructions", 700),
    ("eventpair_round_trip", "instructions", 2_000),
    ("futex_round_trip", "instructions", 1_700),
    ("channel_round_trip_threads", "instructions", 4_000),
    ("thread_create_join", "instructions", 8_000),
    ("channel_call_round_trip_64", "instructions", 2_800),
    ("process_create_exit", "instructions", 120_000),
    ("fresh_page", "instructions", NO_LIMIT),
    ("map_unmap_page", "instructions", NO_LIMIT),
    ("blocked_thread_bytes", "bytes", 2_048),
    ("idle_task_bytes", "bytes", 256),
    ("qemu_to_user", "milliseconds", NO_LIMIT),
];
const NO_LIMIT: u64 = u64::MAX;

/// What `bench` prints: values and units by name.
fn figures() -> &'static BTreeMap<String, (u64, String)> {
    static FIGURES: OnceLock<BTreeMap<String, (u64, String)>> = OnceLock::new();
    FIGURES.get_or_init(|| {
        let bench = Command::new(env!("CARGO_BIN_EXE_hafnon")).args(["bench", "--json"]).output().unwrap();
        assert!(bench.status.success(), "{}", String::from_utf8_lossy(&bench.stderr));
        let figure = |line: &str| {
            let figure: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| figure[key].as_str().unwrap().to_owned();
            (text("name"), (figure["value"].as_u64().unwrap(), text("unit")))
        };
        String::from_utf8(bench.stdout).unwrap().lines().map(figure).collect()
    })
}

#[test]
fn every_figure_is_there_and_none_is_over_its_limit() {
    for (name, unit, limit) in FIGURES {
        let (value, its_unit) = figures().get(name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(its_unit, unit, "{name}");
        assert!(*value <= limit, "{name}: {value}, at most {limit}");
    }
}

#[test]
fn a_crowd_makes_nothing_slower() {
    for (name, many) in [("signal", 100_000), ("port_packet", 100_000), ("futex_wake", 10_000)] {
        let [few, cost] = [10, many].map(|crowd| figures()[&format!("{name}_among_{crowd}")].0);
        assert!(cost * 100 <= few * (100 + TOLERANCE), "{name}: {few} among 10, {cost} among {many}");
    }
}
