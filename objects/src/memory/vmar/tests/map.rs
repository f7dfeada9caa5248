//! `vmar_map` and `vmar_allocate`: options, rights, errors.

use super::*;

#[test]
fn a_mapping_shows_the_vmo() {
    let world = World::new();
    let vmo = world.vmo(4);
    let mut from_second = request(&vmo, WRITE, 0, 3);
    from_second.vmo_offset = PAGE;
    let address = map_request(&world.root, &from_second).unwrap();
    vmo.write(PAGE + 5, b"x").unwrap();
    assert_eq!(world.load(address + 5), Ok(b'x'));
    world.store(address + PAGE, b'y').unwrap();
    let mut byte = [0];
    vmo.read(2 * PAGE, &mut byte).unwrap();
    assert_eq!(&byte, b"y");
    assert_eq!(world.root.mapped_bytes(), 3 * PAGE);
}

#[test]
fn the_mapping_keeps_the_vmo() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    world.store(address, 1).unwrap();
    assert_eq!(world.load(address), Ok(1));
    assert_eq!(world.frames.used(), 1);
    drop(world.root.unmap(address, PAGE).unwrap());
    assert_eq!((world.frames.used(), world.table.mapped()), (0, 0));
}

#[test]
fn specific_is_exact_and_over_nothing() {
    let world = World::new();
    let vmo = world.vmo(2);
    assert_eq!(map(&world.root, &vmo, READ | SPECIFIC, 7, 2), Ok(world.root.address() + 7 * PAGE));
    for (at, pages) in [(7, 2), (6, 2), (8, 1)] {
        refused(map(&world.root, &vmo, READ | SPECIFIC, at, pages), Status::NO_MEMORY);
    }
    map(&world.root, &vmo, READ | SPECIFIC, 6, 1).unwrap();
    map(&world.root, &vmo, READ | SPECIFIC, 9, 1).unwrap();
    refused(allocate(&world.root, SPECIFIC, 5, 2), Status::NO_MEMORY);
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    let world = World::new();
    let vmo = world.vmo(2);
    let with = |change: &dyn Fn(&mut MapRequest<'_>)| {
        let mut asked = request(&vmo, READ | SPECIFIC, 1, 1);
        change(&mut asked);
        map_request(&world.root, &asked)
    };
    refused(with(&|asked| asked.length = 0), Status::INVALID_ARGS);
    refused(with(&|asked| asked.length = u64::MAX - 100), Status::OUT_OF_RANGE);
    refused(with(&|asked| asked.vmar_offset = 100), Status::INVALID_ARGS);
    refused(with(&|asked| asked.vmo_offset = 100), Status::INVALID_ARGS);
    refused(with(&|asked| asked.vmar_offset = world.root.length()), Status::INVALID_ARGS);
    refused(with(&|asked| asked.vmar_offset = 0u64.wrapping_sub(PAGE)), Status::INVALID_ARGS);
    refused(with(&|asked| asked.vmar_offset = 0u64.wrapping_sub(2 * PAGE)), Status::INVALID_ARGS);
    refused(with(&|asked| asked.vmo_offset = 0u64.wrapping_sub(PAGE)), Status::OUT_OF_RANGE);
    refused(with(&|asked| asked.options = READ), Status::INVALID_ARGS);
    assert!(with(&|_| {}).is_ok());
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let world = World::new();
    let vmo = world.vmo(1);
    for options in [
        abi::VM_PERM_WRITE,
        READ | abi::VM_COMPACT,
        READ | abi::VM_CAN_MAP_READ,
        READ | 1 << 20,
        READ | OVERWRITE | abi::VM_MAP_RANGE,
        READ | SPECIFIC | abi::VM_OFFSET_IS_UPPER_LIMIT,
        READ | 9 << abi::VM_ALIGN_BASE,
        READ | 33 << abi::VM_ALIGN_BASE,
    ] {
        refused(map(&world.root, &vmo, options, 0, 1), Status::INVALID_ARGS);
    }
    for options in [abi::VM_PERM_READ, READ, 1 << 20, abi::VM_MAP_RANGE] {
        refused(allocate(&world.root, options, 0, 1), Status::INVALID_ARGS);
    }
    refused(allocate(&world.root, 0, 1, 1), Status::INVALID_ARGS);
    refused(allocate(&world.root, 0, 0, 0), Status::INVALID_ARGS);
    refused(world.root.allocate(0, 0, 100, ALL), Status::INVALID_ARGS);
}

#[test]
fn every_handle_and_the_region_have_to_allow_the_protection() {
    let world = World::new();
    let vmo = world.vmo(1);
    let read_only = allocate(&world.root, abi::VM_CAN_MAP_READ, 0, 4).unwrap();
    refused(map(&read_only, &vmo, WRITE, 0, 1), Status::ACCESS_DENIED);
    refused(map(&read_only, &vmo, READ | abi::VM_PERM_EXECUTE, 0, 1), Status::ACCESS_DENIED);
    map(&read_only, &vmo, READ, 0, 1).unwrap();
    let weak_vmo = MapRequest { vmo_rights: LOAD, ..request(&vmo, WRITE, 0, 1) };
    refused(map_request(&world.root, &weak_vmo), Status::ACCESS_DENIED);
    let weak_vmar = MapRequest { vmar_rights: LOAD, ..request(&vmo, WRITE, 0, 1) };
    refused(map_request(&world.root, &weak_vmar), Status::ACCESS_DENIED);
}

#[test]
fn specific_takes_a_region_that_allows_it() {
    let world = World::new();
    let vmo = world.vmo(1);
    let child = allocate(&world.root, abi::VM_CAN_MAP_READ, 0, 4).unwrap();
    refused(map(&child, &vmo, READ | SPECIFIC, 0, 1), Status::ACCESS_DENIED);
    refused(map(&child, &vmo, READ | OVERWRITE, 0, 1), Status::ACCESS_DENIED);
    refused(map(&child, &vmo, READ | abi::VM_OFFSET_IS_UPPER_LIMIT, 4, 1), Status::ACCESS_DENIED);
    refused(allocate(&child, SPECIFIC, 0, 1), Status::ACCESS_DENIED);
    let grandchild = allocate(&child, abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ, 0, 2).unwrap();
    map(&grandchild, &vmo, READ | SPECIFIC, 1, 1).unwrap();
}

#[test]
fn a_child_region_may_not_do_more_than_its_parent_or_the_handle() {
    let world = World::new();
    let child = allocate(&world.root, abi::VM_CAN_MAP_READ, 0, 4).unwrap();
    refused(allocate(&child, abi::VM_CAN_MAP_WRITE, 0, 1), Status::ACCESS_DENIED);
    refused(world.root.allocate(abi::VM_CAN_MAP_WRITE, 0, PAGE, LOAD), Status::ACCESS_DENIED);
    assert_eq!(allocate(&child, abi::VM_CAN_MAP_READ, 0, 1).unwrap().flags(), abi::VM_CAN_MAP_READ);
}

#[test]
fn a_vmo_that_must_not_be_resizable() {
    let world = World::new();
    let picky = READ | abi::VM_ALLOW_FAULTS | abi::VM_REQUIRE_NON_RESIZABLE;
    refused(map(&world.root, &world.resizable(2), picky, 0, 1), Status::NOT_SUPPORTED);
    map(&world.root, &world.resizable(2), READ, 0, 1).unwrap();
    map(&world.root, &world.vmo(1), picky, 0, 1).unwrap();
}

#[test]
fn beyond_the_end_of_the_vmo_access_faults() {
    let world = World::new();
    let vmo = world.vmo(2);
    for faults in [0, abi::VM_ALLOW_FAULTS] {
        let address = map(&world.root, &vmo, READ | faults, 0, 3).unwrap();
        assert_eq!(world.load(address + PAGE), Ok(0));
        assert_eq!(world.load(address + 2 * PAGE), Err(FaultError::OutOfRange));
    }
    let last = MapRequest { vmo_offset: 0u64.wrapping_sub(2 * PAGE), ..request(&vmo, READ, 0, 1) };
    let address = map_request(&world.root, &last).unwrap();
    assert_eq!(world.load(address), Err(FaultError::OutOfRange));
}

#[test]
fn lengths_are_rounded_up_to_pages() {
    let world = World::new();
    let (vmo, root) = (world.vmo(4), &world.root);
    for odd in [1, PAGE - 1] {
        let asked = MapRequest { length: 3 * PAGE + odd, ..request(&vmo, WRITE | SPECIFIC, 0, 1) };
        let address = map_request(root, &asked).unwrap();
        assert_eq!(world.mappings(), [(0, 4)]);
        protect_within(root, READ, address + 2 * PAGE, PAGE + odd, ALL).unwrap();
        assert_eq!(world.mappings(), [(0, 2), (2, 2)]);
        clean_up(root, root.unmap(address, 3 * PAGE + odd).unwrap());
        assert_eq!(world.mappings(), []);
    }
}

#[test]
fn overwrite_replaces_and_splits() {
    let world = World::new();
    let (old, new) = (world.vmo(6), world.vmo(2));
    let address = map(&world.root, &old, WRITE | SPECIFIC, 0, 6).unwrap();
    (0..6).for_each(|page| world.store(address + page * PAGE, page as u8 + 1).unwrap());
    let mapped = world.root.map(&request(&new, WRITE | OVERWRITE, 2, 2)).unwrap();
    assert_eq!(mapped.retired.flush(), Flush::AddressSpace);
    assert_eq!(mapped.retired.mapped_bytes(), 2 * PAGE);
    let seen: Vec<u8> = (0..6).map(|page| world.load(address + page * PAGE).unwrap()).collect();
    assert_eq!(seen, [1, 2, 0, 0, 5, 6]);
    assert_eq!(world.mappings(), [(0, 2), (2, 2), (4, 2)]);
    assert_eq!(world.root.mapped_bytes(), 6 * PAGE);
    assert_eq!((old.info().mappings, new.info().mappings), (2, 1));
}

#[test]
fn overwrite_over_nothing_and_over_several() {
    let world = World::new();
    let vmo = world.vmo(4);
    for at in [0, 3, 6] {
        map(&world.root, &vmo, READ | SPECIFIC, at, 2).unwrap();
    }
    map(&world.root, &vmo, READ | OVERWRITE, 10, 1).unwrap();
    map(&world.root, &world.vmo(6), READ | OVERWRITE, 1, 6).unwrap();
    assert_eq!(world.mappings(), [(0, 1), (1, 6), (7, 1), (10, 1)]);
}

#[test]
fn overwrite_never_touches_a_child_region() {
    let world = World::new();
    let vmo = world.vmo(8);
    map(&world.root, &vmo, READ | SPECIFIC, 0, 2).unwrap();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 2, 2).unwrap();
    map(&child, &vmo, READ, 0, 1).unwrap();
    let before = world.mappings();
    for (at, pages) in [(1, 2), (3, 4), (0, 8), (2, 2)] {
        refused(map(&world.root, &vmo, READ | OVERWRITE, at, pages), Status::INVALID_ARGS);
    }
    assert_eq!(world.mappings(), before);
}

#[test]
fn populate_maps_what_is_committed_in_bounded_steps() {
    let world = World::new();
    let vmo = world.vmo(1000);
    let mut committed = 100 * PAGE..228 * PAGE;
    while !committed.is_empty() {
        vmo.commit(&mut committed).unwrap();
    }
    vmo.write(900 * PAGE, b"x").unwrap();
    let address = map(&world.root, &vmo, READ | abi::VM_MAP_RANGE, 0, 1000).unwrap();
    let mut range = address..address + 1000 * PAGE;
    world.root.populate(&mut range).unwrap();
    assert_eq!(world.table.mapped(), 128);
    assert!(!range.is_empty());
    world.root.populate(&mut range).unwrap();
    assert_eq!((world.table.mapped(), range.is_empty()), (129, true));
    assert_eq!(world.frames.used(), 129, "nothing is committed for it");
    refused(world.root.populate(&mut (address - PAGE..address + PAGE)), Status::BAD_STATE);
}

#[test]
fn a_sealed_mapping_stays_until_the_end() {
    let world = World::new();
    let (vmo, other) = (world.vmo(4), world.vmo(4));
    let region = allocate(&world.root, CAN_ALL | SPECIFIC, 8, 16).unwrap();
    let sealed = |at| MapRequest { seal: true, ..request(&vmo, READ | SPECIFIC, at, 2) };
    let address = map_request(&region, &sealed(4)).unwrap();

    refused(unmap(&region, 5, 1), Status::ACCESS_DENIED);
    refused(unmap(&region, 0, 16), Status::ACCESS_DENIED);
    refused(unmap(&world.root, 0, 64), Status::ACCESS_DENIED);
    refused(protect(&region, WRITE, 4, 1), Status::ACCESS_DENIED);
    refused(map(&region, &other, READ | OVERWRITE, 3, 2), Status::ACCESS_DENIED);
    refused(region.destroy(), Status::ACCESS_DENIED);
    refused(map_request(&region, &sealed(8)), Status::ACCESS_DENIED);
    assert!(world.root.fault(address + PAGE, LOAD).is_ok());

    // What is beside it may go.
    for at in [3, 6] {
        map(&region, &other, READ | SPECIFIC, at, 1).unwrap();
        unmap(&region, at, 1).unwrap();
    }
    end(&world.root);
    assert!(world.root.fault(address, LOAD).is_err());
}

fn take_back(vmar: &Vmar, mapped: &Mapped) {
    let mut range = mapped.range.clone();
    until_done(|| {
        clean_up(vmar, vmar.take_back(mapped.id, &mut range));
        range.is_empty()
    });
}

#[test]
fn a_sealed_mapping_that_nobody_was_told_of_is_taken_back() {
    let world = World::new();
    let vmo = world.vmo(2);
    let sealed = MapRequest { seal: true, ..request(&vmo, READ, 0, 2) };
    let mapped = world.root.map(&sealed).unwrap();
    take_back(&world.root, &mapped);
    assert!(world.root.fault(mapped.range.start, LOAD).is_err());
    let again = map_request(&world.root, &sealed).unwrap();
    refused(world.root.unmap(again, PAGE), Status::ACCESS_DENIED);
}

#[test]
fn what_is_taken_back_is_the_mapping_and_not_what_is_there_by_now() {
    let world = World::new();
    let (vmo, root) = (world.vmo(8), &world.root);
    let mine = root.map(&request(&vmo, READ | SPECIFIC, 4, 2)).unwrap();
    // Another thread unmaps it, and seals another mapping at the same place.
    unmap(root, 4, 2).unwrap();
    let sealed = MapRequest { seal: true, ..request(&vmo, READ | SPECIFIC, 4, 2) };
    map_request(root, &sealed).unwrap();
    take_back(root, &mine);
    assert_eq!(world.mappings(), [(4, 2)]);
    refused(unmap(root, 4, 1), Status::ACCESS_DENIED);
}

#[test]
fn all_parts_of_a_mapping_are_taken_back() {
    let world = World::new();
    let (vmo, root) = (world.vmo(200), &world.root);
    let mine = root.map(&request(&vmo, WRITE | SPECIFIC, 0, 200)).unwrap();
    for at in (0..200).step_by(2) {
        protect(root, READ, at, 1).unwrap();
    }
    for at in 100..180 {
        map(root, &vmo, READ | OVERWRITE, at, 1).unwrap();
    }
    take_back(root, &mine);
    assert_eq!(world.mappings(), (100..180).map(|at| (at, 1)).collect::<Vec<_>>());
}

#[test]
fn a_large_mapping_is_overwritten_at_once_and_cleared_in_steps() {
    let world = World::new();
    let (old, new, pages) = (world.vmo(10_000), world.vmo(10_000), 10_000);
    let address = map(&world.root, &old, WRITE | SPECIFIC, 0, pages).unwrap();
    (0..pages).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    let mapped = world.root.map(&request(&new, WRITE | OVERWRITE, 0, pages)).unwrap();
    // In between each access finds the old page or the new one.
    assert!(mapped.left.is_some() && world.table.mapped() > 0);
    world.root.fault(address + (pages - 1) * PAGE, STORE).unwrap();
    let (frame, _) = world.table.query(address + (pages - 1) * PAGE).unwrap();
    assert_eq!(new.lookup_or_commit(pages - 1), Ok(frame), "a fault brings the new page");
    clean_up(&world.root, Step { retired: mapped.retired, left: mapped.left });
    assert_eq!((old.info().mappings, new.info().mappings), (0, 1));
    assert_eq!(world.load(address), Ok(0));
    assert_eq!(world.root.mapped_bytes(), pages * PAGE);
}

#[test]
fn what_is_unmapped_while_it_overwrites_keeps_its_addresses_until_it_is_gone() {
    let world = World::new();
    let (vmo, pages) = (world.vmo(10_000), 10_000);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, pages).unwrap();
    (0..pages).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    let over = world.root.map(&request(&world.vmo(pages), WRITE | OVERWRITE, 0, pages)).unwrap();
    (0..pages).for_each(|page| world.root.fault(address + page * PAGE, STORE).unwrap());
    let gone = world.root.unmap(address, 9_000 * PAGE).unwrap();
    let mut step = Step { retired: over.retired, left: over.left };
    assert!(step.left.is_some() && gone.left.is_some());
    while world.table.translations().iter().any(|(at, ..)| *at < address + 9_000 * PAGE) {
        refused(map(&world.root, &vmo, READ | SPECIFIC, 0, 1), Status::NO_MEMORY);
        step = world.root.clean_up(gone.left.unwrap());
    }
    clean_up(&world.root, step);
    map(&world.root, &vmo, READ | SPECIFIC, 0, 9_000).unwrap();
}

#[test]
fn protection_waits_until_what_was_there_before_is_gone() {
    let world = World::new();
    let (old, new, pages) = (world.vmo(10_000), world.vmo(10_000), 10_000);
    let weak = MapRequest { vmo_rights: LOAD, ..request(&old, READ | SPECIFIC, 0, pages) };
    let address = map_request(&world.root, &weak).unwrap();
    (0..pages).for_each(|page| assert_eq!(world.load(address + page * PAGE), Ok(0)));
    let mapped = world.root.map(&request(&new, READ | OVERWRITE, 0, pages)).unwrap();
    assert!(mapped.left.is_some());
    let mut change = world.root.start_protect(WRITE, address, pages * PAGE, ALL).unwrap();
    until_done(|| {
        drop(world.root.protect(&mut change).unwrap());
        for (_, frame, allowed) in world.table.translations() {
            assert!(!allowed.write || (0..pages).all(|page| old.lookup_or_commit(page) != Ok(frame)));
        }
        change.is_done()
    });
}

/// So many mappings that they lie in several chunks, which are split and joined meanwhile.
#[test]
fn a_few_of_many_mappings_go_and_come() {
    const PAGES: u64 = 400;
    let world = World::with_root(PAGE..(PAGES + 1) * PAGE);
    let vmo = world.vmo(1);
    let mut mapped = [false; PAGES as usize];
    let mut state = 1_u64;
    let mut random = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    for round in 0..4000 {
        let (at, pages) = (random(PAGES - 8), 1 + random(8));
        let growing = round / 500 % 2 == 0;
        for page in at..at + pages {
            if growing && !mapped[page as usize] {
                map(&world.root, &vmo, READ | SPECIFIC, page, 1).unwrap();
            }
        }
        if !growing {
            let any = mapped[at as usize..(at + pages) as usize].contains(&true);
            assert_eq!(unmap(&world.root, at, pages), if any { Ok(()) } else { Err(Status::NOT_FOUND) });
        }
        mapped[at as usize..(at + pages) as usize].fill(growing);
        let expected: Vec<_> =
            (0..PAGES).filter(|page| mapped[*page as usize]).map(|page| (page, 1)).collect();
        assert!(world.mappings() == expected, "after round {round}");
        assert_eq!(vmo.info().mappings, expected.len());
    }
}

#[test]
fn a_mapping_that_allows_nothing_overwrites_as_any_other() {
    let world = World::new();
    let address = world.map_touched(0, 3);
    map(&world.root, &world.vmo(1), OVERWRITE, 1, 1).unwrap();
    assert_eq!(
        (world.mappings(), protections(&world)),
        (vec![(0, 1), (1, 1), (2, 1)], vec![WRITE, 0, WRITE])
    );
    assert_eq!(world.load(address + PAGE), Err(FaultError::Denied));
    assert_eq!((world.entries(), world.table.mapped()), (3, 2));
}

#[test]
fn taking_back_goes_as_far_as_the_range_and_past_64_others_in_a_step() {
    let world = World::new();
    let (root, vmo) = (&world.root, world.vmo(200));
    let mine = root.map(&request(&vmo, READ | SPECIFIC, 0, 200)).unwrap();
    for at in 0..100 {
        map(root, &vmo, READ | OVERWRITE, at, 1).unwrap();
    }
    let page = |number: u64| root.address() + number * PAGE;
    // Right behind the range is a part of it, which nobody asked for.
    let mut range = page(50)..page(100);
    let step = root.take_back(mine.id, &mut range);
    assert!(range.is_empty() && step.retired.is_empty() && step.left.is_none());
    assert_eq!(world.mappings().len(), 101);
    let mut range = page(0)..page(200);
    assert!(root.take_back(mine.id, &mut range).retired.is_empty());
    assert_eq!(range, page(64)..page(200));
    let step = root.take_back(mine.id, &mut range);
    assert_eq!((step.retired.mapped_bytes(), step.left.is_none()), (100 * PAGE, true));
    assert!(range.is_empty());
    assert_eq!((world.mappings().len(), world.entries()), (100, 100));
    // In a region that is gone there is nothing to take.
    end(root);
    let mut range = page(0)..page(200);
    assert!(root.take_back(mine.id, &mut range).retired.is_empty() && range.is_empty());
}
