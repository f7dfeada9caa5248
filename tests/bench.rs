//! The figures: that the command prints each, and that none is above its limit. Instructions are counted, so
//! a figure does not depend on the machine or its load, and a limit is no matter of luck.

use std::process::Command;

use serde_json::Value;

/// Each figure with its unit and, unless it is a time, its limit.
const FIGURES: [(&str, &str, Option<u64>); 14] = [
    ("boot_to_user", "instructions", Some(20_000_000)),
    ("null_syscall", "instructions", Some(150)),
    ("yield_alone", "instructions", None),
    ("event_signal_wait", "instructions", Some(400)),
    ("channel_write_read_64", "instructions", Some(900)),
    ("port_queue_wait", "instructions", Some(700)),
    ("eventpair_round_trip", "instructions", Some(2_000)),
    ("futex_round_trip", "instructions", Some(1_700)),
    ("channel_round_trip_threads", "instructions", None),
    ("thread_create_join", "instructions", Some(8_000)),
    ("channel_call_round_trip_64", "instructions", Some(2_800)),
    ("blocked_thread_bytes", "bytes", Some(4_096)),
    ("idle_task_bytes", "bytes", Some(256)),
    ("qemu_to_user", "milliseconds", None),
];

#[test]
fn every_figure_is_there_and_within_its_limit() {
    let output = Command::new(env!("CARGO_BIN_EXE_hafnon")).args(["bench", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (name, unit, limit) in FIGURES {
        let figure = figures.iter().find(|figure| figure["name"] == name);
        let figure = figure.unwrap_or_else(|| panic!("{name} is missing in:\n{text}"));
        assert_eq!(figure["unit"], unit);
        let value = figure["value"].as_u64().unwrap();
        assert!(value > 0 && limit.is_none_or(|limit| value <= limit), "{name}: {value}, at most {limit:?}");
    }
}
