//! VMOs that change their size.

use super::views::{Recorder, add_views};
use super::*;

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
fn a_whole_number_of_pages_is_cut_off_without_a_look_at_them() {
    let (frames, vmo) = watched(4, abi::VMO_RESIZABLE);
    vmo.write(0, &[7; 4 * WHOLE]).unwrap();
    set_size(&vmo, 2 * PAGE).unwrap();
    assert_eq!((vmo.size(), frames.used(), frames.cleared.load(Relaxed)), (2 * PAGE, 2, 0));
    assert_eq!(bytes(&vmo, PAGE, WHOLE), [7; WHOLE]);
    set_size(&vmo, PAGE + 1).unwrap();
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, PAGE + 1));
    assert_eq!((frames.used(), frames.cleared.load(Relaxed)), (2, 1));
    assert_eq!(bytes(&vmo, PAGE - 1, 3), [7, 7, 0]);
    assert_eq!(bytes(&vmo, PAGE + 1, WHOLE - 1), [0; WHOLE - 1]);
    // The last page is a hole.
    set_size(&vmo, 3 * PAGE + 5).unwrap();
    assert_eq!((vmo.size(), frames.used(), frames.cleared.load(Relaxed)), (4 * PAGE, 2, 1));
}

#[test]
fn it_shrinks_to_nothing_and_grows_to_the_largest() {
    let (frames, vmo) = fixture(PAGE, abi::VMO_RESIZABLE);
    vmo.write(0, b"x").unwrap();
    assert_eq!(set_size(&vmo, 0), Ok(1));
    assert_eq!((vmo.size(), vmo.content_size(), frames.used()), (0, 0, 0));
    assert_eq!(set_size(&vmo, MAX_SIZE), Ok(1));
    assert_eq!(vmo.size(), MAX_SIZE);
}

#[test]
fn a_step_of_shrinking_takes_128_pages() {
    let (frames, vmo) = fixture(300 * PAGE, abi::VMO_RESIZABLE);
    commit_all(&vmo);
    let mut resize = vmo.start_resize(10 * PAGE).unwrap();
    assert!(!resize.is_done());
    for (left, is_done) in [(172, false), (44, false), (10, true)] {
        let retired = vmo.resize(&mut resize).unwrap();
        assert_eq!(retired.flush(), Flush::Nothing, "it was never mapped");
        drop(retired);
        assert_eq!((vmo.size(), frames.used(), resize.is_done()), (10 * PAGE, left, is_done));
    }
}

#[test]
fn what_one_who_shrank_it_has_left_is_trimmed_by_others() {
    let (frames, vmo) = fixture(300 * PAGE, abi::VMO_RESIZABLE);
    commit_all(&vmo);
    let mut resize = vmo.start_resize(10 * PAGE).unwrap();
    drop(vmo.resize(&mut resize).unwrap());
    for (left, is_done) in [(44, false), (10, true), (10, true)] {
        let (retired, done) = vmo.trim().unwrap();
        assert_eq!(retired.is_empty(), frames.used() == 10);
        drop(retired);
        assert_eq!((frames.used(), done, vmo.size()), (left, is_done, 10 * PAGE));
    }
    drop(vmo.resize(&mut resize).unwrap());
    assert!(resize.is_done());
}

#[test]
fn where_nothing_was_left_nothing_is_trimmed() {
    let (frames, vmo) = fixture(3 * PAGE, abi::VMO_RESIZABLE);
    commit_all(&vmo);
    add_views(&vmo, &Recorder::new(), 1);
    let (retired, is_done) = vmo.trim().unwrap();
    assert_eq!((retired.is_empty(), retired.flush(), is_done), (true, Flush::Nothing, true));
    assert_eq!(frames.used(), 3);
}

#[test]
fn many_views_lose_what_is_cut_off_before_the_pages_go() {
    let (frames, vmo) = fixture(4 * PAGE, abi::VMO_RESIZABLE);
    commit_all(&vmo);
    let table = Recorder::new();
    add_views(&vmo, &table, 100);
    let mut resize = vmo.start_resize(PAGE).unwrap();
    let retired = vmo.resize(&mut resize).unwrap();
    assert!(retired.is_empty() && retired.flush() == Flush::Everywhere && !resize.is_done());
    assert_eq!((vmo.size(), frames.used()), (PAGE, 4));
    let unmapped = table.take().len();
    assert!((1..300).contains(&unmapped), "{unmapped} pages at once");
    // The pages are there, but nobody finds them.
    let mut range = 0..4 * PAGE;
    let mut seen = Vec::new();
    let visited = vmo.for_each_committed(&mut range, |offset, _| {
        seen.push(offset);
        Ok(())
    });
    assert_eq!((visited, seen, range.is_empty()), (Ok(1), vec![0], true));
    assert_eq!(vmo.with_page(PAGE, |_| ()), Err(FaultError::OutOfRange));
    let mut turns = 0..TURNS;
    while !vmo.trim().unwrap().1 {
        assert!(turns.next().is_some() && frames.used() == 4);
    }
    assert_eq!((unmapped + table.take().len(), frames.used()), (300, 1));
}

#[test]
fn growing_takes_nothing_out_of_views() {
    let (frames, vmo) = fixture(2 * PAGE, abi::VMO_RESIZABLE);
    commit_all(&vmo);
    let table = Recorder::new();
    // More than a step looks at.
    add_views(&vmo, &table, 1100);
    for size in [2 * PAGE, 2 * PAGE - 1, 3 * PAGE, 4 * PAGE] {
        assert_eq!(set_size(&vmo, size), Ok(1), "to {size}");
    }
    assert_eq!((table.take().len(), frames.used()), (0, 2));
}
