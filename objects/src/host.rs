//! Memory of a machine that is an ordinary process: frames and page tables for tests and benchmarks.
//!
//! Both count what they hold, so that a leak or a double free fails a test, and both can be told to
//! run out of memory.

use crate::memory::vmar::FaultError;
use crate::memory::{Entropy, Frame, PAGE_SIZE, PageFrames, PageTable, Protection, Work};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use waitq::sync::Mutex;

type Bytes = Box<[u8; PAGE_SIZE as usize]>;

/// Page frames on the heap.
pub struct HostFrames {
    frames: Mutex<Vec<Option<Bytes>>>,
    /// How many more frames there are.
    left: AtomicUsize,
    used: AtomicUsize,
}

impl HostFrames {
    /// Frames without end, for the rest of the program.
    pub fn leak() -> &'static Self {
        Self::with_limit(usize::MAX)
    }

    /// This many frames, for the rest of the program.
    pub fn with_limit(count: usize) -> &'static Self {
        Box::leak(Box::new(Self {
            frames: Mutex::new(Vec::new()),
            left: AtomicUsize::new(count),
            used: AtomicUsize::new(0),
        }))
    }

    /// How many frames are allocated.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// From now on, this many more allocations succeed until a frame is freed.
    pub fn set_left(&self, count: usize) {
        self.left.store(count, Ordering::Relaxed);
    }

    /// Whether the frame is allocated.
    pub fn is_used(&self, frame: Frame) -> bool {
        self.frames.lock()[Self::index(frame)].is_some()
    }

    /// Frames are numbered from 1, so that address 0 is none.
    fn index(frame: Frame) -> usize {
        (frame.0 / PAGE_SIZE) as usize - 1
    }

    fn with<R>(&self, frame: Frame, f: impl FnOnce(&mut [u8]) -> R) -> R {
        let mut frames = self.frames.lock();
        let bytes = frames[Self::index(frame)].as_mut().expect("a frame is used after it was freed");
        f(&mut bytes[..])
    }
}

impl PageFrames for HostFrames {
    fn allocate_zeroed(&self) -> Option<Frame> {
        self.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()?;
        let mut frames = self.frames.lock();
        let free = frames.iter().position(Option::is_none).unwrap_or(frames.len());
        if free == frames.len() {
            frames.push(None);
        }
        frames[free] = Some(Box::new([0; PAGE_SIZE as usize]));
        self.used.fetch_add(1, Ordering::Relaxed);
        Some(Frame((free as u64 + 1) * PAGE_SIZE))
    }

    fn free(&self, frame: Frame) {
        let old = self.frames.lock()[Self::index(frame)].take();
        assert!(old.is_some(), "frame {frame:?} is freed twice");
        self.used.fetch_sub(1, Ordering::Relaxed);
        let _ = self.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_add(1));
    }

    fn read(&self, frame: Frame, offset: usize, buffer: &mut [u8]) {
        self.with(frame, |bytes| buffer.copy_from_slice(&bytes[offset..][..buffer.len()]));
    }

    fn write(&self, frame: Frame, offset: usize, bytes: &[u8]) {
        self.with(frame, |to| to[offset..][..bytes.len()].copy_from_slice(bytes));
    }

    fn zero(&self, frame: Frame, range: Range<usize>) {
        self.with(frame, |bytes| bytes[range].fill(0));
    }

    fn copy(&self, from: Frame, to: Frame) {
        let mut buffer = [0; PAGE_SIZE as usize];
        self.read(from, 0, &mut buffer);
        self.write(to, 0, &buffer);
    }
}

/// The translations of an address space.
pub struct HostPageTable {
    pages: Mutex<BTreeMap<u64, (Frame, Protection)>>,
    /// How many more pages can be mapped.
    left: AtomicUsize,
}

impl HostPageTable {
    /// An empty page table.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { pages: Mutex::new(BTreeMap::new()), left: AtomicUsize::new(usize::MAX) })
    }

    /// From now on, this many more pages can be mapped.
    pub fn set_left(&self, count: usize) {
        self.left.store(count, Ordering::Relaxed);
    }

    /// The translation of one page.
    pub fn query(&self, address: u64) -> Option<(Frame, Protection)> {
        self.pages.lock().get(&address).copied()
    }

    /// How many pages are mapped.
    pub fn mapped(&self) -> usize {
        self.pages.lock().len()
    }

    /// Every translation, by address.
    pub fn translations(&self) -> Vec<(u64, Frame, Protection)> {
        self.pages
            .lock()
            .iter()
            .map(|(address, (frame, protection))| (*address, *frame, *protection))
            .collect()
    }
}

impl PageTable for HostPageTable {
    fn map(&self, address: u64, frame: Frame, protection: Protection) -> Result<(), FaultError> {
        assert_eq!(address % PAGE_SIZE, 0);
        let mut pages = self.pages.lock();
        if !pages.contains_key(&address) {
            let take = |left: usize| left.checked_sub(1);
            self.left
                .try_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .map_err(|_| FaultError::NoMemory)?;
        }
        pages.insert(address, (frame, protection));
        Ok(())
    }

    fn unmap(&self, range: &mut Range<u64>, work: &mut Work) {
        let mut pages = self.pages.lock();
        while let Some((&address, _)) = pages.range(range.clone()).next() {
            pages.remove(&address);
            work.spend(1);
            range.start = address + PAGE_SIZE;
            if work.is_spent() {
                return;
            }
        }
        range.start = range.end;
    }

    fn protect(&self, range: &mut Range<u64>, protection: Protection, work: &mut Work) {
        for (address, page) in self.pages.lock().range_mut(range.clone()) {
            page.1 = protection;
            work.spend(1);
            range.start = address + PAGE_SIZE;
            if work.is_spent() {
                return;
            }
        }
        range.start = range.end;
    }
}

/// Numbers that look random and are the same in each run.
pub struct HostEntropy(AtomicU64);

impl HostEntropy {
    /// A sequence that `seed` begins, for the rest of the program.
    pub fn leak(seed: u64) -> &'static Self {
        Box::leak(Box::new(Self(AtomicU64::new(seed))))
    }
}

impl Entropy for HostEntropy {
    fn next(&self) -> u64 {
        // SplitMix64, by Sebastiano Vigna, public domain.
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
