//! vmar_allocate, vmar_destroy: regions inside regions.

use hafnon_user::{
    AsHandle, Status, Vmar, Vmo,
    abi::{
        self, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC, VM_CAN_MAP_WRITE, VM_PERM_EXECUTE, VM_PERM_READ,
        VM_SPECIFIC, VM_SPECIFIC_OVERWRITE,
    },
    info,
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test},
};

const CAN: u32 = VM_CAN_MAP_SPECIFIC | VM_CAN_MAP_READ | VM_CAN_MAP_WRITE;

/// A region of `pages` pages below the root.
fn region(options: u32, pages: usize) -> (Vmar, usize) {
    let root = root_vmar().expect("a root region");
    root.allocate(options, 0, pages * PAGE_SIZE).expect("a region")
}

fn page() -> Vmo {
    Vmo::create(PAGE_SIZE as u64).expect("a VMO")
}

fn destroy(region: &Vmar) -> Result<(), Status> {
    // SAFETY: the tests use nothing in their regions.
    unsafe { region.destroy() }
}

user_test! {
    fn region_lies_where_it_says() {
        let (region, base) = region(CAN, 4);
        let info: abi::InfoVmar = info::get(&region, abi::INFO_VMAR).expect("info");
        assert_eq!((info.base, info.len), (base, 4 * PAGE_SIZE));
        destroy(&region).expect("destroyed");
    }

    fn mappings_stay_inside() {
        let (region, base) = region(CAN, 2);
        for _ in 0..2 {
            let address = region.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE).expect("mapped");
            assert!((base..base + 2 * PAGE_SIZE).contains(&address));
        }
        let full = region.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE);
        assert_eq!(full, Err(Status::NO_MEMORY));
        let outside = region.map(READ_WRITE | VM_SPECIFIC, 2 * PAGE_SIZE, &page(), 0, PAGE_SIZE);
        assert_eq!(outside, Err(Status::INVALID_ARGS));
        destroy(&region).expect("destroyed");
    }

    fn region_limits_the_rights_of_its_mappings() {
        let (region, _) = region(VM_CAN_MAP_READ, 1);
        assert_eq!(region.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        let execute = VM_PERM_READ | VM_PERM_EXECUTE;
        assert_eq!(region.map(execute, 0, &page(), 0, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        region.map(VM_PERM_READ, 0, &page(), 0, PAGE_SIZE).expect("reading is allowed");
        destroy(&region).expect("destroyed");
    }

    fn specific_needs_permission() {
        let (region, _) = region(VM_CAN_MAP_READ | VM_CAN_MAP_WRITE, 1);
        let outcome = region.map(READ_WRITE | VM_SPECIFIC, 0, &page(), 0, PAGE_SIZE);
        assert_eq!(outcome, Err(Status::ACCESS_DENIED));
        destroy(&region).expect("destroyed");
    }

    fn child_cannot_allow_more_than_its_parent() {
        let (parent, _) = region(VM_CAN_MAP_READ, 2);
        let outcome = parent.allocate(VM_CAN_MAP_READ | VM_CAN_MAP_WRITE, 0, PAGE_SIZE);
        assert_eq!(outcome.err(), Some(Status::ACCESS_DENIED));
        destroy(&parent).expect("destroyed");
    }

    fn destroyed_region_is_bad_state() {
        let (region, _) = region(CAN, 2);
        let (child, _) = region.allocate(CAN, 0, PAGE_SIZE).expect("a child");
        destroy(&region).expect("destroyed");
        assert_eq!(destroy(&region), Err(Status::BAD_STATE));
        assert_eq!(region.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE), Err(Status::BAD_STATE));
        assert_eq!(child.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE), Err(Status::BAD_STATE));
        assert_eq!(child.allocate(CAN, 0, PAGE_SIZE).err(), Some(Status::BAD_STATE));
        let base: abi::InfoVmar = info::get(&child, abi::INFO_VMAR).expect("info");
        // SAFETY: nothing is there any more.
        let (unmapped, changed) = unsafe {
            (child.unmap(base.base, PAGE_SIZE), child.protect(VM_PERM_READ, base.base, PAGE_SIZE))
        };
        assert_eq!((unmapped, changed), (Err(Status::BAD_STATE), Err(Status::BAD_STATE)));
    }

    fn destroyed_addresses_can_be_used_again() {
        let root = root_vmar().expect("a root region");
        let info: abi::InfoVmar = info::get(&*root, abi::INFO_VMAR).expect("info");
        let (region, base) = region(CAN, 1);
        destroy(&region).expect("destroyed");
        let again = root.allocate(CAN | VM_SPECIFIC, base - info.base, PAGE_SIZE).expect("a region");
        assert_eq!(again.1, base);
        destroy(&again.0).expect("destroyed");
    }

    fn overwrite_refuses_to_cut_a_region() {
        let (parent, _) = region(CAN, 4);
        let child = parent.allocate(CAN | VM_SPECIFIC, PAGE_SIZE, 2 * PAGE_SIZE).expect("a child");
        let options = READ_WRITE | VM_SPECIFIC_OVERWRITE;
        // SAFETY: nothing in these regions is in use.
        let outcome = unsafe { parent.map_over(options, 2 * PAGE_SIZE, &page(), 0, PAGE_SIZE) };
        assert_eq!(outcome, Err(Status::INVALID_ARGS));
        drop(child);
        destroy(&parent).expect("destroyed");
    }

    fn unmap_refuses_to_cut_a_region() {
        let (parent, base) = region(CAN, 4);
        let child = parent.allocate(CAN | VM_SPECIFIC, 0, 2 * PAGE_SIZE).expect("a child");
        // SAFETY: nothing in these regions is in use.
        let (cut, whole) =
            unsafe { (parent.unmap(base, PAGE_SIZE), parent.unmap(base, 2 * PAGE_SIZE)) };
        assert_eq!((cut, whole), (Err(Status::INVALID_ARGS), Ok(())));
        assert_eq!(destroy(&child.0), Err(Status::BAD_STATE), "unmapping all of it destroyed it");
        destroy(&parent).expect("destroyed");
    }

    fn region_that_nobody_was_told_of_is_not_kept() {
        let (memory, (parent, _)) = (BadMemory::new(), region(CAN, 1));
        let (options, mut address) = (CAN | VM_SPECIFIC, 0);
        for (kind, bad) in memory.unwritable(4) {
            let status =
                call!(zx_vmar_allocate(parent.raw(), options, 0, PAGE_SIZE, bad as _, &mut address));
            assert_eq!(status, Status::INVALID_ARGS, "handle: {kind}");
        }
        for (kind, bad) in memory.unwritable(8) {
            let mut child = 0;
            let status =
                call!(zx_vmar_allocate(parent.raw(), options, 0, PAGE_SIZE, &mut child, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "address: {kind}");
            // The only page of the parent is free again.
            parent.map(READ_WRITE | VM_SPECIFIC, 0, &page(), 0, PAGE_SIZE).expect("free");
            let status = call!(zx_vmar_map(parent.raw(), READ_WRITE | VM_SPECIFIC_OVERWRITE, 0, page().raw(), 0, PAGE_SIZE, bad as _));
            assert_eq!(status, Status::INVALID_ARGS, "mapping: {kind}");
            parent.allocate(options, 0, PAGE_SIZE).map(|(child, _)| destroy(&child)).expect("free").expect("destroyed");
        }
        destroy(&parent).expect("destroyed");
    }

    fn so_many_mappings_and_no_more() {
        let (region, base) = region(CAN, 1 << 17);
        let vmo = Vmo::create(3 * PAGE_SIZE as u64).expect("a VMO");
        let first = region.map(READ_WRITE | VM_SPECIFIC, 0, &vmo, 0, 3 * PAGE_SIZE).expect("mapped");
        assert_eq!(first, base);
        let map = |page| region.map(VM_PERM_READ | VM_SPECIFIC, page * PAGE_SIZE, &vmo, 0, PAGE_SIZE);
        let full = (3..1 << 17).map(|page| map(page).err()).find(Option::is_some).flatten();
        assert_eq!(full, Some(Status::NO_RESOURCES));
        // SAFETY: nothing in this region is in use.
        let (cut, changed) = unsafe {
            let middle = base + PAGE_SIZE;
            (region.unmap(middle, PAGE_SIZE), region.protect(VM_PERM_READ, middle, PAGE_SIZE))
        };
        assert_eq!((cut, changed), (Err(Status::NO_RESOURCES), Err(Status::NO_RESOURCES)));
        destroy(&region).expect("destroyed");
    }

    fn root_is_not_destroyed() {
        assert_eq!(destroy(&root_vmar().expect("a root region")), Err(Status::NOT_SUPPORTED));
    }

    fn regions_nest_so_deep_and_no_deeper() {
        let mut regions = alloc::vec::Vec::new();
        let (mut innermost, _) = region(CAN, 1);
        for _ in 2..32 {
            let (child, _) = innermost.allocate(CAN, 0, PAGE_SIZE).expect("a child");
            regions.push(core::mem::replace(&mut innermost, child));
        }
        let deeper = innermost.allocate(CAN, 0, PAGE_SIZE);
        assert_eq!(deeper.err(), Some(Status::NO_RESOURCES));
        innermost.map(READ_WRITE, 0, &page(), 0, PAGE_SIZE).expect("mapped");
        destroy(&regions[0]).expect("destroyed");
    }

    fn bad_arguments_are_refused() {
        let root = root_vmar().expect("a root region");
        let outcome = |options, offset, size| root.allocate(options, offset, size).err();
        assert_eq!(outcome(CAN, 0, 0), Some(Status::INVALID_ARGS), "no size");
        assert_eq!(outcome(CAN, PAGE_SIZE, PAGE_SIZE), Some(Status::INVALID_ARGS), "an offset alone");
        assert_eq!(outcome(CAN | 1 << 23, 0, PAGE_SIZE), Some(Status::INVALID_ARGS), "an unknown option");
        assert_eq!(outcome(VM_PERM_READ, 0, PAGE_SIZE), Some(Status::INVALID_ARGS), "a mapping's option");
    }
}
