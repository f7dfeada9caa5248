//! What is in a port: packets, and its watches from the moment on that they are armed until their packets are taken.
//! These are found by slot when they are woken, by handle and key when they are cancelled, and in the order of their
//! packets.
//!
//! All takes constant time, however many there are, and never do all have to move at once: slots lie in chunks, and
//! the number of hash chains grows by one at a time (linear hashing, Litwin 1980). Watches with the same handle and key
//! are twins: one of them is in a chain, and the others are linked behind it.

use super::Port;
use crate::core::handle::HandleId;
use crate::core::room::Room;
use crate::core::secret;
use crate::core::slab::Slab;
use crate::wait::packets::{FirstPacket, Neighbours, PacketPosition, PacketQueue, PacketSlot, SlotLink};
use crate::wait::{Popped, Watch};
use abi::{PortPacket, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many chains lie together.
const CHUNK: usize = 256;

/// A watch, and where it is.
struct WatchSlot {
    watch: Arc<Watch<Port>>,
    hash: u32,
    /// Its neighbours in the chain, if it has no twin before it.
    chain: Neighbours,
    /// The twins before and behind it.
    twins: Neighbours,
    packet: PacketPosition,
}

/// Packets and watches.
#[derive(Default)]
pub struct Contents {
    packets: PacketQueue<PortPacket>,
    slots: Slab<WatchSlot>,
    /// The first slot of each chain. There are never fewer.
    chains: Vec<Vec<SlotLink>>,
    /// How many chains are in use.
    width: usize,
    /// The next power of two, less one: what of a hash tells chains apart.
    mask: usize,
}

impl Contents {
    /// Queues a packet of user code.
    ///
    /// # Errors
    /// Those of [`PacketQueue::push_user`].
    #[inline]
    pub(super) fn queue_user(&mut self, packet: PortPacket) -> Result<(), Status> {
        self.packets.push_user(packet)
    }

    /// Whether there is a packet.
    #[inline]
    pub(super) fn has_packet(&self) -> bool {
        !self.packets.is_empty()
    }

    /// Takes the first packet out, into `packet`. If it is that of a watch, that goes with it, and is to be dropped
    /// without the lock.
    #[inline]
    pub(super) fn take(&mut self, packet: &mut Option<PortPacket>) -> Option<Arc<Watch<Port>>> {
        match self.packets.first(&self.slots)? {
            FirstPacket::User(_) => {
                *packet = self.packets.pop_user();
                None
            }
            FirstPacket::Slot(slot) => {
                let watch = self.take_slot(slot)?;
                *packet = Some(watch.note.packet(&watch));
                Some(watch)
            }
        }
    }

    /// How many watches there are.
    pub(super) fn watches(&self) -> usize {
        self.slots.len()
    }

    /// Makes sure that one more can be inserted.
    pub(super) fn reserve(&mut self) -> Result<(), Status> {
        self.slots.reserve(1)?;
        if self.width == self.chains.len() * CHUNK {
            let mut chunk = Vec::new();
            chunk.make_exact_room(CHUNK)?;
            chunk.resize(CHUNK, SlotLink::NONE);
            self.chains.make_room(1)?;
            self.chains.push(chunk);
        }
        Ok(())
    }

    /// Adds a watch, for which there must be room; its slot.
    ///
    /// # Errors
    /// `NO_MEMORY` when there is no room.
    pub(super) fn insert(&mut self, watch: Arc<Watch<Port>>) -> Result<usize, Status> {
        if self.width <= self.watches() {
            self.split();
        }
        let hash = secret::hash(watch.handle.0, watch.key);
        let number = self.chain(hash);
        let twin = self.find_in(number, watch.handle, watch.key, hash);
        let [mut chain, mut twins] = [Neighbours::default(); 2];
        match twin {
            Some(twin) => twins = Neighbours { prev: SlotLink(twin as u32), next: self.twin_behind(twin) },
            None => chain.next = self.first_in(number),
        }
        let packet = PacketPosition::default();
        let slot = self.slots.insert(WatchSlot { watch, hash, chain, twins, packet })?;
        match twin {
            Some(twin) => self.link_behind(twin, slot, twins.next),
            None => self.link(slot, number, chain.next),
        }
        Ok(slot)
    }

    /// Queues the packet of `watch`, if that is in this slot still; whether it is.
    pub(super) fn queue(&mut self, slot: usize, watch: &Arc<Watch<Port>>) -> bool {
        let is_there = self.slots.get(slot).is_some_and(|slot| slot.has(watch));
        if is_there {
            self.packets.push(&mut self.slots, slot);
        }
        is_there
    }

    /// Takes `watch` out of its slot; `None` if it is not there any more.
    pub(super) fn remove(&mut self, slot: usize, watch: &Arc<Watch<Port>>) -> Option<Arc<Watch<Port>>> {
        self.slots.get(slot).filter(|slot| slot.has(watch))?;
        self.take_slot(slot)
    }

    /// Takes out some watch with this handle and key.
    pub(super) fn cancel(&mut self, handle: HandleId, key: u64) -> Option<Arc<Watch<Port>>> {
        let first = self.find(handle, key, secret::hash(handle.0, key))?;
        self.take_slot(first)
    }

    /// The slot in a chain with this handle and key.
    fn find(&self, handle: HandleId, key: u64, hash: u32) -> Option<usize> {
        self.find_in(self.chain(hash), handle, key, hash)
    }

    /// [`Contents::find`] in the chain of this hash.
    fn find_in(&self, chain: usize, handle: HandleId, key: u64, hash: u32) -> Option<usize> {
        let mut cursor = self.first_in(chain);
        while let Some(slot) = cursor.get() {
            let entry = self.slots.get(slot)?;
            if entry.hash == hash && entry.is_for(handle, key) {
                return Some(slot);
            }
            cursor = entry.chain.next;
        }
        None
    }

    /// Takes one thing out, when no more will be added: a step.
    pub(super) fn pop(&mut self) -> Popped<Port> {
        const LOOKS: usize = 64;
        if self.packets.pop_user().is_some() {
            return Popped::Other;
        }
        for _ in 0..LOOKS {
            let Some(last) = self.width.checked_sub(1) else {
                return if self.slots.trim() { Popped::Other } else { Popped::Nothing };
            };
            if let Some(slot) = self.head(last).get() {
                return self.take_slot(slot).map_or(Popped::Other, Popped::Watch);
            }
            self.set_width(last);
        }
        Popped::Other
    }

    fn take_slot(&mut self, slot: usize) -> Option<Arc<Watch<Port>>> {
        let WatchSlot { watch, hash, chain, twins, packet } = self.slots.remove(slot)?;
        if let Some(next) = twins.next.get().and_then(|next| self.slots.get_mut(next)) {
            next.twins.prev = twins.prev;
            next.chain = chain;
        }
        match twins.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.twins.next = twins.next,
            None => self.leave_chain(hash, chain, twins.next),
        }
        self.packets.remove(&mut self.slots, packet);
        Some(watch)
    }

    /// Takes a slot out of a chain; its next twin, if it has one, goes where it was.
    fn leave_chain(&mut self, hash: u32, place: Neighbours, twin: SlotLink) {
        let instead = |other: SlotLink| if twin.get().is_some() { twin } else { other };
        match place.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.chain.next = instead(place.next),
            None => {
                let number = self.chain(hash);
                *self.head(number) = instead(place.next);
            }
        }
        if let Some(next) = place.next.get().and_then(|next| self.slots.get_mut(next)) {
            next.chain.prev = instead(place.prev);
        }
    }

    /// The first slot of a chain.
    fn first_in(&self, chain: usize) -> SlotLink {
        let first = self.chains.get(chain / CHUNK).and_then(|chunk| chunk.get(chain % CHUNK));
        first.copied().unwrap_or_default()
    }

    /// Where the first slot of a chain is noted.
    fn head(&mut self, chain: usize) -> &mut SlotLink {
        &mut self.chains[chain / CHUNK][chain % CHUNK]
    }

    fn set_width(&mut self, width: usize) {
        self.width = width;
        self.mask = width.next_power_of_two() - 1;
    }

    /// Which chain it is.
    fn chain(&self, hash: u32) -> usize {
        let chain = hash as usize & self.mask;
        if chain < self.width { chain } else { chain & (self.mask >> 1) }
    }

    /// Puts a slot at the front of a chain, where `next` has been so far, as the slot notes already.
    fn link(&mut self, slot: usize, chain: usize, next: SlotLink) {
        let link = SlotLink(slot as u32);
        *self.head(chain) = link;
        if let Some(next) = next.get().and_then(|next| self.slots.get_mut(next)) {
            next.chain.prev = link;
        }
    }

    /// Which twin is behind this one.
    fn twin_behind(&self, twin: usize) -> SlotLink {
        self.slots.get(twin).map_or(SlotLink::NONE, |slot| slot.twins.next)
    }

    /// Puts a slot behind the twin that stands in the chain, before `next`, as the slot notes already.
    fn link_behind(&mut self, twin: usize, slot: usize, next: SlotLink) {
        let link = SlotLink(slot as u32);
        if let Some(first) = self.slots.get_mut(twin) {
            first.twins.next = link;
        }
        if let Some(next) = next.get().and_then(|next| self.slots.get_mut(next)) {
            next.twins.prev = link;
        }
    }

    /// One chain more, which gets what belongs there of the one that had it.
    fn split(&mut self) {
        if self.width == self.chains.len() * CHUNK {
            return;
        }
        let new = self.width;
        self.set_width(new + 1);
        // Without its highest bit: where its watches are so far.
        let mut cursor = core::mem::take(self.head(new & (self.mask >> 1)));
        while let Some(slot) = cursor.get() {
            let Some(hash) = self.slots.get(slot).map(|entry| entry.hash) else { break };
            let chain = self.chain(hash);
            let next = self.first_in(chain);
            let Some(entry) = self.slots.get_mut(slot) else { break };
            cursor = core::mem::replace(&mut entry.chain, Neighbours { prev: SlotLink::NONE, next }).next;
            self.link(slot, chain, next);
        }
    }
}

impl PacketSlot for WatchSlot {
    fn position(&self) -> &PacketPosition {
        &self.packet
    }

    fn position_mut(&mut self) -> &mut PacketPosition {
        &mut self.packet
    }
}

impl WatchSlot {
    fn has(&self, watch: &Arc<Watch<Port>>) -> bool {
        Arc::ptr_eq(&self.watch, watch)
    }

    fn is_for(&self, handle: HandleId, key: u64) -> bool {
        self.watch.handle == handle && self.watch.key == key
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::Event;
    use crate::wait::port::Note;
    use abi::Signals;
    use alloc::collections::BTreeMap;

    const MINE: HandleId = HandleId(7);

    fn watch(key: u64) -> Arc<Watch<Port>> {
        let (event, note) = (Event::new().into(), Note::default());
        Watch::new(&Port::new(), key, event, MINE, Signals::empty(), note).expect("memory")
    }

    fn add(contents: &mut Contents, watch: &Arc<Watch<Port>>) -> usize {
        contents.reserve().expect("memory");
        contents.insert(watch.clone()).expect("room")
    }

    /// Takes the first packet; the key of its watch.
    fn take(contents: &mut Contents) -> Option<u64> {
        let mut packet = None;
        let watch = contents.take(&mut packet)?;
        assert_eq!(packet.map(|packet| packet.key), Some(watch.key));
        Some(watch.key)
    }

    fn find(contents: &Contents, key: u64) -> Option<usize> {
        contents.find(MINE, key, secret::hash(MINE.0, key))
    }

    /// Everybody stands in the chain of his hash or behind a twin there, and knows who is before him. The length of the
    /// longest chain.
    fn longest(contents: &Contents) -> usize {
        let follow = |first: SlotLink, expected: Option<usize>, of: fn(&WatchSlot) -> Neighbours| {
            let (mut before, mut slots) = (expected, Vec::new());
            let mut cursor = first;
            while let Some(slot) = cursor.get() {
                let entry = contents.slots.get(slot).expect("a watch");
                assert_eq!(of(entry).prev.get(), before);
                slots.push(slot);
                (before, cursor) = (Some(slot), of(entry).next);
            }
            slots
        };
        let (mut all, mut longest) = (0, 0);
        for (number, first) in contents.chains.iter().flatten().enumerate() {
            let chain = follow(*first, None, |slot| slot.chain);
            longest = longest.max(chain.len());
            for slot in chain {
                let entry = contents.slots.get(slot).expect("a watch");
                assert_eq!((contents.chain(entry.hash), entry.twins.prev.get()), (number, None));
                all += 1 + follow(entry.twins.next, Some(slot), |slot| slot.twins).len();
            }
        }
        assert_eq!(all, contents.watches());
        longest
    }

    #[test]
    fn chains_become_more_by_one_at_a_time_and_stay_short() {
        let mut contents = Contents::default();
        for key in 0..600 {
            let (slot, number) = (add(&mut contents, &watch(key)), key as usize + 1);
            assert_eq!((contents.watches(), contents.width), (number, number));
            assert_eq!(contents.chains.len(), number.div_ceil(CHUNK));
            assert_eq!(find(&contents, key), Some(slot));
            if number < 20 || number.is_multiple_of(50) {
                assert!(longest(&contents) < 16, "{number}: {}", longest(&contents));
                assert!((0..=key).all(|key| find(&contents, key).is_some()), "{number}");
            }
        }
        for key in (0..600).filter(|key| key % 3 != 0) {
            assert!(contents.cancel(MINE, key).is_some_and(|found| found.key == key));
        }
        longest(&contents);
        assert!((0..600).all(|key| find(&contents, key).is_some() == (key % 3 == 0)));
    }

    #[test]
    fn one_of_several_twins_stands_in_the_chain() {
        let mut contents = Contents::default();
        let all: Vec<_> = (0..40).map(|number| watch(number % 4)).collect();
        let slots: Vec<_> = all.iter().map(|watch| add(&mut contents, watch)).collect();
        longest(&contents);
        // The first, the last, and those between them.
        for number in [0, 36, 20, 4, 1, 37, 17, 39] {
            let removed = contents.remove(slots[number], &all[number]).expect("it is there");
            assert!(Arc::ptr_eq(&removed, &all[number]));
            longest(&contents);
        }
        let counts = [0, 1, 2, 3].map(|key| core::iter::from_fn(|| contents.cancel(MINE, key)).count());
        assert_eq!((counts, contents.watches()), ([6, 7, 10, 9], 0));
    }

    /// Its slot may be another's by then.
    #[test]
    fn who_is_not_in_his_slot_any_more_queues_nothing() {
        let (mut contents, one, other) = (Contents::default(), watch(1), watch(2));
        let slot = add(&mut contents, &one);
        assert!(!contents.queue(slot, &other) && contents.remove(slot, &other).is_none());
        assert!(!contents.queue(slot + 1, &one) && contents.remove(slot + 1, &one).is_none());
        assert_eq!((contents.has_packet(), take(&mut contents)), (false, None));
        assert!(contents.queue(slot, &one) && contents.has_packet());
        assert!(contents.remove(slot, &one).is_some() && contents.remove(slot, &one).is_none());
        assert_eq!((contents.has_packet(), contents.watches()), (false, 0));
        assert_eq!(add(&mut contents, &other), slot);
        assert!(!contents.queue(slot, &one));
    }

    /// An armed one that goes takes none of them with it.
    #[test]
    fn packets_stay_in_order_whoever_goes() {
        let mut contents = Contents::default();
        let all: Vec<_> = (0..6).map(watch).collect();
        let slots: Vec<_> = all.iter().map(|watch| add(&mut contents, watch)).collect();
        for number in [3, 1, 4, 0] {
            assert!(contents.queue(slots[number], &all[number]));
        }
        assert!(contents.remove(slots[2], &all[2]).is_some());
        assert!(contents.remove(slots[4], &all[4]).is_some());
        assert!(contents.queue(slots[5], &all[5]));
        let taken = core::iter::from_fn(|| take(&mut contents));
        assert_eq!(taken.collect::<Vec<_>>(), [3, 1, 0, 5]);
        assert_eq!((contents.watches(), contents.has_packet()), (0, false));
    }

    #[test]
    fn packets_of_user_code_and_of_watches_come_in_the_order_of_both() {
        let (mut contents, user) = (Contents::default(), |key| PortPacket { key, ..Default::default() });
        let all: Vec<_> = (0..3).map(watch).collect();
        let slots: Vec<_> = all.iter().map(|watch| add(&mut contents, watch)).collect();
        assert_eq!(contents.queue_user(user(10)), Ok(()));
        assert!(contents.queue(slots[2], &all[2]) && contents.queue(slots[0], &all[0]));
        assert_eq!([contents.queue_user(user(11)), contents.queue_user(user(12))], [Ok(()); 2]);
        assert!(contents.queue(slots[1], &all[1]));
        let taken = core::iter::from_fn(|| {
            let mut packet = None;
            contents.take(&mut packet);
            packet.map(|packet| packet.key)
        });
        assert_eq!(taken.collect::<Vec<_>>(), [10, 2, 0, 11, 12, 1]);
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        let mut keys = BTreeMap::new();
        let (one, other) = (0..)
            .find_map(|key| Some((keys.insert(secret::hash(MINE.0, key), key)?, key)))
            .expect("there are more keys than hashes");
        let mut contents = Contents::default();
        let slot = add(&mut contents, &watch(one));
        assert_eq!((find(&contents, one), find(&contents, other)), (Some(slot), None));
        assert!(contents.cancel(MINE, other).is_none());
        let beside = add(&mut contents, &watch(other));
        assert_eq!((find(&contents, one), find(&contents, other)), (Some(slot), Some(beside)));
        longest(&contents);
    }

    #[test]
    fn a_watch_is_found_by_its_handle_and_key() {
        let mut contents = Contents::default();
        let slot = add(&mut contents, &watch(3));
        let hash = secret::hash(MINE.0, 3);
        let found = |handle, key| contents.find(HandleId(handle), key, hash);
        assert_eq!([found(7, 3), found(7, 4), found(8, 3), found(8, 4)], [Some(slot), None, None, None]);
    }
}
