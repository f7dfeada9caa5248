//! What is unmapped in steps: the addresses it keeps, the order it goes in, and what it counts.

use super::*;

fn leaving(world: &World) -> Option<Ticket> {
    world.root.leaving()
}

#[test]
fn what_was_unmapped_goes_page_by_page_and_keeps_its_addresses_meanwhile() {
    let world = World::slow();
    let vmo = world.vmo(5);
    let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, 5).unwrap();
    (0..5).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    assert_eq!((leaving(&world), world.entries()), (None, 1));
    let mut step = start_unmap(&world.root, 0, 5).unwrap();
    assert!(step.left.is_some() && step.retired.is_empty());
    for pages in [3, 2, 1, 0] {
        assert_eq!(world.table.mapped(), pages);
        assert_eq!((leaving(&world), world.mappings()), (step.left, vec![]));
        assert_eq!(world.load(address), Err(FaultError::NotMapped));
        refused(map(&world.root, &vmo, READ | SPECIFIC, 4, 1), Status::NO_MEMORY);
        refused(allocate(&world.root, SPECIFIC, 0, 1), Status::NO_MEMORY);
        refused(unmap_nothing(&world), Status::NOT_FOUND);
        let is_gone = pages == 0;
        assert_eq!(world.root.mapped_bytes(), if is_gone { 0 } else { 5 * PAGE });
        assert_eq!(world.entries(), if is_gone { 1 } else { 2 }, "the mapping, and its addresses");
        assert_eq!(vmo.info().mappings, usize::from(!is_gone));
        step = world.root.clean_up(step.left.unwrap());
    }
    assert_eq!((step.left, leaving(&world), world.entries()), (None, None, 0));
    map(&world.root, &vmo, READ | SPECIFIC, 0, 5).unwrap();
}

/// A range where nothing is, not even what is leaving.
fn unmap_nothing(world: &World) -> Result<(), Status> {
    start_unmap(&world.root, 5, 1).map(drop)
}

#[test]
fn the_oldest_goes_first_and_each_has_its_own_ticket() {
    let world = World::slow();
    [0, 8, 16].into_iter().for_each(|at| _ = world.map_touched(at, 4));
    let [first, second, third] =
        [0, 8, 16].map(|at| start_unmap(&world.root, at, 4).unwrap().left.expect("something is left"));
    assert!(first != second && second != third && first != third);
    assert_eq!((leaving(&world), world.entries()), (Some(third), 6));
    let free = || [0, 8, 16].map(|at| allocate(&world.root, SPECIFIC, at + 3, 1).is_ok());
    clean_up_all(&world.root, first);
    assert_eq!((free(), leaving(&world)), ([true, false, false], Some(third)));
    assert_eq!(world.root.clean_up(first).left, None, "it stays done");
    clean_up_all(&world.root, second);
    assert_eq!((free(), leaving(&world)), ([false, true, false], Some(third)));
    clean_up_all(&world.root, third);
    assert_eq!((free(), leaving(&world)), ([false, false, true], None));
    assert_eq!((world.entries(), world.table.mapped()), (3, 0), "three regions");
    // The next ticket is for something new.
    let fourth = {
        world.map_touched(24, 4);
        start_unmap(&world.root, 24, 4).unwrap().left.unwrap()
    };
    assert_eq!(leaving(&world), Some(fourth));
    assert_eq!(world.root.clean_up(third).left, None);
    clean_up_all(&world.root, fourth);
    assert_eq!((leaving(&world), world.entries()), (None, 3));
}

#[test]
fn what_is_unmapped_twice_in_part_is_kept_as_long_as_both_are_leaving() {
    let world = World::slow();
    let vmo = world.vmo(1);
    world.map_touched(0, 6);
    let first = start_unmap(&world.root, 0, 6).unwrap().left.unwrap();
    world.map_touched(6, 1);
    let second = start_unmap(&world.root, 3, 4).unwrap().left.unwrap();
    assert_eq!(world.entries(), 5, "two mappings, the addresses in two parts, and those of the second");
    for at in [0, 2, 3, 5, 6] {
        refused(allocate(&world.root, SPECIFIC, at, 1), Status::NO_MEMORY);
    }
    allocate(&world.root, SPECIFIC, 7, 1).unwrap();
    until_done(|| {
        refused(map(&world.root, &vmo, READ | SPECIFIC, 0, 1), Status::NO_MEMORY);
        world.root.clean_up(first).left.is_none()
    });
    assert_eq!(leaving(&world), Some(second));
    map(&world.root, &vmo, READ | SPECIFIC, 2, 1).unwrap();
    refused(map(&world.root, &vmo, READ | SPECIFIC, 3, 1), Status::NO_MEMORY);
    clean_up_all(&world.root, second);
    assert_eq!((world.entries(), world.table.mapped()), (2, 0));
    map(&world.root, &vmo, READ | SPECIFIC, 3, 4).unwrap();
}

#[test]
fn a_neighbour_of_what_leaves_stays() {
    let world = World::slow();
    let vmo = world.vmo(1);
    for at in [3, 9] {
        map(&world.root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    world.map_touched(4, 5);
    unmap(&world.root, 4, 5).unwrap();
    assert_eq!((world.mappings(), world.entries()), (vec![(3, 1), (9, 1)], 2));
    refused(unmap(&world.root, 4, 5), Status::NOT_FOUND);
    assert_eq!(world.mappings(), [(3, 1), (9, 1)]);
}

#[test]
fn what_is_overwritten_goes_in_steps_under_the_new_mapping() {
    let world = World::slow();
    let new = world.vmo(5);
    let address = world.map_touched(0, 5);
    let mapped = world.root.map(&request(&new, WRITE | OVERWRITE, 0, 5)).unwrap();
    assert_eq!((mapped.left, mapped.retired.is_empty()), (leaving(&world), true));
    assert_eq!((world.table.mapped(), world.mappings()), (4, vec![(0, 5)]));
    assert_eq!((world.entries(), world.root.mapped_bytes()), (2, 10 * PAGE), "the old one and the new");
    assert_eq!(world.load(address + 4 * PAGE), Ok(0), "a fault brings the new page");
    clean_up_all(&world.root, mapped.left.unwrap());
    assert_eq!((leaving(&world), world.mappings()), (None, vec![(0, 5)]), "its addresses are not given back");
    assert_eq!((world.entries(), world.root.mapped_bytes()), (1, 5 * PAGE));
    assert_eq!(world.load(address), Ok(0));
}

#[test]
fn what_overwrote_and_is_unmapped_keeps_its_addresses_until_no_translation_is_left() {
    let world = World::slow();
    let (new, other) = (world.vmo(5), world.vmo(4));
    let address = world.map_touched(0, 5);
    let over = world.root.map(&request(&new, WRITE | OVERWRITE, 0, 5)).unwrap().left.unwrap();
    (0..5).for_each(|page| world.store(address + page * PAGE, 2).unwrap());
    let gone = start_unmap(&world.root, 0, 4).unwrap().left.unwrap();
    assert_ne!(over, gone);
    until_done(|| {
        refused(map(&world.root, &other, READ | SPECIFIC, 0, 1), Status::NO_MEMORY);
        drop(world.root.clean_up(gone));
        world.table.translations().iter().all(|(at, ..)| *at >= address + 4 * PAGE)
    });
    clean_up_all(&world.root, gone);
    map(&world.root, &other, READ | SPECIFIC, 0, 4).unwrap();
    assert_eq!((world.load(address), world.load(address + 4 * PAGE)), (Ok(0), Ok(2)));
    assert_eq!((world.entries(), world.root.mapped_bytes()), (2, 5 * PAGE));
}

#[test]
fn a_region_that_leaves_takes_all_that_is_in_it() {
    let world = World::slow();
    let (root, vmo) = (&world.root, world.vmo(4));
    let outer = allocate(root, CAN_ALL | SPECIFIC, 0, 16).unwrap();
    let inner = allocate(&outer, CAN_ALL | SPECIFIC, 4, 8).unwrap();
    let empty = allocate(&inner, CAN_ALL | SPECIFIC, 4, 2).unwrap();
    for (vmar, at) in [(&outer, 0), (&inner, 0), (&outer, 12)] {
        let address = map(vmar, &vmo, WRITE | SPECIFIC, at, 4).unwrap();
        (0..4).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    }
    map(root, &vmo, WRITE | SPECIFIC, 16, 1).unwrap();
    assert_eq!((world.entries(), world.table.mapped()), (7, 12));
    let ticket = outer.destroy().unwrap().left.unwrap();
    assert_eq!((world.entries(), world.table.mapped()), (8, 11));
    let mut steps = 0;
    until_done(|| {
        for gone in [&outer, &inner, &empty] {
            refused(map(gone, &vmo, READ, 0, 1), Status::BAD_STATE);
            refused(gone.destroy(), Status::BAD_STATE);
        }
        refused(allocate(root, SPECIFIC, 15, 1), Status::NO_MEMORY);
        let step = root.clean_up(ticket);
        steps += 1;
        assert!(step.retired.mapped_bytes() <= 4 * PAGE, "one mapping in one step at most");
        step.left.is_none()
    });
    assert_eq!(steps, 12, "a page in each, and what costs nothing");
    assert_eq!((world.entries(), world.table.mapped()), (1, 0));
    assert_eq!((vmo.info().mappings, world.root.mapped_bytes()), (1, PAGE));
    assert_eq!((world.mappings(), world.load(root.address() + 16 * PAGE)), (vec![(16, 1)], Ok(1)));
    allocate(root, CAN_ALL | SPECIFIC, 0, 16).unwrap();
}

#[test]
fn a_region_that_is_leaving_is_not_taken_for_the_one_in_its_place() {
    let world = World::slow();
    let (root, vmo) = (&world.root, world.vmo(3));
    let touch = || (0..3).for_each(|page| world.store(root.address() + page * PAGE, 1).unwrap());
    let old = allocate(root, CAN_ALL | SPECIFIC, 0, 3).unwrap();
    map(&old, &vmo, WRITE | SPECIFIC, 0, 3).unwrap();
    touch();
    let gone = old.destroy().unwrap().left.unwrap();
    // Overwritten before it is gone, and that unmapped: the addresses are free, and nothing is translated there.
    let over = root.map(&request(&vmo, WRITE | OVERWRITE, 0, 3)).unwrap();
    assert!(over.left.is_some() && world.table.mapped() == 1);
    assert_eq!(start_unmap(root, 0, 3).unwrap().left, None);
    let new = allocate(root, CAN_ALL | SPECIFIC, 0, 3).unwrap();
    assert_eq!(leaving(&world), over.left, "the old one is still there");
    refused(map(&old, &vmo, READ, 0, 1), Status::BAD_STATE);
    refused(old.destroy(), Status::BAD_STATE);
    map(&new, &vmo, READ | SPECIFIC, 0, 3).unwrap();
    clean_up_all(root, over.left.unwrap());
    assert_eq!(root.clean_up(gone).left, None);
    refused(map(&old, &vmo, READ, 0, 1), Status::BAD_STATE);
    assert_eq!((world.mappings(), world.entries()), (vec![(0, 3)], 2));
    unmap(&new, 0, 3).unwrap();
}

#[test]
fn up_to_eight_mappings_go_at_once_whatever_is_leaving() {
    let world = World::slow();
    let (root, vmo) = (&world.root, world.vmo(1));
    world.map_touched(100, 6);
    let pending = start_unmap(root, 100, 6).unwrap().left;
    for at in 0..9 {
        map(root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    let step = start_unmap(root, 0, 8).unwrap();
    assert_eq!((step.left, step.retired.mapped_bytes()), (None, 8 * PAGE));
    assert_eq!((world.mappings(), world.entries()), (vec![(8, 1)], 3));
    assert_eq!(leaving(&world), pending);
    // Where the neighbour is a region it stays as well.
    allocate(root, SPECIFIC, 7, 1).unwrap();
    for at in 5..7 {
        map(root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    let step = start_unmap(root, 5, 2).unwrap();
    assert_eq!((step.left, step.retired.mapped_bytes(), world.entries()), (None, 2 * PAGE, 4));
    // As many in one go may be overwritten.
    for at in 20..28 {
        map(root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    let mapped = root.map(&request(&vmo, READ | OVERWRITE, 20, 8)).unwrap();
    assert_eq!((mapped.left, mapped.retired.mapped_bytes()), (None, 8 * PAGE));
    assert_eq!((world.entries(), leaving(&world)), (5, pending));
    // Nine wait for their turn.
    for at in 30..39 {
        map(root, &vmo, READ | SPECIFIC, at, 1).unwrap();
    }
    let step = start_unmap(root, 30, 9).unwrap();
    assert!(step.left.is_some() && step.left != pending && step.retired.is_empty());
    assert_eq!((world.mappings(), world.entries()), (vec![(8, 1), (20, 8)], 15));
    clean_up(root, step);
    assert_eq!((world.entries(), root.mapped_bytes()), (3, 9 * PAGE));
    assert_eq!(vmo.info().mappings, 2);
}

#[test]
fn up_to_512_pages_are_first_tried_whole() {
    let world = World::slow();
    let vmo = world.vmo(4);
    for (pages, left) in [(512, 2), (513, 3)] {
        let address = map(&world.root, &vmo, WRITE | SPECIFIC, 0, pages).unwrap();
        (0..4).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
        let step = start_unmap(&world.root, 0, pages).unwrap();
        assert_eq!(world.table.mapped(), left, "{pages} pages: one in each try");
        assert!(step.left.is_some());
        clean_up(&world.root, step);
        assert_eq!((world.table.mapped(), world.entries()), (0, 0));
    }
}

#[test]
fn a_step_clears_no_more_than_so_many_pages() {
    let world = World::new();
    let frame = world.frames.allocate_zeroed().unwrap();
    let address = map(&world.root, &world.vmo(5000), READ | SPECIFIC, 0, 5000).unwrap();
    (0..5000).for_each(|page| world.table.map(address + page * PAGE, frame, LOAD).unwrap());
    let step = start_unmap(&world.root, 0, 5000).unwrap();
    assert_eq!(world.table.mapped(), 5000 - 4096);
    let step = world.root.clean_up(step.left.unwrap());
    assert_eq!((world.table.mapped(), step.left), (0, None));
    assert_eq!(step.retired.mapped_bytes(), 5000 * PAGE);
}

#[test]
fn what_is_leaving_is_passed_when_usage_is_added_up() {
    let world = World::slow();
    world.map_touched(0, 5);
    world.map_touched(6, 2);
    let step = start_unmap(&world.root, 0, 5).unwrap();
    let (mut from, mut usage) = (0, Usage::default());
    until_done(|| world.root.add_usage(&mut from, &mut usage));
    assert_eq!(usage, Usage { private: 2 * PAGE, shared: 0, scaled: 0 });
    clean_up(&world.root, step);
}

#[test]
fn the_end_of_an_address_space_finishes_what_is_leaving() {
    let world = World::slow();
    let vmo = world.vmo(4);
    let outer = allocate(&world.root, CAN_ALL | SPECIFIC, 32, 16).unwrap();
    let inner = allocate(&outer, CAN_ALL | SPECIFIC, 0, 8).unwrap();
    for (vmar, at) in [(&world.root, 0), (&world.root, 8), (&inner, 1), (&outer, 9)] {
        let address = map(vmar, &vmo, WRITE | SPECIFIC, at, 4).unwrap();
        (0..4).for_each(|page| world.store(address + page * PAGE, 1).unwrap());
    }
    drop(start_unmap(&world.root, 0, 4).unwrap());
    drop(start_unmap(&world.root, 8, 2).unwrap());
    let mut steps = 0;
    until_done(|| {
        let before = world.table.mapped();
        let (retired, is_done) = world.root.destroy_address_space(&mut Work::step());
        steps += 1;
        assert!(before - world.table.mapped() <= 1 && retired.mapped_bytes() <= 4 * PAGE);
        refused(map(&world.root, &vmo, READ, 0, 1), Status::BAD_STATE);
        refused(map(&inner, &vmo, READ, 0, 1), Status::BAD_STATE);
        is_done
    });
    assert!(steps > 12, "{steps}");
    assert_eq!((world.table.mapped(), world.entries(), world.root.mapped_bytes()), (0, 0, 0));
    assert_eq!((leaving(&world), vmo.info().mappings), (None, 0));
}

#[test]
fn the_memory_of_many_regions_goes_back_in_steps_at_the_end() {
    let world = World::new();
    for at in 0..400 {
        allocate(&world.root, SPECIFIC, at, 1).unwrap();
    }
    let regions = || world.root.space.tree.lock().regions.len();
    assert_eq!((regions(), world.entries()), (401, 400));
    let (mut with_regions, mut without) = (0, 0);
    until_done(|| {
        let is_done = world.root.destroy_address_space(&mut Work::new(1)).1;
        let count = if regions() > 0 { &mut with_regions } else { &mut without };
        *count += 1;
        is_done
    });
    assert_eq!((with_regions, without), (400, 3), "one region a step, then their memory");
    assert_eq!((regions(), world.entries()), (0, 0));
}
