//! Page frames: per-CPU caches over one buddy allocator.
//!
//! ```text
//! allocate, free ──▶ cache of this CPU (no lock) ──▶ buddy allocator (one lock), in batches
//! retire         ──▶ quarantine while a TLB shootdown is under way, see shootdown.rs; else free
//! ```
//!
//! Small kernel allocations can not fail: frames for user memory, and large blocks, whose size user code may
//! choose, are refused once fewer frames than the reserve are free, and what a system call may need beyond
//! that is reserved before it begins. [`admit`] does that: each CPU has a [stock] that only the
//! slabs of its own small allocations may take from, and that is full when a call begins that allocates.
//!
//! A frame is named by its physical address, a plain number: that a frame is given back once, and by who
//! has it, is up to the caller, as the ownership of user memory is up to memory objects.
//!
//! Initialisation touches no frame: it writes one link for each block, and the pair bits.

use super::MAX_CPUS;
use super::layout::{DIRECT_MAP_SIZE, LOW_MEMORY_END, PAGE_SIZE, phys_to_virt};
use super::{payers, shootdown, stock, trial, watermarks};
use crate::arch::cpu;
use bootloader_api::info::{MemoryRegion, MemoryRegionKind};
use core::ops::Range;
use core::sync::atomic::{
    AtomicU32, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use frames::flush::UnderWay;
use frames::{Buddy, Chain, Link};
use waitq::sync::Mutex;
use x86_64::PhysAddr;

/// Frames that one CPU's cache holds.
const CACHE_SIZE: usize = 64;
/// Frames that move between a cache and the buddy allocator at once.
const BATCH: usize = CACHE_SIZE / 2;
/// How many frames beyond the reserve are plenty: more than the large blocks that one system call asks for, such as
/// `channel_write` for the pieces of a message, its bytes and a longer queue (32, 16 and 32 frames).
const PLENTY: usize = 128;

static STATE: Mutex<Option<State>> = Mutex::new(None);
static CACHES: [Cache; MAX_CPUS] = [const { Cache::new() }; MAX_CPUS];
/// All frames that were ever handed to the allocator.
static TOTAL: AtomicUsize = AtomicUsize::new(0);
/// What the buddy allocator has, readable without its lock.
static IN_BUDDY: AtomicUsize = AtomicUsize::new(0);
/// What is in quarantine.
static QUARANTINED: AtomicUsize = AtomicUsize::new(0);
/// How many have ever been there.
static EVER_QUARANTINED: AtomicUsize = AtomicUsize::new(0);
/// The size of the reserve in frames.
static RESERVE: AtomicUsize = AtomicUsize::new(0);

struct State {
    buddy: Buddy<'static>,
    quarantine: Quarantine,
}

/// Retired frames: those in `waiting` become free when the flushes that are `under_way` are over; then
/// it is the turn of those that came `next`.
struct Quarantine {
    waiting: Chain,
    next: Chain,
    under_way: UnderWay,
}

/// Frame numbers; only their own CPU reads or writes them, which runs with interrupts off. They are
/// atomics to say so in safe code: relaxed accesses cost what plain ones do.
#[repr(align(64))]
struct Cache {
    length: AtomicUsize,
    frames: [AtomicU32; CACHE_SIZE],
}

/// Takes over the usable regions, except for what lies in `taken` or below 1 MiB.
pub fn init(regions: &[MemoryRegion], taken: Range<u64>) {
    let usable = || regions.iter().filter_map(|region| usable_part(region, &taken));
    let end = usable().map(|range| range.end).max().expect("no usable memory");
    let frames = (end / PAGE_SIZE) as usize;
    let (links_size, pairs_size) = (frames * size_of::<Link>(), Buddy::pair_words(frames) * size_of::<u64>());
    let size = (links_size + pairs_size).next_multiple_of(PAGE_SIZE as usize) as u64;
    let home = usable().find(|range| range.end - range.start >= size).expect("too little memory");
    let tables = phys_to_virt(PhysAddr::new(home.start)).as_mut_ptr::<u8>();
    // SAFETY: (1) `home` is usable memory that nobody else has, and is cut out below; (2) it is in the
    // direct map, page aligned, and large enough for both arrays; (3) any bits are valid values.
    let mut buddy = unsafe {
        let links = core::slice::from_raw_parts_mut(tables.cast::<Link>(), frames);
        let pairs = tables.add(links_size).cast::<u64>();
        Buddy::new(links, core::slice::from_raw_parts_mut(pairs, pairs_size / size_of::<u64>()))
    };
    for range in usable() {
        let start = if range.start == home.start { range.start + size } else { range.start };
        buddy.insert(number(PhysAddr::new(start))..number(PhysAddr::new(range.end)));
    }
    let total = buddy.free_frames();
    TOTAL.store(total, Relaxed);
    IN_BUDDY.store(total, Relaxed);
    RESERVE.store((total / 128).clamp(128, 2048), Relaxed);
    *STATE.lock() = Some(State { buddy, quarantine: Quarantine::new() });
}

/// The part of a region that can be given out: whole frames, above low memory, outside of `taken`,
/// which lies at the start of its region.
fn usable_part(region: &MemoryRegion, taken: &Range<u64>) -> Option<Range<u64>> {
    let mut start = region.start.max(LOW_MEMORY_END).next_multiple_of(PAGE_SIZE);
    let end = region.end.min(DIRECT_MAP_SIZE) / PAGE_SIZE * PAGE_SIZE;
    if taken.contains(&start) {
        start = taken.end;
    }
    (region.kind == MemoryRegionKind::Usable && start < end).then_some(start..end)
}

/// Takes a frame, from the reserve if need be. Its contents are arbitrary.
#[inline]
pub fn allocate() -> Option<PhysAddr> {
    let cache = &CACHES[cpu::index()];
    let length = match cache.length.load(Relaxed) {
        0 => refill(cache)?,
        length => length,
    };
    cache.length.store(length - 1, Relaxed);
    Some(address(cache.frames[length - 1].load(Relaxed)))
}

/// Takes a frame for user memory: not from the reserve. Its contents are arbitrary.
#[inline]
pub fn allocate_user() -> Option<PhysAddr> {
    if has_spare() { allocate() } else { None }
}

/// Takes a frame of zeros, from the reserve if need be.
pub fn allocate_zeroed() -> Option<PhysAddr> {
    let frame = allocate()?;
    zero(frame);
    Some(frame)
}

/// Takes a frame of zeros for user memory: not from the reserve.
pub fn allocate_user_zeroed() -> Option<PhysAddr> {
    if has_spare() { allocate_zeroed() } else { None }
}

/// Takes `2^order` contiguous frames, aligned to their size, from the reserve if need be.
pub fn allocate_contiguous(order: usize) -> Option<PhysAddr> {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut()?.buddy;
    let first = buddy.allocate(order)?;
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
    Some(address(first))
}

/// Takes `2^order` contiguous frames for the kernel heap, but leaves the reserve alone. Who they are for pays, and gets
/// none beyond the limits of its jobs.
pub fn allocate_large(order: usize) -> Option<PhysAddr> {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut()?.buddy;
    if buddy.free_frames().saturating_sub(1 << order) <= RESERVE.load(Relaxed) || !trial::request() {
        return None;
    }
    take_charged(buddy, order, true, Buddy::allocate)
}

/// Takes `2^order` contiguous frames for a slab of the kernel heap, or one if there are not so many side by side: from
/// what is free, the reserve included, or else from this CPU's stock; the first one, and the order that it is. Who made
/// the heap grow pays, also beyond the limits of its jobs, unless all that it does now may fail.
pub fn allocate_slab(order: usize) -> Option<(PhysAddr, usize)> {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut()?.buddy;
    let may_fail = stock::is_spared();
    if may_fail && buddy.free_frames() <= RESERVE.load(Relaxed) {
        return None;
    }
    if order > 0
        && let Some(first) = take_charged(buddy, order, may_fail, Buddy::allocate)
    {
        buddy.make_whole(number(first), order);
        return Some((first, order));
    }
    let take = |buddy: &mut Buddy<'_>, order| buddy.allocate(order).or_else(stock::take);
    Some((take_charged(buddy, 0, may_fail, take)?, 0))
}

/// The first frame of the slab that this one is of.
pub fn slab_of(frame: PhysAddr) -> PhysAddr {
    let state = STATE.lock();
    let buddy = &state.as_ref().expect("frames are given out before slabs are made of them").buddy;
    address(buddy.first_of(number(frame)))
}

/// Takes a block, if who pays may have it.
fn take_charged(
    buddy: &mut Buddy<'static>,
    order: usize,
    must_fit: bool,
    take: impl FnOnce(&mut Buddy<'static>, usize) -> Option<u32>,
) -> Option<PhysAddr> {
    let note = payers::charge(1 << order, must_fit).ok()?;
    let Some(first) = take(buddy, order) else {
        payers::give_back(note, 1 << order);
        return None;
    };
    buddy.set_note(first, note);
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
    Some(address(first))
}

/// Gives back a block of the kernel heap.
pub fn free_charged(first: PhysAddr, order: usize) {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut().expect("frames are given out before they come back").buddy;
    payers::give_back(buddy.note(number(first)), 1 << order);
    buddy.free(number(first), order);
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
}

/// Fills the stocks of all CPUs, before any user code runs.
pub fn stock_up(cpus: usize) {
    if let Some(State { buddy, .. }) = STATE.lock().as_mut() {
        (0..cpus).for_each(|cpu| stock::found(cpu, buddy));
        IN_BUDDY.store(buddy.free_frames(), Relaxed);
    }
}

/// Gives back a frame that no user program and no page walker can reach any more. See also [`retire`].
#[inline]
pub fn free(frame: PhysAddr) {
    put(frame, drain);
}

/// Puts a frame into this CPU's cache; `make_room` when that is full.
#[inline(always)]
fn put(frame: PhysAddr, make_room: impl FnOnce(&Cache) -> usize) {
    let cache = &CACHES[cpu::index()];
    let length = match cache.length.load(Relaxed) {
        CACHE_SIZE => make_room(cache),
        length => length,
    };
    cache.frames[length].store(number(frame), Relaxed);
    cache.length.store(length + 1, Relaxed);
}

/// Gives back `2^order` frames that [`allocate_contiguous`] gave, or a part of them.
pub fn free_contiguous(first: PhysAddr, order: usize) {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut().expect("frames are given out before they come back").buddy;
    buddy.free(number(first), order);
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
}

/// Gives back a frame that was mapped in user space, or was a page table of it, and is no longer:
/// free at once, or when the TLB shootdowns are over that are under way now.
///
/// It may wake the task that watches how much is free.
#[inline]
pub fn retire(frame: PhysAddr) {
    if shootdown::all_settled() {
        put(frame, drain_and_tell);
    } else {
        quarantine(frame);
    }
}

/// Frames to be [retired](retire) together, once it is safe to.
pub struct Retired(Chain);

impl Retired {
    /// None.
    pub const NONE: Self = Self(Chain::EMPTY);

    /// Adds a frame; it is not written to.
    pub fn push(&mut self, frame: PhysAddr) {
        let mut state = STATE.lock();
        let state = state.as_mut().expect("frames are given out before they come back");
        state.buddy.push(&mut self.0, number(frame));
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Retires them all.
    pub fn retire(mut self) {
        while !self.0.is_empty() {
            let frame = STATE.lock().as_mut().and_then(|state| state.buddy.pop(&mut self.0));
            frame.map(address).into_iter().for_each(retire);
        }
    }
}

#[cold]
fn quarantine(frame: PhysAddr) {
    let mut state = STATE.lock();
    let State { buddy, quarantine } = state.as_mut().expect("frames are given out before they come back");
    buddy.push(&mut quarantine.next, number(frame));
    QUARANTINED.fetch_add(1, Relaxed);
    EVER_QUARANTINED.fetch_add(1, Release);
    quarantine.advance(buddy);
}

/// Frees the frames in quarantine whose time has come. Called when a CPU has flushed its TLB.
pub fn release_quarantine() {
    if QUARANTINED.load(Relaxed) == 0 {
        return;
    }
    if let Some(State { buddy, quarantine }) = STATE.lock().as_mut() {
        quarantine.advance(buddy);
    }
    watermarks::note(readily_free());
}

/// Reserves what the small allocations of a system call, or of a step of a kernel task, may take, until it ends
/// or waits: then none of them fails, as long as they are no more than [`stock::ALLOCATIONS`]. `false`, and
/// nothing is reserved, when fewer frames than the reserve are free, or when who pays has more than it may.
///
/// Ordinarily all stocks are full and nobody has more than it may, and that is all there is to see; see
/// [`watermarks`].
#[inline]
pub fn admit() -> bool {
    let free = readily_free();
    watermarks::is_ordinary(free) || admit_slowly(free)
}

/// As [`admit`], but `false` also while there is so little that a large block may be refused.
#[inline]
pub fn admit_amply() -> bool {
    let free = readily_free();
    watermarks::is_ordinary(free) || admit_amply_slowly(free)
}

#[cold]
fn admit_amply_slowly(free: usize) -> bool {
    watermarks::note(free);
    free >= plenty() && admit_slowly(free)
}

#[cold]
fn admit_slowly(free: usize) -> bool {
    watermarks::note(free);
    trial::admit() && free > RESERVE.load(Relaxed) && !payers::is_over_limit() && restock()
}

/// Whether there is a frame that is not of the reserve. It is there still when it is taken, but for what other
/// CPUs have taken meanwhile, which is a frame or block each.
#[inline]
pub fn has_spare() -> bool {
    let free = readily_free();
    watermarks::is_ordinary(free) || has_spare_slowly(free)
}

#[cold]
fn has_spare_slowly(free: usize) -> bool {
    watermarks::note(free);
    free > RESERVE.load(Relaxed) && trial::request()
}

/// Fills this CPU's stock; whether it is full.
fn restock() -> bool {
    if stock::is_full() {
        return true;
    }
    let full = STATE.lock().as_mut().is_some_and(|State { buddy, .. }| {
        let full = stock::fill(buddy);
        IN_BUDDY.store(buddy.free_frames(), Relaxed);
        full
    });
    watermarks::note(readily_free());
    full
}

/// How many frames are free, the reserve included, beside the few in the CPUs' caches.
#[inline]
pub fn readily_free() -> usize {
    IN_BUDDY.load(Relaxed)
}

/// So many free frames are plenty for a system call, and more are, too.
pub fn plenty() -> usize {
    RESERVE.load(Relaxed) + PLENTY
}

/// How many frames are kept for the kernel.
pub fn reserve() -> usize {
    RESERVE.load(Relaxed)
}

/// How many frames are free, the reserve and the CPUs' caches and stocks included.
pub fn free_frames() -> usize {
    let cached: usize = CACHES.iter().map(|cache| cache.length.load(Relaxed)).sum();
    IN_BUDDY.load(Relaxed) + cached + stock::frames()
}

/// How many frames there are.
pub fn total_frames() -> usize {
    TOTAL.load(Relaxed)
}

/// How many frames wait for TLB shootdowns to end.
pub fn quarantined_frames() -> usize {
    QUARANTINED.load(Relaxed)
}

/// A ticket for the end of the wait of all frames that wait so now. They are released in the order in which they came.
pub fn quarantine_ticket() -> usize {
    EVER_QUARANTINED.load(Acquire)
}

/// Whether these have been released.
pub fn is_released(ticket: usize) -> bool {
    // In this order: what comes in between is only taken for one that waits longer.
    let ever = EVER_QUARANTINED.load(Acquire);
    ever.saturating_sub(QUARANTINED.load(Acquire)) >= ticket
}

/// Fills a frame, which is the caller's, with zeros.
#[inline]
pub(super) fn zero(frame: PhysAddr) {
    // SAFETY: the frame is RAM, in the direct map, and the caller's.
    unsafe {
        core::arch::asm!(
            "rep stosq",
            inout("rcx") PAGE_SIZE / 8 => _,
            inout("rdi") phys_to_virt(frame).as_u64() => _,
            in("rax") 0_u64,
            options(nostack, preserves_flags)
        );
    }
}

/// Fills an empty cache with a batch. How many frames there are in it now.
#[cold]
fn refill(cache: &Cache) -> Option<usize> {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut()?.buddy;
    let mut length = 0;
    while length < BATCH
        && let Some(frame) = buddy.allocate(0)
    {
        cache.frames[length].store(frame, Relaxed);
        length += 1;
    }
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
    (length > 0).then_some(length)
}

/// Gives back a batch from a full cache. How many frames there are in it now.
#[cold]
fn drain(cache: &Cache) -> usize {
    let mut state = STATE.lock();
    let buddy = &mut state.as_mut().expect("frames are given out before they come back").buddy;
    for slot in &cache.frames[CACHE_SIZE - BATCH..] {
        buddy.free(slot.load(Relaxed), 0);
    }
    IN_BUDDY.store(buddy.free_frames(), Relaxed);
    CACHE_SIZE - BATCH
}

#[cold]
fn drain_and_tell(cache: &Cache) -> usize {
    let left = drain(cache);
    watermarks::note(readily_free());
    left
}

impl Quarantine {
    const fn new() -> Self {
        Self { waiting: Chain::EMPTY, next: Chain::EMPTY, under_way: UnderWay::NOTHING }
    }

    /// Frees what has waited long enough, and lets the next wait, if they must.
    fn advance(&mut self, buddy: &mut Buddy<'_>) {
        while shootdown::is_over(self.under_way) && !(self.waiting.is_empty() && self.next.is_empty()) {
            QUARANTINED.fetch_sub(self.waiting.len(), Release);
            buddy.free_chain(&mut self.waiting);
            core::mem::swap(&mut self.waiting, &mut self.next);
            self.under_way = shootdown::under_way();
        }
        IN_BUDDY.store(buddy.free_frames(), Relaxed);
    }
}

impl Cache {
    const fn new() -> Self {
        Self { length: AtomicUsize::new(0), frames: [const { AtomicU32::new(0) }; CACHE_SIZE] }
    }
}

#[inline(always)]
const fn number(frame: PhysAddr) -> u32 {
    (frame.as_u64() / PAGE_SIZE) as u32
}

#[inline(always)]
const fn address(number: u32) -> PhysAddr {
    PhysAddr::new_truncate(number as u64 * PAGE_SIZE)
}
