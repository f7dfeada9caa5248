//! Futexes: waits, wakes and moves to another futex, owners included.

use super::{deadline, expired, model, never, poll};
use abi::Status;
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use objects::wait::give_up;
use objects::{FutexTable, FutexTag, FutexWait, Koid, NewOwner, Refused, Requeue, futex_waiter};
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, Waker};
use waitq::Cancel;

const HERE: u64 = 0x1000;
const THERE: u64 = 0x2000;

fn equal() -> Result<bool, Infallible> {
    Ok(true)
}

/// A word is changed and its waiters woken while a wait begins: it does not sleep through that.
#[test]
fn a_futex_wait_does_not_miss_the_wake_after_the_change() {
    model(|| {
        let table = Arc::new(FutexTable::default());
        let changed = Arc::new(AtomicBool::new(false));
        let (same_table, word) = (table.clone(), changed.clone());
        let waker = thread::spawn(move || {
            word.store(true, Ordering::Relaxed);
            same_table.wake(HERE, 1, NewOwner::Nobody);
        });
        let same = || Ok::<_, Infallible>(!changed.load(Ordering::Relaxed));
        let _ = block_on(table.wait(HERE, 1, Ok(0), same, never()));
        waker.join().unwrap();
    });
}

/// Who is counted as woken has been woken, also at its deadline, and also after a move to another futex.
#[test]
fn a_wake_and_a_requeue_that_race_with_the_deadline_agree() {
    for (owner, moves) in [(0, false), (9, false), (0, true), (9, true)] {
        model(move || {
            let (table, deadline) = (Arc::new(FutexTable::default()), deadline(5));
            let mut wait = pin!(table.wait(HERE, 1, Ok(owner), equal, deadline));
            assert!(poll(wait.as_mut()).is_pending());
            let same = table.clone();
            let waker = thread::spawn(move || {
                let (wake, woken_owner) = (0, NewOwner::Nobody);
                let plan = Requeue { wake, woken_owner, target: THERE, requeue: 1, owner: Ok(owner) };
                if moves {
                    assert!(same.requeue(HERE, plan, equal).is_ok());
                }
                same.wake(if moves { THERE } else { HERE }, 1, NewOwner::Woken)
            });
            let woken = expired(wait, deadline).is_ok();
            assert_eq!(waker.join().unwrap(), usize::from(woken));
            assert_eq!([HERE, THERE].map(|address| table.wake(address, 1, NewOwner::Nobody)), [0, 0]);
        });
    }
}

/// A requeue that wakes nobody, and moves some to another futex, which `owner` owns then.
fn moving(target: u64, count: usize, owner: Koid) -> Requeue {
    Requeue { wake: 0, woken_owner: NewOwner::Nobody, target, requeue: count, owner: Ok(owner) }
}

/// What a wait with this owner and a deadline in the past comes to.
fn refusal(table: &FutexTable, address: u64, owner: Koid) -> Result<(), Refused<Infallible>> {
    let mut wait = pin!(table.wait(address, 77, Ok(owner), equal, deadline(0)));
    match poll(wait.as_mut()) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("its deadline has passed"),
    }
}

/// A wait at [`HERE`], begun as a thread's call does it; `owner` owns the futex then.
fn begun(table: &FutexTable, thread: Koid, owner: Koid) -> Pin<Box<impl Cancel<Output = FutexTag>>> {
    let mut waiter = Box::pin(futex_waiter(table));
    let wait = FutexWait { address: HERE, thread, owner: Ok(owner) };
    let begun = table.begin_wait(waiter.as_mut(), wait, equal, Waker::noop());
    assert_eq!(begun, Ok(()));
    waiter
}

/// Ends such a wait as a thread's call does when its deadline has passed.
fn end(table: &FutexTable, mut wait: Pin<&mut impl Cancel<Output = FutexTag>>) -> Result<(), Status> {
    let ended = give_up(wait.as_mut());
    let (Ok(place) | Err(place)) = ended;
    table.end_wait(place, ended.is_ok())
}

/// Two threads wait; one's deadline passes, or it is killed, while both are moved. Afterwards the table
/// knows where the one waits, that the other waits nowhere, and who owns what.
///
/// Fails when `end_wait` does not take a thread out that was not woken, when waking does not take one out
/// that was, when `Owners::requeue` leaves a thread where it was, and when `retag` leaves the old tag.
#[test]
fn a_requeue_that_races_with_the_end_of_a_wait_keeps_the_owners() {
    const LATE: Koid = 1;
    const STAYS: Koid = 2;
    for killed in [false, true] {
        model(move || {
            let table = Arc::new(FutexTable::default());
            let (mut stays, mut late) = (begun(&table, STAYS, 8), begun(&table, LATE, 8));
            let same = table.clone();
            let mover = thread::spawn(move || same.requeue(HERE, moving(THERE, 2, 9), equal).map(drop));
            if killed {
                drop(late);
                table.leave(LATE);
            } else {
                assert_eq!(end(&table, late.as_mut()), Err(Status::TIMED_OUT));
            }
            assert_eq!(mover.join().unwrap(), Ok(()));
            assert_eq!([HERE, THERE].map(|address| table.owner(address)), [0, 9]);
            let timed_out = Err(Refused::Status(Status::TIMED_OUT));
            assert_eq!(refusal(&table, THERE, LATE), timed_out, "who waits no more may own");
            assert_eq!(refusal(&table, HERE, STAYS), timed_out, "who was moved may own what it left");
            let waits = Err(Refused::Status(Status::INVALID_ARGS));
            assert_eq!(refusal(&table, THERE, STAYS), waits, "who waits may not");
            assert_eq!([HERE, THERE].map(|address| table.wake(address, 9, NewOwner::Nobody)), [0, 1]);
            assert_eq!(end(&table, stays.as_mut()), Ok(()));
            assert_eq!(refusal(&table, THERE, STAYS), timed_out, "who was woken may own");
            assert_eq!([HERE, THERE].map(|address| table.owner(address)), [0, 0]);
        });
    }
}

/// Two requeues in opposite directions and a wake: everybody is in one place, and is woken once.
///
/// Fails when `retag` leaves a waiter linked where it was.
#[test]
fn requeues_that_cross_lose_nobody() {
    model(|| {
        let table = Arc::new(FutexTable::default());
        // The two futexes have a list each.
        table.widen(2);
        let mut waits = [
            Box::pin(table.wait(HERE, 1, Ok(0), equal, never())),
            Box::pin(table.wait(THERE, 2, Ok(9), equal, never())),
        ];
        waits.iter_mut().for_each(|wait| assert!(poll(wait.as_mut()).is_pending()));
        let (one, other) = (table.clone(), table.clone());
        let there = thread::spawn(move || one.requeue(HERE, moving(THERE, 2, 8), equal).map(drop));
        let here = thread::spawn(move || other.requeue(THERE, moving(HERE, 2, 9), equal).map(drop));
        let early = table.wake(HERE, 1, NewOwner::Woken);
        assert_eq!([there.join().unwrap(), here.join().unwrap()], [Ok(()); 2]);
        let late: usize = [HERE, THERE].map(|address| table.wake(address, 9, NewOwner::Nobody)).iter().sum();
        assert_eq!(early + late, 2);
        for wait in waits {
            assert_eq!(block_on(wait), Ok(()));
        }
        assert_eq!([HERE, THERE].map(|address| table.owner(address)), [0, 0]);
    });
}
