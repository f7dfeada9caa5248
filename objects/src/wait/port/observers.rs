//! The observers of a port, from the moment on that they are armed until their packets are taken: by slot for those
//! that fire, by handle and key for those that cancel, and in the order of their packets.
//!
//! All takes constant time, however many there are, and there is never a moment when all have to move: slots lie in
//! chunks, and the chains of those whose handle and key hash alike become more by one at a time (linear hashing, Litwin
//! 1980). Those with the same handle and key are twins: one of them stands in a chain, for all.

use super::observer::Observer;
use super::packets::{Link, Neighbours, Packets, Sender, Standing};
use crate::core::handle::HandleId;
use crate::core::room::Room;
use crate::core::secret;
use crate::core::slab::Slab;
use abi::Status;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many chains lie together.
const CHUNK: usize = 256;

/// A place for an observer.
struct Slot {
    observer: Arc<Observer>,
    hash: u32,
    /// Its neighbours in the chain, if it has no twin before it.
    chain: Neighbours,
    /// The twins before and behind it.
    twins: Neighbours,
    packet: Standing,
}

/// Observers.
#[derive(Default)]
pub(super) struct Observers {
    slots: Slab<Slot>,
    /// The first slot of each chain. There are never fewer.
    chains: Vec<Vec<Link>>,
    /// How many chains are in use.
    width: usize,
    /// The next power of two, less one: what of a hash tells chains apart.
    mask: usize,
    packets: Packets,
}

/// What [`Observers::pop`] finds.
pub(super) enum Popped {
    One(Arc<Observer>),
    NoneYet,
    Nothing,
}

impl Observers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Makes sure that one more can be inserted.
    pub fn reserve(&mut self) -> Result<(), Status> {
        self.slots.reserve(1)?;
        if self.width == self.chains.len() * CHUNK {
            let mut chunk = Vec::new();
            chunk.make_exact_room(CHUNK)?;
            chunk.resize(CHUNK, Link::NONE);
            self.chains.make_room(1)?;
            self.chains.push(chunk);
        }
        Ok(())
    }

    /// Adds an observer, for which there must be room; its slot.
    ///
    /// # Errors
    /// `NO_MEMORY` when there is no room.
    pub fn insert(&mut self, observer: Arc<Observer>) -> Result<usize, Status> {
        if self.width <= self.len() {
            self.split();
        }
        let hash = secret::hash(observer.handle.0, observer.key);
        let number = self.chain(hash);
        let twin = self.find_in(number, observer.handle, observer.key, hash);
        let [mut chain, mut twins] = [Neighbours::default(); 2];
        match twin {
            Some(twin) => twins = Neighbours { prev: Link(twin as u32), next: self.twin_behind(twin) },
            None => chain.next = self.first_in(number),
        }
        let packet = Standing::default();
        let slot = self.slots.insert(Slot { observer, hash, chain, twins, packet })?;
        match twin {
            Some(twin) => self.link_behind(twin, slot, twins.next),
            None => self.link(slot, number, chain.next),
        }
        Ok(slot)
    }

    /// Queues the packet of `observer`, which is armed in this slot; whether it still is.
    pub fn queue(&mut self, slot: usize, observer: &Arc<Observer>, number: u64) -> bool {
        let is_there = self.slots.get(slot).is_some_and(|slot| slot.has(observer));
        if is_there {
            self.packets.push_back(&mut self.slots, slot, number);
        }
        is_there
    }

    /// The number of the first packet.
    pub fn first(&self) -> Option<u64> {
        Some(self.packets.first(&self.slots)?.1)
    }

    /// Whether there is a packet.
    pub fn has_packet(&self) -> bool {
        !self.packets.is_empty()
    }

    /// Takes out the observer with the first packet.
    pub fn take_first(&mut self) -> Option<Arc<Observer>> {
        let (first, _) = self.packets.first(&self.slots)?;
        self.remove(first)
    }

    /// Takes `observer` out of its slot; `None` if it is not there any more.
    pub fn disarm(&mut self, slot: usize, observer: &Arc<Observer>) -> Option<Arc<Observer>> {
        self.slots.get(slot).filter(|slot| slot.has(observer))?;
        self.remove(slot)
    }

    /// Takes out some observer with this handle and key.
    pub fn cancel(&mut self, handle: HandleId, key: u64) -> Option<Arc<Observer>> {
        let first = self.find(handle, key, secret::hash(handle.0, key))?;
        self.remove(first)
    }

    /// The one that stands in a chain for all with this handle and key.
    fn find(&self, handle: HandleId, key: u64, hash: u32) -> Option<usize> {
        self.find_in(self.chain(hash), handle, key, hash)
    }

    /// [`Observers::find`] in the chain of this hash.
    fn find_in(&self, chain: usize, handle: HandleId, key: u64, hash: u32) -> Option<usize> {
        let mut cursor = self.first_in(chain);
        while let Some(slot) = cursor.get() {
            let entry = self.slots.get(slot)?;
            if entry.hash == hash && entry.observer.is_for(handle, key) {
                return Some(slot);
            }
            cursor = entry.chain.next;
        }
        None
    }

    /// Takes out another one, when no more will be inserted: a step.
    pub fn pop(&mut self) -> Popped {
        const LOOKS: usize = 64;
        for _ in 0..LOOKS {
            let Some(last) = self.width.checked_sub(1) else {
                return if self.slots.trim() { Popped::NoneYet } else { Popped::Nothing };
            };
            if let Some(slot) = self.head(last).get() {
                return self.remove(slot).map_or(Popped::NoneYet, Popped::One);
            }
            self.set_width(last);
        }
        Popped::NoneYet
    }

    fn remove(&mut self, slot: usize) -> Option<Arc<Observer>> {
        let Slot { observer, hash, chain, twins, packet } = self.slots.remove(slot)?;
        if let Some(next) = twins.next.get().and_then(|next| self.slots.get_mut(next)) {
            next.twins.prev = twins.prev;
            next.chain = chain;
        }
        match twins.prev.get().and_then(|prev| self.slots.get_mut(prev)) {
            Some(prev) => prev.twins.next = twins.next,
            None => self.leave_chain(hash, chain, twins.next),
        }
        self.packets.remove(&mut self.slots, packet);
        Some(observer)
    }

    /// A slot leaves this place in the chain, for a twin if it has one.
    fn leave_chain(&mut self, hash: u32, place: Neighbours, twin: Link) {
        let instead = |other: Link| if twin.get().is_some() { twin } else { other };
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
    fn first_in(&self, chain: usize) -> Link {
        let first = self.chains.get(chain / CHUNK).and_then(|chunk| chunk.get(chain % CHUNK));
        first.copied().unwrap_or_default()
    }

    /// Where the first slot of a chain is noted.
    fn head(&mut self, chain: usize) -> &mut Link {
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
    fn link(&mut self, slot: usize, chain: usize, next: Link) {
        let link = Link(slot as u32);
        *self.head(chain) = link;
        if let Some(next) = next.get().and_then(|next| self.slots.get_mut(next)) {
            next.chain.prev = link;
        }
    }

    /// Which twin is behind this one.
    fn twin_behind(&self, twin: usize) -> Link {
        self.slots.get(twin).map_or(Link::NONE, |slot| slot.twins.next)
    }

    /// Puts a slot behind the twin that stands in the chain, before `next`, as the slot notes already.
    fn link_behind(&mut self, twin: usize, slot: usize, next: Link) {
        let link = Link(slot as u32);
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
        // Without its highest bit: where its observers are so far.
        let mut cursor = core::mem::take(self.head(new & (self.mask >> 1)));
        while let Some(slot) = cursor.get() {
            let Some(hash) = self.slots.get(slot).map(|entry| entry.hash) else { break };
            let chain = self.chain(hash);
            let next = self.first_in(chain);
            let Some(entry) = self.slots.get_mut(slot) else { break };
            cursor = core::mem::replace(&mut entry.chain, Neighbours { prev: Link::NONE, next }).next;
            self.link(slot, chain, next);
        }
    }
}

impl Sender for Slot {
    fn standing(&self) -> &Standing {
        &self.packet
    }

    fn standing_mut(&mut self) -> &mut Standing {
        &mut self.packet
    }
}

impl Slot {
    fn has(&self, observer: &Arc<Observer>) -> bool {
        Arc::ptr_eq(&self.observer, observer)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::signals::Observation;
    use crate::{Event, Port};
    use abi::Signals;
    use alloc::collections::BTreeMap;

    const MINE: HandleId = HandleId(7);

    fn observer(key: u64) -> Arc<Observer> {
        let observation = Observation::of(Signals::empty(), MINE);
        Observer::new(&Port::new(), Event::new().into(), observation, key, None).expect("memory")
    }

    fn add(observers: &mut Observers, observer: &Arc<Observer>) -> usize {
        observers.reserve().expect("memory");
        observers.insert(observer.clone()).expect("room")
    }

    fn find(observers: &Observers, key: u64) -> Option<usize> {
        observers.find(MINE, key, secret::hash(MINE.0, key))
    }

    /// Everybody stands in the chain of his hash or behind a twin there, and knows who is before him. The length of the
    /// longest chain.
    fn longest(observers: &Observers) -> usize {
        let follow = |first: Link, expected: Option<usize>, of: fn(&Slot) -> Neighbours| {
            let (mut before, mut slots) = (expected, Vec::new());
            let mut cursor = first;
            while let Some(slot) = cursor.get() {
                let entry = observers.slots.get(slot).expect("an observer");
                assert_eq!(of(entry).prev.get(), before);
                slots.push(slot);
                (before, cursor) = (Some(slot), of(entry).next);
            }
            slots
        };
        let (mut all, mut longest) = (0, 0);
        for (number, first) in observers.chains.iter().flatten().enumerate() {
            let chain = follow(*first, None, |slot| slot.chain);
            longest = longest.max(chain.len());
            for slot in chain {
                let entry = observers.slots.get(slot).expect("an observer");
                assert_eq!((observers.chain(entry.hash), entry.twins.prev.get()), (number, None));
                all += 1 + follow(entry.twins.next, Some(slot), |slot| slot.twins).len();
            }
        }
        assert_eq!(all, observers.len());
        longest
    }

    #[test]
    fn chains_become_more_by_one_at_a_time_and_stay_short() {
        let mut observers = Observers::default();
        for key in 0..600 {
            let (slot, number) = (add(&mut observers, &observer(key)), key as usize + 1);
            assert_eq!((observers.len(), observers.width), (number, number));
            assert_eq!(observers.chains.len(), number.div_ceil(CHUNK));
            assert_eq!(find(&observers, key), Some(slot));
            if number < 20 || number.is_multiple_of(50) {
                assert!(longest(&observers) < 16, "{number}: {}", longest(&observers));
                assert!((0..=key).all(|key| find(&observers, key).is_some()), "{number}");
            }
        }
        for key in (0..600).filter(|key| key % 3 != 0) {
            assert!(observers.cancel(MINE, key).is_some_and(|found| found.key == key));
        }
        longest(&observers);
        assert!((0..600).all(|key| find(&observers, key).is_some() == (key % 3 == 0)));
    }

    #[test]
    fn one_of_several_twins_stands_in_the_chain() {
        let mut observers = Observers::default();
        let all: Vec<_> = (0..40).map(|number| observer(number % 4)).collect();
        let slots: Vec<_> = all.iter().map(|observer| add(&mut observers, observer)).collect();
        longest(&observers);
        // The first, the last, and those between them.
        for number in [0, 36, 20, 4, 1, 37, 17, 39] {
            let removed = observers.disarm(slots[number], &all[number]).expect("it is there");
            assert!(Arc::ptr_eq(&removed, &all[number]));
            longest(&observers);
        }
        let counts = [0, 1, 2, 3].map(|key| core::iter::from_fn(|| observers.cancel(MINE, key)).count());
        assert_eq!((counts, observers.len()), ([6, 7, 10, 9], 0));
    }

    /// Its slot may be another's by then.
    #[test]
    fn who_is_not_in_his_slot_any_more_queues_nothing() {
        let (mut observers, one, other) = (Observers::default(), observer(1), observer(2));
        let slot = add(&mut observers, &one);
        assert!(!observers.queue(slot, &other, 1) && observers.disarm(slot, &other).is_none());
        assert!(!observers.queue(slot + 1, &one, 1) && observers.disarm(slot + 1, &one).is_none());
        assert_eq!((observers.first(), observers.has_packet()), (None, false));
        assert!(observers.queue(slot, &one, 9));
        assert_eq!((observers.first(), observers.has_packet()), (Some(9), true));
        assert!(observers.disarm(slot, &one).is_some() && observers.disarm(slot, &one).is_none());
        assert_eq!((observers.first(), observers.len()), (None, 0));
        assert_eq!(add(&mut observers, &other), slot);
        assert!(!observers.queue(slot, &one, 10));
    }

    /// An armed one that goes takes none of them with it.
    #[test]
    fn packets_stay_in_order_whoever_goes() {
        let mut observers = Observers::default();
        let all: Vec<_> = (0..6).map(observer).collect();
        let slots: Vec<_> = all.iter().map(|observer| add(&mut observers, observer)).collect();
        for number in [3, 1, 4, 0] {
            assert!(observers.queue(slots[number], &all[number], 10 + number as u64));
        }
        assert!(observers.disarm(slots[2], &all[2]).is_some());
        assert!(observers.disarm(slots[4], &all[4]).is_some());
        assert!(observers.queue(slots[5], &all[5], 20));
        let taken = core::iter::from_fn(|| Some((observers.first()?, observers.take_first()?.key)));
        assert_eq!(taken.collect::<Vec<_>>(), [(13, 3), (11, 1), (10, 0), (20, 5)]);
        assert_eq!(observers.len(), 0);
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        let mut keys = BTreeMap::new();
        let (one, other) = (0..)
            .find_map(|key| Some((keys.insert(secret::hash(MINE.0, key), key)?, key)))
            .expect("there are more keys than hashes");
        let mut observers = Observers::default();
        let slot = add(&mut observers, &observer(one));
        assert_eq!((find(&observers, one), find(&observers, other)), (Some(slot), None));
        assert!(observers.cancel(MINE, other).is_none());
        let beside = add(&mut observers, &observer(other));
        assert_eq!((find(&observers, one), find(&observers, other)), (Some(slot), Some(beside)));
        longest(&observers);
    }

    #[test]
    fn an_observer_is_for_its_handle_and_key() {
        let observer = observer(3);
        let is_for = |handle, key| observer.is_for(HandleId(handle), key);
        assert_eq!([is_for(7, 3), is_for(7, 4), is_for(8, 3), is_for(8, 4)], [true, false, false, false]);
    }
}
