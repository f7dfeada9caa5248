use super::for_each_held;
use crate::sync::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::string::String;
use std::vec::Vec;

/// What `break_a_rule` is told. The values of each test are of its own types: a class is known for ever.
fn told(break_a_rule: impl FnOnce()) -> String {
    *catch_unwind(AssertUnwindSafe(break_a_rule))
        .expect_err("it is noticed")
        .downcast::<String>()
        .expect("a text")
}

#[test]
fn two_orders_are_told_with_all_places() {
    struct Left;
    struct Right;
    let (left, right) = (Mutex::new(Left), Mutex::new(Right));
    drop((left.lock(), right.lock()));
    drop((left.lock(), right.lock()));
    let said = told(|| drop((right.lock(), left.lock())));
    assert!(said.starts_with("two orders of locks: waitq::sync::checks::tests::"), "{said}");
    assert_eq!(said.matches("checks/tests.rs:").count(), 4, "{said}");
    let first = said.split(" but ").next().unwrap();
    assert!(first.contains("Left is waited for") && first.contains("Right held"), "{said}");
    assert!(!left.is_locked() && !right.is_locked());
}

#[test]
fn so_is_a_circle_of_three() {
    struct One;
    struct Two;
    struct Three;
    let (one, two, three) = (Mutex::new(One), Mutex::new(Two), Mutex::new(Three));
    drop((one.lock(), two.lock()));
    drop((two.lock(), three.lock()));
    let said = told(|| drop((three.lock(), one.lock())));
    assert!(said.contains("Two held") && said.contains(", and ") && said.contains("One held"), "{said}");
}

#[test]
fn a_lock_taken_twice_does_not_hang() {
    struct Once;
    let mutex = Mutex::new(Once);
    let said = told(|| drop((mutex.lock(), mutex.lock())));
    assert!(said.starts_with("a lock taken twice: "), "{said}");
    assert!(!mutex.is_locked());
}

#[test]
fn of_one_class_the_lower_address_comes_first() {
    struct Same;
    let pair = [Mutex::new(Same), Mutex::new(Same)];
    drop((pair[0].lock(), pair[1].lock()));
    let said = told(|| drop((pair[1].lock(), pair[0].lock())));
    assert!(said.contains("held that lies behind it"), "{said}");
}

/// Nobody waits there.
#[test]
fn trying_a_lock_is_no_order() {
    struct Tried;
    struct Plain;
    let (tried, plain) = (Mutex::new(Tried), Mutex::new(Plain));
    drop((plain.lock(), tried.try_lock()));
    drop((tried.lock(), plain.lock()));
    let said = told(|| drop((plain.lock(), tried.lock())));
    assert!(said.starts_with("two orders of locks: "), "what was tried is held, though: {said}");
}

#[test]
fn what_is_held_is_listed_in_its_order() {
    let held = || {
        let mut classes = Vec::new();
        for_each_held(0, |held| classes.push(held.class));
        classes
    };
    let (one, two, three) = (Mutex::new(1_u8), Mutex::new(2_u16), Mutex::new(3_u32));
    let (first, second) = (one.lock(), two.lock());
    let third = three.try_lock();
    assert_eq!(held(), ["u8", "u16", "u32"]);
    drop(second);
    assert_eq!(held(), ["u8", "u32"]);
    drop((first, third));
    assert_eq!(held(), [""; 0]);
}

#[test]
fn a_lock_held_where_none_may_be_is_told() {
    struct Kept;
    super::assert_none_held();
    let mutex = Mutex::new(Kept);
    let _guard = mutex.lock();
    let said = told(super::assert_none_held);
    assert!(said.starts_with("a lock held where none may be: waitq::"), "{said}");
}
