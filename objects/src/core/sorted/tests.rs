//! A sorted list beside an ordered map, and how long its chunks are.

use super::*;
use alloc::collections::BTreeMap;
use proptest::prelude::*;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Span(Range<u64>);

impl Entry for Span {
    type Key = u64;

    fn key(&self) -> u64 {
        self.0.start
    }

    fn gap(&self, next: &Self) -> u64 {
        next.0.start - self.0.end
    }

    fn is_marked(&self) -> bool {
        self.0.start.is_multiple_of(70)
    }
}

impl HasRange for Span {
    fn range(&self) -> Range<u64> {
        self.0.clone()
    }
}

fn add(list: &mut Sorted<Span>, span: Range<u64>) {
    let at = list.make_room(list.find(span.start)).unwrap();
    list.insert(at, Span(span));
}

/// What the list says of itself is true.
fn check(list: &Sorted<Span>, model: &BTreeMap<u64, u64>) {
    let all: Vec<(u64, u64)> =
        list.iter_from(Position { chunk: 0, at: 0 }).map(|span| (span.0.start, span.0.end)).collect();
    assert!(all.iter().copied().eq(model.iter().map(|(start, end)| (*start, *end))));
    for chunk in &list.chunks {
        assert!((1..=CHUNK).contains(&chunk.entries.len()));
        let gaps = chunk.entries.windows(2).map(|pair| pair[0].gap(&pair[1]));
        assert_eq!(chunk.gap, gaps.max().unwrap_or(0));
        assert_eq!(chunk.marked, chunk.entries.iter().filter(|span| span.is_marked()).count());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(u64),
    Remove(u64),
    Take(u64, u64),
    Fill(u64),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2000u64).prop_map(Step::Add),
        6 => (0..2000u64).prop_map(Step::Remove),
        1 => (0..2000u64, 0..600u64).prop_map(|(from, count)| Step::Take(from, from + count)),
        2 => (0..2000u64).prop_map(Step::Fill),
    ]
}

fn run(list: &mut Sorted<Span>, model: &mut BTreeMap<u64, u64>, step: &Step) {
    let mut put = |list: &mut Sorted<Span>, number: u64| {
        let (start, end) = (number * 10, number * 10 + 1 + number % 10);
        if model.insert(start, end).is_none() {
            add(list, start..end);
        }
    };
    match *step {
        Step::Add(number) => put(list, number),
        Step::Fill(number) => (number..number + 200).for_each(|number| put(list, number)),
        Step::Remove(number) => {
            let at = list.find(number * 10);
            let found = list.get(at).filter(|span| span.0.start == number * 10).is_some();
            assert_eq!(found, model.remove(&(number * 10)).is_some());
            if found {
                assert_eq!(list.remove(at).unwrap().0.start, number * 10);
            }
        }
        Step::Take(from, to) => {
            let taken = list.take(list.find(from * 10), list.find(to * 10)).unwrap();
            let mut part = model.split_off(&(from * 10));
            model.append(&mut part.split_off(&(to * 10)));
            let all = taken.iter_from(Position { chunk: 0, at: 0 }).map(|span| span.0.start);
            assert!(all.eq(part.into_keys()));
        }
    }
}

proptest! {
    #[test]
    fn it_is_a_map(all in prop::collection::vec(steps(), 1..120), least in 1..40u64, ends in (0..21_000u64, 0..21_000u64)) {
        let (mut list, mut model) = (Sorted::new(), BTreeMap::new());
        for step in &all {
            run(&mut list, &mut model, step);
            check(&list, &model);
        }
        let space = ends.0.min(ends.1)..ends.0.max(ends.1);
        let mut expected = Vec::new();
        let mut free = space.start;
        for (start, end) in model.iter().map(|(start, end)| (*start, *end)).chain([(space.end, space.end)]) {
            let gap = free..start.min(space.end);
            if !gap.is_empty() && gap.end - gap.start >= least {
                expected.push(gap);
            }
            free = free.max(end);
        }
        let marked = model.range(space.clone()).any(|(start, _)| start % 70 == 0);
        prop_assert_eq!(list.has_marked(list.find(space.start), list.find(space.end)), marked);
        prop_assert_eq!(list.gaps(space, least).collect::<Vec<_>>(), expected);
        while let Some(last) = list.pop() {
            prop_assert_eq!(model.pop_last(), Some((last.0.start, last.0.end)));
        }
        prop_assert!(model.is_empty() && list.chunks.is_empty());
    }
}

/// Positions of chunk and entry.
fn at(chunk: usize, at: usize) -> Position {
    Position { chunk, at }
}

/// How many entries are in each chunk.
fn lengths<T>(list: &Sorted<T>) -> Vec<usize> {
    list.chunks.iter().map(|chunk| chunk.entries.len()).collect()
}

/// Chunks with so many entries of width 1, each 10 behind the one before, and what is in them.
fn list_of(lengths: &[usize]) -> (Sorted<Span>, BTreeMap<u64, u64>) {
    let (mut list, mut next) = (Sorted::new(), 0..);
    for (number, length) in lengths.iter().enumerate() {
        list.add_chunk(number, *length).unwrap();
        let entries = (&mut next).take(*length).map(|number| Span(10 * number..10 * number + 1));
        list.chunks[number].entries.extend(entries);
        list.chunks[number].measure();
    }
    let model = (0..lengths.iter().sum::<usize>() as u64).map(|number| (10 * number, 10 * number + 1));
    let model = model.collect();
    check(&list, &model);
    (list, model)
}

/// An entry of which nothing but the key is known.
struct Plain(u64);

impl Entry for Plain {
    type Key = u64;

    fn key(&self) -> u64 {
        self.0
    }
}

#[test]
fn entries_without_ends_leave_no_gaps_and_are_not_marked() {
    let mut list = Sorted::new();
    for key in [3, 1, 2] {
        let position = list.make_room(list.find(key)).unwrap();
        list.insert(position, Plain(key));
    }
    assert!(list.iter_from(at(0, 0)).map(Entry::key).eq([1, 2, 3]));
    assert_eq!((list.chunks[0].gap, list.chunks[0].marked), (0, 0));
    assert!(!list.has_marked(at(0, 0), list.end()));
}

/// In order, as most are added; before all others; and in the middle of a full chunk, on both sides of its half.
#[test]
fn a_chunk_that_is_full_is_halved() {
    let mut list = Sorted::new();
    let full = [CHUNK];
    let half = CHUNK / 2;
    (0..CHUNK as u64).for_each(|number| add(&mut list, 10 * number..10 * number + 1));
    assert_eq!(lengths(&list), full, "behind the last is in its chunk");
    add(&mut list, 10 * CHUNK as u64..10 * CHUNK as u64 + 1);
    assert_eq!(lengths(&list), [half, half + 1]);
    for (place, halves) in [
        (0, [half + 1, half]),
        (1, [half + 1, half]),
        (half - 1, [half + 1, half]),
        (half, [half + 1, half]),
        (half + 1, [half, half + 1]),
        (CHUNK - 1, [half, half + 1]),
        (CHUNK, [half, half + 1]),
    ] {
        let (mut list, _) = list_of(&full);
        list.chunks[0].entries.iter_mut().for_each(|span| span.0 = span.0.start + 10..span.0.end + 10);
        list.chunks[0].measure();
        let start = 10 * place as u64 + 5;
        add(&mut list, start..start + 1);
        assert_eq!(lengths(&list), halves, "{place}");
        let model = (1..=CHUNK as u64).map(|number| 10 * number).chain([start]);
        check(&list, &model.map(|start| (start, start + 1)).collect());
    }
}

#[test]
fn between_two_chunks_an_entry_goes_to_the_end_of_the_first() {
    let (mut list, _) = list_of(&[20, 30]);
    add(&mut list, 195..196);
    assert_eq!(lengths(&list), [21, 30]);
    let (mut list, _) = list_of(&[CHUNK, 30]);
    let behind = 10 * CHUNK as u64 - 5;
    add(&mut list, behind..behind + 1);
    assert_eq!(lengths(&list), [CHUNK / 2, CHUNK / 2 + 1, 30]);
}

/// If what both have leaves room for some more.
#[test]
fn a_chunk_with_few_entries_joins_the_next() {
    let most = CHUNK - FEW;
    for (before, position, after) in [
        (&[FEW + 1, 10][..], at(0, 3), &[FEW, 10][..]),
        (&[FEW, most - FEW + 1], at(0, 0), &[most]),
        (&[FEW, most - FEW + 2], at(0, 0), &[FEW - 1, most - FEW + 2]),
        (&[10, FEW], at(1, FEW - 1), &[10 + FEW - 1]),
        (&[40, 20, FEW], at(2, 0), &[40, 20 + FEW - 1]),
        (&[40, FEW, 20], at(1, 5), &[40, FEW - 1 + 20]),
        (&[FEW, 20, 40], at(0, 5), &[FEW - 1 + 20, 40]),
        (&[20, 1, 10], at(1, 0), &[20, 10]),
        (&[5], at(0, 2), &[4]),
        (&[1], at(0, 0), &[]),
    ] {
        let (mut list, mut model) = list_of(before);
        let gone = list.remove(position).unwrap();
        assert!(model.remove(&gone.0.start).is_some());
        assert_eq!(lengths(&list), after, "{before:?}");
        check(&list, &model);
        assert!(list.remove(list.end()).is_none());
    }
}

/// The largest gap of a chunk, which is not measured anew each time.
#[test]
fn the_largest_gap_is_known_after_each_change() {
    let list_of = |spans: &[(u64, u64)]| {
        let mut list = Sorted::new();
        spans.iter().for_each(|(start, end)| add(&mut list, *start..*end));
        list
    };
    let gap = |list: &Sorted<Span>| list.chunks[0].gap;
    for (spans, largest) in [
        (&[(0, 1), (10, 11), (100, 101)][..], 89),
        (&[(0, 1), (10, 11), (100, 101), (50, 51)], 49),
        (&[(0, 1), (10, 11), (100, 101), (12, 13)], 87),
        (&[(0, 1), (10, 11), (100, 101), (5, 6)], 89),
        (&[(0, 10), (10, 20), (100, 110)], 80),
        (&[(0, 10), (10, 20), (20, 30)], 0),
        (&[(100, 101), (0, 1)], 99),
        (&[(100, 101), (90, 91), (0, 1)], 89),
        (&[(0, 1)], 0),
    ] {
        assert_eq!(gap(&list_of(spans)), largest, "{spans:?}");
    }
    for (spans, gone, largest) in [
        (&[(0, 1), (100, 101), (110, 111)][..], 0, 9),
        (&[(0, 1), (10, 11), (100, 101)], 0, 89),
        (&[(0, 1), (10, 11), (100, 101)], 1, 99),
        (&[(0, 1), (90, 91), (100, 101)], 1, 99),
        (&[(0, 1), (10, 11), (100, 101)], 2, 9),
        (&[(0, 1), (90, 91), (100, 101)], 2, 89),
        (&[(0, 1), (90, 91), (180, 181)], 2, 89),
        (&[(0, 1), (90, 91)], 0, 0),
        (&[(0, 1), (90, 91)], 1, 0),
        (&[(0, 10), (10, 20), (20, 30)], 0, 0),
        (&[(0, 10), (10, 20), (20, 30)], 1, 10),
    ] {
        let mut list = list_of(spans);
        assert!(list.remove(at(0, gone)).is_some());
        assert_eq!(gap(&list), largest, "{spans:?} without {gone}");
    }
}

#[test]
fn an_entry_that_changes_is_measured_anew() {
    let (mut list, _) = list_of(&[3, 2]);
    assert_eq!(list.change(at(0, 1), |span| core::mem::replace(&mut span.0.end, 20)), Some(11));
    assert_eq!((list.chunks[0].gap, list.chunks[1].gap), (9, 9));
    assert_eq!(list.change(at(1, 0), |span| span.0.end = 40), Some(()));
    assert_eq!((list.chunks[0].gap, list.chunks[1].gap), (9, 0));
    assert_eq!((list.change(at(1, 2), |_| ()), list.change(at(2, 0), |_| ())), (None, None));
    list.get_mut(at(0, 2)).unwrap().0.end = 25;
    assert!(list.get(at(0, 2)) == Some(&Span(20..25)) && list.get_mut(at(2, 0)).is_none());
    assert_eq!((list.last(), Sorted::<Span>::new().last()), (Some(&Span(40..41)), None));
}

#[test]
fn there_is_a_way_to_each_entry_and_back() {
    let (list, _) = list_of(&[2, 1, 2]);
    let forth = [at(0, 0), at(0, 1), at(1, 0), at(2, 0), at(2, 1), list.end()];
    for pair in forth.windows(2) {
        assert_eq!((list.next(pair[0]), list.previous(pair[1])), (pair[1], Some(pair[0])));
    }
    assert_eq!((list.next(list.end()), list.previous(at(0, 0))), (at(3, 0), None));
    for (number, position) in forth.into_iter().enumerate() {
        let key = 10 * number as u64;
        assert_eq!((list.find(key), list.find(key.saturating_sub(9))), (position, position));
        assert!(list.iter_from(position).map(Entry::key).eq((key..50).step_by(10)));
    }
    assert_eq!(Sorted::<Span>::new().find(7), at(0, 0));
}

/// From each position to each other, with marks in two of three chunks.
#[test]
fn a_mark_is_found_between_the_positions_around_it() {
    let (list, _) = list_of(&[8, 6, 8]);
    assert_eq!(list.chunks.iter().map(|chunk| chunk.marked).collect::<Vec<_>>(), [2, 0, 2]);
    for from in 0..=22 {
        for to in from..=22 {
            let found = list.has_marked(list.find(10 * from), list.find(10 * to));
            assert_eq!(found, (from..to).any(|number| number % 7 == 0), "{from} {to}");
        }
    }
}

/// With as much room as they need; what is left joins, if it is few.
#[test]
fn what_lies_between_two_positions_is_taken_out() {
    for (before, from, to, taken, left) in [
        (&[40][..], at(0, 0), at(0, 5), &[5][..], &[35][..]),
        (&[40], at(0, 10), at(0, 20), &[10], &[30]),
        (&[40], at(0, 10), at(1, 0), &[30], &[10]),
        (&[40], at(0, 0), at(1, 0), &[40], &[]),
        (&[60, 60], at(0, 55), at(1, 5), &[5, 5], &[55, 55]),
        (&[60, 60], at(0, 10), at(1, 30), &[50, 30], &[40]),
        (&[60, 60], at(0, 10), at(1, 0), &[50], &[10, 60]),
        (&[60, 60], at(0, 0), at(1, 0), &[60], &[60]),
        (&[60, 60], at(1, 20), at(2, 0), &[40], &[60, 20]),
        (&[60, 60], at(1, 0), at(1, 60), &[60], &[60]),
        (&[60, 50, 40, 30], at(0, 50), at(3, 20), &[10, 50, 40, 20], &[50, 10]),
        (&[60, 50, 40, 30], at(1, 0), at(3, 0), &[50, 40], &[60, 30]),
        (&[60, 50, 40, 30], at(1, 40), at(2, 10), &[10, 10], &[60, 40, 30, 30]),
        (&[60, 50, 40, 30], at(0, 0), at(4, 0), &[60, 50, 40, 30], &[]),
        (&[40], at(0, 5), at(0, 5), &[], &[40]),
        (&[60, 60], at(1, 5), at(0, 7), &[], &[60, 60]),
    ] {
        let (mut list, mut model) = list_of(before);
        let [start, end] = [from, to].map(|position| list.get(position).map_or(10_000, |span| span.0.start));
        let part = list.take(from, to).unwrap();
        let mut gone = model.split_off(&start.min(end));
        model.append(&mut gone.split_off(&end));
        assert_eq!((&lengths(&part)[..], &lengths(&list)[..]), (taken, left), "{before:?} {from:?} {to:?}");
        check(&part, &gone);
        check(&list, &model);
        if start < end {
            assert_eq!(part.chunks.capacity(), to.chunk - from.chunk + 1, "{before:?} {from:?} {to:?}");
            assert_eq!(part.chunks[0].entries.capacity(), taken[0], "{before:?} {from:?} {to:?}");
        }
    }
}

/// Exactly as large as they have to be, at both ends, and in chunks that are passed as a whole.
#[test]
fn gaps_are_found_without_a_look_at_all_entries() {
    let (mut list, _) = list_of(&[20, 20, 20]);
    let found = |list: &Sorted<Span>, space: Range<u64>, least: u64| {
        let mut gaps = list.gaps(space, least);
        let all: Vec<_> = gaps.by_ref().map(|gap| (gap.start, gap.end)).collect();
        (all, gaps.passed())
    };
    assert_eq!(found(&list, 0..600, 10), ([].into(), 4), "three chunks, and the end");
    assert_eq!(found(&list, 0..601, 10), ([(591, 601)].into(), 4));
    assert_eq!(found(&list, 0..600, 9).0.len(), 60);
    assert_eq!(found(&list, 0..600, 9).1, 61, "each entry, and the end");
    assert_eq!(found(&list, 15..36, 5), ([(15, 20), (21, 30), (31, 36)].into(), 3));
    assert_eq!(found(&list, 15..36, 6).0, [(21, 30)]);
    assert_eq!(found(&list, 11..20, 9), ([(11, 20)].into(), 1));
    assert_eq!(found(&list, 10..11, 1).0, []);
    assert_eq!(found(&list, 7..7, 1), ([].into(), 0));
    // A large one inside of the second chunk, and one between it and the third.
    (0..3).for_each(|_| assert!(list.remove(at(1, 4)).is_some()));
    assert!(list.remove(at(1, 16)).is_some());
    assert_eq!((lengths(&list), list.chunks[1].gap), ([20, 16, 20].into(), 39));
    assert_eq!(found(&list, 0..600, 19).0, [(231, 270), (381, 400)]);
    assert_eq!(found(&list, 0..600, 20).0, [(231, 270)]);
    assert_eq!(found(&list, 0..600, 39).0, [(231, 270)]);
    assert_eq!(found(&list, 0..600, 40), ([].into(), 4));
    assert_eq!(found(&Sorted::new(), 3..9, 6), ([(3, 9)].into(), 1));
}
