//! Every call that the reference documents name is declared, and nothing answers to a wrong number.

use super::spec;
use hafnon_generator::model::{Abi, Call, Spec};

/// Names by ABI: a `[zircon]` line, then names.
const DOCUMENTED: &str = include_str!("documented.txt");

fn documented(abi: Abi) -> Vec<&'static str> {
    let section = DOCUMENTED.split(&format!("[{}]", abi.name())).nth(1).expect("each ABI has its section");
    section.split('[').next().expect("split gives one piece at least").split_whitespace().collect()
}

fn find<'a>(spec: &'a Spec, abi: Abi, name: &str) -> Option<&'a Call> {
    spec.calls.iter().find(|call| call.abi == abi && call.name == name)
}

#[test]
fn every_documented_name_is_declared() {
    let spec = spec();
    for abi in Abi::ALL {
        let undeclared: Vec<&str> =
            documented(abi).into_iter().filter(|name| find(&spec, abi, name).is_none()).collect();
        assert!(undeclared.is_empty(), "{}: {undeclared:?}", abi.name());
    }
}

#[test]
fn the_documents_are_read_whole() {
    let counts = Abi::ALL.map(|abi| documented(abi).len());
    assert_eq!(counts, [170, 76, 25, 125]);
}

#[test]
fn numbers_that_others_chose_are_kept() {
    let spec = spec();
    let linux =
        [("read", 0), ("open", 2), ("mmap", 9), ("clone", 56), ("exit_group", 231), ("epoll_pwait", 281)];
    let veridian = [
        ("exit", 1),
        ("mmap", 4),
        ("ipc_call", 14),
        ("thread_join", 27),
        ("capability_validate", 33),
        ("yield", 42),
    ];
    for (abi, numbers) in [(Abi::Linux, linux), (Abi::Veridian, veridian)] {
        for (name, number) in numbers {
            assert_eq!(find(&spec, abi, name).and_then(Call::full_number), Some(number), "{name}");
        }
    }
}

#[test]
fn zircon_and_magenta_numbers_never_meet() {
    let spec = spec();
    let numbers = |abi| spec.calls.iter().filter(move |call| call.abi == abi).filter_map(Call::full_number);
    let highest = numbers(Abi::Zircon).max().expect("there are calls");
    assert!(numbers(Abi::Magenta).all(|number| number > highest));
}
