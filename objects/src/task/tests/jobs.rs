//! Jobs: their children, their limits, and their end.

use super::{is_terminated, parts, running};
use crate::core::account::Payer;
use crate::core::closing::Doomed;
use crate::testing::{discard_until, process};
use crate::{Job, KernelObject, Koid, Object};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;

fn koid(job: &Job) -> Koid {
    job.base().koid()
}

#[test]
fn the_root_is_known_by_its_name_and_has_no_parent() {
    let root = Job::root();
    let child = root.create_child().unwrap();
    assert!(root.is_root() && !child.is_root());
    let name = |job: &Job| job.name().map(|name| name.get());
    assert_eq!(name(&root).map(|name| name.starts_with(b"root\0")), Some(true));
    assert_eq!(name(&child), Some([0; abi::MAX_NAME_LEN]));
    assert_eq!((root.base().related_koid(), child.base().related_koid()), (0, koid(&root)));
}

#[test]
fn a_job_is_within_itself_and_all_above() {
    let root = Job::root();
    let [one, other] = [(); 2].map(|()| root.create_child().unwrap());
    let inner = one.create_child().unwrap();
    assert!([&inner, &one, &root].into_iter().all(|above| inner.is_within(above)));
    assert!(!inner.is_within(&other) && !one.is_within(&inner) && !root.is_within(&one));
}

/// Only the last child says that there are none, and that they are gone ends no job.
#[test]
fn a_job_has_no_children_when_the_last_is_gone() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    let [one, other] = [(); 2].map(|()| process(&job).unwrap());
    let [inner, last] = [(); 2].map(|()| job.create_child().unwrap());
    let tells = |signal| job.base().signals.get().contains(signal);
    one.kill(0);
    assert!(!tells(Signals::JOB_NO_PROCESSES));
    drop(inner);
    assert!(!tells(Signals::JOB_NO_JOBS));
    other.kill(0);
    assert!(tells(Signals::JOB_NO_PROCESSES) && !tells(Signals::JOB_NO_JOBS) && job.exit().is_none());
    drop(last);
    assert!(tells(Signals::JOB_NO_PROCESSES | Signals::JOB_NO_JOBS) && !is_terminated(&job));
    drop((one, other, job));
    assert!(!is_terminated(&root) && root.exit().is_none());
    assert_eq!(root.base().signals.get(), Signals::JOB_NO_PROCESSES | Signals::JOB_NO_JOBS);
}

#[test]
fn a_killed_job_without_children_has_ended_at_once() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    job.kill(3);
    assert!(is_terminated(&job) && root.find_child(koid(&job)).is_none());
    assert!(root.base().signals.get().contains(Signals::JOB_NO_JOBS) && !is_terminated(&root));
    job.kill(4);
    assert_eq!((job.exit(), root.exit()), (Some(3), None), "the first code stays");
    root.kill(5);
    assert_eq!(root.exit(), Some(5));
}

/// The end of the last process ends the jobs above that were killed, and no other.
#[test]
fn killed_jobs_end_from_below() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    let [inner, empty] = [(); 2].map(|()| job.create_child().unwrap());
    let process = process(&inner).unwrap();
    let thread = running(&process, true);
    job.kill(3);
    assert_eq!((job.exit(), inner.exit(), empty.exit()), (None, None, Some(3)));
    let visible = |job: &Arc<Job>| parts(|after, part| job.visit_jobs(after, |koid| part.push(koid)));
    assert_eq!(visible(&root), [[koid(&job)]]);
    assert_eq!(visible(&job), [[koid(&inner)]]);
    thread.ended(0);
    assert_eq!((job.exit(), inner.exit(), process.progress()), (Some(3), Some(3), (true, Some(3))));
    assert!(visible(&root) == [[0; 0]] && root.exit().is_none());
}

/// A child that goes by itself may be the one that a killed job waited for.
#[test]
fn a_killed_job_ends_when_its_last_child_is_dropped() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    let [one, other] = [(); 2].map(|()| job.create_child().unwrap());
    let mut doomed = Doomed::default();
    job.kill_into(4, &mut doomed);
    drop(one);
    assert_eq!(job.exit(), None);
    drop(other);
    assert_eq!(job.exit(), None, "it ends when it has its turn");
    doomed.finish();
    assert_eq!((job.exit(), root.exit()), (Some(4), None));
}

/// Such a child can not be killed any more, and the job has had its turn before it leaves.
#[test]
fn a_killed_job_ends_when_a_child_has_left_that_was_about_to_go() {
    let job = Job::root();
    let going = Arc::into_inner(job.create_child().unwrap()).unwrap();
    job.kill(4);
    assert_eq!(job.exit(), None);
    drop(going);
    discard_until(|| job.exit() == Some(4));
}

#[test]
fn children_are_listed_in_the_order_of_their_ids() {
    let job = Job::root();
    assert!(job.first_process().is_none());
    let jobs: Vec<_> = (0..65).map(|_| job.create_child().unwrap()).collect();
    let processes: Vec<_> = (0..130).map(|_| process(&job).unwrap()).collect();
    let listed = parts(|after, part| job.visit_jobs(after, |koid| part.push(koid)));
    assert_eq!(listed.iter().map(Vec::len).collect::<Vec<_>>(), [64, 1]);
    assert!(listed.concat().into_iter().eq(jobs.iter().map(|job| koid(job))));
    let listed = parts(|after, part| job.visit_processes(after, |koid| part.push(koid)));
    assert_eq!(listed.iter().map(Vec::len).collect::<Vec<_>>(), [64, 64, 2]);
    assert!(listed.concat().into_iter().eq(processes.iter().map(|process| process.koid())));
    let mut after = 0;
    for process in &processes {
        assert!(job.next_process(&mut after).is_some_and(|next| Arc::ptr_eq(&next, process)));
        assert_eq!(after, process.koid());
    }
    assert!(job.next_process(&mut after).is_none() && after == processes[129].koid());
    assert!(job.first_process().is_some_and(|first| Arc::ptr_eq(&first, &processes[0])));
}

#[test]
fn a_child_is_found_by_its_id_and_a_grandchild_is_not() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    let (outer, inner) = (process(&root).unwrap(), process(&job).unwrap());
    let found = |job: &Job, koid| job.find_child(koid);
    assert!(matches!(found(&root, koid(&job)), Some(Object::Job(found)) if Arc::ptr_eq(&found, &job)));
    let process = found(&root, outer.koid());
    assert!(matches!(process, Some(Object::Process(found)) if Arc::ptr_eq(&found, &outer)));
    assert!(found(&root, inner.koid()).is_none() && found(&job, inner.koid()).is_some());
    assert!(found(&root, koid(&root)).is_none());
}

#[test]
fn a_job_asks_to_be_killed_for_memory_as_it_was_told_to() {
    let job = Job::root();
    assert!(!job.kill_on_oom());
    job.set_kill_on_oom(true);
    assert!(job.kill_on_oom());
    job.set_kill_on_oom(false);
    assert!(!job.kill_on_oom());
}

/// Limits are the job's own, and count what is below, too.
#[test]
fn limits_are_what_they_were_set_to() {
    let root = Job::root();
    let job = root.create_child().unwrap();
    let inner = job.create_child().unwrap();
    let limits = |job: &Job| (job.page_limit(), job.handle_limit());
    assert_eq!(limits(&job), (u64::MAX, u64::MAX));
    job.set_page_limit(7);
    job.set_handle_limit(9);
    assert_eq!(
        (limits(&root), limits(&job), limits(&inner)),
        ((u64::MAX, u64::MAX), (7, 9), (u64::MAX, u64::MAX))
    );
    let payer = Payer::new(&inner);
    assert!(payer.charge_frames(8, true).is_err() && payer.charge_frames(7, true).is_ok());
    assert_eq!([&root, &job, &inner].map(|job| job.pages()), [7; 3]);
    assert!(payer.charge_frames(1, true).is_err() && payer.give_back_frames(7));
    assert_eq!([&root, &job, &inner].map(|job| job.pages()), [0; 3]);
    assert!(!inner.ledger().charge_handles(10) && inner.ledger().charge_handles(9));
    assert!(!job.ledger().charge_handles(1) && root.ledger().charge_handles(1));
}

/// So that nobody nests them until the kernel's stack or patience ends.
#[test]
fn a_job_that_was_refused_leaves_nothing_behind() {
    let root = Job::root();
    let mut lowest = root.clone();
    while let Ok(child) = lowest.create_child() {
        lowest = child;
    }
    assert_eq!(lowest.create_child().err(), Some(Status::OUT_OF_RANGE));
    assert_eq!(lowest.base().signals.get(), Signals::JOB_NO_JOBS | Signals::JOB_NO_PROCESSES);
    let job = root.create_child().unwrap();
    let inner = job.create_child().unwrap();
    let process_in_inner = process(&inner).unwrap();
    let _thread = running(&process_in_inner, true);
    job.kill(1);
    for job in [&job, &inner] {
        assert_eq!(job.create_child().err(), Some(Status::BAD_STATE));
        assert_eq!(process(job).err(), Some(Status::BAD_STATE));
    }
    let listed = parts(|after, part| inner.visit_processes(after, |koid| part.push(koid)));
    assert_eq!(listed.concat(), [process_in_inner.koid()]);
    assert!(inner.base().signals.get().contains(Signals::JOB_NO_JOBS));
}

/// A job has what the job above grants when it is made; and while nobody is in it, it can be told to grant less.
#[test]
fn what_a_job_grants_only_becomes_less() {
    let root = Job::root();
    assert_eq!(root.personalities(), u64::MAX);
    assert_eq!(root.restrict_personalities(0b111), Ok(()));
    let (narrow, other) = (root.create_child().unwrap(), root.create_child().unwrap());
    assert_eq!((narrow.personalities(), narrow.restrict_personalities(0b101)), (0b111, Ok(())));
    assert_eq!((narrow.personalities(), other.personalities()), (0b101, 0b111));
    assert_eq!(narrow.restrict_personalities(0b111), Err(Status::ACCESS_DENIED));
    assert_eq!(narrow.restrict_personalities(0b1000), Err(Status::ACCESS_DENIED));
    let below = narrow.create_child().unwrap();
    assert_eq!((below.personalities(), narrow.restrict_personalities(0)), (0b101, Err(Status::BAD_STATE)));
    drop(below);
    let process = process(&other);
    assert_eq!(other.restrict_personalities(0b1), Err(Status::BAD_STATE));
    drop(process);
    assert_eq!((narrow.restrict_personalities(0), narrow.personalities()), (Ok(()), 0));
}
