//! `vmar_destroy`, the end of an address space, and listing it.

use super::*;

#[test]
fn a_destroyed_region_is_gone_and_its_handle_is_not() {
    let world = World::new();
    let child = allocate(&world.root, CAN_ALL | SPECIFIC, 4, 4).unwrap();
    let vmo = world.vmo(1);
    let address = map(&child, &vmo, WRITE, 0, 1).unwrap();
    world.store(address, 1).unwrap();
    destroy(&child).unwrap();
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
    let (retired, is_done) = world.root.destroy_address_space(&mut Work::step());
    assert_eq!((retired.mapped_bytes(), is_done), (4 * PAGE, true));
    assert_eq!((world.table.mapped(), world.frames.used()), (0, 2));
    drop(retired);
    assert_eq!((world.frames.used(), world.root.mapped_bytes()), (0, 0));
    refused(map(&world.root, &world.vmo(1), READ, 0, 1), Status::BAD_STATE);
    refused(allocate(&child, 0, 0, 1), Status::BAD_STATE);
    assert_eq!(world.root.fault(child.address(), LOAD), Err(FaultError::NotMapped));
    assert!(world.root.destroy_address_space(&mut Work::step()).0.is_empty());
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
fn regions_nest_so_deep_and_no_deeper() {
    let world = World::new();
    let mut innermost = world.root.clone();
    let mut handles = Vec::new();
    for _ in 1..MAX_DEPTH {
        let child = allocate(&innermost, CAN_ALL | SPECIFIC, 0, 4).unwrap();
        handles.push(core::mem::replace(&mut innermost, child));
    }
    refused(allocate(&innermost, CAN_ALL | SPECIFIC, 0, 1), Status::NO_RESOURCES);
    let address = map(&innermost, &world.vmo(1), READ, 0, 1).unwrap();
    assert_eq!(world.load(address), Ok(0));
    let mut deepest = 0;
    world.root.visit(0, |entry| {
        deepest = deepest.max(entry.depth);
        true
    });
    assert_eq!(deepest, MAX_DEPTH);
    destroy(&handles[1]).unwrap();
    assert_eq!(world.frames.used(), 0);
    refused(allocate(&innermost, 0, 0, 1), Status::BAD_STATE);
    refused(destroy(&innermost), Status::BAD_STATE);
    allocate(&world.root, CAN_ALL | SPECIFIC, 0, 4).unwrap();
}

#[test]
fn nothing_is_mapped_in_a_region_that_is_leaving() {
    let world = World::new();
    let (vmo, pages) = (world.vmo(10_000), 10_000);
    let outer = allocate(&world.root, CAN_ALL | SPECIFIC, 0, pages).unwrap();
    let inner = allocate(&outer, CAN_ALL | SPECIFIC, 0, pages).unwrap();
    let address = map(&inner, &vmo, WRITE | SPECIFIC, 1, pages - 1).unwrap();
    (0..pages - 1).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    let step = outer.destroy().unwrap();
    assert!(step.left.is_some());
    refused(map(&inner, &vmo, READ | SPECIFIC, 0, 1), Status::BAD_STATE);
    refused(inner.populate(&mut (address..address + PAGE)), Status::BAD_STATE);
    refused(destroy(&outer), Status::BAD_STATE);
    clean_up(&world.root, step);
    assert_eq!((world.table.mapped(), vmo.info().mappings), (0, 0));
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
