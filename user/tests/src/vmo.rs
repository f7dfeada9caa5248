//! vmo_create, vmo_read, vmo_write, vmo_get_size, vmo_set_size.

use hafnon_user::{
    AsHandle, Event, Mapping, Rights, Status, Vmo,
    abi::{
        INFO_VMO, INFO_VMO_V1, InfoVmo, InfoVmoV1, VM_PERM_READ, VM_PERM_WRITE, VMO_DISCARDABLE,
        VMO_RESIZABLE, zerocopy::IntoBytes,
    },
    handle::Handle,
    info,
    vmar::PAGE_SIZE,
};

use crate::{
    bad_memory::BadMemory,
    harness::{call, user_test, without},
};

const PAGE: u64 = PAGE_SIZE as u64;

fn vmo(size: u64) -> Vmo {
    Vmo::create(size).expect("a VMO")
}

pub fn resizable(size: u64) -> Vmo {
    let mut out = 0;
    assert_eq!(call!(zx_vmo_create(size, VMO_RESIZABLE, &mut out)), Status::OK);
    Handle::from_raw(out).into()
}

fn set_size(vmo: &Vmo, size: u64) -> Status {
    call!(zx_vmo_set_size(vmo.raw(), size))
}

user_test! {
    fn size_is_rounded_up_to_pages() {
        for (asked, got) in [(0, 0), (1, PAGE), (PAGE, PAGE), (PAGE + 1, 2 * PAGE)] {
            assert_eq!(vmo(asked).size(), Ok(got), "{asked}");
        }
    }

    fn create_refuses_options_and_sizes() {
        let mut out = 0;
        assert_eq!(call!(zx_vmo_create(1, 1 << 31, &mut out)), Status::INVALID_ARGS);
        assert_eq!(call!(zx_vmo_create(u64::MAX, 0, &mut out)), Status::OUT_OF_RANGE);
        assert_eq!(call!(zx_vmo_create(1, VMO_DISCARDABLE, &mut out)), Status::NOT_SUPPORTED);
    }

    fn create_refuses_bad_pointers() {
        let memory = BadMemory::new();
        for (kind, address) in memory.unwritable(4) {
            assert_eq!(call!(zx_vmo_create(PAGE, 0, address as _)), Status::INVALID_ARGS, "{kind}");
        }
    }

    fn new_memory_is_zero() {
        let mut buffer = [0xff; 64];
        vmo(PAGE).read(&mut buffer, 1000).expect("read");
        assert_eq!(buffer, [0; 64]);
    }

    fn pages_are_cleared_before_they_are_given_out() {
        const PAGES: u64 = 1024;
        let dirty = vmo(PAGES * PAGE);
        for page in 0..PAGES {
            dirty.write(&[0xa5; PAGE_SIZE], page * PAGE).expect("write");
        }
        drop(dirty);
        // These are the same frames, or a part of them is.
        let fresh = vmo(PAGES * PAGE);
        for page in 0..PAGES {
            fresh.write(&[1], page * PAGE).expect("write");
            let bytes = fresh.read_to_vec(page * PAGE, PAGE_SIZE).expect("read");
            assert!(bytes[0] == 1 && bytes[1..].iter().all(|byte| *byte == 0), "page {page}");
        }
    }

    /// What nobody maps counts as one.
    fn share_count_is_of_address_spaces() {
        let vmo = vmo(PAGE);
        let told = || {
            let info: InfoVmo = info::get(&vmo, INFO_VMO).expect("info");
            (info.num_mappings, info.share_count)
        };
        assert_eq!(told(), (0, 1));
        let mappings = [0; 2].map(|_| Mapping::new(&vmo, VM_PERM_READ, PAGE_SIZE).expect("mapped"));
        assert_eq!(told(), (2, 1));
        drop(mappings);
        assert_eq!(told(), (0, 1));
    }

    /// The longer record begins as the shorter one does. What nobody wrote takes nothing to find it.
    fn what_the_kernel_needs_for_pages_is_told() {
        let vmo = vmo(PAGE);
        let told = || info::get::<InfoVmo>(&vmo, INFO_VMO).expect("info");
        assert_eq!((told().metadata_bytes, told().committed_bytes), (0, 0));
        vmo.write(&[1], 0).expect("a page is committed");
        assert!(told().metadata_bytes > 0);
        let first: InfoVmoV1 = info::get(&vmo, INFO_VMO_V1).expect("info");
        assert_eq!(told().as_bytes()[..size_of::<InfoVmoV1>()], *first.as_bytes());
        assert_eq!((first.size_bytes, first.committed_bytes), (PAGE, PAGE));
    }

    fn what_is_written_is_read_also_across_pages() {
        let vmo = vmo(3 * PAGE);
        let text = [0x5a; 5000];
        vmo.write(&text, PAGE - 100).expect("write");
        let bytes = vmo.read_to_vec(0, 3 * PAGE_SIZE).expect("read");
        let range = PAGE_SIZE - 100..PAGE_SIZE + 4900;
        assert!(bytes[range.clone()] == text);
        assert!(bytes[..range.start].iter().chain(&bytes[range.end..]).all(|&byte| byte == 0));
    }

    fn outside_is_out_of_range() {
        let vmo = vmo(PAGE);
        let mut buffer = [0; 2];
        for offset in [PAGE - 1, PAGE, u64::MAX] {
            assert_eq!(vmo.read(&mut buffer, offset), Err(Status::OUT_OF_RANGE), "{offset}");
            assert_eq!(vmo.write(&buffer, offset), Err(Status::OUT_OF_RANGE), "{offset}");
        }
        vmo.read(&mut buffer, PAGE - 2).expect("up to the end is fine");
    }

    fn nothing_read_is_ok() {
        vmo(PAGE).read(&mut [], PAGE).expect("nothing, at the end");
    }

    fn read_and_write_need_their_rights() {
        let vmo = vmo(PAGE);
        let (blind, mute) = (without(&vmo, Rights::READ), without(&vmo, Rights::WRITE));
        assert_eq!(blind.read(&mut [0], 0), Err(Status::ACCESS_DENIED));
        assert_eq!(mute.write(&[0], 0), Err(Status::ACCESS_DENIED));
    }

    fn wrong_type_is_told() {
        let event = Vmo::from(Handle::from(Event::create().expect("an event")));
        assert_eq!(event.size(), Err(Status::WRONG_TYPE));
        assert_eq!(event.read(&mut [0], 0), Err(Status::WRONG_TYPE));
        assert_eq!(event.write(&[0], 0), Err(Status::WRONG_TYPE));
    }

    fn bad_pointers_are_not_found() {
        let (memory, vmo) = (BadMemory::new(), vmo(PAGE));
        for (kind, address) in memory.unreadable(16) {
            let status = call!(zx_vmo_read(vmo.raw(), address as _, 0, 16));
            assert_eq!(status, Status::NOT_FOUND, "read: {kind}");
        }
        for (kind, address) in memory.unreadable(16) {
            let status = call!(zx_vmo_write(vmo.raw(), address as _, 0, 16));
            assert_eq!(status, Status::NOT_FOUND, "write: {kind}");
        }
        let good = memory.good();
        assert_eq!(call!(zx_vmo_read(vmo.raw(), good as _, 0, 16)), Status::OK);
    }

    /// The page that is given away is there, and what is told is that it may not be accessed so.
    fn buffers_need_the_permission_of_their_mapping() {
        let (page, vmo) = (vmo(PAGE), vmo(PAGE));
        page.write(&[1; 16], 0).expect("the page is committed");
        let read = |buffer: &Mapping| call!(zx_vmo_read(vmo.raw(), buffer.address() as _, 0, 16));
        let write = |buffer: &Mapping| call!(zx_vmo_write(vmo.raw(), buffer.address() as _, 0, 16));
        let mapped = |options| Mapping::new(&page, options, PAGE_SIZE).expect("a mapping");
        let (none, read_only, both) =
            (mapped(0), mapped(VM_PERM_READ), mapped(VM_PERM_READ | VM_PERM_WRITE));
        assert_eq!([&none, &read_only, &both].map(write), [Status::ACCESS_DENIED, Status::OK, Status::OK]);
        let denied = Status::ACCESS_DENIED;
        assert_eq!([&none, &read_only, &both].map(read), [denied, denied, Status::OK]);
    }

    /// A mapping may be longer than its VMO; what is wrong there is the place, and not that nothing is mapped.
    fn buffers_behind_the_end_of_their_memory_are_out_of_range() {
        let (page, vmo) = (vmo(PAGE), vmo(PAGE));
        let longer = Mapping::new(&page, VM_PERM_READ | VM_PERM_WRITE, 2 * PAGE_SIZE).expect("a mapping");
        let behind = longer.address() + PAGE_SIZE;
        assert_eq!(call!(zx_vmo_read(vmo.raw(), behind as _, 0, 16)), Status::OUT_OF_RANGE);
        assert_eq!(call!(zx_vmo_write(vmo.raw(), behind as _, 0, 16)), Status::OUT_OF_RANGE);
    }

    fn only_resizable_ones_resize() {
        assert_eq!(set_size(&vmo(PAGE), 2 * PAGE), Status::UNAVAILABLE);
        let vmo = resizable(PAGE);
        assert_eq!(set_size(&vmo, 3 * PAGE), Status::OK);
        assert_eq!(vmo.size(), Ok(3 * PAGE));
        assert_eq!(set_size(&vmo, u64::MAX), Status::OUT_OF_RANGE);
        assert_eq!(vmo.size(), Ok(3 * PAGE));
    }

    fn what_was_cut_off_comes_back_as_zeros() {
        let vmo = resizable(2 * PAGE);
        vmo.write(&[1; 8], PAGE).expect("write");
        assert_eq!(set_size(&vmo, PAGE), Status::OK);
        assert_eq!(vmo.read(&mut [0; 8], PAGE), Err(Status::OUT_OF_RANGE));
        assert_eq!(set_size(&vmo, 2 * PAGE), Status::OK);
        assert_eq!(vmo.read_to_vec(PAGE, 8).expect("read"), [0; 8]);
    }

    fn resizing_needs_the_right() {
        let vmo = without(&resizable(PAGE), Rights::WRITE);
        assert_eq!(set_size(&vmo, PAGE), Status::ACCESS_DENIED);
    }
}
