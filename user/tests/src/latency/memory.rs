//! Address spaces and VMOs that are large.

use alloc::vec::Vec;
use core::ptr::with_exposed_provenance_mut;

use hafnon_user::{
    Status, Vmar, Vmo,
    abi::{VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC, VM_CAN_MAP_WRITE, VM_SPECIFIC},
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::harness::user_test;

const CAN: u32 = VM_CAN_MAP_READ | VM_CAN_MAP_WRITE | VM_CAN_MAP_SPECIFIC;

fn region(size: usize) -> (Vmar, usize) {
    root_vmar().expect("a root region").allocate(CAN, 0, size).expect("a region")
}

fn touch(address: usize) {
    // SAFETY: the page is mapped for writing, and nobody has a reference into it.
    unsafe { with_exposed_provenance_mut::<u8>(address).write_volatile(1) };
}

user_test! {
    #[needs("counted")]
    fn faults_in_regions_as_deep_as_they_nest() {
        let (mut inner, mut base) = region(64 * PAGE_SIZE);
        let mut outer = Vec::new();
        let refused = loop {
            match inner.allocate(CAN | VM_SPECIFIC, 0, 64 * PAGE_SIZE) {
                Ok((next, address)) => {
                    outer.push(core::mem::replace(&mut inner, next));
                    base = address;
                }
                Err(status) => break status,
            }
        };
        assert_eq!(refused, Status::NO_RESOURCES);
        let vmo = Vmo::create((64 * PAGE_SIZE) as u64).expect("a VMO");
        inner.map(READ_WRITE | VM_SPECIFIC, 0, &vmo, 0, 64 * PAGE_SIZE).expect("mapped");
        (0..64).for_each(|page| touch(base + page * PAGE_SIZE));
        // SAFETY: nothing uses what is mapped there.
        unsafe { outer[0].destroy() }.expect("destroyed");
    }
}
