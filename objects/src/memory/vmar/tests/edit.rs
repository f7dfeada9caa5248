//! `vmar_unmap` and `vmar_protect`.

use super::*;

#[test]
fn unmap_cuts_a_hole() {
    let world = World::new();
    let vmo = world.vmo(6);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, 6).unwrap();
    (0..6).for_each(|page| world.store(address + page * PAGE, page as u8).unwrap());
    unmap(&world.root, 2, 2).unwrap();
    assert_eq!(world.mappings(), [(0, 2), (4, 2)]);
    assert_eq!(world.load(address + 2 * PAGE), Err(FaultError::NotMapped));
    assert_eq!(world.load(address + 5 * PAGE), Ok(5));
    assert_eq!((world.table.mapped(), world.root.mapped_bytes()), (4, 4 * PAGE));
}

#[test]
fn unmap_across_several_mappings_and_gaps() {
    let world = World::new();
    let vmo = world.vmo(3);
    for at in [0, 4, 8] {
        map(&world.root, &vmo, READ | SPECIFIC, at, 3).unwrap();
    }
    unmap(&world.root, 2, 7).unwrap();
    assert_eq!(world.mappings(), [(0, 2), (9, 2)]);
    refused(unmap(&world.root, 2, 7), Status::NOT_FOUND);
}

#[test]
fn unmap_destroys_regions_that_are_inside() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    let grandchild = allocate(&child, CAN_ALL | SPECIFIC, 0, 2).unwrap();
    map(&grandchild, &world.vmo(1), READ, 0, 1).unwrap();
    refused(unmap(&world.root, 3, 4), Status::INVALID_ARGS);
    refused(unmap(&world.root, 5, 1), Status::INVALID_ARGS);
    assert_eq!(world.mappings().len(), 1);
    unmap(&world.root, 3, 6).unwrap();
    assert_eq!(world.root.mapped_bytes(), 0);
    refused(map(&child, &world.vmo(1), READ, 0, 1), Status::BAD_STATE);
    refused(allocate(&grandchild, 0, 0, 1), Status::BAD_STATE);
}

#[test]
fn unmap_wants_whole_pages_inside() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(2), READ | SPECIFIC, 0, 2).unwrap();
    for (address, length) in [
        (address, 0),
        (address + 1, PAGE),
        (address, u64::MAX),
        (address - PAGE, 2 * PAGE),
        (address, 0u64.wrapping_sub(PAGE)),
    ] {
        refused(world.root.unmap(address, length), Status::INVALID_ARGS);
    }
    let child = allocate(&world.root, CAN_ALL, 0, 2).unwrap();
    refused(child.unmap(address, PAGE), Status::INVALID_ARGS);
}

#[test]
fn a_retired_mapping_keeps_its_frames_until_it_is_dropped() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    world.store(address, 1).unwrap();
    let retired = world.root.unmap(address, PAGE).unwrap().retired;
    assert_eq!(retired.flush(), Flush::AddressSpace);
    assert_eq!((world.frames.used(), world.table.mapped()), (1, 0));
    drop(retired);
    assert_eq!(world.frames.used(), 0);
}

#[test]
fn a_vmo_that_is_being_unmapped_flushes_what_it_frees() {
    let world = World::new();
    let vmo = world.vmo(1);
    let address = map(&world.root, &vmo, WRITE, 0, 1).unwrap();
    world.store(address, 1).unwrap();
    let unmapped = world.root.unmap(address, PAGE).unwrap().retired;
    let decommitted = vmo.decommit(&mut (0..PAGE)).unwrap();
    assert_eq!(decommitted.flush(), Flush::Everywhere, "the other flush is not over");
    drop((decommitted, unmapped));
    vmo.write(0, b"x").unwrap();
    let decommitted = vmo.decommit(&mut (0..PAGE)).unwrap();
    assert_eq!(decommitted.flush(), Flush::Nothing);
}

#[test]
fn many_mappings_go_at_once_and_in_steps() {
    let world = World::new();
    let (vmo, count) = (world.vmo(1), 60_000);
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT | SPECIFIC, 8, count).unwrap();
    for _ in 0..count {
        map(&compact, &vmo, READ, 0, 1).unwrap();
    }
    protect(&compact, WRITE, 0, count).unwrap();
    let step = compact.destroy().unwrap();
    assert!(vmo.info().mappings > 50_000, "the rest goes in steps");
    assert_eq!(world.mappings(), [], "but none of it is found");
    refused(map(&compact, &vmo, READ, 0, 1), Status::BAD_STATE);
    refused(map(&world.root, &vmo, READ | SPECIFIC, 8, 1), Status::NO_MEMORY);
    clean_up(&world.root, step);
    assert_eq!((vmo.info().mappings, world.root.mapped_bytes()), (0, 0));
    map(&world.root, &vmo, READ | SPECIFIC, 8, 1).unwrap();
}

#[test]
fn whoever_comes_next_finishes_what_a_killed_thread_began() {
    let world = World::new();
    let (vmo, pages) = (world.vmo(10_000), 10_000);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, pages).unwrap();
    (0..pages).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    let step = world.root.unmap(address, pages * PAGE).unwrap();
    assert!(step.left.is_some());
    drop(step);
    assert_eq!(world.load(address), Err(FaultError::NotMapped));
    refused(map(&world.root, &vmo, READ | SPECIFIC, 0, 1), Status::NO_MEMORY);
    // A part of it again, and what lies behind it.
    map(&world.root, &vmo, READ | SPECIFIC, pages, 1).unwrap();
    unmap(&world.root, 5000, pages).unwrap();
    assert_eq!((world.table.mapped(), vmo.info().mappings), (0, 0));
    map(&world.root, &vmo, READ | SPECIFIC, 0, 2 * pages).unwrap();
}

#[test]
fn there_are_so_many_mappings_and_no_more() {
    let world = World::new();
    let vmo = world.vmo(4);
    let compact = allocate(&world.root, CAN_ALL | abi::VM_COMPACT, 0, 1 << 17).unwrap();
    for _ in 2..MAX_ENTRIES {
        map(&compact, &vmo, READ, 0, 1).unwrap();
    }
    let address = map(&world.root, &vmo, READ | SPECIFIC, 0, 4).unwrap();
    refused(map(&compact, &vmo, READ, 0, 1), Status::NO_RESOURCES);
    refused(allocate(&compact, 0, 0, 1), Status::NO_RESOURCES);
    refused(unmap(&world.root, 1, 1), Status::NO_RESOURCES);
    refused(protect(&world.root, READ, 1, 1), Status::NO_RESOURCES);
    assert_eq!(world.load(address), Ok(0));
    unmap(&world.root, 0, 4).unwrap();
    map(&compact, &vmo, READ, 0, 1).unwrap();
}

#[test]
fn protect_changes_pages_that_are_mapped_and_those_to_come() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(4), WRITE | SPECIFIC, 0, 4).unwrap();
    world.store(address + PAGE, 1).unwrap();
    let mut change = world.root.start_protect(READ, address + PAGE, 2 * PAGE, ALL).unwrap();
    let retired = world.root.protect(&mut change).unwrap();
    assert!(change.is_done());
    assert_eq!(retired.flush(), Flush::AddressSpace);
    assert_eq!(world.table.query(address + PAGE).unwrap().1, LOAD);
    for page in [1, 2] {
        assert_eq!(world.store(address + page * PAGE, 1), Err(FaultError::Denied));
        assert!(world.load(address + page * PAGE).is_ok());
    }
    for page in [0, 3] {
        assert_eq!(world.store(address + page * PAGE, 1), Ok(()));
    }
    assert_eq!(world.mappings(), [(0, 1), (1, 2), (3, 1)]);
    protect(&world.root, WRITE, 0, 4).unwrap();
    assert_eq!(world.store(address + PAGE, 2), Ok(()));
}

#[test]
fn protect_with_nothing_takes_the_pages_away() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE | SPECIFIC, 0, 1).unwrap();
    world.store(address, 9).unwrap();
    protect(&world.root, 0, 0, 1).unwrap();
    assert_eq!(world.table.mapped(), 0);
    assert_eq!(world.load(address), Err(FaultError::Denied));
    assert_eq!(world.root.fault(address, Protection::NONE), Err(FaultError::Denied));
    protect(&world.root, READ, 0, 1).unwrap();
    assert_eq!(world.load(address), Ok(9));
}

#[test]
fn protect_wants_mappings_all_the_way() {
    let world = World::new();
    let vmo = world.vmo(2);
    map(&world.root, &vmo, READ | SPECIFIC, 0, 2).unwrap();
    map(&world.root, &vmo, READ | SPECIFIC, 3, 2).unwrap();
    allocate(&world.root, CAN_ALL | SPECIFIC, 5, 2).unwrap();
    for (at, pages) in [(0, 3), (0, 5), (2, 1), (2, 2), (8, 1)] {
        refused(protect(&world.root, WRITE, at, pages), Status::NOT_FOUND);
    }
    refused(protect(&world.root, WRITE, 3, 3), Status::INVALID_ARGS);
    refused(protect(&world.root, WRITE, 6, 1), Status::INVALID_ARGS);
    protect(&world.root, WRITE, 0, 2).unwrap();
}

#[test]
fn protect_refuses_options_and_numbers_that_make_no_sense() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(2), READ | SPECIFIC, 0, 2).unwrap();
    for options in [abi::VM_PERM_WRITE, READ | SPECIFIC, READ | 1 << 30, READ | abi::VM_CAN_MAP_READ] {
        refused(protect(&world.root, options, 0, 1), Status::INVALID_ARGS);
    }
    for (address, length) in [(address + 1, PAGE), (address, 0), (address, u64::MAX), (address - PAGE, PAGE)]
    {
        refused(world.root.start_protect(READ, address, length, ALL), Status::INVALID_ARGS);
    }
}

#[test]
fn protect_stays_within_all_rights() {
    let world = World::new();
    let vmo = world.vmo(1);
    let weak = MapRequest { vmo_rights: LOAD, ..request(&vmo, READ | SPECIFIC, 0, 1) };
    let address = map_request(&world.root, &weak).unwrap();
    refused(protect(&world.root, WRITE, 0, 1), Status::ACCESS_DENIED);
    map(&world.root, &vmo, READ | SPECIFIC, 1, 1).unwrap();
    refused(protect(&world.root, WRITE, 0, 2), Status::ACCESS_DENIED);
    refused(world.root.start_protect(WRITE, address + PAGE, PAGE, LOAD), Status::ACCESS_DENIED);
    protect(&world.root, WRITE, 1, 1).unwrap();
    let child = allocate(&world.root, abi::VM_CAN_MAP_READ, 0, 1).unwrap();
    map(&child, &vmo, READ, 0, 1).unwrap();
    refused(protect(&child, WRITE, 0, 1), Status::ACCESS_DENIED);
}

#[test]
fn a_mapping_is_cut_at_one_end_only() {
    let world = World::new();
    let (root, vmo) = (&world.root, world.vmo(8));
    map(root, &vmo, READ | SPECIFIC, 0, 8).unwrap();
    unmap(root, 0, 2).unwrap();
    assert_eq!(world.mappings(), [(2, 6)]);
    unmap(root, 6, 2).unwrap();
    assert_eq!(world.mappings(), [(2, 4)]);
    protect(root, WRITE, 2, 1).unwrap();
    protect(root, 0, 5, 1).unwrap();
    assert_eq!((world.mappings(), protections(&world)), (vec![(2, 1), (3, 2), (5, 1)], vec![WRITE, READ, 0]));
    map(root, &vmo, WRITE | OVERWRITE, 0, 4).unwrap();
    assert_eq!((world.mappings(), protections(&world)), (vec![(0, 4), (4, 1), (5, 1)], vec![WRITE, READ, 0]));
    map(root, &vmo, READ | OVERWRITE, 3, 4).unwrap();
    assert_eq!((world.mappings(), protections(&world)), (vec![(0, 3), (3, 4)], vec![WRITE, READ]));
    assert_eq!((vmo.info().mappings, root.mapped_bytes()), (2, 7 * PAGE));
}

#[test]
fn a_region_that_is_in_a_range_in_part_keeps_all_of_it() {
    let world = World::new();
    let (root, vmo) = (&world.root, world.vmo(2));
    let region = allocate(root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    for at in [0, 10] {
        map(root, &vmo, READ | SPECIFIC, at, 2).unwrap();
    }
    for (at, pages) in [(0, 6), (6, 6), (1, 4), (7, 4), (4, 3), (5, 3), (7, 1)] {
        refused(unmap(root, at, pages), Status::INVALID_ARGS);
    }
    assert_eq!((world.mappings(), world.entries()), (vec![(0, 2), (10, 2)], 3));
    map(&region, &vmo, READ | SPECIFIC, 0, 2).unwrap();
    unmap(root, 4, 4).unwrap();
    assert_eq!((world.mappings(), world.entries()), (vec![(0, 2), (10, 2)], 2));
}

#[test]
fn protect_changes_nothing_if_it_may_not_change_all() {
    let world = World::new();
    let (root, vmo) = (&world.root, world.vmo(2));
    map(root, &vmo, READ | SPECIFIC, 0, 2).unwrap();
    let weak = MapRequest { vmo_rights: LOAD, ..request(&vmo, READ | SPECIFIC, 2, 2) };
    map_request(root, &weak).unwrap();
    map(root, &vmo, READ | SPECIFIC, 5, 2).unwrap();
    allocate(root, CAN_ALL | SPECIFIC, 7, 1).unwrap();
    map(root, &vmo, READ | SPECIFIC, 9, 1).unwrap();
    for (at, pages, status) in [
        (0, 3, Status::ACCESS_DENIED),
        (1, 3, Status::ACCESS_DENIED),
        (5, 3, Status::INVALID_ARGS),
        (5, 5, Status::INVALID_ARGS),
        (8, 2, Status::NOT_FOUND),
        (9, 2, Status::NOT_FOUND),
    ] {
        refused(protect(root, WRITE, at, pages), status);
    }
    refused(protect(root, 0, 0, 6), Status::NOT_FOUND);
    assert_eq!(protections(&world), [READ; 4]);
    assert_eq!(world.mappings(), [(0, 2), (2, 2), (5, 2), (9, 1)]);
    protect(root, 0, 0, 4).unwrap();
    assert_eq!(protections(&world), [0, 0, READ, READ]);
}

#[test]
fn what_goes_or_comes_while_the_protection_changes_ends_the_change() {
    let world = World::slow();
    let (root, vmo) = (&world.root, world.vmo(1));
    let lay = || {
        for at in 0..3 {
            let address = map(root, &vmo, READ | OVERWRITE, at, 1).unwrap();
            world.load(address).unwrap();
        }
        let mut change = root.start_protect(WRITE, root.address(), 3 * PAGE, ALL).unwrap();
        drop(root.protect(&mut change).unwrap());
        assert!(!change.is_done());
        assert_eq!(protections(&world), [WRITE, READ, READ], "a page a step");
        change
    };
    let mut change = lay();
    unmap(root, 1, 1).unwrap();
    refused(root.protect(&mut change), Status::NOT_FOUND);
    assert_eq!(protections(&world), [WRITE, READ]);

    let mut change = lay();
    let weak = MapRequest { vmo_rights: LOAD, ..request(&vmo, READ | OVERWRITE, 1, 1) };
    map_request(root, &weak).unwrap();
    refused(root.protect(&mut change), Status::ACCESS_DENIED);
    assert_eq!(protections(&world), [WRITE, READ, READ]);

    let mut change = lay();
    until_done(|| {
        assert_eq!(root.protect(&mut change).unwrap().flush(), Flush::AddressSpace);
        change.is_done()
    });
    assert_eq!(protections(&world), [WRITE; 3]);
    assert!(world.table.translations().iter().all(|(_, _, allowed)| allowed.write));
}

#[test]
fn another_change_in_the_middle_of_a_mapping_counts_from_there_on() {
    let world = World::slow();
    let (root, address) = (&world.root, world.map_touched(0, 3));
    let mut change = root.start_protect(READ, address, 3 * PAGE, ALL).unwrap();
    drop(root.protect(&mut change).unwrap());
    protect(root, 0, 0, 3).unwrap();
    finish_protect(root, &mut change).unwrap();
    assert_eq!((protections(&world), world.table.mapped()), (vec![0], 0));
}

#[test]
fn no_protection_is_given_to_a_page_that_is_leaving() {
    let world = World::slow();
    let (root, old, new) = (&world.root, world.vmo(4), world.vmo(4));
    let weak = MapRequest { vmo_rights: LOAD, ..request(&old, READ | SPECIFIC, 0, 4) };
    let address = map_request(root, &weak).unwrap();
    (0..4).for_each(|page| assert_eq!(world.load(address + page * PAGE), Ok(0)));
    let mapped = root.map(&request(&new, READ | OVERWRITE, 0, 4)).unwrap();
    assert!(mapped.left.is_some());
    let mut change = root.start_protect(WRITE, address, 4 * PAGE, ALL).unwrap();
    let mut steps = 0;
    until_done(|| {
        drop(root.protect(&mut change).unwrap());
        steps += 1;
        assert!(world.table.translations().iter().all(|(_, _, allowed)| !allowed.write));
        change.is_done()
    });
    assert!(steps > 3, "{steps}");
    assert_eq!((protections(&world), root.leaving()), (vec![WRITE], None));
}
