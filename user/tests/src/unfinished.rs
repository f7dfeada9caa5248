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

/// Kills the child once it has `begun`, and has yet to do what `is_left` says.
fn kill_once(process: &Process, begun: impl Fn() -> bool, is_left: impl Fn() -> bool) {
    while !begun() {
        clock::yield_now();
    }
    process.kill().expect("killed");
    assert!(is_left(), "it was killed in the middle");
    process.wait_terminated().expect("it ends");
}

fn sooner_or_later(done: impl Fn() -> bool) {
    assert!((0..TURNS).any(|_| {
        clock::yield_now();
        done()
    }));
}

user_test! {
    #[needs("counted")]
    fn pages_behind_the_end_of_a_vmo_go() {
        let all = (PAGES * 8 * PAGE_SIZE) as u64;
        let vmo = resizable(all);
        for page in 0..PAGES * 8 {
            vmo.write(b"x", (page * PAGE_SIZE) as u64).expect("written");
        }
        let given = vmo.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        let process = child("shrink", |launch| launch.handle(PA_USER0, given));
        kill_once(&process, || about(&vmo).committed_bytes < all, || about(&vmo).committed_bytes > 0);
        sooner_or_later(|| about(&vmo).committed_bytes == 0);
    }

    #[needs("counted")]
    fn addresses_in_another_process_can_be_used_again() {
        let vmo = Vmo::create(SIZE as u64).expect("a VMO");
        for page in 0..PAGES {
            vmo.write(b"x", (page * PAGE_SIZE) as u64).expect("written");
        }
        let can = VM_CAN_MAP_READ | VM_CAN_MAP_SPECIFIC;
        let (region, base) =
            root_vmar().expect("a root region").allocate(can, 0, VIEWS * SIZE).expect("a region");
        let map = |view: usize| region.map(VM_PERM_READ | VM_SPECIFIC | VM_MAP_RANGE, view * SIZE, &vmo, 0, SIZE);
        let views: Vec<_> = (0..VIEWS).map(map).collect();
        assert!(views.iter().all(|view| view.is_ok()) && views[0] == Ok(base));
        let given = region.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
        let process = child("unmap", |launch| launch.handle(PA_USER0, given));
        let has_begun = || about(&vmo).num_mappings < VIEWS;
        kill_once(&process, has_begun, || map(VIEWS - 1) == Err(Status::NO_MEMORY));
        sooner_or_later(|| map(VIEWS - 1).is_ok());
    }
}
