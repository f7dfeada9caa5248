//! The slots of a handle table: which are used, which are free, and how long these wait to be used again.
//!
//! Slots come in segments of a fixed size. A table that grows gets one more, and nothing that is in it moves: the
//! step is as short with two hundred thousand handles as with two. And a table always has [`SPARE_SLOTS`] more
//! slots than handles, so replacing a handle needs no memory, and no value comes back soon, however full the
//! table is: a slot is used again behind at least as many others, and only every 2 048th time under the same value.

use crate::core::account::Ledger;
use crate::core::handle::{Handle, MAX_HANDLES};
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many bits tell which slot it is: enough for all handles, and the spare slots.
const SLOT_BITS: u32 = 19;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
/// The set bits of every value.
const FIXED_BITS: u32 = 3;
/// The other bits of a value.
const GENERATION_BITS: u32 = 30 - SLOT_BITS;
const GENERATION_MASK: u16 = (1 << GENERATION_BITS) - 1;

/// How many handles are charged at once.
const CHUNK: usize = 64;
/// Free slots are not used again before there are this many, so that generations last.
pub(super) const SPARE_SLOTS: usize = 64;
/// Slots of a table at most.
const MAX_SLOTS: usize = MAX_HANDLES + 2 * SEGMENT;
const _: () = assert!(MAX_SLOTS <= 1 << SLOT_BITS);

/// Slots of a segment: a power of two, and large enough for a program that has few handles, and the spare ones.
pub(super) const SEGMENT: usize = 128;
const _: () = assert!(SEGMENT > SPARE_SLOTS);

pub(super) enum Entry {
    Free {
        next: Option<u32>,
    },
    Used(Handle),
    /// Its handle is on its way out: see [`removal`](super::removal).
    Removing,
}

pub(super) struct Slot {
    /// The value of the handle in it; 0, which no handle has, if there is none.
    pub(super) value: u32,
    generation: u16,
    pub(super) entry: Entry,
}

pub(super) struct Slots {
    secret: u32,
    segments: Vec<Box<[Slot; SEGMENT]>>,
    /// How many slots have been used at some time; those behind them are new.
    len: usize,
    /// First and last free slot.
    free: Option<(u32, u32)>,
    /// How many of the slots that have been used are free.
    pub(super) free_count: usize,
    /// How many handles are to come for which there is room.
    pub(super) reserved: usize,
    /// Who pays for handles, if somebody does, and for how many already.
    pub(super) payer: Option<Arc<Ledger>>,
    paid: usize,
    /// The process has ended; there will be no more handles.
    pub(super) closed: bool,
    /// How many handles were taken out; counted before the waits through them end.
    pub(super) removals: u64,
}

impl Slots {
    /// None, for a process with this secret.
    pub(super) fn new(secret: u32) -> Self {
        Self {
            secret: secret >> 2,
            segments: Vec::new(),
            len: 0,
            free: None,
            free_count: 0,
            reserved: 0,
            payer: None,
            paid: 0,
            closed: false,
            removals: 0,
        }
    }

    fn encode(&self, slot: u32, generation: u16) -> u32 {
        ((u32::from(generation) << SLOT_BITS | slot) ^ self.secret) << 2 | FIXED_BITS
    }

    /// The slot in which a handle of this value is, if there is one.
    #[inline]
    pub(super) fn index(&self, value: u32) -> u32 {
        ((value >> 2) ^ self.secret) & SLOT_MASK
    }

    /// The handle of this value.
    #[inline]
    pub(super) fn find(&self, value: u32) -> Option<&Handle> {
        match self.get(self.index(value))? {
            Slot { value: current, entry: Entry::Used(handle), .. } if *current == value => Some(handle),
            _ => None,
        }
    }

    /// How many slots have been used at some time.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slot, if there is one.
    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<&Slot> {
        let segment = self.segments.get(index as usize / SEGMENT)?;
        Some(&segment[index as usize % SEGMENT])
    }

    /// A slot that exists.
    pub(super) fn slot(&mut self, index: u32) -> &mut Slot {
        &mut self.segments[index as usize / SEGMENT][index as usize % SEGMENT]
    }

    /// Makes sure that `insert` can be called this often, besides those that have been reserved.
    pub(super) fn reserve(&mut self, handles: usize) -> Result<(), Status> {
        if self.closed {
            return Err(Status::BAD_STATE);
        }
        let handles = self.reserved + handles;
        let used = self.len - self.free_count;
        if used + handles > self.paid {
            self.pay_for(used + handles)?;
        }
        while self.segments.len() * SEGMENT < used + handles + SPARE_SLOTS {
            self.grow()?;
        }
        Ok(())
    }

    /// Has so many handles charged: more than there are yet.
    #[cold]
    #[inline(never)]
    fn pay_for(&mut self, handles: usize) -> Result<(), Status> {
        if handles > MAX_HANDLES {
            return Err(Status::NO_MEMORY);
        }
        let Some(payer) = &self.payer else {
            self.paid = MAX_HANDLES;
            return Ok(());
        };
        let charge = |all: usize| payer.charge_handles((all - self.paid) as u64).then_some(all);
        let chunk = handles.next_multiple_of(CHUNK);
        self.paid = charge(chunk).or_else(|| charge(handles)).ok_or(Status::NO_RESOURCES)?;
        Ok(())
    }

    /// Has so many handles charged that are sent, if somebody pays for those of the table; the places of so many are
    /// still to be given up. They take over what is charged for places that nobody has, so that a handle can be moved
    /// whatever the limit is.
    pub(super) fn pay_for_sent(
        &mut self,
        handles: usize,
        removed: usize,
    ) -> Result<Option<Arc<Ledger>>, Status> {
        let Some(payer) = &self.payer else { return Ok(None) };
        let used = self.len - self.free_count - removed;
        let spare = self.paid.saturating_sub(used + self.reserved).min(handles);
        if handles > spare && !payer.charge_handles((handles - spare) as u64) {
            return Err(Status::NO_MEMORY);
        }
        self.paid -= spare;
        Ok(Some(payer.clone()))
    }

    /// Gives back what was charged, when no more handles come in.
    pub(super) fn stop_paying(&mut self) {
        if let Some(payer) = self.payer.take() {
            payer.give_back_handles(self.paid as u64);
        }
    }

    /// Adds a segment.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Status> {
        let mut slots = Vec::new();
        self.segments.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
        slots.try_reserve_exact(SEGMENT).map_err(|_| Status::NO_MEMORY)?;
        slots.extend((0..SEGMENT).map(|_| Slot { value: 0, generation: 0, entry: Entry::Removing }));
        let Ok(segment) = slots.into_boxed_slice().try_into() else { unreachable!("it has this many slots") };
        self.segments.push(segment);
        Ok(())
    }

    /// Puts a handle, for which there is room, into a new slot, so that those that are free stay so for a while, or
    /// into one of these if there are enough of them, as there are when no slot is new; the handle's value.
    pub(super) fn insert(&mut self, handle: Handle) -> u32 {
        let index = match self.free {
            Some((first, last)) if self.free_count > SPARE_SLOTS => {
                let Entry::Free { next } = self.slot(first).entry else {
                    unreachable!("a used slot in the free list")
                };
                self.free = next.map(|next| (next, last));
                self.free_count -= 1;
                first
            }
            _ => {
                self.len += 1;
                self.len as u32 - 1
            }
        };
        let generation = self.slot(index).generation;
        let value = self.encode(index, generation);
        self.fill(index, value, handle);
        value
    }

    /// Takes out the handle of this value, which there is.
    pub(super) fn take(&mut self, value: u32) -> Handle {
        let handle = self.take_to_leave(value);
        self.free(self.index(value));
        handle
    }

    /// Takes out the handle of this value, which there is, and leaves its slot to be freed, or filled again.
    pub(super) fn take_to_leave(&mut self, value: u32) -> Handle {
        let slot = self.slot(self.index(value));
        slot.value = 0;
        let entry = core::mem::replace(&mut slot.entry, Entry::Removing);
        let Entry::Used(handle) = entry else { unreachable!("only used slots are taken") };
        handle
    }

    /// Puts a handle back where it was taken from.
    pub(super) fn put_back(&mut self, value: u32, handle: Handle) {
        self.fill(self.index(value), value, handle);
    }

    fn fill(&mut self, index: u32, value: u32, handle: Handle) {
        let slot = self.slot(index);
        slot.value = value;
        slot.entry = Entry::Used(handle);
    }

    /// The slot, whose handle is gone, may be used again.
    pub(super) fn free(&mut self, index: u32) {
        let slot = self.slot(index);
        slot.entry = Entry::Free { next: None };
        slot.generation = (slot.generation + 1) & GENERATION_MASK;
        self.free_count += 1;
        if self.closed {
            return; // no slot is used again, and those in the list go away
        }
        match &mut self.free {
            Some((_, last)) => {
                let last = core::mem::replace(last, index);
                self.slot(last).entry = Entry::Free { next: Some(index) };
            }
            empty => *empty = Some((index, index)),
        }
    }

    /// Takes the last slot away: its handle's value, and what was in it. The table is closed.
    pub(super) fn pop(&mut self) -> Option<(u32, Entry)> {
        let Some(index) = self.len.checked_sub(1) else {
            self.segments = Vec::new();
            return None;
        };
        self.len = index;
        let slot = self.slot(index as u32);
        let popped = (slot.value, core::mem::replace(&mut slot.entry, Entry::Removing));
        self.segments.truncate(index.div_ceil(SEGMENT));
        Some(popped)
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.stop_paying();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::Event;
    use crate::testing::handle;
    use alloc::collections::VecDeque;

    /// Where each bit of a value comes from.
    #[test]
    fn a_value_is_generation_and_slot_mixed_with_a_secret_over_two_bits() {
        let (plain, mixed) = (Slots::new(0), Slots::new(0xffff_ffff));
        for (slot, generation, value) in [
            (0, 0, 0b11),
            (1, 0, 0b111),
            (0x7_ffff, 0, 0x1f_ffff),
            (0, 1, 0x20_0003),
            (5, 3, 0x60_0017),
            (0x7_ffff, 0x7ff, 0xffff_ffff),
        ] {
            assert_eq!((plain.encode(slot, generation), plain.index(value)), (value, slot));
            assert_eq!((mixed.encode(slot, generation), mixed.index(!value | 3)), (!value | 3, slot));
        }
        let secret = Slots::new(0x5eed_1234);
        assert_eq!((secret.encode(5, 3), secret.index(0x5e8d_1223)), (0x5e8d_1223, 5));
    }

    #[test]
    fn a_generation_comes_again_after_all_others() {
        let mut slots = Slots::new(0);
        slots.reserve(1).unwrap();
        for generation in [0, 1, 2, 2046, 2047, 0] {
            let value = slots.insert(handle(&Event::new()));
            assert_eq!(value, slots.encode(slots.len as u32 - 1, 0), "in a new slot");
            let index = slots.index(value);
            slots.slot(index).generation = generation;
            drop(slots.take(value));
            assert_eq!(slots.slot(index).generation, if generation == 2047 { 0 } else { generation + 1 });
        }
    }

    #[test]
    fn there_are_segments_for_all_handles_and_the_spare_slots() {
        for (handles, segments) in [(1, 1), (2, 1), (64, 1), (65, 2), (192, 2), (193, 3), (320, 3), (321, 4)]
        {
            let mut slots = Slots::new(0);
            slots.reserve(handles).unwrap();
            assert_eq!(slots.segments.len(), segments, "{handles}");
        }
        let (mut slots, event) = (Slots::new(0), Event::new());
        for handles in 1..=321 {
            slots.reserve(1).unwrap();
            slots.insert(handle(&event));
            assert_eq!(slots.segments.len(), (handles + SPARE_SLOTS).div_ceil(SEGMENT), "{handles}");
        }
    }

    /// Slots are new until more than the spare ones are free; these come in the order in which they became free.
    #[test]
    fn a_free_slot_waits_behind_64_others() {
        let event = Event::new();
        for count in [1, 64, 65, 129] {
            let (mut slots, mut live, mut free) = (Slots::new(0), VecDeque::new(), VecDeque::new());
            let mut new = 0..;
            for turn in 0..600 {
                if turn >= count {
                    let value = live.pop_front().unwrap();
                    drop(slots.take(value));
                    free.push_back(slots.index(value));
                }
                slots.reserve(1).unwrap();
                let value = slots.insert(handle(&event));
                let expected = if free.len() > 64 { free.pop_front() } else { new.next() };
                assert_eq!(Some(slots.index(value)), expected, "{count} handles, turn {turn}");
                assert_eq!((slots.free_count, slots.len), (free.len(), new.start as usize));
                live.push_back(value);
            }
            assert!(live.iter().all(|value| slots.find(*value).is_some()));
        }
    }
}
