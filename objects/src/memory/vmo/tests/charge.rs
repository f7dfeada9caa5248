//! Who pays for the pages of a VMO.

use super::*;
use crate::Job;
use crate::core::account::Payer;

/// A VMO of so many pages, for which a process of this job pays.
fn paid(pages: u64, frames: &'static dyn PageFrames, options: u32) -> (Arc<Job>, Arc<Vmo>) {
    let job = Job::root().create_child().unwrap();
    let charge = Charge::to(Payer::new(&job));
    let vmo = Vmo::create_paid(frames, pages * PAGE, options, charge).unwrap();
    (job, vmo)
}

#[test]
fn pages_are_charged_as_they_are_committed_16_at_a_time() {
    let (job, vmo) = paid(1000, HostFrames::leak(), 0);
    assert_eq!(job.pages(), 0);
    vmo.write(999 * PAGE, b"x").unwrap();
    assert_eq!(job.pages(), 16);
    touch(&vmo, 0..15);
    assert_eq!((vmo.info().committed, job.pages()), (16 * PAGE, 16));
    vmo.write(20 * PAGE, &[1; WHOLE]).unwrap();
    assert_eq!((vmo.info().committed, job.pages()), (17 * PAGE, 32));
    drop(vmo);
    assert_eq!(job.pages(), 0);
}

#[test]
fn no_more_is_charged_than_there_can_ever_be() {
    for pages in [1, 3, 15] {
        let (job, vmo) = paid(pages, HostFrames::leak(), 0);
        touch(&vmo, [0]);
        assert_eq!(job.pages(), pages);
        commit_all(&vmo);
        assert_eq!(job.pages(), pages);
    }
}

#[test]
fn what_is_given_back_is_charged_no_more() {
    let (job, vmo) = paid(1000, HostFrames::leak(), abi::VMO_RESIZABLE);
    touch(&vmo, 0..100);
    assert_eq!(job.pages(), 112);
    drop(vmo.decommit(&mut (0..60 * PAGE)).unwrap());
    assert_eq!(job.pages(), 40);
    drop(vmo.decommit(&mut (60 * PAGE..70 * PAGE)).unwrap());
    assert_eq!(job.pages(), 40, "a few more are kept");
    set_size(&vmo, 75 * PAGE).unwrap();
    assert_eq!((vmo.info().committed, job.pages()), (5 * PAGE, 5));
    drop(vmo.zero(&mut (0..75 * PAGE)).unwrap());
    assert_eq!((vmo.info().committed, job.pages()), (0, 5));
}

#[test]
fn a_step_gives_back_what_it_has_taken() {
    let (job, vmo) = paid(1000, HostFrames::leak(), 0);
    touch(&vmo, 0..320);
    assert_eq!(job.pages(), 320);
    drop(vmo.decommit(&mut (0..1000 * PAGE)).unwrap());
    assert_eq!((vmo.info().committed, job.pages()), (192 * PAGE, 192));
}

#[test]
fn who_has_as_much_as_the_job_may_have_gets_no_page() {
    let frames = HostFrames::leak();
    let (job, vmo) = paid(1000, frames, 0);
    job.set_page_limit(2);
    let mut range = 5 * PAGE..10 * PAGE;
    assert_eq!(vmo.commit(&mut range), Err(Status::NO_MEMORY));
    assert_eq!((range, committed(&vmo), job.pages()), (7 * PAGE..10 * PAGE, vec![5, 6], 2));
    assert_eq!(vmo.with_page(0, |_| ()), Err(FaultError::Unpaid));
    assert_eq!(vmo.write(0, &[1; WHOLE]), Err(Status::NO_MEMORY));
    assert_eq!((vmo.with_page(5 * PAGE, |_| ()), frames.used()), (Ok(()), 2));
}

/// Nor one behind the end.
#[test]
fn a_page_that_is_there_is_refused_by_nobody() {
    let (job, vmo) = paid(4, HostFrames::leak(), 0);
    job.set_page_limit(2);
    touch(&vmo, [0, 2]);
    let is_refused = [0, 1, 2, 3, 4].map(|page| vmo.refusing(page * PAGE, None).is_some());
    assert_eq!(is_refused, [false, true, false, true, false]);
}

#[test]
fn nobody_pays_for_frames_of_somebody_else() {
    let (_, vmo) = fixed(HostFrames::leak(), 3);
    drop(vmo.zero(&mut (0..3 * PAGE)).unwrap());
    assert_eq!(vmo.info().committed, 3 * PAGE);
}
