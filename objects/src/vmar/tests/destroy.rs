//! `vmar_destroy`, the end of an address space, and listing it.

use super::*;

#[test]
fn a_destroyed_region_is_gone_and_its_handle_is_not() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    let vmo = world.vmo(1);
    let address = map(&child, &vmo, WRITE, 0, 1).unwrap();
    world.store(address, 1).unwrap();
    drop(child.destroy().unwrap());
    assert_eq!((world.table.mapped(), vmo.info().mappings), (0, 0));
    assert_eq!(world.load(address), Err(FaultError::NotMapped));
    refused(child.destroy(), Status::BAD_STATE);
    refused(map(&child, &vmo, READ, 0, 1), Status::BAD_STATE);
    refused(allocate(&child, 0, 0, 1), Status::BAD_STATE);
    refused(unmap(&child, 0, 1), Status::BAD_STATE);
    refused(protect(&child, READ, 0, 1), Status::BAD_STATE);
    refused(child.populate(&mut (address..address + PAGE)), Status::BAD_STATE);

    let again = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    map(&again, &vmo, READ, 0, 1).unwrap();
    refused(child.destroy(), Status::BAD_STATE);
}

#[test]
fn a_region_outlives_its_handle() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    let address = map(&child, &world.vmo(1), READ, 0, 1).unwrap();
    drop(child);
    assert_eq!(world.load(address), Ok(0));
    refused(allocate(&world.root, SPECIFIC, 4, 1), Status::NO_MEMORY);
    unmap(&world.root, 4, 4).unwrap();
    allocate(&world.root, SPECIFIC, 4, 1).unwrap();
}

#[test]
fn the_root_is_not_destroyed_by_user_code() {
    let world = World::new();
    assert!(world.root.is_root());
    refused(world.root.destroy(), Status::NOT_SUPPORTED);
}

#[test]
fn the_end_of_a_process_leaves_nothing() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL, 0, 8).unwrap();
    for vmar in [&world.root, &child] {
        let address = map(vmar, &world.vmo(2), WRITE, 0, 2).unwrap();
        world.store(address, 1).unwrap();
    }
    let retired = world.root.destroy_address_space();
    assert_eq!(retired.mapped_bytes(), 4 * PAGE);
    assert_eq!((world.table.mapped(), world.frames.used()), (0, 2));
    drop(retired);
    assert_eq!((world.frames.used(), world.root.mapped_bytes()), (0, 0));
    refused(map(&world.root, &world.vmo(1), READ, 0, 1), Status::BAD_STATE);
    refused(allocate(&child, 0, 0, 1), Status::BAD_STATE);
    assert_eq!(world.root.fault(child.address(), LOAD), Err(FaultError::NotMapped));
    assert!(world.root.destroy_address_space().is_empty());
}

#[test]
fn an_address_space_that_is_dropped_leaves_its_vmos() {
    let world = World::new();
    let vmo = world.vmo(1);
    map(&world.root, &vmo, READ, 0, 1).unwrap();
    let World { root, .. } = world;
    drop(root);
    assert_eq!(vmo.info().mappings, 0);
}

#[test]
fn regions_nest_as_deep_as_user_code_likes() {
    let world = World::new();
    let mut innermost = world.root.clone();
    let mut handles = Vec::new();
    for _ in 0..100_000 {
        let child = allocate(&innermost, CAN_ALL | SPECIFIC, 0, 1).unwrap();
        handles.push(core::mem::replace(&mut innermost, child));
    }
    let address = map(&innermost, &world.vmo(1), READ, 0, 1).unwrap();
    assert_eq!(world.load(address), Ok(0));
    let mut deepest = 0;
    world.root.visit(0, |entry| {
        deepest = deepest.max(entry.depth);
        true
    });
    assert_eq!(deepest, 100_001);
    drop(handles[1].destroy().unwrap());
    assert_eq!(world.frames.used(), 0);
    refused(allocate(&innermost, 0, 0, 1), Status::BAD_STATE);
}

#[test]
fn visit_lists_in_order_from_anywhere() {
    let world = World::new();
    let vmo = world.vmo(4);
    map(&world.root, &vmo, READ | SPECIFIC, 1, 1).unwrap();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 8).unwrap();
    let grandchild = allocate(&child, CAN_ALL | SPECIFIC, 0, 2).unwrap();
    map(&grandchild, &vmo, WRITE | SPECIFIC, 1, 1).unwrap();
    map(&child, &vmo, READ | SPECIFIC, 4, 1).unwrap();
    map(&world.root, &vmo, READ | SPECIFIC, 20, 1).unwrap();
    let list = |skip, most| {
        let mut found = Vec::new();
        world.root.visit(skip, |entry| {
            let is_mapping = matches!(entry.kind, EntryKind::Mapping { .. });
            found.push((entry.depth, (entry.range.start - world.root.address()) / PAGE, is_mapping));
            found.len() < most
        });
        found
    };
    let all = [
        (0, 0, false),
        (1, 1, true),
        (1, 4, false),
        (2, 4, false),
        (3, 5, true),
        (2, 8, true),
        (1, 20, true),
    ];
    assert_eq!(list(0, 100), all);
    for skip in 0..8 {
        assert_eq!(list(skip, 100), all[skip.min(7)..]);
    }
    assert_eq!(list(2, 3), all[2..5]);
}
