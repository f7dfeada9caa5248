//! What an address space uses.

use super::*;

fn usage(world: &World) -> Usage {
    let (mut from, mut usage) = (0, Usage::default());
    until_done(|| world.root.add_usage(&mut from, &mut usage));
    usage
}

#[test]
fn what_others_have_mapped_is_shared() {
    let (one, other) = (World::new(), World::new());
    let (mine, ours) = (one.vmo(4), one.vmo(8));
    mine.commit(&mut (0..3 * PAGE)).unwrap();
    ours.commit(&mut (2 * PAGE..6 * PAGE)).unwrap();
    assert_eq!(usage(&one), Usage::default());
    let outer = allocate(&one.root, CAN_ALL, 0, 16).unwrap();
    allocate(&outer, CAN_ALL | SPECIFIC, 0, 1).unwrap();
    map(&outer, &mine, READ, 0, 4).unwrap();
    map(&one.root, &ours, READ, 0, 8).unwrap();
    assert_eq!(usage(&one), Usage { private: 7 * PAGE, shared: 0, scaled: 0 });
    map(&other.root, &ours, READ, 0, 4).unwrap();
    assert_eq!(usage(&one), Usage { private: 3 * PAGE, shared: 4 * PAGE, scaled: 2 * PAGE });
    assert_eq!(usage(&other), Usage { private: 0, shared: 2 * PAGE, scaled: PAGE });
    end(&other.root);
    assert_eq!((usage(&one).private, usage(&other)), (7 * PAGE, Usage::default()));
}

#[test]
fn much_is_counted_in_steps() {
    let world = World::new();
    let vmo = world.vmo(3000);
    let mut all = 0..3000 * PAGE;
    while !all.is_empty() {
        vmo.commit(&mut all).unwrap();
    }
    map(&world.root, &vmo, READ, 0, 3000).unwrap();
    let (mut from, mut counted) = (0, Usage::default());
    assert!(!world.root.add_usage(&mut from, &mut counted));
    assert!((512 * PAGE..=1024 * PAGE).contains(&counted.private), "a step: {} bytes", counted.private);
    assert_eq!(usage(&world).private, 3000 * PAGE);
}

#[test]
fn a_mapping_of_the_middle_of_a_vmo_counts_as_far_as_it_goes() {
    let world = World::new();
    let vmo = world.vmo(8);
    vmo.commit(&mut (0..8 * PAGE)).unwrap();
    let middle = MapRequest { vmo_offset: 2 * PAGE, ..request(&vmo, READ | SPECIFIC, 0, 3) };
    map_request(&world.root, &middle).unwrap();
    assert_eq!(usage(&world).private, 3 * PAGE);
    // What lies right behind it is not passed over.
    map(&world.root, &vmo, READ | SPECIFIC, 3, 2).unwrap();
    assert_eq!(usage(&world).private, 5 * PAGE);
}
