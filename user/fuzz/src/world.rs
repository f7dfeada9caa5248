//! What the calls of one process are about: its handles, and memory of several kinds.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hafnon_user::{
    AsHandle, Mapping, Result, Rights, Vmo, abi,
    handle::Handle,
    startup::root_vmar,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{random::Random, table::kinds};

/// Pages of the arena.
const ARENA_PAGES: usize = 16;
/// The arena's pages, some with a meaning of their own.
const HOLES: [usize; 2] = [6, 11];
const READ_ONLY: usize = 8;
/// Bytes of the arena.
pub const ARENA_BYTES: usize = ARENA_PAGES * PAGE_SIZE;
/// Memory that each thread has for what its arguments point to, in bytes; nothing is mapped behind that of the last.
pub const PLACE_BYTES: usize = PAGE_SIZE;

/// Slots for handles of each kind of object.
const SLOTS_PER_KIND: usize = 4;
/// Slots for handles of any kind.
const SHARED_SLOTS: usize = 24;

/// Handles and memory, which all threads of the process share.
pub struct World {
    kinds: Vec<&'static str>,
    slots: Vec<AtomicU32>,
    arena: usize,
    places: Mapping,
}

impl World {
    /// A world for so many threads, in which nothing is mapped.
    pub fn empty(threads: usize) -> Result<Self> {
        let kinds = kinds();
        let count = kinds.len() * SLOTS_PER_KIND + SHARED_SLOTS;
        let slots = (0..count).map(|_| AtomicU32::new(Handle::INVALID)).collect();
        let places = Mapping::anonymous(threads * PLACE_BYTES, 0)?;
        Ok(Self { kinds, slots, arena: 0, places })
    }

    /// Maps the arena, whose region and memory are among the handles.
    pub fn prepare(&mut self) -> Result<()> {
        let root = root_vmar().ok_or(hafnon_user::Status::BAD_STATE)?;
        let can = abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_SPECIFIC;
        let (region, base) = root.allocate(can, 0, ARENA_BYTES)?;
        let memory = Vmo::create(ARENA_BYTES as u64)?;
        for page in (0..ARENA_PAGES).filter(|page| !HOLES.contains(page)) {
            let options = if page == READ_ONLY { abi::VM_PERM_READ } else { READ_WRITE };
            let offset = page * PAGE_SIZE;
            region.map(options | abi::VM_SPECIFIC, offset, &memory, offset as u64, PAGE_SIZE)?;
        }
        self.arena = base;
        self.give("vmo", memory.duplicate_handle(Rights::SAME_RIGHTS)?);
        self.give("vmo", memory.into());
        self.give("vmar", region.into());
        Ok(())
    }

    /// Puts a handle into a slot for this kind of object that has none, if there is one.
    pub fn give(&self, kind: &str, handle: Handle) {
        let (first, count) = self.slots_of(kind);
        let empty = (first..first + count).find(|slot| self.handle(*slot) == Handle::INVALID);
        self.slots[empty.unwrap_or(first)].store(handle.into_raw(), Relaxed);
    }

    /// The slots for this kind of object: the first, and how many.
    fn slots_of(&self, kind: &str) -> (usize, usize) {
        match self.kinds.iter().position(|other| *other == kind) {
            Some(index) => (index * SLOTS_PER_KIND, SLOTS_PER_KIND),
            None => (self.kinds.len() * SLOTS_PER_KIND, SHARED_SLOTS),
        }
    }

    /// A slot whose handle probably is to an object of this kind.
    pub fn slot_for(&self, random: &mut Random, kind: &str) -> usize {
        if kind == "any" || kind == "task" {
            return self.any_slot(random);
        }
        let (first, count) = self.slots_of(kind);
        first + random.below(count)
    }

    /// Any slot.
    pub fn any_slot(&self, random: &mut Random) -> usize {
        random.below(self.slots.len())
    }

    /// The value in a slot.
    pub fn handle(&self, slot: usize) -> u32 {
        self.slots[slot].load(Relaxed)
    }

    /// Where the value of a slot is.
    pub fn address_of_slot(&self, slot: usize) -> usize {
        self.slots[slot].as_ptr().addr()
    }

    /// Where the arena begins.
    pub fn arena(&self) -> usize {
        self.arena
    }

    /// An address in the memory of a thread.
    pub fn place(&self, thread: usize, offset: usize) -> usize {
        self.places.address() + thread * PLACE_BYTES + offset
    }

    /// Fills the memory at a thread's place with words that calls find in structures: handles, small numbers, addresses.
    pub fn fill(&self, thread: usize, place: usize, random: &mut Random) {
        let end = (place + PLACE_BYTES / 8).min(PLACE_BYTES);
        for offset in (place..end.saturating_sub(7)).step_by(8) {
            let word = self.word(random);
            let address = core::ptr::with_exposed_provenance_mut::<u64>(self.place(thread, offset));
            // SAFETY: the memory is mapped until the process ends, unless a call of this process has unmapped it.
            unsafe { address.write_unaligned(word) };
        }
    }

    fn word(&self, random: &mut Random) -> u64 {
        let slot = self.any_slot(random);
        let handle = u64::from(self.handle(slot));
        match random.below(6) {
            0 => handle | (random.below(64) as u64) << 32,
            1 => random.below(4) as u64 | handle << 32,
            2 => (self.arena + random.below(ARENA_BYTES)) as u64,
            3 => random.next(),
            4 => handle | handle << 32,
            _ => random.below(16) as u64,
        }
    }
}
