//! Random calls, and what becomes of a failure.

use super::{hafnon, said};

#[test]
fn random_calls_are_made_until_there_are_enough() {
    let output = hafnon(&["fuzz", "--calls", "3000", "--seed", "7"]);
    let console = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{console}{}", said(&output.stderr));
    assert!(console.ends_with("no failure; last seed 7\n"), "{console}");
}

#[test]
fn a_failure_of_the_fuzzer_is_made_small() {
    let output = hafnon(&["fuzz", "--calls", "3000", "--seed", "7", "--planted", "zx_timer_create"]);
    let console = said(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{console}{}", said(&output.stderr));
    assert!(console.starts_with("seed 7: "), "{console}");
    let lines: Vec<&str> = console.lines().collect();
    let alone = lines.iter().position(|line| line.ends_with(" of seed 7 fails alone; making it small"));
    let small = &lines[alone.unwrap_or_else(|| panic!("{console}")) + 1..];
    assert!(small[0].starts_with("1 of ") && small[0].ends_with(" steps are enough:"), "{console}");
    assert!(small[1].contains(": zx_timer_create(") && small.len() == 3, "{console}");
    // Who types what is printed meets the failure again.
    let command = small[2].strip_prefix("again: cargo run -- ").unwrap_or_else(|| panic!("{console}"));
    let again = hafnon(&command.split(' ').collect::<Vec<_>>());
    let failure = "zx_timer_create, which is to be a failure";
    assert_eq!(again.status.code(), Some(1), "{command}: {}", said(&again.stderr));
    assert!(console.contains(failure) && said(&again.stdout).contains(failure), "{}", said(&again.stdout));
    // Without the step that is to blame, it does not fail.
    let (before, mask) = command.split_once("--keep ").unwrap_or_else(|| panic!("{command}"));
    let (_, planted) = mask.split_once(' ').unwrap();
    let without = format!("{before}--keep 0 {planted}");
    let without = hafnon(&without.split(' ').collect::<Vec<_>>());
    assert_eq!(without.status.code(), Some(0), "{}{}", said(&without.stdout), said(&without.stderr));
}
