//! What the machine offers, and mappings without address spaces.

use super::machine::*;
use super::mapping::*;
use super::{NoMemory, Vmo};
use crate::host::{HostFrames, HostPageTable};
use abi::{Rights, Status};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::ops::Range;

const PAGE: u64 = PAGE_SIZE;

/// Every protection there is, and its three bits.
fn protections() -> impl Iterator<Item = (u32, Protection)> {
    (0..8).map(|bits: u32| {
        let [read, write, execute] = [0, 1, 2].map(|bit| bits >> bit & 1 != 0);
        (bits, Protection { read, write, execute })
    })
}

#[test]
fn rights_and_options_say_what_is_allowed_bit_by_bit() {
    for (bits, protection) in protections() {
        let rights = [Rights::READ, Rights::WRITE, Rights::EXECUTE].into_iter().enumerate();
        let chosen = rights.filter(|(bit, _)| bits >> bit & 1 != 0);
        let rights = chosen.fold(Rights::MAP | Rights::DUPLICATE, |all, (_, right)| all | right);
        assert_eq!(Protection::from_rights(rights), protection);
        assert_eq!(Protection::from_options(bits), protection);
        assert_eq!(Protection::from_options(bits | abi::VM_SPECIFIC | abi::VM_COMPACT), protection);
        assert_eq!(protection.options(), bits);
        let or_read = Protection { read: true, ..protection };
        assert_eq!(Protection::from_options(bits | abi::VM_PERM_READ_IF_XOM_UNSUPPORTED), or_read);
    }
    assert_eq!([abi::VM_PERM_READ, abi::VM_PERM_WRITE, abi::VM_PERM_EXECUTE], [1, 2, 4]);
    assert_eq!(Protection::NONE, Protection::from_options(0));
}

#[test]
fn an_access_is_allowed_if_nothing_is_wanted_that_is_not() {
    for (bits, protection) in protections() {
        for (wanted, access) in protections() {
            assert_eq!(protection.allows(access), wanted & !bits == 0, "{protection:?}, {access:?}");
        }
    }
}

#[test]
fn work_is_spent_to_the_last_unit() {
    let mut work = Work::new(5);
    work.spend(4);
    assert!(!work.is_spent());
    work.spend(1);
    assert!(work.is_spent());
    work.spend(1);
    assert!(work.is_spent(), "there is nothing below nothing");
    let mut step = Work::step();
    step.spend(4095);
    assert!(!step.is_spent());
    step.spend(7);
    assert!(step.is_spent());
    let mut unlimited = Work::unlimited();
    unlimited.spend(u32::MAX - 1);
    assert!(!unlimited.is_spent());
}

#[test]
fn a_machine_fills_a_frame_and_admits_everybody_if_it_does_not_say_otherwise() {
    let frames = HostFrames::with_limit(1);
    let contents = core::array::from_fn(|at| (at % 251) as u8);
    let frame = frames.allocate_filled(&contents).unwrap();
    let mut buffer = [0; PAGE as usize];
    frames.read(frame, 0, &mut buffer);
    assert!(frames.is_used(frame) && buffer == contents);
    assert_eq!(frames.allocate_filled(&contents), None);
    assert!(frames.admit());
}

#[test]
fn lengths_are_rounded_up_to_whole_pages_but_not_from_nothing() {
    let lengths = [0, 1, PAGE - 1, PAGE, PAGE + 1, u64::MAX - PAGE + 1, u64::MAX - PAGE + 2, u64::MAX];
    let largest = u64::MAX - PAGE + 1;
    let expected = [None, Some(PAGE), Some(PAGE), Some(PAGE), Some(2 * PAGE), Some(largest), None, None];
    assert_eq!(lengths.map(whole_pages), expected);
    assert_eq!([0, PAGE, 7 * PAGE].map(is_page_aligned), [true; 3]);
    assert_eq!([1, PAGE - 1, PAGE + 8].map(is_page_aligned), [false; 3]);
}

#[test]
fn a_range_of_bytes_ends_with_the_last_number() {
    assert_eq!(byte_range(5, 7), Ok(5..12));
    assert_eq!(byte_range(u64::MAX, 0), Ok(u64::MAX..u64::MAX));
    assert_eq!(byte_range(u64::MAX - 7, 7), Ok(u64::MAX - 7..u64::MAX));
    assert_eq!(byte_range(u64::MAX - 7, 8), Err(Status::OUT_OF_RANGE));
}

const LIMITS: Protection = Protection { read: true, write: true, execute: true };
const READ: Protection = Protection { read: true, write: false, execute: false };

/// A VMO of so many pages, all of which are committed, and an address space.
fn fixture(pages: u64) -> (&'static HostFrames, Arc<Vmo>, Arc<dyn PageTable>) {
    let frames = HostFrames::leak();
    let vmo = Vmo::create(frames, pages * PAGE, 0).unwrap();
    vmo.commit(&mut (0..pages * PAGE)).unwrap();
    (frames, vmo, HostPageTable::new())
}

/// A mapping from a page of the VMO on; addresses are pages, too.
fn mapping(vmo: &Arc<Vmo>, table: &Arc<dyn PageTable>, pages: Range<u64>, first: u64) -> Box<Mapping> {
    let addresses = pages.start * PAGE..pages.end * PAGE;
    let place = Place { table, addresses, vmo: vmo.clone(), offset: first * PAGE };
    Mapping::create(place, READ, LIMITS, MappingId(pages.start)).unwrap()
}

/// Has the page table translate so many pages, as those of a VMO from one of its pages on.
fn translate(vmo: &Vmo, table: &Arc<dyn PageTable>, pages: Range<u64>, first: u64) {
    for (page, index) in pages.zip(first..) {
        table.map(page * PAGE, vmo.lookup_or_commit(index).unwrap(), READ).unwrap();
    }
}

/// Which of these pages are translated.
fn translated(table: &Arc<dyn PageTable>, pages: Range<u64>) -> Vec<u64> {
    let table: &HostPageTable = (&**table as &dyn Any).downcast_ref().unwrap();
    pages.filter(|page| table.query(page * PAGE).is_some()).collect()
}

#[test]
fn a_mapping_knows_its_addresses_and_what_is_there() {
    let (_, vmo, table) = fixture(10);
    let mapping = mapping(&vmo, &table, 16..22, 3);
    assert_eq!((mapping.address, mapping.length, mapping.end()), (16 * PAGE, 6 * PAGE, 22 * PAGE));
    assert_eq!(mapping.range(), 16 * PAGE..22 * PAGE);
    assert_eq!([16, 17, 22].map(|page| mapping.offset_of(page * PAGE)), [3 * PAGE, 4 * PAGE, 9 * PAGE]);
    assert_eq!(mapping.offset_of(18 * PAGE + 5), 5 * PAGE + 5);
    assert_eq!((vmo.info().mappings, vmo.info().spaces), (1, 1));
}

#[test]
fn a_mapping_that_never_was_in_use_goes_at_once() {
    let (_, vmo, table) = fixture(1);
    drop(mapping(&vmo, &table, 16..17, 0));
    assert_eq!((vmo.info().mappings, vmo.info().spaces), (0, 0));
    assert_eq!(vmo.decommit(&mut (0..PAGE)).unwrap().flush(), Flush::Nothing);
}

#[test]
fn a_mapping_is_cut_in_two_that_have_what_it_had() {
    let (_, vmo, table) = fixture(10);
    let mut first = mapping(&vmo, &table, 16..22, 3);
    let rest = first.split_off(18 * PAGE, &table).unwrap();
    assert_eq!((first.range(), first.offset), (16 * PAGE..18 * PAGE, 3 * PAGE));
    assert_eq!((rest.range(), rest.offset), (18 * PAGE..22 * PAGE, 5 * PAGE));
    assert_eq!((rest.protection, rest.limits, rest.id), (READ, LIMITS, first.id));
    assert_eq!((vmo.info().mappings, vmo.info().spaces), (2, 1));
    translate(&vmo, &table, 16..22, 3);
    drop(vmo.decommit(&mut (4 * PAGE..6 * PAGE)).unwrap());
    assert_eq!(translated(&table, 16..22), [16, 19, 20, 21], "one of each part is gone");
    // Behind the first part is something else now.
    drop(rest);
    assert_eq!(vmo.info().mappings, 1);
    drop(vmo.decommit(&mut (0..10 * PAGE)).unwrap());
    assert_eq!(translated(&table, 16..22), [19, 20, 21]);
}

#[test]
fn a_mapping_that_is_retired_counts_no_more_but_has_to_be_flushed() {
    let (frames, vmo, table) = fixture(10);
    let mut retired = Retired::new();
    assert_eq!((retired.flush(), retired.is_empty(), retired.mapped_bytes()), (Flush::Nothing, true, 0));
    retired.push_mapping(mapping(&vmo, &table, 16..18, 0));
    retired.push_mapping(mapping(&vmo, &table, 32..35, 0));
    assert_eq!((vmo.info().mappings, vmo.info().spaces), (0, 0));
    assert_eq!((retired.is_empty(), retired.mapped_bytes()), (false, 5 * PAGE));
    assert_eq!(retired.flush(), Flush::AddressSpace);
    let decommitted = vmo.decommit(&mut (0..PAGE)).unwrap();
    assert_eq!((decommitted.flush(), decommitted.mapped_bytes()), (Flush::Everywhere, 0));
    assert_eq!((decommitted.is_empty(), frames.used()), (false, 10));
    drop((retired, decommitted));
    assert_eq!(frames.used(), 9);
    assert_eq!(vmo.decommit(&mut (PAGE..2 * PAGE)).unwrap().flush(), Flush::Nothing);
}

#[test]
fn the_last_mapping_takes_its_vmo_with_it_when_it_was_flushed() {
    let (frames, vmo, table) = fixture(2);
    let mut retired = Retired::new();
    retired.push_mapping(mapping(&vmo, &table, 16..18, 0));
    drop(vmo);
    assert_eq!(frames.used(), 2);
    drop(retired);
    assert_eq!(frames.used(), 0);
}

#[test]
fn there_is_room_for_as_many_frames_as_were_asked_for() {
    let frames = HostFrames::leak();
    let mut retired = Retired::with_room(frames, 3).unwrap();
    assert_eq!((retired.room(), retired.is_empty()), (3, true));
    retired.push_frame(frames.allocate_zeroed().unwrap());
    assert_eq!((retired.room(), retired.is_empty()), (2, false));
    retired.push_frame(frames.allocate_zeroed().unwrap());
    assert_eq!((retired.room(), frames.used()), (1, 2));
    drop(retired);
    assert_eq!(frames.used(), 0);
    assert_eq!(Retired::new().room(), 0);
    assert_eq!(Retired::with_room(frames, usize::MAX).err(), Some(NoMemory));
}

#[test]
fn the_widest_flush_that_was_asked_for_stays() {
    let mut retired = Retired::default();
    for (asked, is_now) in [
        (Flush::Nothing, Flush::Nothing),
        (Flush::AddressSpace, Flush::AddressSpace),
        (Flush::Nothing, Flush::AddressSpace),
        (Flush::Everywhere, Flush::Everywhere),
        (Flush::AddressSpace, Flush::Everywhere),
    ] {
        retired.require(asked);
        assert_eq!(retired.flush(), is_now);
    }
}
