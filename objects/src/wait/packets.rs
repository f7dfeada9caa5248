//! The packets of a port or IO port, in the order in which they came: those of user code, which are here, and those of
//! watches, which stand in the slots of a slab.
//!
//! A slot has one packet at most, and its place in the queue is in the slot: to be queued allocates nothing, and however
//! many there are, nothing moves when there is one more. All packets are numbered. So the first one is that of user code,
//! or that of a slot, whose number is lower.

use super::MAX_USER_PACKETS;
use crate::core::room::Room;
use crate::core::slab::Slab;
use abi::Status;
use alloc::collections::VecDeque;

/// A slot, or none: in four bytes, as slots are moved.
#[derive(Clone, Copy)]
pub(crate) struct SlotLink(pub u32);

impl SlotLink {
    pub const NONE: Self = Self(u32::MAX);

    pub fn get(self) -> Option<usize> {
        (self.0 != u32::MAX).then_some(self.0 as usize)
    }
}

impl Default for SlotLink {
    fn default() -> Self {
        Self::NONE
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Neighbours {
    pub prev: SlotLink,
    pub next: SlotLink,
}

/// Where the packet of a slot is in the queue.
#[derive(Clone, Copy, Default)]
pub(crate) struct PacketPosition {
    /// Its number among all packets of the port; 0 if it is not queued.
    number: u64,
    neighbours: Neighbours,
}

/// A slot that may have a packet.
pub(crate) trait PacketSlot {
    /// Where that is.
    fn position(&self) -> &PacketPosition;
    /// The same, to be changed.
    fn position_mut(&mut self) -> &mut PacketPosition;
}

/// The first of all packets.
pub(crate) enum FirstPacket<'a, P> {
    /// From user code.
    User(&'a P),
    /// Of this slot.
    Slot(usize),
}

/// The queue; packets of user code are `P`s.
pub(crate) struct PacketQueue<P> {
    /// Those of user code, with their numbers.
    user: VecDeque<(u64, P)>,
    /// The first and the last slot with a packet.
    first: SlotLink,
    last: SlotLink,
    /// How many packets there were, ever.
    numbers: u64,
}

impl<P> PacketQueue<P> {
    /// Queues a packet of user code.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when [`MAX_USER_PACKETS`] wait already, `NO_MEMORY`.
    #[inline]
    pub fn push_user(&mut self, packet: P) -> Result<(), Status> {
        if self.user.len() >= MAX_USER_PACKETS {
            return Err(Status::SHOULD_WAIT);
        }
        self.user.make_room(1)?;
        let number = self.new_number();
        self.user.push_back((number, packet));
        Ok(())
    }

    /// Takes out the first packet of user code.
    #[inline]
    pub fn pop_user(&mut self) -> Option<P> {
        self.user.pop_front().map(|(_, packet)| packet)
    }

    /// The first packet.
    #[inline]
    pub fn first<T: PacketSlot>(&self, slots: &Slab<T>) -> Option<FirstPacket<'_, P>> {
        let slot = self.first.get();
        let is_before =
            |number| slot.and_then(|slot| slots.get(slot)).is_none_or(|slot| number < slot.position().number);
        match self.user.front() {
            Some((number, packet)) if is_before(*number) => Some(FirstPacket::User(packet)),
            _ => slot.map(FirstPacket::Slot),
        }
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.user.is_empty() && self.first.get().is_none()
    }

    /// How many of user code there are.
    #[cfg(all(test, not(loom)))]
    pub fn of_user(&self) -> usize {
        self.user.len()
    }

    fn new_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Queues the packet of a slot that has none in the queue.
    pub fn push<T: PacketSlot>(&mut self, slots: &mut Slab<T>, slot: usize) {
        let number = self.new_number();
        let (last, link) = (self.last, SlotLink(slot as u32));
        let Some(entry) = slots.get_mut(slot) else { return };
        let neighbours = Neighbours { prev: last, next: SlotLink::NONE };
        *entry.position_mut() = PacketPosition { number, neighbours };
        match last.get().and_then(|last| slots.get_mut(last)) {
            Some(last) => last.position_mut().neighbours.next = link,
            None => self.first = link,
        }
        self.last = link;
    }

    /// Takes the packet that was at this position out, if there was one. The slot itself may be gone.
    pub fn remove<T: PacketSlot>(&mut self, slots: &mut Slab<T>, position: PacketPosition) {
        let PacketPosition { number: 1.., neighbours: Neighbours { prev, next } } = position else { return };
        match prev.get().and_then(|prev| slots.get_mut(prev)) {
            Some(prev) => prev.position_mut().neighbours.next = next,
            None => self.first = next,
        }
        match next.get().and_then(|next| slots.get_mut(next)) {
            Some(next) => next.position_mut().neighbours.prev = prev,
            None => self.last = prev,
        }
    }
}

impl<P> Default for PacketQueue<P> {
    fn default() -> Self {
        let none = SlotLink::NONE;
        Self { user: VecDeque::new(), first: none, last: none, numbers: 0 }
    }
}
