//! Threads that are killed in the middle of a long call: what they have begun is finished.

use alloc::vec::Vec;

use hafnon_user::{
    AsHandle, Rights, Startup, Status, Vmar, Vmo,
    abi::{
        INFO_VMAR, INFO_VMO, InfoVmar, InfoVmo, PA_USER0, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC, VM_MAP_RANGE,
        VM_PERM_READ, VM_SPECIFIC,
    },
    clock,
    handle::Handle,
    info,
    startup::root_vmar,
    task::{Process, Task},
    vmar::PAGE_SIZE,
};

use crate::{
    children::SURVIVED,
    harness::{TURNS, call, child, user_test},
    vmo::resizable,
};

/// Pages of a VMO, and how often it is mapped.
const PAGES: usize = 512;
const VIEWS: usize = 60;
const SIZE: usize = PAGES * PAGE_SIZE;

/// A child's part: takes pages away from a VMO, or mappings from a region, that it was given.
pub fn play(startup: &mut Startup, role: &str) -> i64 {
    let given: Handle = startup.take_object(PA_USER0).expect("a handle");
    let status = match role {
        "shrink" => call!(zx_vmo_set_size(given.raw(), 0)),
        _ => {
            let region = Vmar::from(given);
            let address = info::get::<InfoVmar>(&region, INFO_VMAR).expect("its addresses").base;
            call!(zx_vmar_unmap(region.raw(), address, VIEWS * SIZE))
        }
    };
    assert_eq!(status, Status::OK);
    SURVIVED
}

fn about(vmo: &Vmo) -> InfoVmo {
    info::get(vmo, INFO_VMO).expect("information")
}

/// How often it is tried to kill a child in the middle.
const TRIES: usize = 5;

/// Kills the child once it has `begun`, between two steps of its call, in which others have their turn; whether it had yet to do what `is_left` says.
fn kill_once(process: &Process, begun: impl Fn() -> bool, is_left: impl Fn() -> bool) -> bool {
    while !begun() {
        clock::yield_now();
    }
    // It may have ended by itself.
    let _ = process.kill();
    let left = is_left();
    process.wait_terminated().expect("it ends");
    left
}

fn sooner_or_later(done: impl Fn() -> bool) {
    assert!((0..TURNS).any(|_| {
        clock::yield_now();
        done()
    }));
}

/// Whether a child was killed while it cut pages off; they are gone all the same.
fn pages_go() -> bool {
    let all = (PAGES * 8 * PAGE_SIZE) as u64;
    let vmo = resizable(all);
    for page in 0..PAGES * 8 {
        vmo.write(b"x", (page * PAGE_SIZE) as u64).expect("written");
    }
    let given = vmo.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    let process = child("shrink", |launch| launch.handle(PA_USER0, given));
    let committed = || about(&vmo).committed_bytes;
    let hit = kill_once(&process, || committed() < all, || committed() > 0);
    sooner_or_later(|| committed() == 0);
    hit
}

/// Whether a child was killed while it unmapped; the addresses can be used again all the same.
fn addresses_come_back() -> bool {
    let vmo = Vmo::create(SIZE as u64).expect("a VMO");
    for page in 0..PAGES {
        vmo.write(b"x", (page * PAGE_SIZE) as u64).expect("written");
    }
    let can = VM_CAN_MAP_READ | VM_CAN_MAP_SPECIFIC;
    let root = root_vmar().expect("a root region");
    let (region, base) = root.allocate(can, 0, VIEWS * SIZE).expect("a region");
    let map = |view: usize| region.map(VM_PERM_READ | VM_SPECIFIC | VM_MAP_RANGE, view * SIZE, &vmo, 0, SIZE);
    let views: Vec<_> = (0..VIEWS).map(map).collect();
    assert!(views.iter().all(|view| view.is_ok()) && views[0] == Ok(base));
    let given = region.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    let process = child("unmap", |launch| launch.handle(PA_USER0, given));
    let mapped = || about(&vmo).num_mappings;
    let hit = kill_once(&process, || mapped() < VIEWS, || map(VIEWS - 1) == Err(Status::NO_MEMORY));
    sooner_or_later(|| map(VIEWS - 1).is_ok() || mapped() == 1);
    hit
}

user_test! {
    #[needs("cpus=1 counted timeout=300")]
    fn pages_behind_the_end_of_a_vmo_go() {
        assert!((0..TRIES).any(|_| pages_go()), "none was killed in the middle");
    }

    #[needs("cpus=1 counted timeout=300")]
    fn addresses_in_another_process_can_be_used_again() {
        assert!((0..TRIES).any(|_| addresses_come_back()), "none was killed in the middle");
    }
}
