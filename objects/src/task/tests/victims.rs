//! Who goes for lack of memory: for that charges are enough, and no memory is needed.

use super::running;
use crate::core::account::Payer;
use crate::testing::discard_some;
use crate::testing::{poll, process};
use crate::{Greedy, Job, KILLED, KernelObject, Koid, Process};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

/// Polls a future that only gives way now and then.
fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// However many there are, and however they nest, in steps.
#[test]
fn all_jobs_are_looked_at_in_steps() {
    let root = Job::root();
    let outer: Vec<_> = (0..100).map(|_| root.create_child().unwrap()).collect();
    let inner: Vec<_> = outer.iter().map(|job| job_with(job, 1).0).collect();
    let mut look = pin!(root.to_be_killed_first());
    let mut context = Context::from_waker(Waker::noop());
    inner[99].set_kill_on_oom(true);
    let mut steps = 1;
    let found = loop {
        match look.as_mut().poll(&mut context) {
            Poll::Ready(found) => break found,
            Poll::Pending => steps += 1,
        }
    };
    assert_eq!(found.map(|job| job.base().koid()), Some(inner[99].base().koid()));
    assert_eq!(steps, 1 + 200 / 64, "one more after each 64");
}

/// Or somebody could have the look go on for ever.
#[test]
fn who_comes_meanwhile_is_not_seen() {
    let (root, _first) = root_with(1);
    let _jobs: Vec<_> = (0..64).map(|_| job_with(&root, 1)).collect();
    let (mut greediest, mut first) = (pin!(root.greediest()), pin!(root.to_be_killed_first()));
    assert!(poll(greediest.as_mut()).is_pending() && poll(first.as_mut()).is_pending());
    let (late, _in_late) = job_with(&root, 500);
    late.set_kill_on_oom(true);
    let hog = process(&root).unwrap();
    takes(hog.payer(), 501);
    assert!(finish(greediest).is_none() && finish(first).is_none());
    assert_eq!(goes(&root), Some(hog.koid()));
    assert_eq!(finish(root.to_be_killed_first()).map(|job| job.base().koid()), Some(late.base().koid()));
}

fn takes(payer: &Payer, pages: u64) {
    assert!(payer.charge_frames(pages, false).is_ok());
}

/// A job in `parent` whose process has taken so many pages.
fn job_with(parent: &Arc<Job>, pages: u64) -> (Arc<Job>, Arc<Process>) {
    let job = parent.create_child().unwrap();
    let process = process(&job).unwrap();
    takes(process.payer(), pages);
    (job, process)
}

/// The root of a tree, and its first process, which has taken so many pages.
fn root_with(pages: u64) -> (Arc<Job>, Arc<Process>) {
    let root = Job::root();
    let first = process(&root).unwrap();
    takes(first.payer(), pages);
    (root, first)
}

fn id(greedy: &Greedy) -> Koid {
    match greedy {
        Greedy::Job(job) => job.base().koid(),
        Greedy::Process(process) => process.koid(),
    }
}

fn goes(root: &Arc<Job>) -> Option<Koid> {
    finish(root.greediest()).as_ref().map(id)
}

/// What is left of somebody may be in the hands of another test.
fn is_soon_gone(greedy: &Greedy) {
    while !greedy.is_gone() {
        discard_some();
    }
}

/// Kills who is to go, one after the other, until somebody else than `guilty` is; how many that were.
fn kill_within(root: &Arc<Job>, guilty: &Arc<Job>) -> usize {
    let mut killed = 0;
    while let Some(Greedy::Job(job)) = finish(root.greediest()).filter(|_| killed < 1_000)
        && job.is_within(guilty)
    {
        job.kill(KILLED);
        is_soon_gone(&Greedy::Job(job));
        killed += 1;
    }
    killed
}

#[test]
fn who_goes_has_more_than_its_share_of_what_all_have() {
    let (root, first) = root_with(10);
    let ((greedy, hog), _modest) = (job_with(&root, 10), job_with(&root, 10));
    let neighbour = process(&root).unwrap();
    takes(neighbour.payer(), 10);
    assert_eq!(goes(&root), None, "nobody has more than others");
    takes(hog.payer(), 1);
    assert_eq!(goes(&root), Some(greedy.base().koid()), "however much else there is");
    takes(neighbour.payer(), 90);
    assert_eq!(goes(&root), Some(neighbour.koid()));
    takes(first.payer(), 990);
    assert_eq!(goes(&root), None, "the first is not the one");
}

/// Not even the first process: the share of the others would be a smaller one.
#[test]
fn who_has_nothing_has_no_share() {
    let (root, _first) = root_with(0);
    let ((elder, in_elder), (younger, in_younger)) = (job_with(&root, 10), job_with(&root, 10));
    let _empty = (job_with(&root, 0), process(&root).unwrap());
    assert_eq!(goes(&root), None);
    takes(in_younger.payer(), 1);
    assert_eq!(goes(&root), Some(younger.base().koid()), "11 of 21 are more than 10");
    takes(in_elder.payer(), 1);
    assert_eq!(goes(&root), None);
    let (_small, _in_small) = job_with(&root, 1);
    assert_eq!(goes(&root), Some(elder.base().koid()), "of those who have as much, the one that came first");
}

#[test]
fn a_job_and_a_process_of_the_root_are_compared() {
    let (root, _first) = root_with(1);
    let ((greedy, hog), neighbour) = (job_with(&root, 30), process(&root).unwrap());
    takes(neighbour.payer(), 29);
    assert_eq!(goes(&root), Some(greedy.base().koid()));
    takes(neighbour.payer(), 1);
    assert_eq!(goes(&root), Some(greedy.base().koid()), "the job, if they have as much");
    takes(neighbour.payer(), 1);
    assert_eq!(goes(&root), Some(neighbour.koid()));
    takes(hog.payer(), 2);
    assert_eq!(goes(&root), Some(greedy.base().koid()));
}

/// What nobody in the tree has counts only if it is more than anybody has, the first process included.
#[test]
fn what_is_left_behind_is_compared_with_all() {
    for others_have in [20, 19] {
        let (root, _first) = root_with(20);
        let ((elder, _in_elder), _younger) = (job_with(&root, others_have), job_with(&root, others_have));
        let left = Payer::new(&root);
        takes(&left, 20);
        assert_eq!(goes(&root), None);
        takes(&left, 1);
        assert_eq!(goes(&root), Some(elder.base().koid()), "though nobody has more than its share");
    }
}

#[test]
fn of_a_job_goes_the_largest_part() {
    let (root, _first) = root_with(10);
    let ((outer, own), _modest) = (job_with(&root, 30), job_with(&root, 50));
    let (inner, _in_inner) = job_with(&outer, 20);
    let (innermost, _in_innermost) = job_with(&inner, 25);
    assert_eq!(goes(&root), Some(innermost.base().koid()), "75 in all, 45 in one of it, 25 in one of that");
    takes(own.payer(), 14);
    assert_eq!(goes(&root), Some(innermost.base().koid()), "44 of its own are fewer than 45");
    takes(own.payer(), 1);
    assert_eq!(goes(&root), Some(outer.base().koid()), "all of it, if no job in it has more than itself");
    takes(own.payer(), 1);
    assert_eq!(goes(&root), Some(outer.base().koid()));
}

/// However many parts somebody makes of himself, nobody else goes for what they have together.
#[test]
fn a_hog_in_many_parts_is_a_hog() {
    let (root, _first) = root_with(10);
    let ((hog, _in_hog), (_modest, _in_modest)) = (job_with(&root, 0), job_with(&root, 100));
    let parts: Vec<_> = (0..300).map(|_| job_with(&hog, 5)).collect();
    assert!(matches!(finish(root.greediest()), Some(Greedy::Job(job)) if job.is_within(&hog)));
    assert!(kill_within(&root, &hog) > 0);
    drop(parts);
}

/// What a job that is gone has left to others falls to the job above, whose processes it got it from, or gave it to.
#[test]
fn who_hands_his_memory_on_is_found() {
    for keeps_handle in [false, true] {
        let (root, _first) = root_with(10);
        let ((guilty, _keeper), (modest, _in_modest)) = (job_with(&root, 1), job_with(&root, 50));
        let (inner, hog) = job_with(&guilty, 1_000);
        // Others hold what it has paid for, so that it stays charged.
        let held = hog.payer().clone();
        hog.kill(0);
        drop(hog);
        let inner = keeps_handle.then_some(inner);
        assert_eq!(kill_within(&root, &guilty), if keeps_handle { 2 } else { 1 });
        assert!(inner.is_none_or(|inner| inner.exit() == Some(KILLED)));
        assert!(guilty.exit() == Some(KILLED) && modest.exit().is_none());
        drop(held);
    }
}

/// What nobody in the tree has is the fault of who has the root job, when nobody has more than others; and as all of it may
/// have to go, the first is last.
#[test]
fn what_a_job_of_the_root_has_left_costs_one_after_the_other() {
    let (root, first) = root_with(10);
    let [small, large] = [5, 6].map(|pages| {
        let process = process(&root).unwrap();
        takes(process.payer(), pages);
        process
    });
    let (modest, _in_modest) = job_with(&root, 20);
    let (inner, _in_inner) = job_with(&modest, 40);
    let (gone, hog) = job_with(&root, 1_000);
    let held = hog.payer().clone();
    hog.kill(0);
    drop((gone, hog));
    let order = core::iter::from_fn(|| {
        let greedy = finish(root.greediest())?;
        match &greedy {
            Greedy::Job(job) => job.kill(KILLED),
            Greedy::Process(process) => process.kill(KILLED),
        }
        assert!(greedy.is_dying());
        is_soon_gone(&greedy);
        Some(id(&greedy))
    });
    let order: Vec<_> = order.take(10).collect();
    assert_eq!(order, [inner.base().koid(), modest.base().koid(), large.koid(), small.koid()]);
    assert_eq!(root.first_process().map(|process| process.koid()), Some(first.koid()));
    drop(held);
}

/// Who was killed and has yet to end is awaited, and nobody goes in its place.
#[test]
fn who_is_dying_is_the_one_still() {
    let (root, _first) = root_with(10);
    let ((greedy, hog), _modest) = (job_with(&root, 100), job_with(&root, 50));
    let thread = running(&hog, true);
    let lives = finish(root.greediest()).unwrap();
    assert!(id(&lives) == greedy.base().koid() && !lives.is_dying() && !lives.is_gone());
    greedy.kill(KILLED);
    let dying = finish(root.greediest()).unwrap();
    assert!(id(&dying) == greedy.base().koid() && dying.is_dying() && !dying.is_gone());
    thread.ended(0);
    assert!(dying.is_gone());
}

#[test]
fn the_youngest_job_that_asks_for_it_is_killed_first() {
    let root = Job::root();
    let ((old, _in_old), (silent, _in_silent)) = (job_with(&root, 1), job_with(&root, 1));
    let ((inner, _in_inner), (young, _in_young)) = (job_with(&silent, 1), job_with(&old, 1));
    let empty = root.create_child().unwrap();
    let first = || finish(root.to_be_killed_first()).map(|job| job.base().koid());
    root.set_kill_on_oom(true);
    assert_eq!(first(), None, "all of it is nobody's to offer");
    [&old, &inner, &young, &empty].into_iter().for_each(|job| job.set_kill_on_oom(true));
    for job in [&young, &inner, &old] {
        assert_eq!(first(), Some(job.base().koid()));
        job.kill(KILLED);
    }
    assert_eq!(first(), None, "who has nothing has nothing to offer");
}

/// Whoever looks from a job sees what is below it, and neither the job nor what is beside it.
#[test]
fn only_jobs_below_are_looked_at() {
    let root = Job::root();
    let (top, _in_top) = job_with(&root, 1);
    let (inner, _in_inner) = job_with(&top, 1);
    let (beside, _in_beside) = job_with(&root, 1);
    [&top, &beside].into_iter().for_each(|job| job.set_kill_on_oom(true));
    assert!(finish(top.to_be_killed_first()).is_none());
    inner.set_kill_on_oom(true);
    assert!(finish(top.to_be_killed_first()).is_some_and(|job| Arc::ptr_eq(&job, &inner)));
    assert!(finish(root.to_be_killed_first()).is_some_and(|job| Arc::ptr_eq(&job, &beside)));
}

#[test]
fn a_process_of_the_root_is_dying_before_it_is_gone() {
    let (root, _first) = root_with(1);
    let hog = process(&root).unwrap();
    takes(hog.payer(), 10);
    let thread = running(&hog, true);
    let greedy = finish(root.greediest()).unwrap();
    assert!(id(&greedy) == hog.koid() && !greedy.is_dying() && !greedy.is_gone());
    hog.kill(KILLED);
    assert!(greedy.is_dying() && !greedy.is_gone());
    thread.ended(0);
    assert!(greedy.is_gone());
}
