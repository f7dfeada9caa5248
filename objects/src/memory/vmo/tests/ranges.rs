//! Ranges of a VMO that are visited, committed, decommitted and zeroed in steps.

use super::*;

/// What a visit of committed pages finds: the offsets, whether the frames are those of the pages, and what it returns.
fn visit(vmo: &Vmo, range: &mut Range<u64>) -> (Vec<u64>, Result<u64, NoMemory>) {
    let mut found = Vec::new();
    let taken = vmo.for_each_committed(range, |offset, frame| {
        found.push((offset, frame));
        Ok(())
    });
    // The lock is held during the visit.
    assert!(found.iter().all(|(offset, frame)| vmo.lookup_or_commit(offset / PAGE) == Ok(*frame)));
    (found.into_iter().map(|(offset, _)| offset).collect(), taken)
}

/// The offsets of these pages.
fn offsets(pages: Range<u64>) -> Vec<u64> {
    pages.map(|page| page * PAGE).collect()
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
fn a_range_that_ends_before_it_begins_is_not_visited() {
    let (_, vmo) = fixture(4 * PAGE, 0);
    let mut range = Range { start: 2 * PAGE, end: PAGE };
    let outcome = vmo.for_each_page(&mut range, true, |_, _, _| -> Result<(), Status> { panic!("a page") });
    assert_eq!((outcome, vmo.commit(&mut range)), (Err(Status::OUT_OF_RANGE), Err(Status::OUT_OF_RANGE)));
    assert_eq!(vmo.zero(&mut range).err(), Some(Status::OUT_OF_RANGE));
    assert_eq!(vmo.decommit(&mut range).err(), Some(Status::OUT_OF_RANGE));
}

#[test]
fn pages_that_are_visited_can_be_committed_first() {
    let (frames, vmo) = fixture(4 * PAGE, 0);
    frames.set_left(2);
    let (mut range, mut seen) = (PAGE + 1..4 * PAGE, Vec::new());
    let outcome: Result<(), Status> = vmo.for_each_page(&mut range, true, |frame, offset, length| {
        seen.push((frame.is_some(), offset, length));
        Ok(())
    });
    assert_eq!((outcome, range), (Err(Status::NO_MEMORY), 3 * PAGE..4 * PAGE));
    assert_eq!((seen, committed(&vmo)), (vec![(true, 1, 4095), (true, 0, 4096)], vec![1, 2]));
}

#[test]
fn a_step_commits_32_pages_from_the_start_on() {
    let (_, vmo) = fixture(300 * PAGE, 0);
    let mut range = 100 * PAGE + 5..200 * PAGE;
    vmo.commit(&mut range).unwrap();
    assert_eq!((range.clone(), committed(&vmo)), (132 * PAGE..200 * PAGE, (100..132).collect()));
    vmo.commit(&mut range).unwrap();
    assert_eq!((range, committed(&vmo).len()), (164 * PAGE..200 * PAGE, 64));
}

#[test]
fn the_last_step_of_a_commit_ends_where_the_range_does() {
    let (_, vmo) = fixture(4 * PAGE, 0);
    let mut range = PAGE + 7..2 * PAGE + 9;
    vmo.commit(&mut range).unwrap();
    assert_eq!((range, committed(&vmo)), (2 * PAGE + 9..2 * PAGE + 9, vec![1, 2]));
}

#[test]
fn a_commit_says_how_far_it_came() {
    let frames = HostFrames::with_limit(3);
    let vmo = Vmo::create(frames, 10 * PAGE, 0).unwrap();
    let mut range = 5 * PAGE..10 * PAGE;
    assert_eq!(vmo.commit(&mut range), Err(Status::NO_MEMORY));
    assert_eq!((range, committed(&vmo)), (8 * PAGE..10 * PAGE, vec![5, 6, 7]));
}

#[test]
fn frames_of_somebody_else_are_committed_already() {
    let (_, vmo) = fixed(HostFrames::leak(), 3);
    let mut range = 5..2 * PAGE;
    assert_eq!((vmo.commit(&mut range), range), (Ok(()), 2 * PAGE..2 * PAGE));
    assert_eq!(vmo.commit(&mut (0..3 * PAGE + 1)), Err(Status::OUT_OF_RANGE));
}

#[test]
fn a_step_of_decommit_takes_128_pages_and_says_where_it_stopped() {
    let (frames, vmo) = fixture(300 * PAGE, 0);
    commit_all(&vmo);
    let mut range = 100 * PAGE..300 * PAGE;
    let retired = vmo.decommit(&mut range).unwrap();
    assert_eq!((range.clone(), frames.used()), (228 * PAGE..300 * PAGE, 300));
    drop(retired);
    assert_eq!(frames.used(), 172);
    assert_eq!(committed(&vmo), (0..100).chain(228..300).collect::<Vec<_>>());
    drop(vmo.decommit(&mut range).unwrap());
    assert_eq!((range, committed(&vmo)), (300 * PAGE..300 * PAGE, (0..100).collect()));
}

#[test]
fn decommit_leaves_pages_on_both_sides_of_a_range_with_holes() {
    let (frames, vmo) = fixture(12 * PAGE, 0);
    touch(&vmo, [0, 2, 3, 5, 8, 11]);
    let mut range = PAGE..8 * PAGE;
    drop(vmo.decommit(&mut range).unwrap());
    assert_eq!((range, committed(&vmo), frames.used()), (8 * PAGE..8 * PAGE, vec![0, 8, 11], 3));
}

#[test]
fn decommit_of_a_hole_before_a_page_takes_nothing() {
    let (_, vmo) = fixture(12 * PAGE, 0);
    touch(&vmo, [5]);
    let mut range = 0..PAGE;
    assert!(vmo.decommit(&mut range).unwrap().is_empty() && range.is_empty());
    let mut range = 2 * PAGE..5 * PAGE;
    assert!(vmo.decommit(&mut range).unwrap().is_empty() && range.is_empty());
    assert_eq!(committed(&vmo), [5]);
}

#[test]
fn decommit_makes_room_for_no_more_frames_than_it_can_take() {
    let (_, vmo) = fixture(20 * PAGE, 0);
    touch(&vmo, 0..10);
    let retired = vmo.decommit(&mut (5 * PAGE..8 * PAGE)).unwrap();
    assert_eq!((retired.room(), committed(&vmo)), (0, vec![0, 1, 2, 3, 4, 8, 9]));
    let retired = vmo.decommit(&mut (0..20 * PAGE)).unwrap();
    assert_eq!((retired.room(), committed(&vmo)), (0, vec![]));
    // Where it can not know how many there are.
    touch(&vmo, [1, 4, 10, 11]);
    assert_eq!(vmo.decommit(&mut (0..5 * PAGE)).unwrap().room(), 2);
}

#[test]
fn zero_commits_nothing() {
    let (frames, vmo) = fixture(8 * PAGE, 0);
    let mut range = 10..7 * PAGE + 10;
    let (steps, outcome) = run(range.clone(), |range| vmo.zero(range));
    assert_eq!((steps, outcome, frames.used()), (2, Ok(()), 0));
    let retired = vmo.zero(&mut range).unwrap();
    assert!(retired.is_empty() && retired.flush() == Flush::Nothing);
}

#[test]
fn a_step_of_zero_gives_128_pages_back_and_says_where_it_stopped() {
    let (frames, vmo) = watched(300, 0);
    commit_all(&vmo);
    vmo.write(PAGE - 1, b"ab").unwrap();
    let mut range = PAGE..299 * PAGE + 1;
    drop(vmo.zero(&mut range).unwrap());
    assert_eq!((range.clone(), frames.used()), (129 * PAGE..299 * PAGE + 1, 172));
    drop(vmo.zero(&mut range).unwrap());
    drop(vmo.zero(&mut range).unwrap());
    assert_eq!(
        (range.clone(), frames.used(), frames.cleared.load(Relaxed)),
        (299 * PAGE..299 * PAGE + 1, 2, 0)
    );
    drop(vmo.zero(&mut range).unwrap());
    assert_eq!((range.is_empty(), frames.used(), frames.cleared.load(Relaxed)), (true, 2, 1));
    assert_eq!(bytes(&vmo, PAGE - 1, 2), b"a\0");
}

#[test]
fn frames_of_somebody_else_are_zeroed_128_in_a_step() {
    let frames = Watched::leak();
    let (owned, vmo) = fixed(frames, 200);
    let mut range = 1..200 * PAGE - 1;
    assert!(vmo.zero(&mut range).unwrap().is_empty());
    assert_eq!((range.clone(), frames.cleared.load(Relaxed)), (128 * PAGE..200 * PAGE - 1, 128));
    let numbers = || (0..200).filter(|page| bytes(&vmo, page * PAGE, 1) != [0]).count();
    assert_eq!(numbers(), 73, "the first byte is not in the range");
    assert!(vmo.zero(&mut range).unwrap().is_empty());
    assert_eq!((range.is_empty(), frames.cleared.load(Relaxed), numbers()), (true, 200, 1));
    assert_eq!((frames.used(), vmo.lookup_or_commit(199)), (200, Ok(owned[199])));
}

#[test]
fn committed_pages_are_visited_in_steps_of_128() {
    let (_, vmo) = fixture(300 * PAGE, 0);
    commit_all(&vmo);
    let mut range = 10 * PAGE..200 * PAGE;
    assert_eq!(visit(&vmo, &mut range), (offsets(10..138), Ok(128)));
    assert_eq!(range, 138 * PAGE..200 * PAGE);
    assert_eq!(visit(&vmo, &mut range), (offsets(138..200), Ok(62)));
    assert!(range.is_empty());
    assert_eq!(visit(&vmo, &mut range), (vec![], Ok(0)));
}

#[test]
fn a_visit_looks_at_each_page_that_the_range_touches() {
    let (_, vmo) = fixture(10 * PAGE, 0);
    touch(&vmo, [0, 2, 3, 4]);
    assert_eq!(visit(&vmo, &mut (PAGE - 1..3 * PAGE)).0, [0, 2 * PAGE]);
    assert_eq!(visit(&vmo, &mut (3 * PAGE + 5..4 * PAGE + 1)).0, [3 * PAGE, 4 * PAGE]);
    assert_eq!(visit(&vmo, &mut (0..u64::MAX)).0.len(), 4);
}

#[test]
fn a_page_behind_a_hole_costs_as_much_as_the_way_in_the_tree() {
    let (_, low) = fixture(64 * PAGE, 0);
    touch(&low, [0, 1, 3]);
    assert_eq!(visit(&low, &mut (0..64 * PAGE)).1, Ok(1 + 1 + 7));
    let (_, high) = fixture(65 * PAGE, 0);
    touch(&high, [0, 64]);
    assert_eq!(visit(&high, &mut (0..65 * PAGE)).1, Ok(1 + 13));
}

#[test]
fn a_visit_that_fails_says_how_far_it_came() {
    let (_, vmo) = fixture(10 * PAGE, 0);
    touch(&vmo, [1, 3, 5]);
    let (mut range, mut seen) = (0..10 * PAGE, 0);
    let outcome = vmo.for_each_committed(&mut range, |offset, _| {
        seen += 1;
        if offset == 3 * PAGE { Err(NoMemory) } else { Ok(()) }
    });
    assert_eq!((outcome, range, seen), (Err(NoMemory), 2 * PAGE..10 * PAGE, 2));
}

#[test]
fn frames_of_somebody_else_are_visited_up_to_the_end() {
    let (_, few) = fixed(HostFrames::leak(), 3);
    let mut range = PAGE..10 * PAGE;
    assert_eq!(visit(&few, &mut range), (offsets(1..3), Ok(2)));
    assert!(range.is_empty());
    let (_, many) = fixed(HostFrames::leak(), 200);
    let mut range = 0..200 * PAGE;
    assert_eq!(visit(&many, &mut range), (offsets(0..128), Ok(128)));
    assert_eq!(range.start, 128 * PAGE);
}
