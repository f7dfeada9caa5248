//! VMOs by themselves; what happens to their mappings is tested with VMARs.

use super::*;
use crate::host::HostFrames;
use crate::memory::mapping::{Flush, Retired};
use std::vec;
use std::vec::Vec;

const PAGE: u64 = PAGE_SIZE;

fn fixture(size: u64, options: u32) -> (&'static HostFrames, Arc<Vmo>) {
    let frames = HostFrames::leak();
    (frames, Vmo::create(frames, size, options).unwrap())
}

fn set_size(vmo: &Vmo, size: u64) -> Result<usize, Status> {
    let mut resize = vmo.start_resize(size)?;
    let mut steps = 0;
    while !resize.is_done() {
        drop(vmo.resize(&mut resize)?);
        steps += 1;
    }
    Ok(steps)
}

fn bytes(vmo: &Vmo, offset: u64, length: usize) -> Vec<u8> {
    let mut buffer = vec![0xee; length];
    vmo.read(offset, &mut buffer).unwrap();
    buffer
}

/// Runs a step function to its end; how many steps, and the outcome.
fn run<T>(
    mut range: Range<u64>,
    mut step: impl FnMut(&mut Range<u64>) -> Result<T, Status>,
) -> (usize, Result<(), Status>) {
    let mut steps = 0;
    loop {
        if let Err(status) = step(&mut range) {
            return (steps, Err(status));
        }
        steps += 1;
        if range.is_empty() {
            return (steps, Ok(()));
        }
    }
}

#[test]
fn the_size_is_rounded_up_and_the_content_size_is_not() {
    let (_, vmo) = fixture(5000, 0);
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, 5000));
    vmo.set_content_size(77);
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, 77));
    let (_, empty) = fixture(0, 0);
    assert_eq!(empty.size(), 0);
    assert_eq!(empty.read(0, &mut [0]), Err(Status::OUT_OF_RANGE));
    assert_eq!(empty.read(0, &mut []), Ok(()));
}

#[test]
fn create_refuses_what_it_does_not_know_and_what_is_too_large() {
    let frames = HostFrames::leak();
    let create = |size, options| Vmo::create(frames, size, options).map(|vmo| vmo.size());
    assert_eq!(create(1, 1 << 20), Err(Status::INVALID_ARGS));
    assert_eq!(create(1, abi::VMO_DISCARDABLE), Err(Status::NOT_SUPPORTED));
    assert_eq!(create(u64::MAX, 0), Err(Status::OUT_OF_RANGE));
    assert_eq!(create(MAX_SIZE + 1, 0), Err(Status::OUT_OF_RANGE));
    assert_eq!(create(MAX_SIZE, 0), Ok(MAX_SIZE));
    assert_eq!(frames.used(), 0);
}

#[test]
fn what_was_not_written_reads_as_zeros_and_costs_nothing() {
    let (frames, vmo) = fixture(MAX_SIZE, 0);
    assert!(bytes(&vmo, MAX_SIZE - 10_000, 10_000).iter().all(|byte| *byte == 0));
    assert_eq!(frames.used(), 0);
    vmo.write(MAX_SIZE - 1, b"x").unwrap();
    assert_eq!(bytes(&vmo, MAX_SIZE - 2, 2), b"\0x");
    assert_eq!((frames.used(), vmo.info().committed), (1, PAGE));
    drop(vmo);
    // It had tables on nine levels, which are left to the kernel's task.
    while frames.used() > 0 {
        free_some();
    }
}

#[test]
fn reads_and_writes_cross_pages() {
    let (_, vmo) = fixture(3 * PAGE, 0);
    let text: Vec<u8> = (0..6000).map(|number| (number % 251) as u8).collect();
    vmo.write(PAGE - 10, &text).unwrap();
    assert_eq!(bytes(&vmo, PAGE - 10, text.len()), text);
    assert_eq!(bytes(&vmo, PAGE - 12, 3), [0, 0, text[0]]);
}

#[test]
fn a_write_beyond_the_end_writes_nothing() {
    let (frames, vmo) = fixture(PAGE, 0);
    assert_eq!(vmo.write(PAGE - 1, b"ab"), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.write(u64::MAX, b"ab"), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.read(PAGE + 1, &mut []), Err(Status::OUT_OF_RANGE));
    assert_eq!(frames.used(), 0);
}

#[test]
fn a_write_without_memory_fails_and_loses_nothing() {
    let frames = HostFrames::with_limit(1);
    let vmo = Vmo::create(frames, 2 * PAGE, 0).unwrap();
    assert_eq!(vmo.write(PAGE - 1, b"ab"), Err(Status::NO_MEMORY));
    assert_eq!(bytes(&vmo, PAGE - 1, 2), b"a\0");
    drop(vmo);
    assert_eq!(frames.used(), 0);
}

#[test]
fn pages_are_visited_until_the_visitor_fails() {
    let (_, vmo) = fixture(4 * PAGE, 0);
    vmo.write(PAGE, b"1").unwrap();
    let (mut range, mut seen) = (100..3 * PAGE + 1, Vec::new());
    let outcome = vmo.for_each_page(&mut range, false, |frame, offset, length| {
        if seen.len() == 3 {
            return Err(Status::BAD_STATE);
        }
        seen.push((frame.is_some(), offset, length));
        Ok(())
    });
    assert_eq!(outcome, Err(Status::BAD_STATE));
    assert_eq!(range, 3 * PAGE..3 * PAGE + 1);
    assert_eq!(seen, [(false, 100, 3996), (true, 0, 4096), (false, 0, 4096)]);
}

#[test]
fn commit_takes_bounded_steps_and_partial_pages() {
    let (frames, vmo) = fixture(1000 * PAGE, 0);
    assert_eq!(run(10..10 + 600 * PAGE, |range| vmo.commit(range)), (19, Ok(())));
    assert_eq!(frames.used(), 601);
    assert_eq!(run(0..1000 * PAGE, |range| vmo.commit(range)), (32, Ok(())));
    assert_eq!(frames.used(), 1000);
    assert_eq!(run(0..1000 * PAGE + 1, |range| vmo.commit(range)).1, Err(Status::OUT_OF_RANGE));
    assert_eq!(run(PAGE..PAGE, |range| vmo.commit(range)), (1, Ok(())));
}

#[test]
fn a_commit_without_memory_keeps_what_it_has() {
    let frames = HostFrames::with_limit(300);
    let vmo = Vmo::create(frames, 1000 * PAGE, 0).unwrap();
    assert_eq!(run(0..1000 * PAGE, |range| vmo.commit(range)), (9, Err(Status::NO_MEMORY)));
    assert_eq!(frames.used(), 300);
    assert_eq!(run(0..1000 * PAGE, |range| vmo.decommit(range)).1, Ok(()));
    assert_eq!(frames.used(), 0);
    assert_eq!(vmo.lookup_or_commit(999).map(|frame| frames.is_used(frame)), Ok(true));
}

#[test]
fn lookup_finds_the_page_it_committed() {
    let (_, vmo) = fixture(PAGE, 0);
    let frame = vmo.lookup_or_commit(0).unwrap();
    assert_eq!(vmo.lookup_or_commit(0), Ok(frame));
    assert_eq!(vmo.lookup_or_commit(1), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.lookup_or_commit(u64::MAX), Err(Status::OUT_OF_RANGE));
}

#[test]
fn decommit_gives_pages_back_in_bounded_steps() {
    let (frames, vmo) = fixture(1000 * PAGE, 0);
    run(0..1000 * PAGE, |range| vmo.commit(range)).1.unwrap();
    assert_eq!(run(PAGE..601 * PAGE, |range| vmo.decommit(range)), (5, Ok(())));
    assert_eq!(frames.used(), 400);
    vmo.write(0, b"kept").unwrap();
    assert_eq!(run(PAGE..601 * PAGE, |range| vmo.decommit(range)), (1, Ok(())));
    assert_eq!(bytes(&vmo, 0, 4), b"kept");
}

#[test]
fn decommit_of_a_huge_hole_is_one_step() {
    let (frames, vmo) = fixture(MAX_SIZE, 0);
    vmo.write(MAX_SIZE / 2, b"x").unwrap();
    assert_eq!(run(0..MAX_SIZE, |range| vmo.decommit(range)), (1, Ok(())));
    assert_eq!(frames.used(), 0);
}

#[test]
fn decommit_wants_whole_pages_inside() {
    let (_, vmo) = fixture(4 * PAGE, 0);
    assert_eq!(run(1..PAGE, |range| vmo.decommit(range)).1, Err(Status::INVALID_ARGS));
    assert_eq!(run(0..PAGE + 1, |range| vmo.decommit(range)).1, Err(Status::INVALID_ARGS));
    assert_eq!(run(0..5 * PAGE, |range| vmo.decommit(range)).1, Err(Status::OUT_OF_RANGE));
}

#[test]
fn retired_frames_are_freed_when_they_are_dropped() {
    let (frames, vmo) = fixture(PAGE, 0);
    let frame = vmo.lookup_or_commit(0).unwrap();
    let retired: Retired = vmo.decommit(&mut (0..PAGE)).unwrap();
    assert!(frames.is_used(frame));
    assert_eq!(retired.flush(), Flush::Nothing, "it was never mapped");
    drop(retired);
    assert!(!frames.is_used(frame));
}

#[test]
fn zero_clears_edges_and_gives_whole_pages_back() {
    let (frames, vmo) = fixture(4 * PAGE, 0);
    vmo.write(0, &[7; 4 * PAGE as usize]).unwrap();
    assert_eq!(run(100..3 * PAGE + 100, |range| vmo.zero(range)).1, Ok(()));
    assert_eq!(frames.used(), 2);
    let all = bytes(&vmo, 0, 4 * PAGE as usize);
    let (start, end) = (100, 3 * PAGE as usize + 100);
    assert!(all.iter().enumerate().all(|(at, byte)| *byte == if (start..end).contains(&at) { 0 } else { 7 }));
}

#[test]
fn zero_inside_one_page_leaves_the_rest_of_it() {
    let (_, vmo) = fixture(PAGE, 0);
    vmo.write(0, &[7; 10]).unwrap();
    run(3..5, |range| vmo.zero(range)).1.unwrap();
    assert_eq!(bytes(&vmo, 0, 10), [7, 7, 7, 0, 0, 7, 7, 7, 7, 7]);
    assert_eq!(run(0..PAGE + 1, |range| vmo.zero(range)).1, Err(Status::OUT_OF_RANGE));
}

#[test]
fn only_a_resizable_vmo_changes_its_size() {
    let (_, fixed) = fixture(PAGE, 0);
    assert_eq!(set_size(&fixed, PAGE), Err(Status::UNAVAILABLE));
    let (_, vmo) = fixture(PAGE, abi::VMO_RESIZABLE);
    assert_eq!(set_size(&vmo, MAX_SIZE + 1), Err(Status::OUT_OF_RANGE));
    assert_eq!(set_size(&vmo, 5000), Ok(1));
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, 5000));
}

#[test]
fn what_is_cut_off_never_comes_back() {
    let (frames, vmo) = fixture(2 * PAGE, abi::VMO_RESIZABLE);
    vmo.write(0, &[7; 2 * PAGE as usize]).unwrap();
    set_size(&vmo, 10).unwrap();
    assert_eq!(frames.used(), 1);
    set_size(&vmo, 2 * PAGE).unwrap();
    let all = bytes(&vmo, 0, 2 * PAGE as usize);
    assert!(all[..10].iter().all(|byte| *byte == 7) && all[10..].iter().all(|byte| *byte == 0));
}

#[test]
fn shrinking_takes_bounded_steps_and_growing_waits_for_them() {
    let (frames, vmo) = fixture(1000 * PAGE, abi::VMO_RESIZABLE);
    run(0..1000 * PAGE, |range| vmo.commit(range)).1.unwrap();
    let mut shrink = vmo.start_resize(0).unwrap();
    drop(vmo.resize(&mut shrink).unwrap());
    assert_eq!((vmo.size(), frames.used()), (0, 1000 - STEP_PAGES as usize));

    assert_eq!(set_size(&vmo, 1000 * PAGE), Ok(8), "seven steps that finish the other's work, then its own");
    assert_eq!(frames.used(), 0);
    drop(vmo.resize(&mut shrink).unwrap());
    assert!(shrink.is_done());
    assert_eq!(vmo.size(), 1000 * PAGE);
}

#[test]
fn pages_far_from_each_other_count_for_more_in_a_step() {
    const PAGES: u64 = 100;
    const FAR: u64 = MAX_SIZE / PAGES / PAGE * PAGE;
    let (frames, vmo) = fixture(MAX_SIZE, abi::VMO_RESIZABLE);
    (0..PAGES).for_each(|page| vmo.write(page * FAR, b"x").unwrap());
    let (mut seen, mut range) = (0, 0..MAX_SIZE);
    while !range.is_empty() {
        let before = seen;
        let taken = vmo.for_each_committed(&mut range, |_, _| {
            seen += 1;
            Ok(())
        });
        // A page, and then others that count as 55, for a tree of nine levels.
        assert!(seen - before <= 1 + STEP_PAGES.div_ceil(55) && taken.unwrap() < STEP_PAGES + 55);
    }
    assert_eq!(seen, PAGES);
    let mut shrink = vmo.start_resize(0).unwrap();
    while !shrink.is_done() {
        let before = frames.used();
        drop(vmo.resize(&mut shrink).unwrap());
        assert!(before - frames.used() <= 1 + STEP_PAGES.div_ceil(55) as usize);
    }
    assert_eq!(frames.used(), 0);
}

#[test]
fn fixed_frames_stay_their_owners() {
    let frames = HostFrames::leak();
    let owned: Vec<_> = (0..3).map(|_| frames.allocate_zeroed().unwrap()).collect();
    let vmo = Vmo::from_frames(frames, owned[0], 3 * PAGE - 5).unwrap();
    vmo.write(PAGE, b"ramdisk").unwrap();
    let mut buffer = [0; 7];
    frames.read(owned[1], 0, &mut buffer);
    assert_eq!(&buffer, b"ramdisk");
    assert_eq!(vmo.lookup_or_commit(2), Ok(owned[2]));
    assert_eq!(run(0..3 * PAGE, |range| vmo.commit(range)), (1, Ok(())));
    assert_eq!(run(0..PAGE, |range| vmo.decommit(range)).1, Err(Status::NOT_SUPPORTED));
    assert_eq!(run(PAGE..3 * PAGE, |range| vmo.zero(range)).1, Ok(()));
    assert_eq!(bytes(&vmo, PAGE, 7), [0; 7]);
    assert_eq!((vmo.size(), vmo.content_size(), vmo.info().committed), (3 * PAGE, 3 * PAGE - 5, 3 * PAGE));
    assert_eq!(set_size(&vmo, 0), Err(Status::UNAVAILABLE));
    drop(vmo);
    assert_eq!(frames.used(), 3);
}

#[test]
fn it_has_a_name() {
    let (_, vmo) = fixture(0, 0);
    vmo.name().set(b"stack");
    assert_eq!(&vmo.name().get()[..6], b"stack\0");
}

#[test]
fn the_pages_of_a_large_vmo_are_freed_in_steps() {
    let (frames, vmo) = fixture(5000 * PAGE, 0);
    run(0..5000 * PAGE, |range| vmo.commit(range)).1.unwrap();
    drop(vmo);
    // Another test may free some, too.
    while frames.used() > 0 {
        let before = frames.used();
        free_some();
        assert!(before - frames.used() <= 4 * 64 * 2, "not in one go");
    }
}
