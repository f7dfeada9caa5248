//! The kernel's half of every address space: direct map, image, and the vmap area.
//!
//! Nothing is both writable and executable: the image is mapped page by page with the rights of its
//! sections, and where the direct map shows code and constants it is read-only. All top-level entries
//! exist once `init` is done and never change, so an address space copies them once; and nothing here
//! is ever unmapped, so no CPU ever has to forget any of it.

use super::layout::{
    DIRECT_MAP, DIRECT_MAP_SIZE, KERNEL_BASE, LARGE_PAGE_SIZE, LOW_MEMORY_END, PAGE_SIZE, VMAP, phys_to_virt,
};
use super::table::{self, Entry, Slot, TOP_LEVEL};
use super::{frames, shootdown};
use crate::arch::image;
use bootloader_api::BootInfo;
use bootloader_api::info::{MemoryRegion, MemoryRegionKind};
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use waitq::sync::Mutex;
use x86_64::registers::control::{Cr3, Cr3Flags};
use x86_64::structures::paging::{PageTableFlags as Flags, PhysFrame};
use x86_64::{PhysAddr, VirtAddr};

/// What a stack holds where it was never used.
pub const STACK_PAINT: u64 = 0x7061_696e_7465_6421;

/// The root that is in CR3 when no process is; every process copies its upper half.
static ROOT: AtomicU64 = AtomicU64::new(0);
/// The root that a CPU starts with; see [`Trampoline`].
static TRAMPOLINE_ROOT: AtomicU64 = AtomicU64::new(0);
static TRAMPOLINE_PAGE: AtomicU64 = AtomicU64::new(0);
/// The next free address of the vmap area; whoever holds it may change the kernel's tables.
static NEXT_VMAP: Mutex<u64> = Mutex::new(VMAP.start);

const DATA: Flags = Flags::PRESENT.union(Flags::WRITABLE).union(Flags::NO_EXECUTE).union(Flags::GLOBAL);
const CONSTANTS: Flags = Flags::PRESENT.union(Flags::NO_EXECUTE).union(Flags::GLOBAL);
const CODE: Flags = Flags::PRESENT.union(Flags::GLOBAL);
const DEVICE: Flags = DATA.union(Flags::NO_CACHE).union(Flags::WRITE_THROUGH);
const TABLE: Flags = Flags::PRESENT.union(Flags::WRITABLE);

/// Builds the kernel's page tables and switches to them. The physical memory they took: the start of a
/// usable region.
pub(super) fn init(boot_info: &BootInfo) -> Range<u64> {
    assert_eq!(boot_info.physical_memory_offset.into_option(), Some(DIRECT_MAP));
    let regions = &*boot_info.memory_regions;
    let mut early = EarlyFrames::new(regions);
    let start = early.0.start;
    let root = early.take().expect("memory for the first page table");
    let mut tables = Tables { root, source: || early.take() };
    let done = tables.map_ram(regions).and_then(|()| tables.map_image());
    // The vmap area's top-level entry, and what is below it.
    done.and_then(|()| tables.slot(VMAP.start, 0).map(drop)).expect("memory for page tables");
    ROOT.store(root.as_u64(), Relaxed);
    prepare_trampoline(regions, &mut early);
    init_cpu();
    start..early.0.start
}

/// Switches this CPU to the kernel's page tables.
pub fn init_cpu() {
    shootdown::activate(kernel_root());
}

/// The root of the kernel's own page tables.
pub(super) fn kernel_root() -> PhysAddr {
    PhysAddr::new_truncate(ROOT.load(Relaxed))
}

/// Writes CR3, which flushes all translations but the kernel's.
///
/// # Safety
/// `root` is the root of an address space, or the kernel's.
#[inline]
pub(super) unsafe fn load_root(root: PhysAddr) {
    // SAFETY: the caller promises a root, whose upper half is the kernel's, so that the kernel goes on.
    unsafe { Cr3::write(PhysFrame::containing_address(root), Cr3Flags::empty()) }
}

/// Makes the upper half of the table in `root` the kernel's.
pub(super) fn copy_kernel_half(root: PhysAddr) {
    // SAFETY: the kernel's root is a table for ever, and the caller's frame is a new one.
    let (from, to) = unsafe { (table::at(kernel_root()), table::at(root)) };
    let direct = table::index(DIRECT_MAP, TOP_LEVEL);
    let present = from[direct..].iter().take_while(|slot| slot.get().is_present()).count();
    let others = [VMAP.start, KERNEL_BASE].map(|address| table::index(address, TOP_LEVEL));
    for index in (direct..direct + present).chain(others) {
        to[index].set(from[index].get());
    }
}

/// A painted stack of so many bytes, whole pages, with guard pages around it. The address above it.
pub fn kernel_stack(size: u64) -> Option<VirtAddr> {
    let start = map_vmap(size, |_| Some(Entry::new(frames::allocate()?, DATA)))?;
    let words = (size / size_of::<u64>() as u64) as usize;
    // SAFETY: the pages are new, writable and nobody else's.
    unsafe { core::slice::from_raw_parts_mut(start.as_mut_ptr::<u64>(), words) }.fill(STACK_PAINT);
    Some(start + size)
}

/// Maps device registers, uncached, for ever.
pub fn map_mmio(address: PhysAddr, length: u64) -> Option<VirtAddr> {
    map_at(address, length, DEVICE)
}

/// Makes physical memory that firmware filled readable, for ever; mapped anew where the direct map does
/// not show it.
pub fn map_physical(address: PhysAddr, length: u64) -> Option<VirtAddr> {
    let direct = phys_to_virt(address).as_u64();
    let mut pages = (direct & !(PAGE_SIZE - 1)..direct + length).step_by(PAGE_SIZE as usize);
    if pages.all(|page| translate(kernel_root(), page).is_some()) {
        return Some(phys_to_virt(address));
    }
    map_at(address, length, CONSTANTS)
}

fn map_at(address: PhysAddr, length: u64, flags: Flags) -> Option<VirtAddr> {
    let first = address.align_down(PAGE_SIZE);
    let size = (address + length).align_up(PAGE_SIZE) - first;
    let start = map_vmap(size, |offset| Some(Entry::new(first + offset, flags)))?;
    Some(start + (address - first))
}

/// Maps `size` bytes at a new place in the vmap area, with an unmapped page before and after.
fn map_vmap(size: u64, mut page: impl FnMut(u64) -> Option<Entry>) -> Option<VirtAddr> {
    let mut next = NEXT_VMAP.lock();
    let start = *next + PAGE_SIZE;
    let end = start.checked_add(size).filter(|end| *end < VMAP.end)?;
    *next = end;
    let mut tables = Tables { root: kernel_root(), source: frames::allocate_zeroed };
    for offset in (0..size).step_by(PAGE_SIZE as usize) {
        tables.slot(start + offset, 0)?.set(page(offset)?);
    }
    Some(VirtAddr::new_truncate(start))
}

/// The start of a usable region, from which frames are taken before the allocator works.
struct EarlyFrames(Range<u64>);

impl EarlyFrames {
    /// Takes from the largest region that boot has mapped.
    fn new(regions: &[MemoryRegion]) -> Self {
        let usable = regions.iter().filter(|region| region.kind == MemoryRegionKind::Usable).map(|region| {
            let start = region.start.max(LOW_MEMORY_END).next_multiple_of(PAGE_SIZE);
            start..region.end.min(4 << 30) / PAGE_SIZE * PAGE_SIZE
        });
        Self(usable.max_by_key(|range| range.end.saturating_sub(range.start)).expect("usable memory"))
    }

    /// A frame of zeros.
    fn take(&mut self) -> Option<PhysAddr> {
        let frame = PhysAddr::new_truncate(self.0.start);
        (self.0.end.saturating_sub(self.0.start) >= PAGE_SIZE).then(|| {
            self.0.start += PAGE_SIZE;
            frames::zero(frame);
            frame
        })
    }
}

/// Page tables under construction, and where frames of zeros for new ones come from.
struct Tables<F> {
    root: PhysAddr,
    source: F,
}

impl<F: FnMut() -> Option<PhysAddr>> Tables<F> {
    /// The slot for `address` in a table of `level`; large pages on the way are split.
    fn slot(&mut self, address: u64, level: usize) -> Option<&'static Slot> {
        let mut frame = self.root;
        for above in (level + 1..=TOP_LEVEL).rev() {
            // SAFETY: the kernel's tables live for ever, and what changes them has them alone.
            let slot = &unsafe { table::at(frame) }[table::index(address, above)];
            let entry = slot.get();
            if !entry.is_present() || entry.is_large() {
                let new = (self.source)()?;
                split(entry, above, new);
                slot.set(Entry::new(new, TABLE));
            }
            frame = slot.get().address();
        }
        // SAFETY: as above.
        Some(&unsafe { table::at(frame) }[table::index(address, level)])
    }

    /// Maps all RAM into the direct map, in large pages.
    fn map_ram(&mut self, regions: &[MemoryRegion]) -> Option<()> {
        let is_ram = |kind| matches!(kind, MemoryRegionKind::Usable | MemoryRegionKind::Bootloader);
        for region in regions.iter().filter(|region| is_ram(region.kind)) {
            let start = region.start / LARGE_PAGE_SIZE * LARGE_PAGE_SIZE;
            for address in (start..region.end.min(DIRECT_MAP_SIZE)).step_by(LARGE_PAGE_SIZE as usize) {
                let page = Entry::new(PhysAddr::new_truncate(address), DATA | Flags::HUGE_PAGE);
                self.slot(DIRECT_MAP + address, 1)?.set(page);
            }
        }
        Some(())
    }

    /// Maps the kernel image where it is now, and protects it from being written through the direct map.
    fn map_image(&mut self) -> Option<()> {
        let sections = [(image::text(), CODE), (image::rodata(), CONSTANTS), (image::data(), DATA)];
        let boot_root = Cr3::read().0.start_address();
        for (section, flags) in sections {
            for address in section.step_by(PAGE_SIZE as usize) {
                let frame = translate(boot_root, address).expect("boot maps the image");
                self.slot(address, 0)?.set(Entry::new(frame, flags));
                if !flags.contains(Flags::WRITABLE) {
                    self.slot(DIRECT_MAP + frame.as_u64(), 0)?.set(Entry::new(frame, CONSTANTS));
                }
            }
        }
        Some(())
    }
}

/// Fills a new table with the pages of a large page of `level`, if `entry` maps one.
fn split(entry: Entry, level: usize, new: PhysAddr) {
    if !entry.is_large() {
        return;
    }
    let flags = if level > 1 { entry.flags() } else { entry.flags() - Flags::HUGE_PAGE };
    let first = entry.address().align_down(table::span(level));
    // SAFETY: the frame is new, so nobody else has it.
    for (index, slot) in unsafe { table::at(new) }.iter().enumerate() {
        slot.set(Entry::new(first + index as u64 * table::span(level - 1), flags));
    }
}

/// Where the tables of `root` map `address`.
fn translate(root: PhysAddr, address: u64) -> Option<PhysAddr> {
    let mut frame = root;
    for level in (0..=TOP_LEVEL).rev() {
        // SAFETY: boot's tables and the kernel's are in the direct map, and nobody takes them apart.
        let entry = unsafe { table::at(frame) }[table::index(address, level)].get();
        if !entry.is_present() {
            return None;
        }
        if level == 0 || entry.is_large() {
            let span = table::span(level);
            return Some(entry.address().align_down(span) + address % span);
        }
        frame = entry.address();
    }
    None
}

/// A page of the kernel.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its address.
    pub address: u64,
    /// How many bytes it has.
    pub size: u64,
    /// Whether it can be written to.
    pub is_writable: bool,
    /// Whether it can be executed.
    pub is_executable: bool,
}

/// Shows every page that the kernel's own tables map to `visit`.
pub fn for_each_page(mut visit: impl FnMut(Page)) {
    visit_pages(kernel_root(), TOP_LEVEL, 0, &mut visit);
}

fn visit_pages(frame: PhysAddr, level: usize, start: u64, visit: &mut impl FnMut(Page)) {
    // SAFETY: the kernel's tables live for ever.
    for (index, slot) in unsafe { table::at(frame) }.iter().enumerate() {
        let (entry, size) = (slot.get(), table::span(level));
        let address = VirtAddr::new_truncate(start + index as u64 * size).as_u64();
        if entry.is_present() && (level == 0 || entry.is_large()) {
            let is_writable = entry.flags().contains(Flags::WRITABLE);
            let is_executable = !entry.flags().contains(Flags::NO_EXECUTE);
            visit(Page { address, size, is_writable, is_executable });
        } else if entry.is_present() {
            visit_pages(entry.address(), level - 1, address, visit);
        }
    }
}

/// Makes the root that CPUs start with: the kernel's half, and the trampoline page at its own address.
fn prepare_trampoline(regions: &[MemoryRegion], early: &mut EarlyFrames) {
    let is_free = |kind| matches!(kind, MemoryRegionKind::Usable | MemoryRegionKind::Bootloader);
    let low = regions.iter().filter(|region| is_free(region.kind)).filter_map(|region| {
        let page = region.start.max(PAGE_SIZE).next_multiple_of(PAGE_SIZE);
        (page + PAGE_SIZE <= region.end.min(LOW_MEMORY_END)).then_some(page)
    });
    let Some((page, root)) = low.max().zip(early.take()) else { return };
    let mut tables = Tables { root, source: || early.take() };
    if let Some(slot) = tables.slot(page, 0) {
        slot.set(Entry::new(PhysAddr::new_truncate(page), Flags::PRESENT));
        copy_kernel_half(root);
        TRAMPOLINE_PAGE.store(page, Relaxed);
        TRAMPOLINE_ROOT.store(root.as_u64(), Relaxed);
    }
}

/// The page below 1 MiB where another CPU starts, and the page tables it starts with.
pub struct Trampoline {
    page: u64,
    root: u32,
}

impl Trampoline {
    /// The trampoline, if there is memory below 1 MiB.
    pub fn get() -> Option<Self> {
        let root = u32::try_from(TRAMPOLINE_ROOT.load(Relaxed)).ok().filter(|root| *root != 0)?;
        Some(Self { page: TRAMPOLINE_PAGE.load(Relaxed), root })
    }

    /// The physical address of the page. It is mapped there, read-only and executable, in [`Self::root`].
    pub fn page(&self) -> PhysAddr {
        PhysAddr::new_truncate(self.page)
    }

    /// The value for CR3. The tables use no-execute bits: EFER.NXE must be set before paging is.
    pub fn root(&self) -> u32 {
        self.root
    }

    /// Copies code or data into the page.
    ///
    /// # Panics
    /// When it does not fit.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        assert!(offset <= PAGE_SIZE as usize && bytes.len() <= PAGE_SIZE as usize - offset);
        let page = phys_to_virt(self.page()).as_mut_ptr::<u8>();
        // SAFETY: the page is RAM that is never given out, in the direct map, and the bytes fit.
        unsafe { page.add(offset).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    }
}
