//! vmar_map, vmar_unmap, vmar_protect: memory that can be used, and what becomes of a process that misuses it.

use core::ptr::with_exposed_provenance_mut;

use hafnon_user::{
    AsHandle, Rights, Status, Vmar, Vmo,
    abi::{self, VM_PERM_EXECUTE, VM_PERM_READ, VM_PERM_WRITE, VM_SPECIFIC, VM_SPECIFIC_OVERWRITE},
    handle::Handle,
    info,
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    bad_memory::BadMemory,
    harness::{NO_HANDLE, call, user_test, without},
};

fn vmo(pages: usize) -> Vmo {
    Vmo::create((pages * PAGE_SIZE) as u64).expect("a VMO")
}

fn map(options: u32, offset: usize, vmo: &Vmo, length: usize) -> Result<usize, Status> {
    root_vmar().expect("a root region").map(options, offset, vmo, 0, length)
}

fn unmap(address: usize, length: usize) -> Result<(), Status> {
    // SAFETY: the tests unmap what they mapped, and use it no more.
    unsafe { root_vmar().expect("a root region").unmap(address, length) }
}

fn protect(options: u32, address: usize, length: usize) -> Result<(), Status> {
    // SAFETY: the tests change what they mapped.
    unsafe { root_vmar().expect("a root region").protect(options, address, length) }
}

/// Writes a byte and reads it back.
fn poke(address: usize, value: u8) -> u8 {
    let place = with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the tests poke memory that they mapped for writing.
    unsafe {
        place.write_volatile(value);
        place.read_volatile()
    }
}

/// Where an address lies in the root region.
fn offset(address: usize) -> usize {
    let root = root_vmar().expect("a root region");
    let info: abi::InfoVmar = info::get(&*root, abi::INFO_VMAR).expect("info");
    address - info.base
}

user_test! {
    fn mapping_shows_the_memory() {
        let vmo = vmo(2);
        vmo.write(b"hello", 4096).expect("write");
        let address = map(READ_WRITE, 0, &vmo, 2 * PAGE_SIZE).expect("mapped");
        assert_eq!(address % PAGE_SIZE, 0);
        assert_eq!(poke(address + PAGE_SIZE + 5, b'!'), b'!');
        assert_eq!(vmo.read_to_vec(4096, 6).expect("read"), b"hello!");
        unmap(address, 2 * PAGE_SIZE).expect("unmapped");
    }

    fn mapping_outlives_the_handle() {
        let address = map(READ_WRITE, 0, &vmo(1), PAGE_SIZE).expect("mapped");
        assert_eq!(poke(address, 7), 7);
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn two_mappings_share() {
        let vmo = vmo(1);
        let (one, two) = (map(READ_WRITE, 0, &vmo, PAGE_SIZE), map(READ_WRITE, 0, &vmo, PAGE_SIZE));
        let (one, two) = (one.expect("mapped"), two.expect("mapped"));
        poke(one + 9, 42);
        // SAFETY: mapped above.
        assert_eq!(unsafe { with_exposed_provenance_mut::<u8>(two + 9).read_volatile() }, 42);
        unmap(one, PAGE_SIZE).expect("unmapped");
        unmap(two, PAGE_SIZE).expect("unmapped");
    }

    fn placement_is_random() {
        let vmo = vmo(1);
        let addresses = [0; 4].map(|_| map(READ_WRITE, 0, &vmo, PAGE_SIZE).expect("mapped"));
        for address in addresses {
            unmap(address, PAGE_SIZE).expect("unmapped");
        }
        let mut sorted = addresses;
        sorted.sort_unstable();
        assert!(sorted.windows(2).any(|pair| pair[1] - pair[0] > PAGE_SIZE), "{addresses:x?}");
    }

    fn specific_goes_where_it_is_told() {
        let vmo = vmo(1);
        let address = map(READ_WRITE, 0, &vmo, PAGE_SIZE).expect("mapped");
        unmap(address, PAGE_SIZE).expect("unmapped");
        let there = map(READ_WRITE | VM_SPECIFIC, offset(address), &vmo, PAGE_SIZE);
        assert_eq!(there, Ok(address));
        let again = map(READ_WRITE | VM_SPECIFIC, offset(address), &vmo, PAGE_SIZE);
        assert_eq!(again, Err(Status::NO_MEMORY));
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn overwrite_replaces_and_splits() {
        let (old, new) = (vmo(3), vmo(1));
        let address = map(READ_WRITE, 0, &old, 3 * PAGE_SIZE).expect("mapped");
        (0..3).for_each(|page| _ = poke(address + page * PAGE_SIZE, 1));
        let (options, middle) = (READ_WRITE | VM_SPECIFIC_OVERWRITE, address + PAGE_SIZE);
        let root = root_vmar().expect("a root region");
        // SAFETY: the test owns the mapping that this replaces.
        let replaced = unsafe { root.map_over(options, offset(middle), &new, 0, PAGE_SIZE) };
        assert_eq!(replaced, Ok(middle));
        // SAFETY: mapped above.
        let values = [0, 1, 2].map(|page| unsafe {
            with_exposed_provenance_mut::<u8>(address + page * PAGE_SIZE).read_volatile()
        });
        assert_eq!(values, [1, 0, 1]);
        unmap(address, 3 * PAGE_SIZE).expect("unmapped");
    }

    fn part_can_be_unmapped() {
        let vmo = vmo(3);
        let address = map(READ_WRITE, 0, &vmo, 3 * PAGE_SIZE).expect("mapped");
        unmap(address + PAGE_SIZE, PAGE_SIZE).expect("the middle goes");
        poke(address, 1);
        poke(address + 2 * PAGE_SIZE, 1);
        let status = call!(zx_vmo_read(vmo.raw(), (address + PAGE_SIZE) as _, 0, 8));
        assert_eq!(status, Status::NOT_FOUND, "the kernel finds nothing there");
        unmap(address, 3 * PAGE_SIZE).expect("the rest goes");
    }

    fn protect_takes_rights_away_and_gives_them_back() {
        let vmo = vmo(1);
        let address = map(READ_WRITE, 0, &vmo, PAGE_SIZE).expect("mapped");
        poke(address, 3);
        protect(VM_PERM_READ, address, PAGE_SIZE).expect("protected");
        let status = call!(zx_vmo_read(vmo.raw(), address as _, 0, 8));
        assert_eq!(status, Status::ACCESS_DENIED, "the kernel cannot write there");
        protect(READ_WRITE, address, PAGE_SIZE).expect("protected");
        assert_eq!(poke(address, 4), 4);
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn protect_cannot_add_what_the_vmo_lacks() {
        let vmo = without(&vmo(1), Rights::WRITE);
        let address = map(VM_PERM_READ, 0, &vmo, PAGE_SIZE).expect("mapped");
        assert_eq!(protect(READ_WRITE, address, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn protect_of_nothing_is_not_found() {
        let address = map(READ_WRITE, 0, &vmo(1), PAGE_SIZE).expect("mapped");
        unmap(address, PAGE_SIZE).expect("unmapped");
        assert_eq!(protect(VM_PERM_READ, address, PAGE_SIZE), Err(Status::NOT_FOUND));
    }

    fn rights_of_the_vmo_count() {
        let vmo = vmo(1);
        let (blind, mute) = (without(&vmo, Rights::READ), without(&vmo, Rights::WRITE));
        assert_eq!(map(VM_PERM_READ, 0, &blind, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        assert_eq!(map(READ_WRITE, 0, &mute, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        let execute = VM_PERM_READ | VM_PERM_EXECUTE;
        assert_eq!(map(execute, 0, &vmo, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        assert_eq!(map(READ_WRITE, 0, &without(&vmo, Rights::MAP), PAGE_SIZE), Err(Status::ACCESS_DENIED));
    }

    fn rights_of_the_region_s_handle_count() {
        let (root, vmo) = (root_vmar().expect("a root region"), vmo(1));
        let (weak, _) = root
            .allocate(abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_COMPACT, 0, 4 * PAGE_SIZE)
            .map(|(region, base)| (without(&region, Rights::WRITE), base))
            .expect("a region");
        assert_eq!(weak.map(READ_WRITE, 0, &vmo, 0, PAGE_SIZE), Err(Status::ACCESS_DENIED));
        let address = weak.map(VM_PERM_READ, 0, &vmo, 0, PAGE_SIZE).expect("mapped to be read");
        // SAFETY: nobody uses what is mapped there.
        let changed = unsafe { weak.protect(READ_WRITE, address, PAGE_SIZE) };
        assert_eq!(changed, Err(Status::ACCESS_DENIED));
        let allocated = weak.allocate(abi::VM_CAN_MAP_WRITE, 0, PAGE_SIZE).map(drop);
        assert_eq!(allocated, Err(Status::ACCESS_DENIED));
    }

    fn bad_arguments_are_refused() {
        let vmo = vmo(2);
        let root = root_vmar().expect("a root region");
        let invalid = Err(Status::INVALID_ARGS);
        assert_eq!(map(READ_WRITE, 0, &vmo, 0), invalid, "no length");
        assert_eq!(map(READ_WRITE, PAGE_SIZE, &vmo, PAGE_SIZE), invalid, "an offset without SPECIFIC");
        assert_eq!(map(READ_WRITE | VM_SPECIFIC, 5, &vmo, PAGE_SIZE), invalid, "a skew offset");
        assert_eq!(root.map(READ_WRITE, 0, &vmo, 5, PAGE_SIZE), invalid, "a skew VMO offset");
        assert_eq!(map(VM_PERM_WRITE, 0, &vmo, PAGE_SIZE), invalid, "write without read");
        assert_eq!(map(1 << 23, 0, &vmo, PAGE_SIZE), invalid, "an unknown option");
    }

    fn mapping_past_the_end_is_fine_until_it_is_used() {
        let vmo = vmo(1);
        let address = map(READ_WRITE, 0, &vmo, 2 * PAGE_SIZE).expect("mapped");
        assert_eq!(poke(address, 1), 1);
        let status = call!(zx_vmo_read(vmo.raw(), (address + PAGE_SIZE) as _, 0, 8));
        assert_eq!(status, Status::OUT_OF_RANGE, "nothing is behind the end");
        unmap(address, 2 * PAGE_SIZE).expect("unmapped");
    }

    fn resizable_memory_needs_no_option() {
        let mut raw = 0;
        assert_eq!(call!(zx_vmo_create(PAGE_SIZE as u64, abi::VMO_RESIZABLE, &mut raw)), Status::OK);
        let vmo = Vmo::from(Handle::from_raw(raw));
        let address = map(READ_WRITE, 0, &vmo, PAGE_SIZE).expect("mapped");
        assert_eq!(poke(address, 1), 1);
        assert_eq!(map(READ_WRITE | abi::VM_REQUIRE_NON_RESIZABLE, 0, &vmo, PAGE_SIZE), Err(Status::NOT_SUPPORTED));
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn lengths_are_rounded_up() {
        let vmo = vmo(2);
        for odd in [1, PAGE_SIZE - 1] {
            let address = map(VM_PERM_READ, 0, &vmo, PAGE_SIZE + odd).expect("mapped");
            protect(READ_WRITE, address, PAGE_SIZE + odd).expect("protected");
            assert_eq!(poke(address + PAGE_SIZE, 1), 1);
            unmap(address, PAGE_SIZE + odd).expect("unmapped");
            assert_eq!(unmap(address + PAGE_SIZE, PAGE_SIZE), Err(Status::NOT_FOUND));
        }
        let too_long = usize::MAX - 100;
        assert_eq!(map(VM_PERM_READ, 0, &vmo, too_long), Err(Status::OUT_OF_RANGE));
        let address = map(VM_PERM_READ, 0, &vmo, PAGE_SIZE).expect("mapped");
        assert_eq!(unmap(address, too_long), Err(Status::INVALID_ARGS));
        assert_eq!(protect(VM_PERM_READ, address, too_long), Err(Status::INVALID_ARGS));
        unmap(address, PAGE_SIZE).expect("unmapped");
        let end = usize::MAX - PAGE_SIZE + 1;
        let root = root_vmar().expect("a root region");
        assert_eq!(root.map(VM_PERM_READ, 0, &vmo, end as u64, PAGE_SIZE), Err(Status::OUT_OF_RANGE));
    }

    fn execute_without_read_is_no_mapping() {
        let mut raw = 0;
        let handle = Handle::from(vmo(1)).into_raw();
        assert_eq!(call!(zx_vmo_replace_as_executable(handle, 0, &mut raw)), Status::OK);
        let vmo = Vmo::from(Handle::from_raw(raw));
        assert_eq!(map(VM_PERM_EXECUTE, 0, &vmo, PAGE_SIZE), Err(Status::INVALID_ARGS));
        let options = VM_PERM_EXECUTE | abi::VM_PERM_READ_IF_XOM_UNSUPPORTED;
        let address = map(options, 0, &vmo, PAGE_SIZE).expect("mapped");
        assert_eq!(protect(VM_PERM_EXECUTE, address, PAGE_SIZE), Err(Status::INVALID_ARGS));
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn last_page_can_be_mapped() {
        let root = root_vmar().expect("a root region");
        let info: abi::InfoVmar = info::get(&*root, abi::INFO_VMAR).expect("info");
        let vmo = vmo(2);
        let last = info.len - PAGE_SIZE;
        let address = map(READ_WRITE | VM_SPECIFIC, last, &vmo, PAGE_SIZE).expect("mapped");
        assert_eq!((address, poke(address + PAGE_SIZE - 1, 5)), (info.base + last, 5));
        let mut size = 0u64;
        let straddling = (address + PAGE_SIZE - 4) as *mut u64;
        assert_eq!(call!(zx_vmo_get_size(vmo.raw(), straddling)), Status::INVALID_ARGS);
        let at_the_end = (address + PAGE_SIZE - 8) as *mut u64;
        assert_eq!(call!(zx_vmo_get_size(vmo.raw(), at_the_end)), Status::OK);
        assert_eq!(call!(zx_vmo_get_size(vmo.raw(), &mut size)), Status::OK);
        unmap(address, PAGE_SIZE).expect("unmapped");
        assert_eq!(map(READ_WRITE | VM_SPECIFIC, last, &vmo, 2 * PAGE_SIZE), Err(Status::INVALID_ARGS));
        let limit = READ_WRITE | abi::VM_OFFSET_IS_UPPER_LIMIT;
        assert_eq!(map(limit, info.len + PAGE_SIZE, &vmo, PAGE_SIZE), Err(Status::INVALID_ARGS));
        let address = map(limit, info.len, &vmo, PAGE_SIZE).expect("the limit can be the end");
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn unmap_checks_its_range() {
        let address = map(READ_WRITE, 0, &vmo(1), PAGE_SIZE).expect("mapped");
        assert_eq!(unmap(address, 0), Err(Status::INVALID_ARGS));
        assert_eq!(unmap(address + 1, PAGE_SIZE), Err(Status::INVALID_ARGS));
        unmap(address, PAGE_SIZE).expect("unmapped");
    }

    fn wrong_handles_are_told() {
        let (root, vmo) = (root_vmar().expect("a root region"), vmo(1));
        let bad = core::mem::ManuallyDrop::new(Vmar::from(Handle::from_raw(NO_HANDLE)));
        assert_eq!(bad.map(READ_WRITE, 0, &vmo, 0, PAGE_SIZE), Err(Status::BAD_HANDLE));
        let mut address = 0;
        let status =
            call!(zx_vmar_map(vmo.raw(), READ_WRITE, 0, vmo.raw(), 0, PAGE_SIZE, &mut address));
        assert_eq!(status, Status::WRONG_TYPE);
        let status =
            call!(zx_vmar_map(root.raw(), READ_WRITE, 0, root.raw(), 0, PAGE_SIZE, &mut address));
        assert_eq!(status, Status::WRONG_TYPE);
    }

    fn bad_pointers_are_refused_and_nothing_is_mapped() {
        let (memory, vmo, root) = (BadMemory::new(), vmo(1), root_vmar().expect("a root region"));
        for (kind, address) in memory.unwritable(8) {
            let status = call!(zx_vmar_map(root.raw(), READ_WRITE, 0, vmo.raw(), 0, PAGE_SIZE, address as _));
            assert_eq!(status, Status::INVALID_ARGS, "{kind}");
        }
    }
}
