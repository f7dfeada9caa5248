//! The kernel's page tables.

use alloc::vec::Vec;
use hafnon_kernel::mm::layout::{DIRECT_MAP, DIRECT_MAP_SIZE};
use hafnon_kernel::mm::paging::{self, Page};
use hafnon_kernel::{arch, kernel_test, mm};

fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    paging::for_each_page(|page| pages.push(page));
    pages
}

kernel_test! {
    /// Only the kernel's code is executable, and it is not writable; nothing of the boot
    /// loader's tables is left.
    #[needs("cpus=1,2")]
    async fn nothing_is_writable_and_executable() {
        let code = arch::image::text();
        for page in pages() {
            assert!(page.address >= DIRECT_MAP, "{page:x?}");
            assert_eq!(page.is_executable, code.contains(&page.address), "{page:x?}");
            assert!(!(page.is_writable && page.is_executable), "{page:x?}");
        }
    }

    /// Code and constants can not be written to through the direct map either.
    async fn the_direct_map_protects_the_image() {
        let (start, end) = arch::image::physical_when_contiguous();
        let constant = start..end - (arch::image::data().end - arch::image::data().start);
        let direct = DIRECT_MAP..DIRECT_MAP + DIRECT_MAP_SIZE;
        for page in pages().iter().filter(|page| direct.contains(&page.address)) {
            let first = page.address - DIRECT_MAP;
            let overlaps = first < constant.end && first + page.size > constant.start;
            assert!(!(overlaps && page.is_writable), "{page:x?}");
        }
    }

    /// An overflow of a stack hits a page that is not there.
    async fn stacks_have_guard_pages() {
        const SIZE: u64 = 16 << 10;
        let top = mm::kernel_stack(SIZE).expect("memory").as_u64();
        let is_mapped = |address| pages().iter().any(|page| page.address == address);
        assert!(is_mapped(top - 4096) && is_mapped(top - SIZE));
        assert!(!is_mapped(top) && !is_mapped(top - SIZE - 4096));
    }
}
