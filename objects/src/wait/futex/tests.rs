//! Who owns a futex, and who may. Waking and requeuing at large is tested from user space.

use super::*;
use crate::testing::without_memory;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::task::{Context, Waker};
use executor::TimerQueue;

const WORD: u64 = 0x1000;
const OTHER: u64 = 0x2000;
const A: Koid = 10;
const B: Koid = 11;
const OWNER: Koid = 12;

type Outcome = Result<(), Refused<()>>;
type Waiting<'a> = core::pin::Pin<Box<dyn Future<Output = Outcome> + 'a>>;

fn never() -> Deadline {
    static TIMERS: TimerQueue = TimerQueue::new();
    Deadline { at: i64::MAX, timers: &TIMERS }
}

/// A wait that has begun, or its outcome.
fn begin(
    table: &FutexTable,
    thread: Koid,
    owner: Result<Koid, Status>,
    value: Result<bool, ()>,
) -> Result<Waiting<'_>, Outcome> {
    let mut wait: Waiting<'_> = Box::pin(table.wait(WORD, thread, owner, move || value, never()));
    match poll(&mut wait) {
        Poll::Ready(outcome) => Err(outcome),
        Poll::Pending => Ok(wait),
    }
}

fn poll(wait: &mut Waiting<'_>) -> Poll<Outcome> {
    wait.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn waits(table: &FutexTable, thread: Koid, owner: Koid) -> Waiting<'_> {
    begin(table, thread, Ok(owner), Ok(true)).unwrap_or_else(|outcome| panic!("it waits: {outcome:?}"))
}

fn refusal(table: &FutexTable, owner: Result<Koid, Status>, value: Result<bool, ()>) -> Outcome {
    begin(table, B, owner, value).err().expect("it does not wait")
}

/// The same at the other futex, which is in the same tree: the table has one place only.
fn waits_there(table: &FutexTable, thread: Koid) -> Waiting<'_> {
    let mut wait: Waiting<'_> = Box::pin(table.wait(OTHER, thread, Ok(0), || Ok(true), never()));
    assert!(poll(&mut wait).is_pending());
    wait
}

/// A requeue that wakes nobody, and moves some to [`OTHER`].
fn moving(count: usize, owner: Koid) -> Requeue {
    let woken_owner = NewOwner::Nobody;
    Requeue { wake: 0, woken_owner, target: OTHER, requeue: count, owner: Ok(owner) }
}

#[test]
fn the_last_wait_says_who_owns() {
    let table = FutexTable::default();
    assert_eq!(table.owner(WORD), 0);
    let _first = waits(&table, A, 0);
    let second = waits(&table, B, OWNER);
    assert_eq!(table.owner(WORD), OWNER);
    drop(second);
    assert_eq!(table.owner(WORD), OWNER, "the remaining waiter knows it");
    let _third = waits(&table, B, 0);
    assert_eq!(table.owner(WORD), 0);
}

#[test]
fn a_refused_wait_changes_nothing() {
    let table = FutexTable::default();
    let _waiter = waits(&table, A, OWNER);
    let bad = Err(Status::WRONG_TYPE);
    assert_eq!(refusal(&table, bad, Ok(true)), Err(Refused::Status(Status::WRONG_TYPE)));
    assert_eq!(refusal(&table, bad, Ok(false)), Err(Refused::Status(Status::BAD_STATE)));
    assert_eq!(refusal(&table, Ok(A), Ok(false)), Err(Refused::Status(Status::BAD_STATE)));
    assert_eq!(refusal(&table, Ok(A), Ok(true)), Err(Refused::Status(Status::INVALID_ARGS)));
    assert_eq!(refusal(&table, Ok(B), Ok(true)), Err(Refused::Status(Status::INVALID_ARGS)));
    assert_eq!(refusal(&table, Ok(0), Err(())), Err(Refused::Fault(())));
    assert_eq!(table.owner(WORD), OWNER);
}

#[test]
fn wake_takes_the_owner_away_and_single_owner_makes_it_the_woken() {
    let table = FutexTable::default();
    let mut first = waits(&table, A, OWNER);
    let _second = waits(&table, B, OWNER);
    assert_eq!(table.wake(WORD, 1, NewOwner::Woken), 1);
    assert!(poll(&mut first).is_ready());
    assert_eq!(table.owner(WORD), A);
    assert_eq!(table.wake(WORD, 0, NewOwner::Nobody), 0);
    assert_eq!(table.owner(WORD), 0);
}

#[test]
fn requeue_names_the_owner_of_the_target() {
    let table = FutexTable::default();
    let _waiters = [waits(&table, A, 0), waits(&table, B, 0), waits(&table, 13, 0)];
    let plan = Requeue { wake: 1, woken_owner: NewOwner::Woken, target: OTHER, requeue: 1, owner: Ok(OWNER) };
    let waiting = Requeue { owner: Ok(B), ..plan };
    let same = || Ok::<_, ()>(true);
    assert_eq!(table.requeue(WORD, waiting, same).map(drop), Err(Refused::Status(Status::INVALID_ARGS)));
    assert_eq!(
        table.requeue(WORD, plan, || Ok::<_, ()>(false)).map(drop),
        Err(Refused::Status(Status::BAD_STATE))
    );
    assert_eq!((table.owner(WORD), table.owner(OTHER)), (0, 0));
    assert_eq!(table.requeue(WORD, plan, same).map(drop), Ok(()));
    assert_eq!((table.owner(WORD), table.owner(OTHER)), (A, OWNER));
}

#[test]
fn who_waits_is_known_also_from_before_the_first_owner() {
    let table = FutexTable::default();
    let _early = waits(&table, A, 0);
    assert_eq!(refusal(&table, Ok(A), Ok(true)), Err(Refused::Status(Status::INVALID_ARGS)));
    assert_eq!(table.requeue(WORD, moving(1, OWNER), || Ok::<_, ()>(true)).map(drop), Ok(()));
    assert_eq!(table.owner(OTHER), OWNER);
    let _late = waits(&table, B, A);
    assert_eq!((table.owner(WORD), table.owner(OTHER)), (A, OWNER));
}

#[test]
fn who_waits_no_more_may_own() {
    let table = FutexTable::default();
    let (gone, mut woken) = (waits(&table, A, OWNER), waits(&table, B, OWNER));
    drop(gone);
    let third = waits(&table, 13, A);
    assert_eq!(table.wake(WORD, 1, NewOwner::Nobody), 1);
    assert!(poll(&mut woken).is_ready());
    let _fourth = waits(&table, 14, B);
    drop(third);
    assert_eq!(table.owner(WORD), B);
}

#[test]
fn without_waiters_there_is_no_owner() {
    let table = FutexTable::default();
    let moved = [waits(&table, A, OWNER), waits(&table, B, OWNER)];
    assert_eq!(table.requeue(WORD, moving(2, 14), || Ok::<_, ()>(true)).map(drop), Ok(()));
    assert_eq!((table.owner(WORD), table.owner(OTHER)), (0, 14));
    drop(moved);
    assert_eq!(table.owner(OTHER), 0);
    assert_eq!(table.wake(WORD, 1, NewOwner::Woken), 0);
    assert_eq!(table.owner(WORD), 0);
}

#[test]
fn a_wake_passed_on_ends_a_wait_like_any_other() {
    let table = FutexTable::default();
    let (killed, mut next) = (waits(&table, A, OWNER), waits(&table, B, OWNER));
    assert_eq!(table.wake(WORD, 1, NewOwner::Nobody), 1);
    drop(killed);
    assert!(poll(&mut next).is_ready());
    let _waiter = waits(&table, 13, B);
    assert_eq!(table.owner(WORD), B);
}

#[test]
fn waiters_of_another_futex_in_the_same_tree_are_left_alone() {
    let table = FutexTable::default();
    let (mut other, mut ours) = (waits_there(&table, A), waits(&table, B, 0));
    for count in [1, 2, usize::MAX] {
        assert_eq!(table.wake(WORD + 4, count, NewOwner::Nobody), 0);
    }
    assert_eq!(table.requeue(WORD + 4, moving(2, 0), || Ok::<_, ()>(true)).map(drop), Ok(()));
    assert!(poll(&mut other).is_pending() && poll(&mut ours).is_pending());
    // The other came first, and still the one who waits here is woken, or moved.
    assert_eq!(table.wake(WORD, 1, NewOwner::Nobody), 1);
    assert!(poll(&mut other).is_pending() && poll(&mut ours).is_ready());
    ours = waits(&table, B, 0);
    assert_eq!(table.wake(WORD, 2, NewOwner::Nobody), 1);
    assert!(poll(&mut other).is_pending() && poll(&mut ours).is_ready());
    ours = waits(&table, B, 0);
    let plan = Requeue { target: WORD + 4, ..moving(2, 0) };
    assert_eq!(table.requeue(WORD, plan, || Ok::<_, ()>(true)).map(drop), Ok(()));
    assert_eq!(table.wake(WORD + 4, 9, NewOwner::Nobody), 1);
    assert_eq!(table.wake(OTHER, 9, NewOwner::Nobody), 1);
    assert!(poll(&mut other).is_ready() && poll(&mut ours).is_ready());
}

#[test]
fn a_wake_is_not_passed_on_to_a_waiter_of_another_futex() {
    let table = FutexTable::default();
    for count in [1, 2] {
        let (mut other, killed) = (waits_there(&table, A), waits(&table, B, 0));
        assert_eq!(table.wake(WORD, count, NewOwner::Nobody), 1);
        drop(killed);
        assert!(poll(&mut other).is_pending());
    }
}

/// More waiters than one step does.
const MANY: Koid = FUTEX_STEP as Koid + 36;

fn many(table: &FutexTable) -> Vec<Waiting<'_>> {
    (1..=MANY).map(|thread| waits(table, thread, 0)).collect()
}

/// Wakes at a futex until nobody waits there; how many did.
fn empty(table: &FutexTable, address: u64) -> usize {
    let wakes = (0..MANY).map(|_| table.wake(address, usize::MAX, NewOwner::Nobody));
    wakes.take_while(|woken| *woken > 0).sum()
}

#[test]
fn who_waits_later_is_not_woken_in_later_steps() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let mut left = table.begin_wake(WORD, usize::MAX).expect("more than a step");
    let _late = waits(&table, MANY + 1, 0);
    assert!(table.go_on(&mut left));
    assert_eq!(empty(&table, WORD), 1);
    drop(waits_early);
}

#[test]
fn who_waits_later_is_not_moved_in_later_steps() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let left = table.requeue(WORD, moving(usize::MAX, 0), || Ok::<_, ()>(true));
    let mut left = left.expect("the value is right").expect("more than a step");
    let _late = waits(&table, MANY + 1, 0);
    assert!(table.go_on(&mut left));
    assert_eq!((empty(&table, WORD), empty(&table, OTHER)), (1, MANY as usize));
    drop(waits_early);
}

/// One lock for the first step and the new era: nobody who comes between them is woken.
#[test]
fn a_wake_of_all_meant_is_done_with_its_first_step() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    assert!(table.begin_wake(WORD, FUTEX_STEP).is_none());
    assert!(table.begin_wake(WORD, usize::MAX).is_none(), "fewer than a step are left");
    assert_eq!(empty(&table, WORD), 0);
    drop(waits_early);
}

/// Who was moved by one comes to the other's futex too late for that.
#[test]
fn two_that_move_to_each_others_futex_come_to_an_end() {
    let table = FutexTable::default();
    let here = many(&table);
    let there: Vec<_> = (1..=MANY).map(|thread| waits_there(&table, MANY + thread)).collect();
    let begun = |from, target| {
        let left = table.requeue(from, Requeue { target, ..moving(usize::MAX, 0) }, || Ok::<_, ()>(true));
        left.expect("the value is right").expect("more than a step")
    };
    let (mut forth, mut back) = (begun(WORD, OTHER), begun(OTHER, WORD));
    let steps = 2 * (here.len() + there.len()) / FUTEX_STEP;
    let both_are_done = |_| table.go_on(&mut forth) & table.go_on(&mut back);
    assert!((0..steps).any(both_are_done), "each waiter moves once for each");
    assert_eq!(empty(&table, WORD) + empty(&table, OTHER), here.len() + there.len());
}

/// As many as were asked for, also when that is in the middle of a step.
#[test]
fn steps_stop_where_they_are_to() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let owner = MANY + 1;
    let plan = Requeue { wake: 3, ..moving(FUTEX_STEP + 7, owner) };
    let left = table.requeue(WORD, plan, || Ok::<_, ()>(true));
    let mut left = left.expect("the value is right").expect("more than a step");
    assert_eq!(table.owner(OTHER), owner);
    assert!(table.go_on(&mut left));
    assert_eq!(table.owner(OTHER), owner);
    assert_eq!(
        (empty(&table, WORD), empty(&table, OTHER)),
        (MANY as usize - FUTEX_STEP - 10, FUTEX_STEP + 7)
    );
    drop(waits_early);
}

/// Also if that is in a later step.
#[test]
fn the_owner_is_named_when_the_first_has_been_moved() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let owner = MANY + 1;
    let plan = Requeue { wake: FUTEX_STEP, ..moving(7, owner) };
    let left = table.requeue(WORD, plan, || Ok::<_, ()>(true));
    let mut left = left.expect("the value is right").expect("more than a step");
    assert_eq!((table.owner(OTHER), empty(&table, OTHER)), (0, 0));
    assert!(table.go_on(&mut left));
    assert_eq!((table.owner(OTHER), empty(&table, OTHER)), (owner, 7));
    drop(waits_early);
}

/// To look at all who wait when the first owner is named would be a long step.
#[test]
fn a_very_large_process_that_never_named_an_owner_has_none() {
    for (threads, owner) in [(256, OWNER), (257, 0)] {
        let table = FutexTable::default();
        table.widen(threads);
        table.widen(1);
        let _wait = waits(&table, A, OWNER);
        assert_eq!(table.owner(WORD), owner);
    }
}

#[test]
fn a_wait_that_nobody_wakes_times_out() {
    static TIMERS: TimerQueue = TimerQueue::new();
    let table = FutexTable::default();
    let deadline = Deadline { at: 50, timers: &TIMERS };
    let mut wait: Waiting<'_> = Box::pin(table.wait(WORD, A, Ok(OWNER), || Ok(true), deadline));
    assert!(poll(&mut wait).is_pending());
    assert_eq!((TIMERS.expire(49), TIMERS.expire(50)), (0, 1));
    assert_eq!(poll(&mut wait), Poll::Ready(Err(Refused::Status(Status::TIMED_OUT))));
    assert_eq!((table.wake(WORD, 1, NewOwner::Nobody), table.owner(WORD)), (0, 0));
}

/// As a thread waits, which tells afterwards how its wait ended.
#[test]
fn who_times_out_waits_until_it_says_so() {
    let table = FutexTable::default();
    let mut waiter = pin!(futex_waiter(&table.queue));
    let wait = FutexWait { address: WORD, thread: A, owner: Ok(OWNER) };
    assert_eq!(table.begin_wait(waiter.as_mut(), wait, || Ok::<_, ()>(true), Waker::noop()), Ok(()));
    let waitq::Woken::No(place) = waitq::Cancel::cancel(waiter.as_mut()) else { panic!("nobody woke it") };
    assert_eq!(refusal(&table, Ok(A), Ok(true)), Err(Refused::Status(Status::INVALID_ARGS)));
    assert_eq!(table.end_wait(place, false), Err(Status::TIMED_OUT));
    let _owned = waits(&table, B, A);
    assert_eq!(table.owner(WORD), A);
}

/// So it need not take the lock once more to say so. Both ways of waking one, and moving it before.
#[test]
fn who_is_woken_waits_no_more_and_that_is_noted() {
    for (count, moves) in [(1, false), (2, false), (1, true), (2, true)] {
        let table = FutexTable::default();
        let mut waiter = pin!(futex_waiter(&table.queue));
        let wait = FutexWait { address: WORD, thread: A, owner: Ok(OWNER) };
        assert_eq!(table.begin_wait(waiter.as_mut(), wait, || Ok::<_, ()>(true), Waker::noop()), Ok(()));
        let mut address = WORD;
        if moves {
            assert_eq!(table.requeue(WORD, moving(1, 0), || Ok::<_, ()>(true)).map(drop), Ok(()));
            address = OTHER;
        }
        assert_eq!(table.wake(address, count, NewOwner::Nobody), 1);
        let Poll::Ready(place) = waiter.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it was woken")
        };
        assert_eq!((place.address, place.thread, place.woken), (address, A, true));
        let _owned = waits(&table, B, A);
        assert_eq!((table.end_wait(place, true), table.owner(WORD)), (Ok(()), A));
    }
}

#[test]
fn a_wake_may_be_the_first_to_name_an_owner() {
    for (owner, expected) in [(NewOwner::Woken, A), (NewOwner::Thread(OWNER), OWNER)] {
        let table = FutexTable::default();
        let _waiters = [waits(&table, A, 0), waits(&table, B, 0)];
        assert_eq!(table.wake(WORD, 1, owner), 1);
        assert_eq!(table.owner(WORD), expected);
    }
}

#[test]
fn a_requeue_may_be_the_first_to_name_an_owner() {
    let plan = Requeue { wake: 1, ..moving(1, 0) };
    let woken_owner = NewOwner::Woken;
    for (plan, expected) in
        [(Requeue { woken_owner, ..plan }, (A, 0)), (Requeue { owner: Ok(OWNER), ..plan }, (0, OWNER))]
    {
        let table = FutexTable::default();
        let _waiters = [waits(&table, A, 0), waits(&table, B, 0), waits(&table, 13, 0)];
        assert_eq!(table.requeue(WORD, plan, || Ok::<_, ()>(true)).map(drop), Ok(()));
        assert_eq!((table.owner(WORD), table.owner(OTHER)), expected);
    }
}

#[test]
fn waking_one_says_whether_there_was_one_and_takes_the_owner_away() {
    let table = FutexTable::default();
    assert!(!table.wake_one(WORD));
    let mut waiters = [waits(&table, A, OWNER), waits(&table, B, OWNER)];
    assert!(table.wake_one(WORD));
    assert_eq!((table.owner(WORD), waiters.each_mut().map(|wait| poll(wait).is_ready())), (0, [true, false]));
    assert!(table.wake_one(WORD) && !table.wake_one(WORD));
}

/// As who finds the table locked does, who can not know what is at hand.
#[test]
fn who_has_to_wait_for_the_table_wakes_one_too() {
    let table = FutexTable::default();
    assert!(!table.wake_first_when_free(WORD, NewOwner::Nobody));
    let mut waiters = [waits(&table, A, 0), waits(&table, B, OWNER)];
    assert!(table.wake_first_when_free(WORD, NewOwner::Woken));
    assert_eq!((table.owner(WORD), waiters.each_mut().map(|wait| poll(wait).is_ready())), (A, [true, false]));
}

#[test]
fn owners_are_known_from_the_first_that_is_named() {
    let table = FutexTable::default();
    let are_known = || table.queue.with(|owners, _| owners.are_known());
    let _waiters = [waits(&table, A, 0), waits(&table, B, 0)];
    assert!(table.wake_one(WORD) && !are_known());
    let _owned = waits(&table, 13, OWNER);
    assert!(are_known());
}

#[test]
fn who_waits_for_the_target_can_not_own_it() {
    let table = FutexTable::default();
    let (_here, _there) = (waits(&table, A, OWNER), waits_there(&table, B));
    let invalid = Err(Refused::Status(Status::INVALID_ARGS));
    for owner in [A, B] {
        assert_eq!(table.requeue(WORD, moving(1, owner), || Ok::<_, ()>(true)).map(drop), invalid);
    }
    assert_eq!((table.owner(WORD), table.owner(OTHER)), (OWNER, 0));
    assert_eq!((empty(&table, WORD), empty(&table, OTHER)), (1, 1), "and nobody was moved");
}

#[test]
fn a_long_wake_wakes_as_many_as_it_was_told_to() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let mut left = table.begin_wake(WORD, FUTEX_STEP + 10).expect("more than a step");
    assert!(table.go_on(&mut left));
    assert_eq!(empty(&table, WORD), MANY as usize - FUTEX_STEP - 10);
    drop(waits_early);
}

/// Also if it both wakes and moves.
#[test]
fn a_step_is_never_longer_than_it_may_be() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    assert_eq!(table.wake(WORD, usize::MAX, NewOwner::Nobody), FUTEX_STEP);
    drop(waits_early);
    let waits_early = many(&table);
    let plan = Requeue { wake: 3, ..moving(usize::MAX, 0) };
    let left = table.requeue(WORD, plan, || Ok::<_, ()>(true));
    let mut left = left.expect("the value is right").expect("more than a step");
    assert_eq!(empty(&table, OTHER), FUTEX_STEP - 3);
    assert!(table.go_on(&mut left));
    assert_eq!((empty(&table, OTHER), empty(&table, WORD)), (MANY as usize - FUTEX_STEP, 0));
    drop(waits_early);
    let waits_early = many(&table);
    let left = table.requeue(WORD, moving(FUTEX_STEP, 0), || Ok::<_, ()>(true));
    assert!(left.expect("the value is right").is_none(), "that was all");
    assert_eq!((empty(&table, OTHER), empty(&table, WORD)), (FUTEX_STEP, MANY as usize - FUTEX_STEP));
    drop(waits_early);
}

/// Each futex has a list of its own, and a wake looks at one list only.
#[test]
fn waiters_lie_in_lists_by_their_address() {
    let place = FutexTag { thread: A, woken: true, era: Era(5), ..FutexTag::at(WORD) };
    assert_eq!((place.key(), FutexTag::at(OTHER).key()), (WORD, OTHER));
}

#[test]
fn a_place_is_meant_by_what_begins_after_it_came() {
    let place = FutexTag { era: Era(5), ..FutexTag::at(WORD) };
    assert_eq!([4, 5, 6].map(|era| place.came_by(Era(era))), [false, true, true]);
}

/// So who goes on stops at the first who came later, however many did.
#[test]
fn those_of_one_futex_stand_in_the_order_of_eras() {
    let table = FutexTable::default();
    let waits_early = many(&table);
    let left = table.requeue(WORD, moving(usize::MAX, 0), || Ok::<_, ()>(true));
    let mut left = left.expect("the value is right").expect("more than a step");
    let _late = [waits(&table, MANY + 1, 0), waits_there(&table, MANY + 2)];
    assert!(table.go_on(&mut left));
    for (address, expected) in [(WORD, 1), (OTHER, MANY + 1)] {
        let mut eras = Vec::new();
        table
            .queue
            .with(|_, waiters| waiters.for_each(&FutexTag::at(address), |place| eras.push(place.era.0)));
        assert!(eras.len() == expected as usize && eras.is_sorted(), "{eras:?}");
    }
    drop(waits_early);
}

/// Whoever would name one is refused, and waiters are woken all the same.
#[test]
fn without_memory_nobody_is_known_to_own_a_futex() {
    let table = FutexTable::default();
    let mut first = waits(&table, A, 0);
    let no_memory = Err(Refused::Status(Status::NO_MEMORY));
    without_memory(|| {
        assert_eq!(refusal(&table, Ok(OWNER), Ok(true)), no_memory);
        let moved = table.requeue(WORD, moving(1, OWNER), || Ok::<_, ()>(true)).map(drop);
        assert_eq!(moved, no_memory);
        assert_eq!(table.wake(WORD, 1, NewOwner::Thread(OWNER)), 1);
    });
    assert!(poll(&mut first).is_ready());
    let _second = waits(&table, B, OWNER);
    assert_eq!(table.owner(WORD), OWNER);
}
