//! Address spaces, and copies from and to user memory.

use abi::Status;
use alloc::vec::Vec;
use hafnon_kernel::mm::layout::{DIRECT_MAP, USER_END};
use hafnon_kernel::mm::user::{In, InSlice, Out, OutSlice, load_u32, try_load_u32};
use hafnon_kernel::mm::{AddressSpace, DirectMap, user_frames};
use hafnon_kernel::{arch, kernel_test};
use objects::account::Charge;
use objects::memory::{Frame, PageFrames, PageTable, Protection, Work};

const READ: Protection = Protection { read: true, write: false, execute: false };
const READ_WRITE: Protection = Protection { read: true, write: true, execute: false };
const PAGE: u64 = 0x2000_0000;
const INVALID: Result<(), Status> = Err(Status::INVALID_ARGS);

/// An active address space with a page that can be written to, and one behind it that can not.
fn two_pages() -> (AddressSpace, [Frame; 2]) {
    let space = AddressSpace::new(Charge::default()).expect("memory");
    let frames = [(); 2].map(|()| DirectMap.allocate_zeroed().expect("memory"));
    space.map(PAGE, frames[0], READ_WRITE).expect("memory");
    space.map(PAGE + 0x1000, frames[1], READ).expect("memory");
    space.activate();
    (space, frames)
}

fn finish(space: AddressSpace, frames: [Frame; 2]) {
    drop(space);
    frames.into_iter().for_each(|frame| DirectMap.free(frame));
}

kernel_test! {
    /// Values of every size arrive as they were sent.
    async fn values_are_copied() {
        let (space, frames) = two_pages();
        Out::new(PAGE + 16).write(&0x1122_3344_5566_7788_u64).expect("mapped");
        assert_eq!(In::<u64>::new(PAGE + 16).read(), Ok(0x1122_3344_5566_7788));
        assert_eq!(In::<u32>::new(PAGE + 20).read(), Ok(0x1122_3344));
        assert_eq!(In::<u16>::new(PAGE + 18).read(), Ok(0x5566));
        assert_eq!(load_u32(PAGE + 16), Ok(0x5566_7788));
        let bytes: [u8; 100] = core::array::from_fn(|index| index as u8);
        for length in 0..100 {
            let (from, offset) = (&bytes[..length], PAGE + 100 + length as u64);
            OutSlice::new(offset, length).write_slice(from).expect("mapped");
            assert_eq!(InSlice::<u8>::new(offset, length).read_vec(100).as_deref(), Ok(from));
        }
        finish(space, frames);
    }

    /// Whatever address a program passes, the kernel survives it.
    async fn bad_addresses_are_errors() {
        let (space, frames) = two_pages();
        let image = arch::image::data().start;
        let hole = [USER_END - 4, USER_END, 0x7fff_ffff_fffc, 0x8000_0000_0000, 0xffff_7fff_ffff_fff0];
        let kernel = [DIRECT_MAP, image, u64::MAX - 3, u64::MAX];
        for address in [0, 8, PAGE - 4, PAGE + 0x2000].into_iter().chain(hole).chain(kernel) {
            assert_eq!(In::<u64>::new(address).read(), Err(Status::INVALID_ARGS), "{address:#x}");
            assert_eq!(In::<[u8; 33]>::new(address).read(), Err(Status::INVALID_ARGS), "{address:#x}");
            assert_eq!(Out::new(address).write(&0_u64), INVALID, "{address:#x}");
            assert_eq!(Out::new(address).write(&[0_u8; 33]), INVALID, "{address:#x}");
            assert_eq!(InSlice::<u8>::new(address, 0).read_into(&mut []), Ok(()));
        }
        assert!(try_load_u32(PAGE + 1).is_err() && try_load_u32(PAGE + 0x2000).is_err());
        let all = InSlice::<u64>::new(PAGE, usize::MAX);
        assert!(all.read_vec(usize::MAX).is_err() && all.read_at(usize::MAX - 1).is_err());
        finish(space, frames);
    }

    /// What may not be written is not written, also not by a part of a copy.
    async fn protection_is_obeyed() {
        let (space, frames) = two_pages();
        assert_eq!(Out::new(PAGE + 0x1000).write(&1_u32), INVALID);
        assert_eq!(Out::new(PAGE + 0xffc).write(&1_u64), INVALID);
        space.protect(&mut (PAGE..PAGE + 0x1000), READ, &mut Work::unlimited());
        assert_eq!(Out::new(PAGE).write(&1_u32), INVALID);
        space.protect(&mut (PAGE..PAGE + 0x1000), READ_WRITE, &mut Work::unlimited());
        assert_eq!(Out::new(PAGE).write(&1_u32), Ok(()));
        space.protect(&mut (PAGE..PAGE + 0x1000), Protection::default(), &mut Work::unlimited());
        assert_eq!(In::<u32>::new(PAGE).read(), Err(Status::INVALID_ARGS));
        finish(space, frames);
    }

    /// A page that takes another one's place is seen at once.
    async fn pages_are_replaced() {
        let (space, frames) = two_pages();
        Out::new(PAGE).write(&7_u32).expect("mapped");
        space.map(PAGE, frames[1], READ_WRITE).expect("memory");
        assert_eq!(In::<u32>::new(PAGE).read(), Ok(0));
        assert_eq!(space.query(PAGE), Some((frames[1], READ_WRITE)));
        space.unmap(&mut (PAGE..PAGE + 0x2000), &mut Work::unlimited());
        assert_eq!(In::<u32>::new(PAGE).read(), Err(Status::INVALID_ARGS));
        assert_eq!(space.query(PAGE), None);
        finish(space, frames);
    }

    /// Page tables go when the last page in them does, and with the address space.
    async fn page_tables_are_given_back() {
        let before = user_frames();
        let (space, frames) = two_pages();
        let with_two_pages = user_frames();
        for shift in 26..47 {
            space.map(1 << shift, frames[0], READ).expect("memory");
        }
        assert!(user_frames() > with_two_pages + 20);
        for shift in 26..47 {
            space.unmap(&mut (1 << shift..(1 << shift) + 0x1000), &mut Work::unlimited());
        }
        assert!(space.query(1 << 29).is_none() && user_frames() <= with_two_pages);
        space.map(1 << 45, frames[0], READ).expect("memory");
        finish(space, frames);
        assert_eq!(user_frames(), before);
    }

    /// Ranges that cover whole tables, and ragged ones, take exactly the pages in them, and the tables of which
    /// nothing is left.
    async fn large_ranges_are_unmapped() {
        const MIB: u64 = 1 << 20;
        let before = user_frames();
        let (space, frames) = two_pages();
        let pages: Vec<u64> = (0..60).map(|page| (1 << 40) + page * 3 * MIB / 4).chain([1 << 41, 1 << 46]).collect();
        let mapped = || pages.iter().filter(|page| space.query(**page).is_some()).count();
        let with_two_pages = user_frames();
        let part = |start, end| (1 << 40) + start * MIB..(1 << 40) + end * MIB;
        let ranges = [1 << 40..1 << 42, part(1, 41), part(0, 2), 0..USER_END];
        for range in ranges {
            pages.iter().for_each(|page| space.map(*page, frames[0], READ).expect("memory"));
            let inside = pages.iter().filter(|page| range.contains(page)).count();
            space.unmap(&mut range.clone(), &mut Work::unlimited());
            assert_eq!(mapped(), pages.len() - inside, "{range:x?}");
            // The two pages are in the last range only.
            assert_eq!(space.query(PAGE).is_none(), range.contains(&PAGE));
            space.unmap(&mut (1 << 39..USER_END), &mut Work::unlimited());
            assert!(mapped() == 0 && user_frames() <= with_two_pages);
        }
        finish(space, frames);
        assert_eq!(user_frames(), before);
    }
}
