//! Where a VMO is mapped, without address spaces: page tables here only record what they lose.

#![allow(clippy::single_range_in_vec_init, reason = "lists of ranges are what is compared")]

use super::*;
use crate::core::sorted::Entry;
use crate::memory::vmo::views::MAX_VIEWS;
use crate::memory::{PageTable, Protection, Work};
use waitq::sync::Mutex;

/// A page table that records what is to be unmapped, a page in each step.
pub(super) struct Recorder(Mutex<Vec<Range<u64>>>);

impl Recorder {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Vec::new())))
    }

    /// What it was asked to unmap since the last time.
    pub fn take(&self) -> Vec<Range<u64>> {
        core::mem::take(&mut *self.0.lock())
    }
}

impl PageTable for Recorder {
    fn map(&self, _: u64, _: Frame, _: Protection) -> Result<(), FaultError> {
        Ok(())
    }

    fn unmap(&self, range: &mut Range<u64>, work: &mut Work) {
        while !range.is_empty() {
            self.0.lock().push(range.clone());
            range.start += PAGE;
            work.spend(1);
            if work.is_spent() {
                return;
            }
        }
    }

    fn protect(&self, _: &mut Range<u64>, _: Protection, _: &mut Work) {}
}

/// Maps a VMO as a whole so often.
pub(super) fn add_views(vmo: &Vmo, table: &Arc<Recorder>, count: u64) {
    for number in 0..count {
        let length = vmo.size();
        vmo.add_view(View { length, ..view(table, number << 30, 0, 0) }).unwrap();
    }
}

/// A view of so many pages, from a page of the VMO on.
fn view(table: &Arc<Recorder>, address: u64, first: u64, pages: u64) -> View {
    let (offset, length) = (first * PAGE, pages * PAGE);
    View { table: table.clone(), address, offset, length, id: MappingId(address) }
}

fn views(list: impl IntoIterator<Item = View>) -> Views {
    let mut views = Views::new();
    list.into_iter().for_each(|view| views.add(view).unwrap());
    views
}

fn key(table: &Arc<Recorder>, address: u64) -> ViewKey {
    ViewKey { space: view(table, 0, 0, 0).space(), address, id: MappingId(address) }
}

/// What has to be unmapped for these bytes of the VMO, each page once.
fn pages_of(views: &Views, table: &Recorder, bytes: Range<u64>) -> Vec<u64> {
    assert!(views.unmap(&mut Sweep::new(bytes), &mut Work::unlimited()));
    table.take().into_iter().map(|range| range.start).collect()
}

#[test]
fn mappings_and_address_spaces_are_counted_in_any_order() {
    let tables = [(); 3].map(|()| Recorder::new());
    let (mut views, mut there) = (Views::new(), Vec::new());
    let check = |views: &Views, there: &Vec<(usize, u64)>| {
        let spaces = (0..3).filter(|table| there.iter().any(|(other, _)| other == table)).count();
        assert_eq!((views.len(), views.spaces()), (there.len(), spaces), "{there:?}");
        assert_eq!(views.may_be_cached(), !there.is_empty());
    };
    for (table, address) in [(0, 50), (0, 10), (1, 30), (0, 30), (2, 30), (1, 90), (2, 10), (1, 10)] {
        views.add(view(&tables[table], address * PAGE, 0, 1)).unwrap();
        there.push((table, address));
        check(&views, &there);
    }
    for (table, address) in [(1, 30), (0, 10), (2, 10), (1, 10), (2, 30), (0, 50), (1, 90), (0, 30)] {
        views.remove(key(&tables[table], address * PAGE));
        there.retain(|other| *other != (table, address));
        check(&views, &there);
    }
}

#[test]
fn a_view_that_is_not_there_is_neither_removed_nor_shortened() {
    let tables = [Recorder::new(), Recorder::new()];
    let mut views = views([view(&tables[0], 4 * PAGE, 0, 4)]);
    let there = key(&tables[0], 4 * PAGE);
    let others = [
        ViewKey { id: MappingId(7), ..there },
        ViewKey { address: 5 * PAGE, ..there },
        ViewKey { address: 3 * PAGE, ..there },
        key(&tables[1], 4 * PAGE),
    ];
    for other in others {
        views.remove(other);
        views.shorten(other, PAGE);
        assert_eq!((views.len(), views.spaces()), (1, 1));
    }
    assert_eq!(pages_of(&views, &tables[0], 3 * PAGE..4 * PAGE), [7 * PAGE]);
}

#[test]
fn a_view_that_was_retired_may_be_cached_until_it_is_forgotten() {
    let table = Recorder::new();
    let mut views = views([view(&table, 0, 0, 1), view(&table, PAGE, 0, 1)]);
    views.retire(key(&table, 0));
    assert_eq!((views.len(), views.may_be_cached()), (1, true));
    views.retire(key(&table, PAGE));
    assert_eq!((views.len(), views.spaces(), views.may_be_cached()), (0, 0, true));
    views.forget_retired();
    assert!(views.may_be_cached());
    views.forget_retired();
    assert!(!views.may_be_cached());
}

#[test]
fn bytes_are_unmapped_where_views_show_them_and_nowhere_else() {
    let table = Recorder::new();
    // Pages 2, 3 and 4 of the VMO, and behind these pages 0 and 1.
    let mut views = views([view(&table, 16 * PAGE, 2, 3), view(&table, 19 * PAGE, 0, 2)]);
    let pages = |views: &Views, bytes: Range<u64>| {
        let bytes = bytes.start * PAGE..bytes.end * PAGE;
        pages_of(views, &table, bytes).into_iter().map(|address| address / PAGE).collect::<Vec<_>>()
    };
    assert_eq!(pages(&views, 3..4), [17]);
    assert_eq!(pages(&views, 0..1), [19]);
    assert_eq!(pages(&views, 1..3), [16, 20]);
    assert_eq!(pages(&views, 4..100), [18]);
    assert_eq!(pages(&views, 5..100), []);
    assert_eq!(pages(&views, 0..100), [16, 17, 18, 19, 20]);
    views.shorten(key(&table, 16 * PAGE), PAGE);
    assert_eq!(pages(&views, 2..100), [16]);
}

#[test]
fn a_sweep_goes_on_where_it_stopped() {
    let table = Recorder::new();
    let views = views([view(&table, 16 * PAGE, 0, 2), view(&table, 32 * PAGE, 0, 1)]);
    let mut sweep = Sweep::new(0..2 * PAGE);
    let mut step = |units| (views.unmap(&mut sweep, &mut Work::new(units)), table.take());
    assert_eq!(step(0), (false, vec![]));
    assert_eq!(step(1), (false, vec![16 * PAGE..18 * PAGE]));
    assert_eq!(step(1), (false, vec![17 * PAGE..18 * PAGE]));
    assert_eq!(step(0), (false, vec![]));
    assert_eq!(step(1), (true, vec![32 * PAGE..33 * PAGE]));
}

#[test]
fn a_step_of_a_sweep_counts_views_that_show_nothing() {
    let table = Recorder::new();
    let views = views((0..10).map(|number| view(&table, number * 16 * PAGE, 5, 1)));
    let mut sweep = Sweep::new(0..PAGE);
    // Each is looked at, for 4 units.
    assert!(!views.unmap(&mut sweep, &mut Work::new(20)));
    assert!(views.unmap(&mut sweep, &mut Work::new(20)));
    assert_eq!(table.take(), []);
}

#[test]
fn a_sweep_does_all_of_a_view_behind_one_that_has_gone_meanwhile() {
    let mut tables = [Recorder::new(), Recorder::new()];
    tables.sort_by_key(|table| key(table, 0));
    let [first, second] = &tables;
    let mut views = views([view(first, 64 * PAGE, 0, 2), view(second, 16 * PAGE, 0, 1)]);
    let mut sweep = Sweep::new(0..2 * PAGE);
    assert!(!views.unmap(&mut sweep, &mut Work::new(1)));
    assert_eq!(first.take(), [64 * PAGE..66 * PAGE]);
    views.remove(key(first, 64 * PAGE));
    assert!(views.unmap(&mut sweep, &mut Work::unlimited()));
    assert_eq!((first.take(), second.take()), (vec![], vec![16 * PAGE..17 * PAGE]));
}

#[test]
fn a_view_without_memory_for_it_is_not_taken_in() {
    let (frames, vmo) = watched(1, 0);
    frames.admits.store(false, Relaxed);
    assert_eq!(vmo.add_view(view(&Recorder::new(), 0, 0, 1)), Err(NoMemory));
    assert_eq!(vmo.info().mappings, 0);
    frames.admits.store(true, Relaxed);
    assert_eq!(vmo.add_view(view(&Recorder::new(), 0, 0, 1)), Ok(()));
    assert_eq!((vmo.info().mappings, vmo.info().spaces), (1, 1));
}

#[test]
fn pages_that_are_given_back_are_unmapped_in_all_views_first() {
    let (_, vmo) = fixture(8 * PAGE, 0);
    let table = Recorder::new();
    add_views(&vmo, &table, 2);
    touch(&vmo, [1, 2, 5]);
    let retired = vmo.decommit(&mut (PAGE..4 * PAGE)).unwrap();
    assert_eq!((retired.flush(), retired.is_empty()), (Flush::Everywhere, false));
    let unmapped: Vec<u64> = table.take().into_iter().map(|range| range.start % (1 << 30) / PAGE).collect();
    assert_eq!(unmapped, [1, 2, 3, 1, 2, 3]);
    let retired = vmo.decommit(&mut (PAGE..4 * PAGE)).unwrap();
    assert_eq!((retired.flush(), retired.is_empty(), table.take()), (Flush::Nothing, true, vec![]));
}

#[test]
fn a_vmo_is_mapped_so_often_and_no_more() {
    let (table, mut views) = (Recorder::new(), Views::new());
    let view = |number: usize| view(&table, number as u64 * PAGE, 0, 1);
    (0..MAX_VIEWS).for_each(|number| views.add(view(number)).expect("there is room"));
    assert_eq!(views.add(view(MAX_VIEWS)), Err(NoMemory));
    views.remove(view(7).key());
    assert_eq!((views.add(view(MAX_VIEWS)), views.len()), (Ok(()), MAX_VIEWS));
}
