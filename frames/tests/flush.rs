//! What the flush protocol does, one step after the other. That it does it in the right order is for the models.
#![cfg(not(loom))]

use frames::flush::{Flushes, UnderWay};
use std::cell::{Cell, RefCell};

const A: u64 = 0x1000;
const B: u64 = 0x2000;
const CPUS: usize = 4;

/// CPUs of which the first three have `A` loaded and the last has `B`.
fn loaded() -> Flushes<CPUS> {
    let flushes = Flushes::new();
    for (cpu, root) in [A, A, A, B].into_iter().enumerate() {
        flushes.activate(cpu, root, |loaded| assert_eq!(loaded, root));
    }
    flushes
}

/// Who is kicked when CPU 0 asks those of the first `count` CPUs that have `root`.
fn asked(flushes: &Flushes<CPUS>, count: usize, root: u64) -> Vec<usize> {
    let mut kicked = Vec::new();
    flushes.ask(0, count, root, |cpu| kicked.push(cpu));
    kicked
}

/// What a CPU loads when it does what it was asked.
fn served(flushes: &Flushes<CPUS>, cpu: usize) -> Vec<u64> {
    let mut loaded = Vec::new();
    flushes.serve(cpu, |root| loaded.push(root));
    loaded
}

fn who_is_asked(flushes: &Flushes<CPUS>) -> [bool; CPUS] {
    [0, 1, 2, 3].map(|cpu| flushes.is_asked(cpu))
}

#[test]
fn a_root_is_loaded_when_it_is_another() {
    let flushes = Flushes::<CPUS>::new();
    let loads = RefCell::new(Vec::new());
    for root in [A, A, B, A] {
        flushes.activate(1, root, |root| loads.borrow_mut().push(root));
        assert_eq!((flushes.active(1), flushes.active(0)), (root, 0));
    }
    assert_eq!(loads.into_inner(), [A, B, A]);
}

#[test]
fn those_with_the_root_are_asked_and_kicked_once() {
    let flushes = loaded();
    assert!(flushes.all_settled());
    assert_eq!(asked(&flushes, CPUS, A), [1, 2]);
    assert_eq!(who_is_asked(&flushes), [false, true, true, false]);
    assert_eq!(asked(&flushes, CPUS, A), [], "the first kick is still to come");
    assert!(!flushes.all_settled());
    assert_eq!((served(&flushes, 1), served(&flushes, 1)), (vec![A], vec![]), "one flush does for both");
    assert_eq!(who_is_asked(&flushes), [false, false, true, false]);
    assert!(!flushes.all_settled());
    assert_eq!(served(&flushes, 2), [A]);
    assert!(flushes.all_settled());
    assert_eq!(asked(&flushes, CPUS, B), [3]);
    assert_eq!(asked(&flushes, CPUS, 0x3000), []);
}

#[test]
fn only_the_first_cpus_are_asked() {
    let flushes = loaded();
    assert_eq!(asked(&flushes, 2, A), [1]);
    assert_eq!(asked(&flushes, 3, B), []);
    assert_eq!(who_is_asked(&flushes), [false, true, false, false]);
}

#[test]
fn a_cpu_that_leaves_a_root_is_asked_until_it_has_loaded_the_next() {
    let flushes = loaded();
    let (old, new) = (Cell::new(None), Cell::new(None));
    flushes.activate(1, B, |_| {
        old.set(Some(asked(&flushes, 2, A)));
        served(&flushes, 1);
        new.set(Some(asked(&flushes, 2, B)));
    });
    assert_eq!((old.take(), new.take()), (Some(vec![1]), Some(vec![1])));
    served(&flushes, 1);
    assert_eq!((asked(&flushes, 2, A), asked(&flushes, 2, B)), (vec![], vec![1]));
}

#[test]
fn a_root_that_dies_is_replaced() {
    let flushes = loaded();
    let mut kicked = Vec::new();
    flushes.forget(0, CPUS, A, B, |cpu| kicked.push(cpu));
    assert_eq!(kicked, [1, 2]);
    assert_eq!([0, 1, 2, 3].map(|cpu| flushes.active(cpu)), [A, B, B, B]);
    assert_eq!((served(&flushes, 1), served(&flushes, 2)), (vec![B], vec![B]));
    assert!(flushes.all_settled());
}

#[test]
fn what_is_asked_during_a_flush_is_another_flush() {
    let flushes = loaded();
    asked(&flushes, 2, A);
    let mut loads = 0;
    flushes.serve(1, |_| {
        loads += 1;
        if loads == 1 {
            assert_eq!(asked(&flushes, 2, A), [], "it is awake");
            assert!(flushes.is_asked(1));
        }
    });
    assert_eq!((loads, flushes.is_asked(1), flushes.all_settled()), (2, false, true));
}

#[test]
fn flushes_under_way_are_over_when_each_cpu_has_flushed() {
    let flushes = loaded();
    assert!(flushes.is_over(UnderWay::NOTHING) && flushes.is_over(flushes.under_way(CPUS)));
    asked(&flushes, CPUS, A);
    let under_way = flushes.under_way(CPUS);
    assert!(!flushes.is_over(under_way));
    assert!(flushes.is_over(flushes.under_way(1)), "CPU 0 has nothing to do");
    served(&flushes, 2);
    assert!(!flushes.is_over(under_way));
    served(&flushes, 1);
    assert!(flushes.is_over(under_way));
    // What is asked later is none of its business.
    asked(&flushes, CPUS, A);
    assert!(flushes.is_over(under_way));
    let later = flushes.under_way(CPUS);
    assert!(!flushes.is_over(later));
    served(&flushes, 1);
    // One that was asked again has done what it was asked before.
    asked(&flushes, CPUS, A);
    assert!(!flushes.is_over(later), "CPU 2 has not");
    served(&flushes, 2);
    assert!(flushes.is_over(later) && flushes.is_asked(1));
}
