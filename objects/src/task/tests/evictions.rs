//! Who ends for a page that a job's limit refuses to somebody who is not in it. Claims are polled by hand.

use super::running;
use crate::core::account::Charge;
use crate::host::HostFrames;
use crate::memory::vmar::{FaultError, MapRequest};
use crate::memory::vmo::Vmo;
use crate::memory::{PAGE_SIZE, Protection};
use crate::testing::discard_some;
use crate::testing::{discard_until, handle, poll, process};
use crate::{Claim, Job, KILLED, KernelObject, Koid, Process};
use abi::Signals;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::pin::pin;
use core::task::Poll;

const STORE: Protection = Protection { read: false, write: true, execute: false };

/// Processes that had to end, in their order.
#[derive(Default)]
struct Ended(RefCell<Vec<Koid>>);

impl Ended {
    fn end(&self, process: &Arc<Process>) {
        if !process.is_dying() {
            self.0.borrow_mut().push(process.koid());
            process.kill(KILLED);
        }
    }

    fn take(&self) -> Vec<Koid> {
        self.0.take()
    }
}

/// So many pages that this process pays for, and none yet.
fn memory(maker: &Process, pages: u64) -> Arc<Vmo> {
    let charge = Charge::to(maker.payer().clone());
    Vmo::create_paid(HostFrames::leak(), pages * PAGE_SIZE, 0, charge).unwrap()
}

/// Has the process keep so many pages of its own.
fn keeps(process: &Process, pages: u64) {
    let vmo = memory(process, pages);
    let mut range = 0..vmo.size();
    while !range.is_empty() {
        vmo.commit(&mut range).unwrap();
    }
    assert!(process.handles.add(handle(&vmo)).is_ok());
}

/// A process of this job that keeps so many pages.
fn process_with(job: &Arc<Job>, pages: u64) -> Arc<Process> {
    let process = process(job).unwrap();
    if pages > 0 {
        keeps(&process, pages);
    }
    process
}

fn limited(parent: &Arc<Job>, pages: u64) -> Arc<Job> {
    let job = parent.create_child().unwrap();
    job.set_page_limit(pages);
    job
}

/// Somebody who uses what somebody else pays for.
struct User {
    process: Arc<Process>,
    address: u64,
}

impl User {
    fn of(job: &Arc<Job>, vmo: &Arc<Vmo>) -> Self {
        let process = process(job).unwrap();
        let all = Protection { read: true, write: true, execute: true };
        let request = MapRequest {
            options: abi::VM_PERM_READ | abi::VM_PERM_WRITE,
            vmar_offset: 0,
            vmo,
            vmo_offset: 0,
            length: vmo.size(),
            vmar_rights: all,
            vmo_rights: all,
            seal: false,
        };
        let address = process.root().map(&request).unwrap().range.start;
        Self { process, address }
    }

    fn at(&self, page: u64) -> u64 {
        self.address + page * PAGE_SIZE
    }

    fn fault(&self, page: u64) -> Result<(), FaultError> {
        self.process.root().fault(self.at(page), STORE)
    }

    fn claim(&self, page: u64) -> Claim<'_> {
        assert_eq!(self.fault(page), Err(FaultError::Unpaid));
        Claim::new(&self.process, self.at(page))
    }

    /// Touches pages, for which it does all that can be done.
    fn touch(&self, pages: impl IntoIterator<Item = u64>, ended: &Ended) -> Result<(), FaultError> {
        for page in pages {
            let claim = Claim::new(&self.process, self.at(page));
            let mut attempts = 0..1_000;
            loop {
                match self.fault(page) {
                    Err(FaultError::Unpaid) if !claim.is_own() => finish(claim.press(|one| ended.end(one)))?,
                    outcome => break outcome?,
                }
                attempts.next().expect("it comes to an end");
            }
        }
        Ok(())
    }
}

/// Polls a future, and discards what is left of others meanwhile.
fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut outcome = None;
    discard_until(|| match poll(future.as_mut()) {
        Poll::Ready(value) => {
            outcome = Some(value);
            true
        }
        Poll::Pending => false,
    });
    outcome.unwrap()
}

#[test]
fn who_made_it_ends_and_who_touches_it_goes_on() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 10);
    let maker = process_with(&job, 4);
    let vmo = memory(&maker, 100);
    let user = User::of(&root, &vmo);
    assert_eq!(user.touch(0..6, &ended), Ok(()));
    assert_eq!((ended.take(), job.pages()), (Vec::new(), 10), "as long as there is room nobody ends");
    assert_eq!(user.touch(6..100, &ended), Ok(()));
    assert_eq!((ended.take(), job.pages(), root.pages()), ([maker.koid()].into(), 100, 100));
    assert_eq!((maker.progress().1, user.process.is_dying()), (Some(KILLED), false));
    assert!(process_with(&job, 0).payer().is_over_limit(), "who comes later may have nothing");
}

/// The largest first, and no more than are needed.
#[test]
fn one_ends_after_the_other() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 65);
    let [small, large, middle] = [5, 40, 20].map(|pages| process_with(&job, pages));
    let vmo = memory(&small, 100);
    let user = User::of(&root, &vmo);
    // What is shared counts for who made it.
    for (pages, who) in [(0..1, Some(&large)), (1..40, None), (40..41, Some(&small)), (41..45, None)] {
        assert_eq!(user.touch(pages, &ended), Ok(()));
        assert_eq!(ended.take(), who.map(|process| process.koid()).into_iter().collect::<Vec<_>>());
    }
    assert_eq!(user.touch(45..100, &ended), Ok(()));
    assert_eq!((ended.take(), job.pages()), ([middle.koid()].into(), 100));
}

#[test]
fn of_the_job_that_has_most_the_largest_process_ends() {
    let (root, ended) = (Job::root(), Ended::default());
    let outer = limited(&root, 100);
    let (inner, other) = (outer.create_child().unwrap(), outer.create_child().unwrap());
    let _many: Vec<_> = (0..6).map(|_| process_with(&inner, 8)).collect();
    let largest = process_with(&inner, 9);
    let single = process_with(&other, 43);
    let vmo = memory(&single, 100);
    let user = User::of(&root, &vmo);
    assert_eq!(user.touch(0..1, &ended), Ok(()));
    assert_eq!(ended.take(), [largest.koid()], "57 pages in one job, 43 in the other");
}

#[test]
fn the_job_with_most_may_be_below_and_beside_one_without_anybody() {
    let (root, ended) = (Job::root(), Ended::default());
    let outer = limited(&root, 10);
    let (inner, _nobody) = (outer.create_child().unwrap(), outer.create_child().unwrap());
    let (small, large) = (process_with(&outer, 3), process_with(&inner, 7));
    let vmo = memory(&small, 1);
    let user = User::of(&root, &vmo);
    assert_eq!(user.touch(0..1, &ended), Ok(()));
    assert_eq!(ended.take(), [large.koid()]);
}

/// What somebody has left behind is more than others have: then the largest of all goes.
#[test]
fn a_job_in_which_nobody_lives_has_nobody_who_could_end() {
    let (root, ended) = (Job::root(), Ended::default());
    let outer = limited(&root, 20);
    let (gone, other) = (outer.create_child().unwrap(), outer.create_child().unwrap());
    let [small, large] = [1, 2].map(|pages| process_with(&other, pages));
    let maker = process_with(&gone, 0);
    let vmo = memory(&maker, 100);
    maker.kill(0);
    let user = User::of(&root, &vmo);
    assert_eq!(user.touch(0..100, &ended), Ok(()));
    assert_eq!((ended.take(), outer.pages()), ([large.koid(), small.koid()].into(), 100));
}

#[test]
fn who_is_in_the_job_is_refused_and_nobody_ends() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 10);
    let maker = process_with(&job, 10);
    let vmo = memory(&maker, 1);
    for job in [job.clone(), job.create_child().unwrap()] {
        let user = User::of(&job, &vmo);
        assert_eq!(user.touch(0..1, &ended), Err(FaultError::Unpaid));
        assert!(user.claim(0).is_own());
        assert_eq!(finish(user.claim(0).press(|one| ended.end(one))), Err(FaultError::Unpaid));
    }
    assert_eq!((ended.take(), job.pages()), (Vec::new(), 10));
}

/// A job that is empty no longer limits what others do; the jobs above it do so still.
#[test]
fn a_limit_for_nobody_does_not_count_and_those_above_do() {
    let (root, ended) = (Job::root(), Ended::default());
    let outer = limited(&root, 50);
    let (inner, beside) = (limited(&outer, 10), outer.create_child().unwrap());
    let (maker, neighbour) = (process_with(&inner, 0), process_with(&beside, 20));
    let vmo = memory(&maker, 100);
    maker.kill(0);
    let [within, outside] = [&beside, &root].map(|job| User::of(job, &vmo));
    assert_eq!(within.touch(0..30, &ended), Ok(()));
    assert_eq!(([inner.pages(), outer.pages()], ended.take()), ([30, 50], Vec::new()));
    assert_eq!(within.touch(30..31, &ended), Err(FaultError::Unpaid), "the limit of the job above is for it");
    assert_eq!(outside.touch(30..31, &ended), Ok(()));
    assert_eq!(ended.take(), [neighbour.koid()]);
    assert_eq!(outside.touch(31..100, &ended), Ok(()));
    assert_eq!(([inner.pages(), outer.pages()], ended.take()), ([100; 2], [within.process.koid()].into()));
}

#[test]
fn what_is_refused_halfway_is_charged_nowhere() {
    let root = Job::root();
    let outer = limited(&root, 5);
    let inner = limited(&outer, 1);
    let maker = process_with(&inner, 0);
    let vmo = memory(&maker, 100);
    vmo.commit(&mut (0..PAGE_SIZE)).unwrap();
    assert!(vmo.pay_beyond(PAGE_SIZE, inner.ledger()).is_ok());
    assert_eq!([root.pages(), outer.pages(), inner.pages()], [2; 3]);
    vmo.commit(&mut (PAGE_SIZE..2 * PAGE_SIZE)).unwrap();
    outer.set_page_limit(2);
    assert!(vmo.pay_beyond(2 * PAGE_SIZE, inner.ledger()).is_err());
    assert_eq!([root.pages(), outer.pages(), inner.pages()], [2; 3]);
    assert!(vmo.pay_beyond(2 * PAGE_SIZE, outer.ledger()).is_ok());
    assert_eq!([root.pages(), outer.pages(), inner.pages()], [3; 3], "a page, and no chunk");
}

/// What it has comes back without anybody else's end, in whichever job it is.
#[test]
fn who_is_about_to_end_is_awaited() {
    for is_below in [false, true] {
        let (root, ended) = (Job::root(), Ended::default());
        let job = limited(&root, 10);
        let place = if is_below { job.create_child().unwrap() } else { job.clone() };
        let (large, small) = (process_with(&job, 6), process_with(&place, 3));
        let thread = running(&small, true);
        let vmo = memory(&large, 1);
        let user = User::of(&root, &vmo);
        assert_eq!(job.pages(), 10, "with what the waits of a thread may take");
        small.kill(0);
        let claim = user.claim(0);
        let mut press = pin!(claim.press(|one| ended.end(one)));
        assert!(poll(press.as_mut()).is_pending() && poll(press.as_mut()).is_pending());
        thread.ended(0);
        assert_eq!(finish(press), Ok(()));
        assert_eq!((user.fault(0), ended.take()), (Ok(()), Vec::new()));
    }
}

#[test]
fn two_who_need_a_page_await_the_same_end() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 10);
    let (large, _small) = (process_with(&job, 5), process_with(&job, 4));
    let thread = running(&large, true);
    let vmo = memory(&large, 2);
    let users = [(); 2].map(|()| User::of(&root, &vmo));
    let claims = [users[0].claim(0), users[1].claim(1)];
    let mut first = std::boxed::Box::pin(claims[0].press(|one| ended.end(one)));
    let mut second = pin!(claims[1].press(|_| panic!("nobody has to be told")));
    assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
    assert_eq!(ended.take(), [large.koid()]);
    drop(first);
    assert!(poll(second.as_mut()).is_pending(), "whoever has begun it");
    thread.ended(0);
    assert_eq!((finish(second), claims[0].is_refused()), (Ok(()), false));
    assert_eq!((users[0].fault(0), users[1].fault(1), ended.take()), (Ok(()), Ok(()), Vec::new()));
}

/// Both look for somebody at the same time, and one of them is faster.
#[test]
fn who_was_slower_has_nobody_else_end() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 200);
    let processes: Vec<_> = (0..100).map(|_| process_with(&job, 2)).collect();
    let vmo = memory(&processes[0], 2);
    let users = [(); 2].map(|()| User::of(&root, &vmo));
    let claims = [users[0].claim(0), users[1].claim(1)];
    let [first, mut second] =
        claims.each_ref().map(|claim| std::boxed::Box::pin(claim.press(|one| ended.end(one))));
    assert!(poll(second.as_mut()).is_pending(), "it has looked at 64 of them");
    assert_eq!((finish(first), ended.0.borrow().len()), (Ok(()), 1));
    assert_eq!((finish(second), ended.take()), (Ok(()), [processes[0].koid()].into()));
    assert_eq!([users[0].fault(0), users[1].fault(1)], [Ok(()); 2]);
}

/// Though the page is refused still, as others hold the memory of who has ended.
#[test]
fn who_was_slower_has_nobody_else_end_before_another_attempt() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 202);
    let _others: Vec<_> = (0..99).map(|_| process_with(&job, 2)).collect();
    // The last: who has looked at a part of them has not seen it.
    let maker = process_with(&job, 0);
    let vmo = memory(&maker, 6);
    vmo.commit(&mut (0..4 * PAGE_SIZE)).unwrap();
    let users = [(); 2].map(|()| User::of(&root, &vmo));
    let claims = [users[0].claim(4), users[1].claim(5)];
    let [first, mut second] =
        claims.each_ref().map(|claim| std::boxed::Box::pin(claim.press(|one| ended.end(one))));
    assert!(poll(second.as_mut()).is_pending(), "it has looked at 64 of them");
    assert_eq!((finish(first), finish(second)), (Ok(()), Ok(())));
    assert!(claims.iter().all(Claim::is_refused));
    assert_eq!((ended.take(), job.pages()), ([maker.koid()].into(), 202));
}

#[test]
fn nobody_ends_for_a_page_that_is_there_by_now() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 10);
    let (maker, neighbour) = (process_with(&job, 8), process_with(&job, 2));
    let vmo = memory(&maker, 2);
    let user = User::of(&root, &vmo);
    let claim = user.claim(0);
    job.set_page_limit(11);
    assert_eq!(user.fault(0), Ok(()), "by another thread");
    assert!(!claim.is_refused() && !claim.is_own());
    assert_eq!(
        (finish(claim.press(|one| ended.end(one))), ended.take(), job.pages()),
        (Ok(()), Vec::new(), 11)
    );
    assert!(user.claim(1).is_refused(), "the job is full");
    assert!(!maker.is_dying() && !neighbour.is_dying());
}

/// Another thread has the page committed while this one looks for who is to end.
#[test]
fn nobody_ends_for_a_page_that_has_come_meanwhile() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 200);
    let processes: Vec<_> = (0..100).map(|_| process_with(&job, 2)).collect();
    let vmo = memory(&processes[0], 2);
    let user = User::of(&root, &vmo);
    let claim = user.claim(0);
    let mut press = pin!(claim.press(|one| ended.end(one)));
    assert!(poll(press.as_mut()).is_pending(), "it has looked at 64 of them");
    job.set_page_limit(201);
    assert_eq!(user.fault(0), Ok(()));
    assert_eq!((finish(press), ended.take()), (Ok(()), Vec::new()));
    assert_eq!(user.fault(1), Err(FaultError::Unpaid), "the job is full");
}

/// Nobody can have somebody wait for ever by starting one process after the other.
#[test]
fn who_comes_later_need_not_end_and_helps_nobody() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 10);
    let maker = process_with(&job, 10);
    let vmo = memory(&maker, 1);
    let user = User::of(&root, &vmo);
    let claim = user.claim(0);
    assert_eq!(finish(claim.press(|one| ended.end(one))), Ok(()));
    let late = process_with(&job, 10);
    assert!(claim.is_refused() && !claim.is_own());
    assert_eq!(finish(claim.press(|one| ended.end(one))), Ok(()));
    assert_eq!((user.fault(0), ended.take(), job.pages()), (Ok(()), [maker.koid()].into(), 11));
    assert!(!late.is_dying());
    job.set_page_limit(20);
    assert!(!claim.is_refused());
}

#[test]
fn a_limit_that_is_raised_ends_nobody_and_nothing_is_refused_where_nothing_is() {
    let (root, ended) = (Job::root(), Ended::default());
    let job = limited(&root, 1);
    let maker = process_with(&job, 1);
    let vmo = memory(&maker, 1);
    let user = User::of(&root, &vmo);
    let claim = user.claim(0);
    job.set_page_limit(2);
    assert!(!claim.is_refused() && !claim.is_own());
    assert_eq!((finish(claim.press(|one| ended.end(one))), user.fault(0)), (Ok(()), Ok(())));
    let nowhere = Claim::new(&user.process, user.at(1));
    assert!(!nowhere.is_refused() && !nowhere.is_own());
    assert_eq!((finish(nowhere.press(|one| ended.end(one))), ended.take()), (Ok(()), Vec::new()));
    assert_eq!(job.pages(), 2);
}

/// Not even for calls, which have nobody end.
#[test]
fn a_job_that_has_terminated_limits_nobody() {
    let root = Job::root();
    for is_killed in [true, false] {
        let job = limited(&root, 1);
        let maker = process_with(&job, 0);
        let vmo = memory(&maker, 100);
        assert!(vmo.commit(&mut (0..2 * PAGE_SIZE)).is_err());
        match is_killed {
            true => job.kill(0),
            false => maker.kill(0),
        }
        drop(maker);
        while is_killed && !job.base().signals.get().contains(Signals::JOB_TERMINATED) {
            discard_some();
        }
        drop(job);
        discard_until(|| vmo.commit(&mut (0..2 * PAGE_SIZE)).is_ok());
        assert_eq!(root.pages(), 17, "one, and a chunk");
    }
}
