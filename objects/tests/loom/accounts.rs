//! Accounts that several CPUs change at once: whether a job has more than it may is known in the end.

use super::model;
use loom::thread;
use objects::Job;
use objects::account::Payer;
use std::sync::Arc;

/// A job in `parent`, with such a limit, and who pays in it.
fn job(parent: &Arc<Job>, limit: u64) -> (Arc<Job>, Arc<Payer>) {
    let job = parent.create_child().expect("a job");
    job.set_page_limit(limit);
    let payer = Payer::new(&job);
    (job, payer)
}

/// What a job above refuses is taken back below, where it may have been what made others exceed a limit.
///
/// Fails when what is taken back is not followed by a look at the mark.
#[test]
fn a_charge_that_is_refused_above_leaves_no_mark() {
    model(|| {
        let (outer, elder) = job(&Job::root(), 10);
        let (inner, payer) = job(&outer, 10);
        assert!(elder.charge_frames(5, true).is_ok() && payer.charge_frames(5, true).is_ok());
        let other = payer.clone();
        let refused = thread::spawn(move || other.charge_frames(5, true).is_err());
        assert!(payer.charge_frames(1, false).is_ok());
        assert!(refused.join().unwrap());
        elder.give_back_frames(5);
        assert!(inner.pages() == 6 && !payer.is_over_limit());
    });
}

/// Fails when what is added is not followed by a look at the mark.
#[test]
fn a_limit_that_is_lowered_during_a_charge_is_exceeded_or_refuses() {
    model(|| {
        let (job, payer) = job(&Job::root(), 10);
        let other = job.clone();
        let lowered = thread::spawn(move || other.set_page_limit(5));
        let charged = payer.charge_frames(8, true).is_ok();
        lowered.join().unwrap();
        assert_eq!(payer.is_over_limit(), charged);
    });
}
