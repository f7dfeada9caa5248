//! Pointers that change while the kernel uses them, and calls that must not write when they fail.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Status, Vmo,
    handle::Handle,
    startup::root_vmar,
    thread,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test},
};

user_test! {
    fn unmapping_under_a_copy_is_survived() {
        let vmo = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        let target = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        let address = map(&target).expect("mapped");
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let mapper = thread::spawn("mapper", move || {
            while !seen.load(SeqCst) {
                remap(&target, address);
            }
        });
        for _ in 0..2000 {
            let status = call!(zx_vmo_read(vmo.raw(), address as _, 0, PAGE_SIZE));
            assert!(matches!(status, Status::OK | Status::NOT_FOUND), "{status:?}");
        }
        stop.store(true, SeqCst);
        mapper.expect("a thread").join().expect("it returns");
        unmap(address);
    }

    fn failed_create_leaves_no_handle() {
        // The harness counts the handles after the test.
        let (memory, mut out) = (BadMemory::new(), 0);
        for (kind, bad) in memory.unwritable(4) {
            assert_eq!(call!(zx_channel_create(0, &mut out, bad as _)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_event_create(0, bad as _)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_port_create(0, bad as _)), Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_vmo_create(4096, 0, bad as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn failed_replace_closes_the_handle() {
        let memory = BadMemory::new();
        for (kind, bad) in memory.unwritable(4) {
            let event = Handle::from(hafnon_user::Event::create().expect("an event")).into_raw();
            let status = call!(zx_handle_replace(event, 1 << 31, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
            assert_eq!(call!(zx_handle_close(event)), Status::BAD_HANDLE, "{kind}");
        }
    }

    fn buffer_across_two_mappings_is_fine() {
        let (one, two) = (Vmo::create(4096).expect("a VMO"), Vmo::create(4096).expect("a VMO"));
        let root = root_vmar().expect("a root region");
        let can = hafnon_user::abi::VM_CAN_MAP_SPECIFIC
            | hafnon_user::abi::VM_CAN_MAP_READ
            | hafnon_user::abi::VM_CAN_MAP_WRITE;
        let (region, base) = root.allocate(can, 0, 2 * PAGE_SIZE).expect("a region");
        let options = READ_WRITE | hafnon_user::abi::VM_SPECIFIC;
        region.map(options, 0, &one, 0, PAGE_SIZE).expect("mapped");
        region.map(options, PAGE_SIZE, &two, 0, PAGE_SIZE).expect("mapped");
        let (left, right) = Channel::create().expect("a channel");
        left.write(&[7; 100], alloc::vec![]).expect("write");
        let (mut bytes, mut handles) = (0, 0);
        let status = call!(zx_channel_read(
            right.raw(), 0, (base + PAGE_SIZE - 50) as _, core::ptr::null_mut(), 100, 0, &mut bytes, &mut handles,
        ));
        assert_eq!((status, bytes), (Status::OK, 100));
        assert_eq!(one.read_to_vec(4096 - 50, 50).expect("read"), [7; 50]);
        assert_eq!(two.read_to_vec(0, 51).expect("read")[49..], [7, 0]);
        // SAFETY: nothing in the region is in use.
        unsafe { region.destroy() }.expect("destroyed");
    }

    fn huge_lengths_are_refused() {
        let (memory, vmo) = (BadMemory::new(), Vmo::create(4096).expect("a VMO"));
        for length in [usize::MAX, isize::MAX as usize, 1 << 47] {
            let read = call!(zx_vmo_read(vmo.raw(), memory.good() as _, 0, length));
            assert!(matches!(read, Status::NOT_FOUND | Status::OUT_OF_RANGE), "{length:#x}: {read:?}");
            let written = call!(zx_debug_write(memory.good() as _, length));
            assert_eq!(written, Status::INVALID_ARGS, "{length:#x}");
        }
    }
}

fn map(target: &Vmo) -> Result<usize, Status> {
    root_vmar().expect("a root region").map(READ_WRITE, 0, target, 0, PAGE_SIZE)
}

fn unmap(address: usize) {
    // SAFETY: the tests use no reference into that page.
    unsafe { root_vmar().expect("a root region").unmap(address, PAGE_SIZE) }.expect("unmapped");
}

/// Takes the page away and puts it back at the same address.
fn remap(target: &Vmo, address: usize) {
    let root = root_vmar().expect("a root region");
    let info: hafnon_user::abi::InfoVmar =
        hafnon_user::info::get(&*root, hafnon_user::abi::INFO_VMAR).expect("info");
    unmap(address);
    let options = READ_WRITE | hafnon_user::abi::VM_SPECIFIC;
    // Random placement keeps other threads of this test away from the gap.
    let back = root.map(options, address - info.base, target, 0, PAGE_SIZE);
    assert_eq!(back, Ok(address));
}
