//! Where mappings and regions are put.

use super::*;
use std::collections::BTreeSet;

#[test]
fn addresses_are_random_and_inside() {
    let world = World::new();
    let vmo = world.vmo(1);
    let addresses: BTreeSet<u64> = (0..100).map(|_| map(&world.root, &vmo, READ, 0, 1).unwrap()).collect();
    assert_eq!(addresses.len(), 100);
    assert!(addresses.iter().all(|address| USER_RANGE.contains(address) && address % PAGE == 0));
    let middle = (USER_RANGE.start + USER_RANGE.end) / 2;
    assert!((20..80).contains(&addresses.range(..middle).count()));
}

#[test]
fn a_full_region_is_used_to_the_last_page() {
    let world = World::with_root(PAGE..33 * PAGE);
    let vmo = world.vmo(2);
    allocate(&world.root, SPECIFIC, 5, 1).unwrap();
    for _ in 0..31 {
        map(&world.root, &vmo, READ, 0, 1).unwrap();
    }
    refused(map(&world.root, &vmo, READ, 0, 1), Status::NO_MEMORY);
    unmap(&world.root, 9, 1).unwrap();
    refused(map(&world.root, &vmo, READ, 0, 2), Status::NO_MEMORY);
    assert_eq!(map(&world.root, &vmo, READ, 0, 1), Ok(10 * PAGE));
}

#[test]
fn every_free_address_is_as_likely() {
    let world = World::with_root(PAGE..11 * PAGE);
    let vmo = world.vmo(1);
    map(&world.root, &vmo, READ | SPECIFIC, 1, 1).unwrap();
    let mut hits = [0; 10];
    for _ in 0..900 {
        let address = map(&world.root, &vmo, READ, 0, 1).unwrap();
        drop(world.root.unmap(address, PAGE).unwrap());
        hits[(address / PAGE) as usize - 1] += 1;
    }
    assert_eq!(hits[1], 0);
    assert!(hits.iter().enumerate().all(|(page, count)| page == 1 || (60..140).contains(count)));
}

#[test]
fn too_large_for_the_region_is_not_a_matter_of_room() {
    let world = World::with_root(PAGE..9 * PAGE);
    refused(map(&world.root, &world.vmo(9), READ, 0, 9), Status::INVALID_ARGS);
    refused(allocate(&world.root, 0, 0, 9), Status::INVALID_ARGS);
    allocate(&world.root, 0, 0, 8).unwrap();
}

#[test]
fn alignment_is_kept() {
    let world = World::new();
    let vmo = world.vmo(1);
    for power in 10..=32 {
        let options = READ | power << abi::VM_ALIGN_BASE;
        let address = map(&world.root, &vmo, options, 0, 1).unwrap();
        assert_eq!(address % (1 << power.max(12)), 0);
        let child = allocate(&world.root, power << abi::VM_ALIGN_BASE, 0, 1).unwrap();
        assert_eq!(child.address() % (1 << power.max(12)), 0);
    }
}

#[test]
fn alignment_of_a_specific_address_is_checked() {
    let world = World::new();
    let options = READ | SPECIFIC | abi::VM_ALIGN_64KB;
    refused(map(&world.root, &world.vmo(1), options, 1, 1), Status::INVALID_ARGS);
    map(&world.root, &world.vmo(1), options, 16, 1).unwrap();
    refused(allocate(&world.root, SPECIFIC | abi::VM_ALIGN_64KB, 8, 1), Status::INVALID_ARGS);
}

#[test]
fn a_compact_region_fills_up_without_holes() {
    let world = World::new();
    let vmo = world.vmo(2);
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT, 0, 8).unwrap();
    let page = |outcome: Result<u64, Status>| outcome.map(|address| (address - compact.address()) / PAGE);
    for at in 0..4 {
        assert_eq!(page(map(&compact, &vmo, READ, 0, 2)), Ok(2 * at));
    }
    refused(map(&compact, &vmo, READ, 0, 1), Status::NO_MEMORY);
    unmap(&compact, 3, 2).unwrap();
    assert_eq!(page(map(&compact, &vmo, READ, 0, 2)), Ok(3));
}

#[test]
fn an_upper_limit_is_kept() {
    let world = World::with_root(PAGE..65 * PAGE);
    let vmo = world.vmo(1);
    let below = READ | abi::VM_OFFSET_IS_UPPER_LIMIT;
    for _ in 0..4 {
        let address = map(&world.root, &vmo, below, 4, 1).unwrap();
        assert!(address < 5 * PAGE);
    }
    refused(map(&world.root, &vmo, below, 4, 1), Status::NO_MEMORY);
    refused(map(&world.root, &vmo, below, 0, 1), Status::INVALID_ARGS);
    refused(map(&world.root, &vmo, below, 65, 1), Status::INVALID_ARGS);
    let child = allocate(&world.root, abi::VM_OFFSET_IS_UPPER_LIMIT, 6, 2).unwrap();
    assert_eq!(child.address(), 5 * PAGE);
    map(&world.root, &world.vmo(58), below, 64, 58).unwrap();
    assert_eq!(world.root.mapped_bytes(), 62 * PAGE, "the limit can be the end");
}

#[test]
fn the_last_page_of_user_space_can_be_mapped() {
    let world = World::new();
    let (vmo, last) = (world.vmo(2), world.root.length() / PAGE - 1);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, last, 1).unwrap();
    assert_eq!(address + PAGE, USER_RANGE.end);
    assert_eq!(world.store(address + PAGE - 1, 1), Ok(()));
    refused(map(&world.root, &vmo, WRITE | SPECIFIC, last, 2), Status::INVALID_ARGS);
    refused(map(&world.root, &vmo, WRITE | SPECIFIC, last + 1, 1), Status::INVALID_ARGS);
    unmap(&world.root, last, 1).unwrap();
}

#[test]
fn an_aligned_gap_is_found_among_many() {
    let world = World::with_root(PAGE..4097 * PAGE);
    let vmo = world.vmo(1);
    // Every second page, but for one gap that is large enough wherever it begins.
    for at in (1..4000).step_by(2) {
        map(&world.root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    let address = map(&world.root, &vmo, READ | abi::VM_ALIGN_64KB, 0, 1).unwrap();
    assert!(address.is_multiple_of(16 * PAGE) && address > 3900 * PAGE);
    for at in 0..4096 {
        let _ = map(&world.root, &vmo, READ | SPECIFIC, at, 1);
    }
    unmap(&world.root, 31, 1).unwrap();
    assert_eq!(map(&world.root, &vmo, READ | abi::VM_ALIGN_64KB, 0, 1), Ok(32 * PAGE));
}

#[test]
fn a_compact_region_goes_on_behind_its_last_child() {
    let world = World::new();
    let vmo = world.vmo(2);
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT, 0, 8).unwrap();
    let page = |outcome: Result<u64, Status>| outcome.map(|address| (address - compact.address()) / PAGE);
    for at in [0, 2] {
        assert_eq!(page(map(&compact, &vmo, READ, 0, 2)), Ok(at));
    }
    unmap(&compact, 0, 2).unwrap();
    for at in [4, 6] {
        assert_eq!(
            page(map(&compact, &vmo, READ, 0, 2)),
            Ok(at),
            "the gap is for when there is no room behind"
        );
    }
    assert_eq!(page(map(&compact, &vmo, READ, 0, 2)), Ok(0));
    unmap(&compact, 1, 1).unwrap();
    let below = READ | abi::VM_OFFSET_IS_UPPER_LIMIT;
    refused(map(&compact, &vmo, below, 1, 1), Status::NO_MEMORY);
    assert_eq!(page(map(&compact, &vmo, below, 2, 1)), Ok(1), "also below a limit");
}

#[test]
fn chunks_of_mappings_side_by_side_are_passed_at_once() {
    const SIDE_BY_SIDE: u64 = 4200;
    let world = World::new();
    let vmo = world.vmo(1);
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT | SPECIFIC, 0, SIDE_BY_SIDE + 16).unwrap();
    for at in 0..=SIDE_BY_SIDE {
        map(&compact, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    // One gap of a page at an odd address, one at a good one, and then the end.
    for (at, pages) in [(4202, 6), (4209, 7)] {
        map(&compact, &vmo, READ | SPECIFIC, at, pages).unwrap();
    }
    let address = map(&compact, &vmo, READ | abi::VM_ALIGN_64KB, 0, 1);
    assert_eq!(address, Ok(compact.address() + 4208 * PAGE));
}

#[test]
fn a_gap_with_room_wherever_it_begins_is_always_found_and_others_not_behind_too_many() {
    const MANY: u64 = 4095;
    let world = World::new();
    let vmo = world.vmo(1);
    let tail = MANY * 16;
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT | SPECIFIC, 0, tail + 64).unwrap();
    let put = |at, pages| map(&compact, &vmo, READ | OVERWRITE, at, pages).unwrap();
    let aligned = || map(&compact, &vmo, READ | abi::VM_ALIGN_64KB, 0, 1);
    // Between these are gaps of two pages, in which no address is a multiple of 16 pages.
    (0..MANY).for_each(|number| _ = put(16 * number, 14));
    put(tail, 1);
    put(tail + 17, 64 - 17);
    assert_eq!(
        aligned(),
        Ok(compact.address() + (tail + 16) * PAGE),
        "16 pages have room for one in any case"
    );
    put(tail, 16);
    unmap(&compact, tail + 16, 2).unwrap();
    refused(aligned(), Status::NO_MEMORY);
    put(0, 30);
    assert_eq!(aligned(), Ok(compact.address() + (tail + 16) * PAGE), "one fewer is not too many");
}
