//! Address spaces and VMOs that are large.

use alloc::vec::Vec;
use core::ptr::with_exposed_provenance_mut;

use hafnon_user::{
    AsHandle, Channel, Signals, Startup, Status, Vmar, Vmo,
    abi::{
        INFO_TASK_STATS, InfoTaskStats, PA_USER0, VM_ALLOW_FAULTS, VM_CAN_MAP_READ, VM_CAN_MAP_SPECIFIC,
        VM_CAN_MAP_WRITE, VM_MAP_RANGE, VM_PERM_READ, VM_SPECIFIC, VMO_RESIZABLE,
    },
    clock::{self, INFINITE},
    handle::Handle,
    info,
    startup::root_vmar,
    task::Task,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{
    children::SURVIVED,
    harness::{self, call, child, process, user_test},
};

const CAN: u32 = VM_CAN_MAP_READ | VM_CAN_MAP_WRITE | VM_CAN_MAP_SPECIFIC;

/// Regions in one address space.
const REGIONS: usize = 60_000;
/// Mappings in one region.
const MAPPINGS: usize = 20_000;
/// How often one VMO is mapped that shrinks.
const VIEWS: usize = 20_000;
/// Pages of the region that a mapping with a hole behind it takes.
const STRIDE: usize = 2 * PAGE_SIZE;
/// How many small VMOs are closed or unmapped at once, of so many bytes.
const SMALL_ONES: usize = 1000;
const SMALL: usize = 16 * PAGE_SIZE;
/// A large VMO, in bytes.
const LARGE: usize = 1 << 30;

fn region(size: usize) -> (Vmar, usize) {
    root_vmar().expect("a root region").allocate(CAN, 0, size).expect("a region")
}

fn resizable(size: u64) -> Vmo {
    let mut out = Handle::INVALID;
    assert_eq!(call!(zx_vmo_create(size, VMO_RESIZABLE, &mut out)), Status::OK);
    Handle::from_raw(out).into()
}

fn touch(address: usize) {
    // SAFETY: the page is mapped for writing, and nobody has a reference into it.
    unsafe { with_exposed_provenance_mut::<u8>(address).write_volatile(1) };
}

/// A child's part: has as many regions as there may be, or nearly so.
pub fn play(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    harness::play(startup, || {
        let regions: Vec<_> = (0..REGIONS).map(|_| region(PAGE_SIZE)).collect();
        channel.write(b"all are there", Vec::new()).expect("the test is told");
        let _ = clock::sleep_until(INFINITE);
        drop(regions);
        SURVIVED
    })
}

user_test! {
    /// Between each two pages of a VMO are holes of many terabytes, or of many gigabytes where it is mapped.
    #[needs("counted")]
    fn pages_far_from_each_other() {
        const PAGES: u64 = 500;
        const FAR: u64 = (1 << 62) / PAGES / PAGE_SIZE as u64 * PAGE_SIZE as u64;
        const MAPPED: usize = (1 << 44) / PAGES as usize / PAGE_SIZE * PAGE_SIZE;
        let fill = |far: u64| {
            let vmo = resizable(PAGES * far);
            (0..PAGES).for_each(|page| vmo.write(b"x", page * far).expect("written"));
            vmo
        };
        let vmo = fill(MAPPED as u64);
        let root = root_vmar().expect("a root region");
        let options = READ_WRITE | VM_MAP_RANGE;
        let base = root.map(options, 0, &vmo, 0, PAGES as usize * MAPPED).expect("mapped");
        let stats: InfoTaskStats = info::get(&process(), INFO_TASK_STATS).expect("counted");
        assert!(stats.mem_private_bytes >= PAGES as usize * PAGE_SIZE);
        assert_eq!(call!(zx_vmo_set_size(vmo.raw(), PAGE_SIZE as u64)), Status::OK);
        assert_eq!(call!(zx_vmar_unmap(root.raw(), base, PAGES as usize * MAPPED)), Status::OK);
        assert_eq!(call!(zx_vmo_set_size(fill(FAR).raw(), 0)), Status::OK);
        // Four pages each, far from each other, in VMOs that go together.
        let few = |_| {
            let vmo = Vmo::create(4 * (1 << 60)).expect("a VMO");
            (0..4).for_each(|page| vmo.write(b"x", page << 60).expect("written"));
            let value = vmo.raw();
            core::mem::forget(vmo);
            value
        };
        let vmos: Vec<u32> = (0..64).map(few).collect();
        drop(fill(FAR));
        assert_eq!(call!(zx_handle_close_many(vmos.as_ptr(), vmos.len())), Status::OK);
    }

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
        (0..32).for_each(|page| touch(base + page * PAGE_SIZE));
        // And in one call, which writes to pages that are not there yet.
        let (from, length) = (Vmo::create((32 * PAGE_SIZE) as u64).expect("a VMO"), 32 * PAGE_SIZE);
        let fresh = core::ptr::with_exposed_provenance_mut(base + 32 * PAGE_SIZE);
        assert_eq!(call!(zx_vmo_read(from.raw(), fresh, 0, length)), Status::OK);
        // SAFETY: nothing uses what is mapped there.
        unsafe { outer[0].destroy() }.expect("destroyed");
    }

    #[needs("counted")]
    fn a_region_of_20_000_mappings() {
        let (region, base) = region(MAPPINGS * STRIDE);
        let vmo = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        for number in 0..MAPPINGS {
            // From both ends towards the middle.
            let place = if number % 2 == 0 { number / 2 } else { MAPPINGS - 1 - number / 2 };
            region.map(READ_WRITE | VM_SPECIFIC, place * STRIDE, &vmo, 0, PAGE_SIZE).expect("mapped");
            touch(base + place * STRIDE);
        }
        let stats: InfoTaskStats = info::get(&process(), INFO_TASK_STATS).expect("it tells");
        assert!(stats.mem_mapped_bytes >= MAPPINGS * PAGE_SIZE);
        for number in (0..MAPPINGS).step_by(3) {
            // SAFETY: nothing uses what is mapped there.
            unsafe { region.unmap(base + number * STRIDE, PAGE_SIZE) }.expect("unmapped");
        }
        // SAFETY: as above.
        unsafe { region.destroy() }.expect("destroyed");
    }

    #[needs("counted")]
    fn the_end_of_a_process_of_60_000_regions() {
        let (near, far) = Channel::create().expect("a channel");
        let victim = child("many-regions", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED, INFINITE).expect("it is told");
        assert_eq!(near.read().expect("all are there").bytes, b"all are there");
        victim.kill().expect("killed");
        victim.wait_terminated().expect("it ends");
    }

    #[needs("counted")]
    fn protecting_and_unmapping_20_000_mappings() {
        let (region, base) = region(MAPPINGS * PAGE_SIZE);
        let vmo = Vmo::create((2 * PAGE_SIZE) as u64).expect("a VMO");
        for number in 0..MAPPINGS {
            let from = (number % 2 * PAGE_SIZE) as u64;
            region.map(READ_WRITE | VM_SPECIFIC, number * PAGE_SIZE, &vmo, from, PAGE_SIZE).expect("mapped");
            touch(base + number * PAGE_SIZE);
        }
        // SAFETY: nothing uses what is mapped there.
        unsafe {
            region.protect(VM_PERM_READ, base, MAPPINGS * PAGE_SIZE).expect("protected");
            region.unmap(base + PAGE_SIZE, (MAPPINGS - 2) * PAGE_SIZE).expect("unmapped");
            region.destroy().expect("destroyed");
        }
    }

    #[needs("counted")]
    fn closing_and_unmapping_many_small_vmos() {
        let (region, base) = region(SMALL_ONES * SMALL);
        let small = |number: usize| {
            let vmo = Vmo::create(SMALL as u64).expect("a VMO");
            vmo.write(&[7; SMALL], 0).expect("committed");
            region.map(READ_WRITE | VM_SPECIFIC, number * SMALL, &vmo, 0, SMALL).expect("mapped");
            Handle::from(vmo).into_raw()
        };
        let mapped: Vec<u32> = (0..SMALL_ONES).map(small).collect();
        assert_eq!(call!(zx_handle_close_many(mapped.as_ptr(), mapped.len())), Status::OK);
        // SAFETY: nothing uses what is mapped there.
        unsafe { region.unmap(base, SMALL_ONES * SMALL) }.expect("unmapped");
        let held: Vec<u32> = (0..SMALL_ONES).map(small).collect();
        // SAFETY: as above.
        unsafe { region.destroy() }.expect("destroyed");
        assert_eq!(call!(zx_handle_close_many(held.as_ptr(), held.len())), Status::OK);
    }

    #[needs("counted")]
    fn a_shrink_of_a_vmo_that_is_mapped_20_000_times() {
        const PAGES: usize = 4;
        let (region, base) = region(VIEWS * PAGES * PAGE_SIZE);
        let vmo = resizable((PAGES * PAGE_SIZE) as u64);
        for number in 0..VIEWS {
            let options = READ_WRITE | VM_SPECIFIC | VM_ALLOW_FAULTS;
            let place = number * PAGES * PAGE_SIZE;
            region.map(options, place, &vmo, 0, PAGES * PAGE_SIZE).expect("mapped");
            (0..PAGES).for_each(|page| touch(base + place + page * PAGE_SIZE));
        }
        assert_eq!(call!(zx_vmo_set_size(vmo.raw(), PAGE_SIZE as u64)), Status::OK);
        // SAFETY: nothing uses what is mapped there.
        unsafe { region.destroy() }.expect("destroyed");
    }

    #[needs("counted")]
    fn committing_unmapping_and_closing_a_gibibyte() {
        let vmo = resizable(LARGE as u64);
        let part = alloc::vec![7; 16 << 20];
        for offset in (0..LARGE).step_by(part.len()) {
            vmo.write(&part, offset as u64).expect("committed");
        }
        let root = root_vmar().expect("a root region");
        let options = READ_WRITE | VM_MAP_RANGE | VM_ALLOW_FAULTS;
        let base = root.map(options, 0, &vmo, 0, LARGE).expect("mapped");
        // SAFETY: nothing uses what is mapped there.
        unsafe {
            root.protect(VM_PERM_READ, base, LARGE).expect("protected");
            root.unmap(base, LARGE).expect("unmapped");
        }
        let mut buffer = alloc::vec![0; 1 << 20];
        vmo.read(&mut buffer, (LARGE / 2) as u64).expect("read");
        assert_eq!(call!(zx_vmo_set_size(vmo.raw(), (LARGE / 2) as u64)), Status::OK);
        drop(vmo);
    }
}
