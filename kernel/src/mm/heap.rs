//! The kernel heap: per-CPU magazines of free objects over slabs, by size class.
//!
//! ```text
//! alloc, free ──▶ magazine of this CPU (no lock) ──▶ depot of the class (lock) ──▶ slabs ──▶ frames
//! more than 2 KiB ──────────────────────────────────────────────────────────────────────▶ frames
//! ```
//! A slab is a naturally aligned block of frames that begins with its header, so an object finds its
//! slab by masking its address; where frames lie too scattered for such a block, a slab is one frame, and the frames
//! know which it is. A slab that has become empty goes back to the frames, unless it is the
//! last of its class. An object that is freed on another CPU goes to that CPU's magazine, and from
//! there, in batches, to its slab.
//!
//! Slabs may use the reserve of frames, and the [stock](super::stock) of their CPU; large allocations, whose
//! sizes user code may choose, may not. Out of memory is a null pointer: `try_reserve` reports it, everything else
//! panics. That does not happen to what has been [admitted](frames::admit), which [trials](trial) show.

use super::layout::{PAGE_SIZE, phys_to_virt, virt_to_phys};
use super::{MAX_CPUS, frames, trial};
use crate::arch::cpu;
use ::frames::size_class::{self, COUNT, SIZES};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};
use waitq::sync::Mutex;
use x86_64::VirtAddr;

#[global_allocator]
static HEAP: Heap = Heap;

static MAGAZINES: [Magazines; MAX_CPUS] = [const { Magazines::new() }; MAX_CPUS];
static DEPOTS: [Mutex<Depot>; COUNT] = [const { Mutex::new(Depot::new()) }; COUNT];
/// Bytes in large allocations.
static LARGE: AtomicUsize = AtomicUsize::new(0);
/// Frames that slabs and large allocations take.
static FRAMES: AtomicUsize = AtomicUsize::new(0);

struct Heap;

/// The free objects of one CPU, which alone reads and writes them, with interrupts off. They are atomics
/// to say so in safe code: relaxed accesses cost what plain ones do. The alignment makes the size a power of two, so that
/// finding those of a CPU is a shift.
#[repr(align(512))]
struct Magazines([Magazine; COUNT]);

const _: () = assert!(size_of::<Magazines>().is_power_of_two());

struct Magazine {
    head: AtomicPtr<Object>,
    count: AtomicUsize,
}

/// A free object.
struct Object {
    next: *mut Object,
}

/// The slabs of one class.
struct Depot {
    /// Slabs with free objects, linked both ways.
    partial: *mut Slab,
    /// Objects that are not in slabs: in use, or in magazines.
    out: usize,
    /// How many slabs are smaller than others of the class.
    smaller: usize,
}

// SAFETY: the slabs belong to the depot, and are only reached under its lock.
unsafe impl Send for Depot {}

/// What a slab begins with.
struct Slab {
    next: *mut Slab,
    previous: *mut Slab,
    free: *mut Object,
    /// Objects that are out.
    used: u16,
    /// Objects that were out at some time; those behind them were never touched.
    touched: u16,
    /// It is two to this power frames.
    order: u8,
}

const _: () = assert!(size_of::<Slab>() <= size_class::HEADER);

/// How many objects of a class a magazine holds, which is 8 KiB or less; half of them move at once.
const fn magazine_size(class: usize) -> usize {
    let fits = (8 << 10) / SIZES[class] as usize;
    if fits > 64 { 64 } else { fits }
}

static MAGAZINE_SIZES: [usize; COUNT] = {
    let mut sizes = [0; COUNT];
    let mut class = 0;
    while class < COUNT {
        sizes[class] = magazine_size(class);
        class += 1;
    }
    sizes
};

/// Bytes that are allocated, each allocation rounded up to its size class.
pub fn in_use_bytes() -> usize {
    let small = (0..COUNT).map(|class| {
        let idle = MAGAZINES.iter().map(|cpu| cpu.0[class].count.load(Relaxed)).sum();
        DEPOTS[class].lock().out.saturating_sub(idle) * SIZES[class] as usize
    });
    small.sum::<usize>() + LARGE.load(Relaxed)
}

/// Frames that the heap has taken.
pub fn frames_in_use() -> usize {
    FRAMES.load(Relaxed)
}

// SAFETY: (1) an object is in one free list, or belongs to the caller; (2) slots are as large and as
// aligned as their class says, and blocks of frames are larger and aligned to their size; (3) nothing
// here panics or unwinds.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = size_class::class(layout.size(), layout.align()) else {
            return allocate_large(layout);
        };
        let magazine = &MAGAZINES[cpu::index()].0[class];
        let object = magazine.head.load(Relaxed);
        if object.is_null() {
            return refill(magazine, class).cast();
        }
        // SAFETY: a free object in this CPU's magazine.
        magazine.head.store(unsafe { (*object).next }, Relaxed);
        magazine.count.store(magazine.count.load(Relaxed) - 1, Relaxed);
        object.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some(class) = size_class::class(layout.size(), layout.align()) else {
            return free_large(pointer, layout);
        };
        let magazine = &MAGAZINES[cpu::index()].0[class];
        let count = magazine.count.load(Relaxed);
        let object = pointer.cast::<Object>();
        if count >= MAGAZINE_SIZES[class] {
            // SAFETY: the caller gives the object back, which is of this class.
            return unsafe { put_into_full(magazine, object, class) };
        }
        // SAFETY: the caller gives the object back.
        unsafe { magazine.put(object, count) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if block_size(layout.size(), layout.align()) == block_size(new_size, layout.align()) {
            return pointer;
        }
        // SAFETY: the caller promises a valid size for the old alignment, and that `pointer` has `layout`.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(pointer, new, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}

/// The bytes that an allocation takes.
fn block_size(size: usize, align: usize) -> usize {
    match size_class::class(size, align) {
        Some(class) => SIZES[class] as usize,
        None => (PAGE_SIZE as usize) << large_order(size, align),
    }
}

/// The order of the block of frames for a large allocation.
fn large_order(size: usize, align: usize) -> usize {
    let pages = size.max(align).div_ceil(PAGE_SIZE as usize);
    pages.next_power_of_two().ilog2() as usize
}

fn allocate_large(layout: Layout) -> *mut u8 {
    let order = large_order(layout.size(), layout.align());
    let Some(first) = frames::allocate_large(order) else { return ptr::null_mut() };
    FRAMES.fetch_add(1 << order, Relaxed);
    LARGE.fetch_add((PAGE_SIZE as usize) << order, Relaxed);
    phys_to_virt(first).as_mut_ptr()
}

fn free_large(pointer: *mut u8, layout: Layout) {
    let order = large_order(layout.size(), layout.align());
    let first = virt_to_phys(VirtAddr::from_ptr(pointer));
    FRAMES.fetch_sub(1 << order, Relaxed);
    LARGE.fetch_sub((PAGE_SIZE as usize) << order, Relaxed);
    frames::free_charged(first, order);
}

/// Fills an empty magazine with a batch from the depot, and takes one object more, which is returned;
/// null when there is no memory.
#[cold]
fn refill(magazine: &Magazine, class: usize) -> *mut Object {
    let in_trial = trial::is_active();
    if in_trial && !trial::allocate() {
        return ptr::null_mut();
    }
    let mut depot = DEPOTS[class].lock();
    let Some(object) = depot.take(class) else { return ptr::null_mut() };
    if in_trial {
        return object.as_ptr(); // and the magazine stays closed
    }
    let (mut head, mut count) = (ptr::null_mut(), 0);
    while count < MAGAZINE_SIZES[class] / 2
        && let Some(object) = depot.take_from_slab(class)
    {
        // SAFETY: the object was free, and is nobody else's now.
        unsafe { (*object.as_ptr()).next = head };
        head = object.as_ptr();
        count += 1;
    }
    magazine.head.store(head, Relaxed);
    magazine.count.store(count, Relaxed);
    object.as_ptr()
}

/// Puts an object into a full magazine, whose upper half goes back to the slabs; or, in a trial, where all are
/// closed, into its slab.
///
/// # Safety
/// The object is of this class, and nobody uses it.
#[cold]
unsafe fn put_into_full(magazine: &Magazine, object: *mut Object, class: usize) {
    let mut depot = DEPOTS[class].lock();
    if trial::is_active() {
        // SAFETY: as the caller promises.
        return unsafe { depot.give(object, class) };
    }
    let batch = MAGAZINE_SIZES[class] / 2;
    depot.take_back(magazine, batch, class);
    drop(depot);
    // SAFETY: as the caller promises.
    unsafe { magazine.put(object, MAGAZINE_SIZES[class] - batch) };
}

/// Empties this CPU's magazines, and has each allocation pass by them until [`open_magazines`].
pub(super) fn close_magazines() {
    for (class, magazine) in MAGAZINES[cpu::index()].0.iter().enumerate() {
        DEPOTS[class].lock().take_back(magazine, magazine.count.load(Relaxed), class);
        magazine.count.store(MAGAZINE_SIZES[class], Relaxed);
    }
}

/// Has allocations use the magazines again.
pub(super) fn open_magazines() {
    MAGAZINES[cpu::index()].0.iter().for_each(|magazine| magazine.count.store(0, Relaxed));
}

impl Magazine {
    /// Puts an object on top of `count` others.
    ///
    /// # Safety
    /// The object is of this magazine's class, and nobody uses it.
    #[inline(always)]
    unsafe fn put(&self, object: *mut Object, count: usize) {
        // SAFETY: the object is large enough for a link.
        unsafe { (*object).next = self.head.load(Relaxed) };
        self.head.store(object, Relaxed);
        self.count.store(count + 1, Relaxed);
    }
}

impl Slab {
    fn capacity(&self, class: usize) -> usize {
        size_class::capacity(class, usize::from(self.order))
    }
}

/// Where the slab is that an object is of, in a class that has smaller ones.
#[cold]
fn slab_among_smaller(object: *mut Object) -> *mut Object {
    let page = object.map_addr(|address| address & !(PAGE_SIZE as usize - 1));
    let first = frames::slab_of(virt_to_phys(VirtAddr::from_ptr(page)));
    phys_to_virt(first).as_mut_ptr()
}

impl Depot {
    const fn new() -> Self {
        Self { partial: ptr::null_mut(), out: 0, smaller: 0 }
    }

    /// Takes an object, out of a new slab if need be.
    fn take(&mut self, class: usize) -> Option<NonNull<Object>> {
        if self.partial.is_null() {
            self.add_slab(class)?;
        }
        self.take_from_slab(class)
    }

    /// Takes an object if a slab has one.
    fn take_from_slab(&mut self, class: usize) -> Option<NonNull<Object>> {
        // SAFETY: slabs in the list are alive, and this depot's.
        let slab = unsafe { self.partial.as_mut()? };
        // SAFETY: a free object of the slab; or the first one behind those that were touched, which is
        // inside of the slab because the slab is in the list.
        let object = unsafe {
            if slab.free.is_null() {
                let offset = size_class::offset(class) + slab.touched as usize * SIZES[class] as usize;
                slab.touched += 1;
                ptr::from_mut(slab).byte_add(offset).cast()
            } else {
                let object = slab.free;
                slab.free = (*object).next;
                object
            }
        };
        slab.used += 1;
        self.out += 1;
        if slab.used as usize == slab.capacity(class) {
            // SAFETY: it is the head of the list.
            unsafe { self.unlink(slab) };
        }
        NonNull::new(object)
    }

    /// Puts an object back into its slab.
    ///
    /// # Safety
    /// The object is of this class, and nobody uses it.
    unsafe fn give(&mut self, object: *mut Object, class: usize) {
        let size = (PAGE_SIZE as usize) << size_class::order(class);
        let mut place = object.map_addr(|address| address & !(size - 1));
        if self.smaller > 0 {
            place = slab_among_smaller(object);
        }
        // SAFETY: a slab is aligned to its size and begins with its header; it is alive while one of its
        // objects is out.
        unsafe {
            let slab = &mut *place.cast::<Slab>();
            (*object).next = slab.free;
            slab.free = object;
            self.out -= 1;
            slab.used -= 1;
            if slab.used as usize + 1 == slab.capacity(class) {
                self.link(slab);
            }
            let order = usize::from(slab.order);
            let (is_smaller, is_last) =
                (order < size_class::order(class), slab.next.is_null() && slab.previous.is_null());
            if slab.used == 0 && (is_smaller || !is_last) {
                self.unlink(slab);
                self.smaller -= usize::from(is_smaller);
                FRAMES.fetch_sub(1 << order, Relaxed);
                frames::free_charged(virt_to_phys(VirtAddr::from_ptr(ptr::from_mut(slab))), order);
            }
        }
    }

    /// Takes objects back that a magazine holds, which need not count them any more.
    fn take_back(&mut self, magazine: &Magazine, objects: usize, class: usize) {
        let mut head = magazine.head.load(Relaxed);
        for _ in 0..objects {
            // SAFETY: the magazine holds as many objects of this class, which nobody uses, and `head` is the first
            // of those that are left.
            unsafe {
                let next = (*head).next;
                self.give(head, class);
                head = next;
            }
        }
        magazine.head.store(head, Relaxed);
    }

    fn add_slab(&mut self, class: usize) -> Option<()> {
        let (first, order) = frames::allocate_slab(size_class::order(class))?;
        let slab = phys_to_virt(first).as_mut_ptr::<Slab>();
        self.smaller += usize::from(order < size_class::order(class));
        FRAMES.fetch_add(1 << order, Relaxed);
        let (next, previous, free) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the block of frames is new, large enough, and in the direct map.
        unsafe {
            slab.write(Slab { next, previous, free, used: 0, touched: 0, order: order as u8 });
            self.link(slab);
        }
        Some(())
    }

    /// Adds a slab to the list.
    ///
    /// # Safety
    /// It is alive, this depot's, and not in the list.
    unsafe fn link(&mut self, slab: *mut Slab) {
        // SAFETY: as the caller promises; the slabs in the list are alive.
        unsafe {
            (*slab).next = self.partial;
            (*slab).previous = ptr::null_mut();
            if let Some(next) = self.partial.as_mut() {
                next.previous = slab;
            }
        }
        self.partial = slab;
    }

    /// Takes a slab out of the list.
    ///
    /// # Safety
    /// It is in the list.
    unsafe fn unlink(&mut self, slab: *mut Slab) {
        // SAFETY: as the caller promises; the slabs in the list are alive.
        unsafe {
            let Slab { next, previous, .. } = *slab;
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => self.partial = next,
            }
        }
    }
}

impl Magazines {
    const fn new() -> Self {
        Self(
            [const { Magazine { head: AtomicPtr::new(ptr::null_mut()), count: AtomicUsize::new(0) } }; COUNT],
        )
    }
}
