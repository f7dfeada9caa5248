//! VMOs by themselves; what happens to their mappings is tested with VMARs.

mod charge;
mod discard;
mod ranges;
mod resize;
mod views;

use super::*;
use crate::host::HostFrames;
use crate::memory::mapping::{Flush, MappingId, Retired};
use crate::{KernelObject, Object};
use abi::Rights;
use alloc::boxed::Box;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::cell::Cell;
use std::vec;
use std::vec::Vec;

const PAGE: u64 = PAGE_SIZE;
const WHOLE: usize = PAGE as usize;

/// More steps or turns than any of these tests takes.
const TURNS: usize = 1_000_000;

std::thread_local!(static FREED: Cell<usize> = const { Cell::new(0) });

/// Frames that tell what was done with them.
struct Watched {
    frames: &'static HostFrames,
    /// How many were allocated full of zeros.
    zeroed: AtomicUsize,
    /// How many were allocated with their contents.
    filled: AtomicUsize,
    /// How often a part of one was cleared.
    cleared: AtomicUsize,
    /// What it says to who asks for a little memory.
    admits: AtomicBool,
    /// Whether it asks what is left while it is given frames, and how often the answer was that nothing is.
    asks: AtomicBool,
    idle: AtomicUsize,
}

impl Watched {
    fn leak() -> &'static Self {
        let zero = || AtomicUsize::new(0);
        let (zeroed, filled, cleared, idle) = (zero(), zero(), zero(), zero());
        let (admits, asks) = (AtomicBool::new(true), AtomicBool::new(false));
        let frames = HostFrames::leak();
        Box::leak(Box::new(Self { frames, zeroed, filled, cleared, admits, asks, idle }))
    }

    fn used(&self) -> usize {
        self.frames.used()
    }

    /// How many frames were allocated full of zeros, and with their contents.
    fn allocated(&self) -> (usize, usize) {
        (self.zeroed.load(Relaxed), self.filled.load(Relaxed))
    }
}

impl PageFrames for Watched {
    fn allocate_zeroed(&self) -> Option<Frame> {
        self.zeroed.fetch_add(1, Relaxed);
        self.frames.allocate_zeroed()
    }

    fn allocate_filled(&self, bytes: &[u8; WHOLE]) -> Option<Frame> {
        self.filled.fetch_add(1, Relaxed);
        self.frames.allocate_filled(bytes)
    }

    fn admit(&self) -> bool {
        self.admits.load(Relaxed)
    }

    fn free(&self, frame: Frame) {
        FREED.set(FREED.get() + 1);
        self.frames.free(frame);
        if self.asks.load(Relaxed) && is_idle() {
            self.idle.fetch_add(1, Relaxed);
        }
    }

    fn read(&self, frame: Frame, offset: usize, buffer: &mut [u8]) {
        self.frames.read(frame, offset, buffer);
    }

    fn write(&self, frame: Frame, offset: usize, bytes: &[u8]) {
        self.frames.write(frame, offset, bytes);
    }

    fn zero(&self, frame: Frame, range: Range<usize>) {
        self.cleared.fetch_add(1, Relaxed);
        self.frames.zero(frame, range);
    }

    fn copy(&self, from: Frame, to: Frame) {
        self.frames.copy(from, to);
    }
}

/// A VMO of so many pages on frames that are watched.
fn watched(pages: u64, options: u32) -> (&'static Watched, Arc<Vmo>) {
    let frames = Watched::leak();
    (frames, Vmo::create(frames, pages * PAGE, options).unwrap())
}

/// How many watched frames are freed by what runs here, and not by what other tests do meanwhile.
fn freed_by<R>(f: impl FnOnce() -> R) -> usize {
    let before = FREED.get();
    f();
    FREED.get() - before
}

/// Looks for what is sure to come, where another test may have a hand in it.
fn wait_until(mut is_over: impl FnMut() -> bool) {
    for _ in 0..TURNS {
        if is_over() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("it takes no end")
}

/// Frees what was left of VMOs that are gone, until none of these frames is used.
fn free_all(used: impl Fn() -> usize) {
    wait_until(|| {
        free_some();
        used() == 0
    });
}

fn fixture(size: u64, options: u32) -> (&'static HostFrames, Arc<Vmo>) {
    let frames = HostFrames::leak();
    (frames, Vmo::create(frames, size, options).unwrap())
}

/// A VMO over so many frames of somebody else, each of which begins with its number.
fn fixed(frames: &'static dyn PageFrames, pages: u64) -> (Vec<Frame>, Arc<Vmo>) {
    let owned: Vec<_> = (0..pages).map(|_| frames.allocate_zeroed().unwrap()).collect();
    owned.iter().zip(1..).for_each(|(frame, number)| frames.write(*frame, 0, &[number]));
    let vmo = Vmo::from_frames(frames, owned[0], pages * PAGE).unwrap();
    (owned, vmo)
}

/// The indices of the committed pages.
fn committed(vmo: &Vmo) -> Vec<u64> {
    let (mut range, mut index, mut found) = (0..vmo.size(), 0, Vec::new());
    let visited: Result<(), Status> = vmo.for_each_page(&mut range, false, |frame, _, _| {
        found.extend(frame.map(|_| index));
        index += 1;
        Ok(())
    });
    visited.unwrap();
    found
}

/// Commits these pages.
fn touch(vmo: &Vmo, pages: impl IntoIterator<Item = u64>) {
    for page in pages {
        vmo.lookup_or_commit(page).unwrap();
    }
}

/// Commits all pages.
fn commit_all(vmo: &Vmo) {
    run(0..vmo.size(), |range| vmo.commit(range)).1.unwrap();
}

fn set_size(vmo: &Vmo, size: u64) -> Result<usize, Status> {
    let mut resize = vmo.start_resize(size)?;
    let mut steps = 0;
    while !resize.is_done() {
        drop(vmo.resize(&mut resize)?);
        steps += 1;
        assert!(steps < TURNS, "it takes no end");
    }
    Ok(steps)
}

fn bytes(vmo: &Vmo, offset: u64, length: usize) -> Vec<u8> {
    let mut buffer = vec![0xee; length];
    vmo.read(offset, &mut buffer).unwrap();
    buffer
}

/// Runs a step function to its end; how many steps, and the outcome.
fn run<T>(
    mut range: Range<u64>,
    mut step: impl FnMut(&mut Range<u64>) -> Result<T, Status>,
) -> (usize, Result<(), Status>) {
    for steps in 0..TURNS {
        if let Err(status) = step(&mut range) {
            return (steps, Err(status));
        }
        if range.is_empty() {
            return (steps + 1, Ok(()));
        }
    }
    panic!("it takes no end")
}

#[test]
fn the_size_is_rounded_up_and_the_content_size_is_not() {
    let (_, vmo) = fixture(5000, 0);
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, 5000));
    vmo.set_content_size(77);
    assert_eq!((vmo.size(), vmo.content_size()), (2 * PAGE, 77));
    let (_, empty) = fixture(0, 0);
    assert_eq!(empty.size(), 0);
    assert_eq!(empty.read(0, &mut [0]), Err(Status::OUT_OF_RANGE));
    assert_eq!(empty.read(0, &mut []), Ok(()));
}

#[test]
fn create_refuses_what_it_does_not_know_and_what_is_too_large() {
    let frames = HostFrames::leak();
    let create = |size, options| Vmo::create(frames, size, options).map(|vmo| vmo.size());
    assert_eq!(create(1, 1 << 20), Err(Status::INVALID_ARGS));
    assert_eq!(create(1, abi::VMO_DISCARDABLE), Err(Status::NOT_SUPPORTED));
    assert_eq!(create(1, abi::VMO_DISCARDABLE | abi::VMO_RESIZABLE), Err(Status::NOT_SUPPORTED));
    assert_eq!(create(1, abi::VMO_DISCARDABLE | 1), Err(Status::INVALID_ARGS));
    assert_eq!(create(u64::MAX, 0), Err(Status::OUT_OF_RANGE));
    assert_eq!(create(MAX_SIZE + 1, 0), Err(Status::OUT_OF_RANGE));
    assert_eq!(create(MAX_SIZE, 0), Ok(MAX_SIZE));
    assert_eq!(frames.used(), 0);
}

#[test]
fn what_was_not_written_reads_as_zeros_and_costs_nothing() {
    let (frames, vmo) = fixture(MAX_SIZE, 0);
    assert!(bytes(&vmo, MAX_SIZE - 10_000, 10_000).iter().all(|byte| *byte == 0));
    assert_eq!(frames.used(), 0);
    vmo.write(MAX_SIZE - 1, b"x").unwrap();
    assert_eq!(bytes(&vmo, MAX_SIZE - 2, 2), b"\0x");
    assert_eq!((frames.used(), vmo.info().committed), (1, PAGE));
    drop(vmo);
    // It had tables on nine levels, which are left to the kernel's task.
    free_all(|| frames.used());
}

#[test]
fn reads_and_writes_cross_pages() {
    let (_, vmo) = fixture(3 * PAGE, 0);
    let text: Vec<u8> = (0..6000).map(|number| (number % 251) as u8).collect();
    vmo.write(PAGE - 10, &text).unwrap();
    assert_eq!(bytes(&vmo, PAGE - 10, text.len()), text);
    assert_eq!(bytes(&vmo, PAGE - 12, 3), [0, 0, text[0]]);
}

#[test]
fn a_write_beyond_the_end_writes_nothing() {
    let (frames, vmo) = fixture(PAGE, 0);
    assert_eq!(vmo.write(PAGE - 1, b"ab"), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.write(u64::MAX, b"ab"), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.read(PAGE + 1, &mut []), Err(Status::OUT_OF_RANGE));
    assert_eq!(frames.used(), 0);
}

#[test]
fn a_write_without_memory_fails_and_loses_nothing() {
    let frames = HostFrames::with_limit(1);
    let vmo = Vmo::create(frames, 2 * PAGE, 0).unwrap();
    assert_eq!(vmo.write(PAGE - 1, b"ab"), Err(Status::NO_MEMORY));
    assert_eq!(bytes(&vmo, PAGE - 1, 2), b"a\0");
    drop(vmo);
    assert_eq!(frames.used(), 0);
}

#[test]
fn lookup_finds_the_page_it_committed() {
    let (_, vmo) = fixture(PAGE, 0);
    let frame = vmo.lookup_or_commit(0).unwrap();
    assert_eq!(vmo.lookup_or_commit(0), Ok(frame));
    assert_eq!(vmo.lookup_or_commit(1), Err(Status::OUT_OF_RANGE));
    assert_eq!(vmo.lookup_or_commit(u64::MAX), Err(Status::OUT_OF_RANGE));
}

#[test]
fn fixed_frames_stay_their_owners() {
    let frames = HostFrames::leak();
    let owned: Vec<_> = (0..3).map(|_| frames.allocate_zeroed().unwrap()).collect();
    let vmo = Vmo::from_frames(frames, owned[0], 3 * PAGE - 5).unwrap();
    vmo.write(PAGE, b"ramdisk").unwrap();
    let mut buffer = [0; 7];
    frames.read(owned[1], 0, &mut buffer);
    assert_eq!(&buffer, b"ramdisk");
    assert_eq!(vmo.lookup_or_commit(2), Ok(owned[2]));
    assert_eq!(run(0..3 * PAGE, |range| vmo.commit(range)), (1, Ok(())));
    assert_eq!(run(0..PAGE, |range| vmo.decommit(range)).1, Err(Status::NOT_SUPPORTED));
    assert_eq!(run(PAGE..3 * PAGE, |range| vmo.zero(range)).1, Ok(()));
    assert_eq!(bytes(&vmo, PAGE, 7), [0; 7]);
    assert_eq!((vmo.size(), vmo.content_size(), vmo.info().committed), (3 * PAGE, 3 * PAGE - 5, 3 * PAGE));
    assert_eq!(set_size(&vmo, 0), Err(Status::UNAVAILABLE));
    drop(vmo);
    assert_eq!(frames.used(), 3);
}

#[test]
fn it_has_a_name() {
    let (_, vmo) = fixture(0, 0);
    vmo.name().set(b"stack");
    assert_eq!(&vmo.name().get()[..6], b"stack\0");
}

#[test]
fn the_largest_is_a_page_less_than_half_of_all_numbers() {
    assert_eq!(MAX_SIZE, 0x7fff_ffff_ffff_f000);
    let frames = HostFrames::leak();
    let size_of = |size| Vmo::from_frames(frames, Frame(PAGE), size).map(|vmo| vmo.size());
    assert_eq!(size_of(0x7fff_ffff_ffff_f001), Err(Status::OUT_OF_RANGE));
    assert_eq!(size_of(0x7fff_ffff_ffff_f000), Ok(0x7fff_ffff_ffff_f000));
    assert_eq!(size_of(0x7fff_ffff_ffff_e001), Ok(0x7fff_ffff_ffff_f000));
}

#[test]
fn it_is_an_object_with_one_id_that_says_it_has_no_children() {
    let (_, vmo) = fixture(0, 0);
    let object = Object::from(vmo.clone());
    assert_eq!([vmo.base().koid(), KernelObject::base(&*vmo).koid()], [object.base().koid(); 2]);
    assert_eq!(vmo.base().signals.get(), Signals::VMO_ZERO_CHILDREN);
    assert!(object.default_rights().contains(Rights::READ | Rights::WRITE | Rights::MAP));
    vmo.name().set(b"heap");
    assert_eq!(&KernelObject::name(&*vmo).unwrap().get()[..5], b"heap\0");
}

#[test]
fn info_tells_its_size_its_pages_and_what_it_takes_to_find_them() {
    let (_, vmo) = fixture(100 * PAGE - 1, abi::VMO_RESIZABLE);
    let info = |pages, metadata| VmoInfo {
        size: 100 * PAGE,
        committed: pages * PAGE,
        metadata,
        mappings: 0,
        spaces: 0,
        resizable: true,
    };
    assert_eq!(vmo.info(), info(0, 0));
    touch(&vmo, [0]);
    assert_eq!(vmo.info(), info(1, 1024));
    touch(&vmo, 0..64);
    assert_eq!(vmo.info(), info(64, 1024));
    touch(&vmo, [64]);
    assert_eq!(vmo.info(), info(65, 2048));
    assert!(vmo.is_resizable());
    let (_, other) = fixed(HostFrames::leak(), 3);
    let expected = VmoInfo { size: 3 * PAGE, metadata: 0, resizable: false, ..info(3, 0) };
    assert_eq!((other.info(), other.is_resizable()), (expected, false));
}

#[test]
fn a_range_is_inside_up_to_the_very_end() {
    let (_, vmo) = fixture(2 * PAGE, 0);
    assert_eq!(vmo.range(PAGE, PAGE), Ok(PAGE..2 * PAGE));
    assert_eq!(vmo.range(5, 7), Ok(5..12));
    assert_eq!(vmo.range(2 * PAGE, 0), Ok(2 * PAGE..2 * PAGE));
    for (offset, length) in
        [(2 * PAGE, 1), (2 * PAGE + 1, 0), (0, 2 * PAGE + 1), (u64::MAX, 1), (1, u64::MAX)]
    {
        assert_eq!(vmo.range(offset, length), Err(Status::OUT_OF_RANGE), "{offset} {length}");
    }
}

#[test]
fn a_whole_page_is_written_without_zeros_first() {
    let (frames, vmo) = watched(4, 0);
    vmo.write(2 * PAGE, &[7; WHOLE]).unwrap();
    assert_eq!((frames.allocated(), frames.used()), ((0, 1), 1));
    assert_eq!(committed(&vmo), [2]);
    assert_eq!(bytes(&vmo, 2 * PAGE, WHOLE), [7; WHOLE]);
    assert_eq!(vmo.write(4 * PAGE, &[7; WHOLE]), Err(Status::OUT_OF_RANGE));
    vmo.write(3 * PAGE, &[8; WHOLE]).unwrap();
    assert_eq!((frames.allocated(), committed(&vmo)), ((0, 2), vec![2, 3]));
}

#[test]
fn a_whole_page_that_is_there_is_written_where_it_is() {
    let (frames, vmo) = watched(4, 0);
    let frame = vmo.lookup_or_commit(1).unwrap();
    vmo.write(PAGE, &[7; WHOLE]).unwrap();
    assert_eq!((frames.allocated(), vmo.lookup_or_commit(1)), ((1, 0), Ok(frame)));
    assert_eq!(bytes(&vmo, PAGE - 1, WHOLE + 2), [&[0][..], &[7; WHOLE], &[0]].concat());
}

#[test]
fn as_many_bytes_across_two_pages_are_no_whole_page() {
    let (frames, vmo) = watched(4, 0);
    vmo.write(PAGE + 10, &[9; WHOLE]).unwrap();
    assert_eq!((frames.allocated(), committed(&vmo)), ((2, 0), vec![1, 2]));
    assert_eq!(bytes(&vmo, PAGE + 9, WHOLE + 2), [&[0][..], &[9; WHOLE], &[0]].concat());
}

#[test]
fn a_whole_page_without_memory_is_not_written() {
    let frames = HostFrames::with_limit(0);
    let vmo = Vmo::create(frames, PAGE, 0).unwrap();
    assert_eq!(vmo.write(0, &[7; WHOLE]), Err(Status::NO_MEMORY));
    assert_eq!((committed(&vmo), bytes(&vmo, 0, 1)), (vec![], vec![0]));
}

#[test]
fn a_page_is_committed_where_it_is_asked_for_and_nowhere_else() {
    let (frames, vmo) = fixture(5 * PAGE, 0);
    let frame = vmo.lookup_or_commit(3).unwrap();
    assert_eq!((committed(&vmo), frames.used()), (vec![3], 1));
    assert_eq!(vmo.with_page(3 * PAGE + 4095, |frame| frame), Ok(frame));
    assert_eq!(vmo.with_page(5 * PAGE - 1, |_| ()), Ok(()));
    assert_eq!(committed(&vmo), [3, 4]);
    assert_eq!(vmo.with_page(5 * PAGE, |_| ()), Err(FaultError::OutOfRange));
    frames.set_left(0);
    assert_eq!(vmo.with_page(0, |_| ()), Err(FaultError::NoMemory));
    assert_eq!(committed(&vmo), [3, 4]);
}

#[test]
fn frames_in_a_row_are_found_by_their_number() {
    let (owned, vmo) = fixed(HostFrames::leak(), 4);
    let found: Vec<_> = (0..4).map(|page| vmo.lookup_or_commit(page).unwrap()).collect();
    assert_eq!(found, owned);
    let first_bytes: Vec<_> = (0..4).map(|page| bytes(&vmo, page * PAGE, 1)[0]).collect();
    assert_eq!(first_bytes, [1, 2, 3, 4]);
    assert_eq!(vmo.lookup_or_commit(4), Err(Status::OUT_OF_RANGE));
}
