//! Several threads on one address space and one VMO: what one takes away is never under another's feet.

use super::*;
use std::thread;

const ROUNDS: usize = 2000;
const SIZE: u64 = 8;

/// Faults at random, as the threads of a program do; what it may meet are gaps and ends.
fn toucher(root: &Vmar, seed: u64) {
    let random = HostEntropy::leak(seed);
    for _ in 0..ROUNDS {
        let address = root.address() + random.next() % SIZE * PAGE;
        match root.fault(address, STORE) {
            Ok(()) | Err(FaultError::NotMapped | FaultError::OutOfRange) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn mapper(root: &Vmar, vmo: &Arc<Vmo>) {
    for round in 0..ROUNDS as u64 {
        let at = round % SIZE;
        map(root, vmo, WRITE | OVERWRITE | abi::VM_ALLOW_FAULTS, at, SIZE - at).unwrap();
        let _ = unmap(root, round % 3, 2);
    }
}

fn resizer(vmo: &Vmo) {
    for round in 0..ROUNDS as u64 {
        let mut resize = vmo.start_resize(round % SIZE * PAGE).unwrap();
        while !resize.is_done() {
            drop(vmo.resize(&mut resize).unwrap());
        }
        let mut range = 0..PAGE;
        let _ = vmo.decommit(&mut range);
    }
}

#[test]
fn nothing_is_lost_between_threads() {
    let world = World::new();
    let vmo = world.resizable(SIZE);
    thread::scope(|scope| {
        scope.spawn(|| toucher(&world.root, 1));
        scope.spawn(|| toucher(&world.root, 2));
        scope.spawn(|| mapper(&world.root, &vmo));
        scope.spawn(|| resizer(&vmo));
    });
    let committed = vmo.info().committed / PAGE;
    assert_eq!(world.frames.used() as u64, committed);
    for (_, frame, _) in world.table.translations() {
        assert!(world.frames.is_used(frame));
    }
    end(&world.root);
    assert_eq!((vmo.info().mappings, world.table.mapped()), (0, 0));
    drop(vmo);
    // More than a few pages are left to the kernel's task.
    while world.frames.used() > 0 {
        crate::memory::vmo::free_some();
    }
}
