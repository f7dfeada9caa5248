//! Page faults, and VMOs that change under their mappings.

use super::*;

fn shrink(vmo: &Vmo, pages: u64) -> Retired {
    let mut resize = vmo.start_resize(pages * PAGE).unwrap();
    let retired = vmo.resize(&mut resize).unwrap();
    assert!(resize.is_done());
    retired
}

#[test]
fn a_fault_commits_one_page_and_maps_it_with_the_mappings_protection() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(8), WRITE, 0, 8).unwrap();
    world.root.fault(address + 2 * PAGE + 100, LOAD).unwrap();
    let translations = world.table.translations();
    assert_eq!(translations.len(), 1);
    assert_eq!(translations[0].0, address + 2 * PAGE);
    assert_eq!(translations[0].2, Protection::from_options(WRITE));
    assert_eq!(world.frames.used(), 1);
}

#[test]
fn an_address_in_a_region_counts_from_its_start() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    let inside = map(&child, &world.vmo(2), WRITE | SPECIFIC, 2, 2).unwrap();
    let outside = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    let offset = |address| world.root.offset_in_region(address);
    assert_eq!([offset(inside), offset(inside + PAGE + 5)], [Some(2 * PAGE), Some(3 * PAGE + 5)]);
    assert_eq!([offset(outside), offset(inside - 1)], [None, None]);
}

#[test]
fn a_fault_that_another_cpu_has_handled_is_fine() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    world.root.fault(address, STORE).unwrap();
    world.root.fault(address, STORE).unwrap();
    assert_eq!((world.table.mapped(), world.frames.used()), (1, 1));
}

#[test]
fn a_page_that_is_present_with_less_is_mended() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    world.root.fault(address, LOAD).unwrap();
    world.table.protect(&mut (address..address + PAGE), LOAD, &mut Work::unlimited());
    world.root.fault(address, STORE).unwrap();
    assert!(world.table.query(address).unwrap().1.write);
}

#[test]
fn a_mapping_can_be_made_to_allow_what_its_handles_did() {
    let (world, read_write) = (World::new(), Protection { execute: false, ..ALL });
    let vmo = world.vmo(1);
    let address =
        map_request(&world.root, &MapRequest { vmo_rights: read_write, ..request(&vmo, READ, 0, 1) })
            .unwrap();
    let limits = [address, address + PAGE - 1, address + PAGE].map(|at| world.root.limits_at(at));
    assert_eq!(limits, [Some(read_write), Some(read_write), None]);
}

#[test]
fn where_nothing_is_and_what_is_not_allowed() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), READ, 0, 1).unwrap();
    let execute = Protection { execute: true, ..Protection::NONE };
    assert_eq!(world.root.fault(address, STORE), Err(FaultError::Denied));
    assert_eq!(world.root.fault(address, execute), Err(FaultError::Denied));
    for address in [0, address - 1, address + PAGE, u64::MAX, 0xffff_8000_0000_0000] {
        assert_eq!(world.root.fault(address, LOAD), Err(FaultError::NotMapped));
    }
    assert_eq!(Status::from(FaultError::Denied), Status::ACCESS_DENIED);
}

#[test]
fn without_memory_a_fault_fails_and_may_succeed_later() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(2), WRITE, 0, 2).unwrap();
    world.frames.set_left(0);
    assert_eq!(world.store(address, 1), Err(FaultError::NoMemory));
    world.frames.set_left(1);
    world.table.set_left(0);
    assert_eq!(world.store(address, 1), Err(FaultError::NoMemory));
    world.table.set_left(1);
    assert_eq!(world.store(address, 1), Ok(()));
    end(&world.root);
    assert_eq!(world.frames.used(), 0);
}

#[test]
fn shrinking_a_mapped_vmo_makes_access_fault() {
    let world = World::new();
    let vmo = world.resizable(4);
    let address = map(&world.root, &vmo, WRITE | abi::VM_ALLOW_FAULTS, 0, 4).unwrap();
    (0..4).for_each(|page| world.store(address + page * PAGE, 7).unwrap());
    let retired = shrink(&vmo, 1);
    assert_eq!(retired.flush(), Flush::Everywhere);
    assert_eq!((world.table.mapped(), world.frames.used()), (1, 4), "kept until the flush");
    drop(retired);
    assert_eq!(world.frames.used(), 1);
    assert_eq!(world.load(address + PAGE), Err(FaultError::OutOfRange));
    assert_eq!(world.load(address), Ok(7));
    drop(shrink(&vmo, 3));
    assert_eq!(world.load(address + 2 * PAGE), Ok(0));
}

#[test]
fn a_shrink_takes_pages_out_of_many_mappings_in_steps() {
    let world = World::new();
    let (vmo, count) = (world.resizable(2), 1000);
    let addresses: Vec<u64> = (0..count).map(|_| map(&world.root, &vmo, WRITE, 0, 2).unwrap()).collect();
    addresses.iter().for_each(|address| world.store(address + PAGE, 7).unwrap());
    let mut resize = vmo.start_resize(PAGE).unwrap();
    let (mut steps, mut cut) = (0, 0);
    while !resize.is_done() {
        drop(vmo.resize(&mut resize).unwrap());
        steps += 1;
        assert!(world.table.mapped() == 0 || world.frames.used() == 1, "mapped pages stay");
        // A mapping that is cut meanwhile keeps no page either.
        unmap(&world.root, (addresses[cut] - world.root.address()) / PAGE, 1).unwrap();
        assert!(world.table.translations().iter().all(|(_, frame, _)| world.frames.is_used(*frame)));
        cut += 1;
    }
    assert!(steps > 3, "{steps}");
    assert_eq!((world.table.mapped(), world.frames.used()), (0, 0));
}

#[test]
fn two_who_resize_at_once_leave_no_old_byte() {
    let world = World::new();
    let (vmo, count) = (world.resizable(2), 1000);
    let addresses: Vec<u64> = (0..count).map(|_| map(&world.root, &vmo, WRITE, 0, 2).unwrap()).collect();
    addresses.iter().for_each(|address| world.store(address + PAGE, 7).unwrap());
    let mut shrink = vmo.start_resize(PAGE).unwrap();
    drop(vmo.resize(&mut shrink).unwrap());
    let mut grow = vmo.start_resize(2 * PAGE).unwrap();
    while !grow.is_done() {
        drop(vmo.resize(&mut grow).unwrap());
    }
    assert!(addresses.iter().all(|address| world.load(address + PAGE) == Ok(0)));
}

#[test]
fn address_spaces_are_counted() {
    let (one, other) = (World::new(), World::new());
    let vmo = one.vmo(4);
    let spaces = || vmo.info().spaces;
    assert_eq!(spaces(), 0);
    map(&one.root, &vmo, WRITE | SPECIFIC, 0, 4).unwrap();
    map(&one.root, &vmo, WRITE | SPECIFIC, 8, 1).unwrap();
    assert_eq!(spaces(), 1);
    map(&other.root, &vmo, WRITE | SPECIFIC, 3, 1).unwrap();
    assert_eq!((spaces(), vmo.info().mappings), (2, 3));
    unmap(&one.root, 1, 2).unwrap();
    unmap(&one.root, 8, 1).unwrap();
    assert_eq!((spaces(), vmo.info().mappings), (2, 3));
    unmap(&other.root, 3, 1).unwrap();
    assert_eq!(spaces(), 1);
    end(&one.root);
    assert_eq!(spaces(), 0);
}

#[test]
fn decommit_leaves_every_address_space() {
    let (one, other) = (World::new(), World::new());
    let vmo = one.vmo(4);
    let first = map(&one.root, &vmo, WRITE, 0, 4).unwrap();
    let second =
        map_request(&other.root, &MapRequest { vmo_offset: PAGE, ..request(&vmo, WRITE, 0, 2) }).unwrap();
    one.store(first + PAGE, 7).unwrap();
    other.root.fault(second, LOAD).unwrap();
    other.root.fault(second + PAGE, LOAD).unwrap();
    drop(vmo.decommit(&mut (PAGE..2 * PAGE)).unwrap());
    assert_eq!((one.table.mapped(), other.table.mapped()), (0, 1));
    assert_eq!(one.load(first + PAGE), Ok(0));
}

#[test]
fn a_cut_mapping_still_follows_its_vmo() {
    let world = World::new();
    let vmo = world.vmo(6);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, 6).unwrap();
    unmap(&world.root, 2, 1).unwrap();
    (0..6).filter(|page| *page != 2).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    map(&world.root, &world.vmo(1), WRITE | SPECIFIC, 2, 1).unwrap();
    world.store(address + 2 * PAGE, 2).unwrap();
    let retired = vmo.zero(&mut (0..6 * PAGE)).unwrap();
    assert_eq!(world.table.mapped(), 1, "the other VMO's page stays");
    drop(retired);
    assert_eq!(world.load(address + 2 * PAGE), Ok(2));
    assert_eq!(world.load(address + 5 * PAGE), Ok(0));
}

#[test]
fn fixed_frames_are_mapped_as_they_are() {
    let world = World::new();
    let frame = world.frames.allocate_zeroed().unwrap();
    let vmo = Vmo::from_frames(world.frames, frame, PAGE).unwrap();
    let address = map(&world.root, &vmo, WRITE, 0, 1).unwrap();
    world.store(address + 1, 5).unwrap();
    assert_eq!(world.table.query(address).unwrap().0, frame);
    drop(world.root.unmap(address, PAGE).unwrap());
    drop(vmo);
    assert!(world.frames.is_used(frame));
}

#[test]
fn a_page_that_is_there_takes_no_memory() {
    let world = World::new();
    let address = map(&world.root, &world.vmo(1), WRITE, 0, 1).unwrap();
    world.store(address, 7).unwrap();
    world.frames.set_left(0);
    world.table.set_left(0);
    assert_eq!((world.store(address, 8), world.load(address)), (Ok(()), Ok(8)));
}

#[test]
fn a_page_is_mended_or_replaced_and_its_neighbours_are_left_alone() {
    let world = World::new();
    let address = world.map_touched(0, 4);
    // The pages of another mapping, and of this one with less than it allows.
    let other = world.vmo(1).lookup_or_commit(0).unwrap();
    for page in 0..4 {
        world.table.protect(
            &mut (address + page * PAGE..address + (page + 1) * PAGE),
            LOAD,
            &mut Work::new(9),
        );
    }
    world.root.fault(address + PAGE, STORE).unwrap();
    let writable = |world: &World| -> Vec<bool> {
        world.table.translations().iter().map(|(_, _, allowed)| allowed.write).collect()
    };
    assert_eq!(writable(&world), [false, true, false, false]);
    world.table.unmap(&mut (address + 2 * PAGE..address + 3 * PAGE), &mut Work::unlimited());
    world.table.map(address + 2 * PAGE, other, LOAD).unwrap();
    world.root.fault(address + 2 * PAGE, LOAD).unwrap();
    assert_ne!(world.table.query(address + 2 * PAGE).unwrap().0, other);
    assert_eq!(writable(&world), [false, true, true, false]);
}

#[test]
fn every_fault_has_a_status() {
    for (error, status) in [
        (FaultError::NotMapped, Status::NOT_FOUND),
        (FaultError::Denied, Status::ACCESS_DENIED),
        (FaultError::OutOfRange, Status::OUT_OF_RANGE),
        (FaultError::NoMemory, Status::NO_MEMORY),
        (FaultError::OverLimit, Status::NO_MEMORY),
    ] {
        assert_eq!(Status::from(error), status);
    }
}

#[test]
fn populate_goes_through_the_mappings_one_after_the_other() {
    let world = World::new();
    let (root, vmo) = (&world.root, world.vmo(8));
    vmo.commit(&mut (0..8 * PAGE)).unwrap();
    let middle = MapRequest { vmo_offset: 3 * PAGE, ..request(&vmo, WRITE | SPECIFIC, 0, 4) };
    let address = map_request(root, &middle).unwrap();
    map(root, &vmo, SPECIFIC, 4, 2).unwrap();
    map(root, &vmo, READ | SPECIFIC, 6, 2).unwrap();
    let mut range = address + PAGE..address + 7 * PAGE;
    let mut steps = Vec::new();
    until_done(|| {
        root.populate(&mut range).unwrap();
        steps.push((range.start - address) / PAGE);
        range.is_empty()
    });
    assert_eq!(steps, [4, 6, 7]);
    let found: Vec<_> = world.table.translations();
    let frame = |page| vmo.lookup_or_commit(page).unwrap();
    let rw = Protection::from_options(WRITE);
    let expected = [(1, 4, rw), (2, 5, rw), (3, 6, rw), (6, 0, LOAD)];
    assert_eq!(found, expected.map(|(at, page, allowed)| (address + at * PAGE, frame(page), allowed)));
    // What is mapped in a region in it is not the root's to fill, and neither is a gap.
    let child = allocate(root, CAN_ALL | SPECIFIC, 9, 1).unwrap();
    map(&child, &vmo, READ, 0, 1).unwrap();
    for at in [8, 9] {
        let start = address + at * PAGE;
        refused(root.populate(&mut (start..start + PAGE)), Status::BAD_STATE);
    }
    world.table.set_left(0);
    refused(root.populate(&mut (address..address + PAGE)), Status::NO_MEMORY);
}
