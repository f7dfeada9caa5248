//! The order of the packets of those who stand in a slab. Each has one at most, and its place in the queue is in its
//! slot: to be queued allocates nothing, and however many there are, nothing moves when there is one more.

use crate::core::slab::Slab;

/// A slot, or none: in four bytes, as slots are moved.
#[derive(Clone, Copy)]
pub(super) struct Link(pub u32);

impl Link {
    pub const NONE: Self = Self(u32::MAX);

    pub fn get(self) -> Option<usize> {
        (self.0 != u32::MAX).then_some(self.0 as usize)
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::NONE
    }
}

#[derive(Clone, Copy, Default)]
pub(super) struct Neighbours {
    pub prev: Link,
    pub next: Link,
}

/// Where the packet of a slot stands.
#[derive(Clone, Copy, Default)]
pub(crate) struct Standing {
    /// Its number among all packets of the port; 0 if it is not queued.
    number: u64,
    neighbours: Neighbours,
}

/// A slot that may have a packet.
pub(crate) trait Sender {
    /// Where that stands.
    fn standing(&self) -> &Standing;
    /// The same, to be changed.
    fn standing_mut(&mut self) -> &mut Standing;
}

/// The queue of such packets.
#[derive(Default)]
pub(crate) struct Packets {
    first: Link,
    last: Link,
}

impl Packets {
    /// The slot with the first packet, and the number of that.
    pub fn first<T: Sender>(&self, slots: &Slab<T>) -> Option<(usize, u64)> {
        let first = self.first.get()?;
        Some((first, slots.get(first)?.standing().number))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.first.get().is_none()
    }

    /// Queues the packet of a slot that has none in the queue; `number` is not 0.
    pub fn push_back<T: Sender>(&mut self, slots: &mut Slab<T>, slot: usize, number: u64) {
        let (last, link) = (self.last, Link(slot as u32));
        let Some(entry) = slots.get_mut(slot) else { return };
        *entry.standing_mut() = Standing { number, neighbours: Neighbours { prev: last, next: Link::NONE } };
        match last.get().and_then(|last| slots.get_mut(last)) {
            Some(last) => last.standing_mut().neighbours.next = link,
            None => self.first = link,
        }
        self.last = link;
    }

    /// Takes the packet that stood there out, if there was one. The slot itself may be gone.
    pub fn remove<T: Sender>(&mut self, slots: &mut Slab<T>, standing: Standing) {
        let Standing { number: 1.., neighbours: Neighbours { prev, next } } = standing else { return };
        match prev.get().and_then(|prev| slots.get_mut(prev)) {
            Some(prev) => prev.standing_mut().neighbours.next = next,
            None => self.first = next,
        }
        match next.get().and_then(|next| slots.get_mut(next)) {
            Some(next) => next.standing_mut().neighbours.prev = prev,
            None => self.last = prev,
        }
    }
}
