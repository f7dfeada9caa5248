//! What a VMAR says of itself, what its flags allow, and how many children there can be.

use super::*;

/// `VM_CAN_MAP_*` for the bits of a number: 1 to read, 2 to write, 4 to execute.
fn can(bits: u32) -> u32 {
    let flag = |bit, flag| if bits & bit != 0 { flag } else { 0 };
    flag(1, abi::VM_CAN_MAP_READ) | flag(2, abi::VM_CAN_MAP_WRITE) | flag(4, abi::VM_CAN_MAP_EXECUTE)
}

fn rights(bits: u32) -> Protection {
    Protection { read: bits & 1 != 0, write: bits & 2 != 0, execute: bits & 4 != 0 }
}

#[test]
fn a_vmar_says_what_it_is() {
    let (world, other) = (World::with_root(PAGE..33 * PAGE), World::new());
    let root = &world.root;
    let child = allocate(root, abi::VM_CAN_MAP_WRITE | SPECIFIC, 4, 8).unwrap();
    assert_eq!((root.address(), root.length()), (PAGE, 32 * PAGE));
    assert_eq!(root.flags(), can(7) | abi::VM_CAN_MAP_SPECIFIC);
    assert_eq!((child.address(), child.length()), (5 * PAGE, 8 * PAGE));
    assert_eq!(child.flags(), abi::VM_CAN_MAP_WRITE);
    assert!(root.is_root() && !child.is_root());
    assert!(root.is_beside(&child) && child.is_beside(root));
    assert!(!root.is_beside(&other.root) && !other.root.is_beside(&child));
}

#[test]
fn a_region_allows_what_its_flags_say_and_no_more() {
    let world = World::new();
    let vmo = world.vmo(1);
    for allowed in 0..8 {
        let region = allocate(&world.root, can(allowed), 0, 16).unwrap();
        // Nothing is always allowed; writing and executing take reading.
        for wanted in [0, 1, 3, 5, 7] {
            let expected = if wanted & !allowed == 0 { Ok(()) } else { Err(Status::ACCESS_DENIED) };
            let options = rights(wanted).options();
            assert_eq!(map(&region, &vmo, options, 0, 1).map(drop), expected, "{wanted} in {allowed}");
            let child = allocate(&region, can(wanted), 0, 1);
            assert_eq!(child.map(|child| child.flags()), expected.map(|()| can(wanted)));
            let by_handle = world.root.allocate(can(wanted), 0, PAGE, rights(allowed));
            assert_eq!(by_handle.map(drop), expected);
            let address = region.address();
            let change = region.start_protect(options, address, PAGE, ALL);
            assert_eq!(change.map(drop), expected);
        }
    }
}

#[test]
fn every_option_of_vmar_map_is_taken() {
    let world = World::new();
    let vmo = world.vmo(1);
    let execute_only_if_possible = abi::VM_PERM_READ_IF_XOM_UNSUPPORTED | abi::VM_PERM_EXECUTE;
    for (options, protection) in [
        (0, 0),
        (READ, READ),
        (WRITE, WRITE),
        (READ | abi::VM_PERM_EXECUTE, READ | abi::VM_PERM_EXECUTE),
        (execute_only_if_possible, READ | abi::VM_PERM_EXECUTE),
        (abi::VM_PERM_READ_IF_XOM_UNSUPPORTED, READ),
        (READ | SPECIFIC, READ),
        (READ | OVERWRITE, READ),
        (READ | SPECIFIC | OVERWRITE, READ),
        (READ | abi::VM_MAP_RANGE, READ),
        (READ | abi::VM_REQUIRE_NON_RESIZABLE, READ),
        (READ | abi::VM_ALLOW_FAULTS, READ),
        (READ | abi::VM_ALIGN_2MB, READ),
    ] {
        let address = map(&world.root, &vmo, options, 0, 1);
        assert_eq!(protections(&world), [protection], "{options:#x}");
        clean_up(&world.root, world.root.unmap(address.unwrap(), PAGE).unwrap());
    }
    map(&world.root, &vmo, READ | abi::VM_OFFSET_IS_UPPER_LIMIT, 1, 1).unwrap();
    assert_eq!(world.mappings(), [(0, 1)]);
}

#[test]
fn mappings_regions_and_parts_count_against_the_limit() {
    let world = World::new();
    let (vmo, root) = (world.vmo(8), &world.root);
    map(root, &vmo, READ | SPECIFIC, 0, 6).unwrap();
    assert_eq!(world.entries(), 1);
    unmap(root, 2, 2).unwrap();
    assert_eq!(world.entries(), 2, "it was cut");
    let outer = allocate(root, CAN_ALL | SPECIFIC, 10, 8).unwrap();
    let inner = allocate(&outer, CAN_ALL | SPECIFIC, 0, 4).unwrap();
    map(&inner, &vmo, READ, 0, 1).unwrap();
    map(&inner, &vmo, READ, 0, 1).unwrap();
    assert_eq!(world.entries(), 6);
    map(root, &vmo, READ | OVERWRITE, 1, 4).unwrap();
    assert_eq!((world.mappings()[..3].to_vec(), world.entries()), (vec![(0, 1), (1, 4), (5, 1)], 7));
    map(root, &vmo, READ | OVERWRITE, 0, 6).unwrap();
    assert_eq!(world.entries(), 5, "one for three");
    map(root, &vmo, READ | OVERWRITE, 0, 6).unwrap();
    assert_eq!(world.entries(), 5, "one for one");
    map(root, &vmo, READ | OVERWRITE, 6, 1).unwrap();
    assert_eq!(world.entries(), 6, "one for none");
    unmap(root, 6, 2).unwrap();
    protect(root, WRITE, 2, 2).unwrap();
    assert_eq!((world.mappings().len(), world.entries()), (5, 7));
    unmap(root, 0, 5).unwrap();
    assert_eq!((world.mappings().len(), world.entries()), (3, 5));
    destroy(&outer).unwrap();
    assert_eq!(world.entries(), 1);
    unmap(root, 5, 1).unwrap();
    assert_eq!((world.entries(), root.mapped_bytes()), (0, 0));
}

#[test]
fn the_last_entry_may_be_used_and_no_other() {
    let world = World::new();
    let (vmo, root) = (world.vmo(4), &world.root);
    map(root, &vmo, READ | SPECIFIC, 0, 4).unwrap();
    let full = |what: &str| {
        refused(map(root, &vmo, READ, 0, 1), Status::NO_RESOURCES);
        refused(allocate(root, 0, 0, 1), Status::NO_RESOURCES);
        refused(unmap(root, 0, 1), Status::NO_RESOURCES);
        refused(protect(root, WRITE, 3, 1), Status::NO_RESOURCES);
        assert_eq!(world.mappings()[0], (0, 4), "{what}");
    };
    world.leave_room_for(1);
    map(root, &vmo, READ | SPECIFIC, 8, 1).unwrap();
    full("a mapping");
    unmap(root, 8, 1).unwrap();
    allocate(root, SPECIFIC, 8, 1).unwrap();
    full("a region");
    unmap(root, 8, 1).unwrap();
    protect(root, READ, 0, 1).unwrap();
    assert_eq!(world.mappings(), [(0, 1), (1, 3)]);
    refused(unmap(root, 2, 2), Status::NO_RESOURCES);
    // What is already there whole takes no room.
    unmap(root, 1, 3).unwrap();
    map(root, &vmo, READ, 0, 1).unwrap();
}

#[test]
fn a_region_lies_in_31_others_at_most() {
    assert_eq!((MAX_DEPTH, MAX_ENTRIES), (32, 65_536));
    let world = World::new();
    let (mut chain, mut depth) = (Vec::from([world.root.clone()]), 0);
    until_done(|| match allocate(&chain[depth], CAN_ALL | SPECIFIC, 0, 1) {
        Ok(child) => {
            chain.push(child);
            depth += 1;
            depth > MAX_DEPTH
        }
        Err(_) => true,
    });
    assert_eq!((depth, world.entries()), (31, 31));
    refused(allocate(&chain[depth], CAN_ALL | SPECIFIC, 0, 1), Status::NO_RESOURCES);
}
