//! Every error that a call documents has a test that shows it.

use super::{root, spec};
use hafnon_generator::load_shown;
use hafnon_generator::model::{Abi, ArgKind, Call, Direction, Returns};
use hafnon_generator::shown::{Row, is_implied};
use hafnon_generator::types::Type;
use std::fs;

/// Families of Zircon's whose calls document their errors here. Of Magenta's, all that are done do.
const FAMILIES: [&str; 19] = [
    "handle", "object", "channel", "socket", "fifo", "event", "port", "futex", "time", "clock", "timer",
    "cprng", "debug", "thread", "process", "job", "task", "vmo", "vmar",
];

fn documented(call: &Call) -> bool {
    let complete = match call.abi {
        Abi::Zircon => FAMILIES.contains(&call.family.as_str()),
        Abi::Magenta => true,
        Abi::Veridian | Abi::Linux => false,
    };
    call.done && complete
}

#[test]
fn every_call_says_how_it_fails() {
    let spec = spec();
    let fallible = spec.calls.iter().filter(|call| documented(call) && call.returns == Returns::Status);
    let silent: Vec<String> = fallible.filter(|call| call.errors.is_empty()).map(Call::full_name).collect();
    assert_eq!(silent, ["nanosleep", "mx_nanosleep"], "calls without errors");
}

/// A handle that takes the place of another needs no room.
#[test]
fn handles_that_are_handed_out_are_declared() {
    let spec = spec();
    let silent = spec.calls.iter().filter(|call| call.done && !call.adds && hands_out(call));
    let silent: Vec<String> = silent.map(Call::full_name).collect();
    assert_eq!(silent, ["handle_replace", "vmo_replace_as_executable", "mx_handle_replace"]);
    let adding = spec.calls.iter().filter(|call| call.adds);
    assert!(adding.into_iter().all(|call| call.errors.iter().any(|error| error == "NO_RESOURCES")));
}

/// Whether a pointer of the call is to handles that it writes.
fn hands_out(call: &Call) -> bool {
    call.args.iter().any(|arg| match &arg.kind {
        ArgKind::Pointer { direction: Direction::Out, target: Type::Scalar(scalar), .. } => {
            scalar.name == "handle"
        }
        ArgKind::Pointer { direction: Direction::Out, target: Type::Struct(name), .. } => {
            name == "handle_info"
        }
        _ => false,
    })
}

/// The generated test of a call meets what is wrong with its arguments, and nothing else.
#[test]
fn what_generated_tests_meet_is_implied() {
    let spec = spec();
    let implied = |name: &str| {
        let call = spec.calls.iter().find(|call| call.full_name() == name).expect("it is declared");
        let all = ["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED", "INVALID_ARGS", "NO_MEMORY", "NO_RESOURCES"];
        let others = ["TIMED_OUT", "PEER_CLOSED"];
        all.into_iter().chain(others).filter(|error| is_implied(call, error)).collect::<Vec<_>>()
    };
    assert_eq!(implied("handle_close"), ["BAD_HANDLE"]);
    assert_eq!(implied("object_signal"), ["BAD_HANDLE", "ACCESS_DENIED"]);
    assert_eq!(implied("timer_cancel"), ["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED"]);
    assert_eq!(implied("channel_create"), ["INVALID_ARGS", "NO_MEMORY", "NO_RESOURCES"]);
    assert_eq!(implied("nanosleep"), [""; 0]);
}

/// Each row is about something.
#[test]
fn rows_are_all_visited() {
    let shown = load_shown(root(), &spec()).expect("user/tests/errors.toml is right");
    assert!(shown.rows().any(|(call, error, _)| (call, error) == ("fifo_write", "PEER_CLOSED")));
    let mut calls: Vec<&str> = shown.rows().map(|(call, ..)| call).collect();
    calls.dedup();
    assert!(calls.len() > 50, "{}", calls.len());
}

#[test]
fn every_error_is_shown() {
    let spec = spec();
    let shown = load_shown(root(), &spec).expect("user/tests/errors.toml is right");
    let mut missing = Vec::new();
    for call in spec.calls.iter().filter(|call| call.done) {
        let rows: Vec<&str> = shown.of(call).collect();
        let errors = call.errors.iter().filter(|error| !rows.contains(&error.as_str()));
        missing.extend(
            errors
                .filter(|error| !is_implied(call, error))
                .map(|error| format!("{}: {error}", call.full_name())),
        );
    }
    assert!(missing.is_empty(), "no row in user/tests/errors.toml: {missing:#?}");
}

/// What a test says, up to the next one; nothing if there is no such test.
fn body(test: &str) -> Option<String> {
    let (module, name) = test.rsplit_once("::")?;
    let file = root().join("user/tests/src").join(format!("{}.rs", module.replace("::", "/")));
    let text = fs::read_to_string(file).ok()?;
    let (_, rest) = text.split_once(&format!("    fn {name}() {{"))?;
    rest.split("\n    }\n").next().map(str::to_string)
}

#[test]
fn tests_that_are_named_speak_of_the_error() {
    let spec = spec();
    let shown = load_shown(root(), &spec).expect("user/tests/errors.toml is right");
    let mut wrong = Vec::new();
    for (call, error, row) in shown.rows() {
        let Row::Test(test) = row else { continue };
        match body(test) {
            None => wrong.push(format!("{call}: {error}: there is no test {test}")),
            Some(body) if !body.contains(&format!("Status::{error}")) => {
                wrong.push(format!("{call}: {error}: {test} says nothing of it"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
