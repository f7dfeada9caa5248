//! The slots of a handle table: which are used, which are free, and how long these wait to be used again.

use crate::handle::{Handle, MAX_HANDLES};
use abi::Status;
use alloc::vec::Vec;

const GENERATION_MASK: u16 = (1 << 12) - 1;
/// Free slots are not reused before there are this many, so that generations last.
const SPARE_SLOTS: usize = 64;

pub(super) enum Entry {
    Free {
        next: Option<u32>,
    },
    Used(Handle),
    /// Its handle is on its way out: see [`leaving`](super::leaving).
    Leaving,
}

pub(super) struct Slot {
    pub(super) generation: u16,
    pub(super) entry: Entry,
}

#[derive(Default)]
pub(super) struct Slots {
    pub(super) slots: Vec<Slot>,
    /// First and last free slot.
    pub(super) free: Option<(u32, u32)>,
    pub(super) free_count: usize,
    /// How many handles are to come for which there is room.
    pub(super) reserved: usize,
    /// The process has ended; there will be no more handles.
    pub(super) closed: bool,
    /// How many handles were taken out; counted before the waits through them end.
    pub(super) removals: u64,
}

impl Slots {
    /// Makes sure that `insert` can be called this often, besides those that have been reserved.
    pub(super) fn reserve(&mut self, handles: usize) -> Result<(), Status> {
        if self.closed {
            return Err(Status::BAD_STATE);
        }
        let handles = self.reserved + handles;
        let room = |slots: &Self| slots.slots.capacity() - slots.slots.len() + slots.free_count;
        if self.slots.try_reserve(handles).is_err() && room(self) < handles {
            return Err(Status::NO_MEMORY);
        }
        let used = self.slots.len() - self.free_count;
        if used + handles > MAX_HANDLES { Err(Status::NO_MEMORY) } else { Ok(()) }
    }

    /// Puts a handle into a new slot, so that those that are free stay so for a while, or into one of these.
    pub(super) fn insert(&mut self, handle: Handle) -> (u32, u16) {
        let full = self.slots.len() >= self.slots.capacity().min(MAX_HANDLES);
        match self.free {
            Some((first, last)) if full || self.free_count > SPARE_SLOTS => {
                let slot = &mut self.slots[first as usize];
                let Entry::Free { next } = slot.entry else { unreachable!("a used slot in the free list") };
                slot.entry = Entry::Used(handle);
                self.free = next.map(|next| (next, last));
                self.free_count -= 1;
                (first, slot.generation)
            }
            _ => {
                let index = self.slots.len() as u32;
                self.slots.push(Slot { generation: 0, entry: Entry::Used(handle) });
                (index, 0)
            }
        }
    }

    pub(super) fn take(&mut self, index: u32) -> Handle {
        let entry = core::mem::replace(&mut self.slots[index as usize].entry, Entry::Leaving);
        let Entry::Used(handle) = entry else { unreachable!("only used slots are taken") };
        self.free(index);
        handle
    }

    /// The slot, whose handle is gone, may be used again.
    pub(super) fn free(&mut self, index: u32) {
        let slot = &mut self.slots[index as usize];
        slot.entry = Entry::Free { next: None };
        slot.generation = (slot.generation + 1) & GENERATION_MASK;
        self.free_count += 1;
        if self.closed {
            return; // no slot is used again, and those in the list go away
        }
        match &mut self.free {
            Some((_, last)) => {
                let last = core::mem::replace(last, index);
                self.slots[last as usize].entry = Entry::Free { next: Some(index) };
            }
            empty => *empty = Some((index, index)),
        }
    }
}
