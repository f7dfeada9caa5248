//! Waiters by key: those with the same key in a list of their own, which is found in few steps whatever others wait.
//!
//! A table has a place for each value of the lowest bits of a key's hash, and becomes wider by one place at a time: one
//! after the other is split by the next bit, until all are (linear hashing: Litwin, 1980). A place is a list, whose first waiter has two
//! places more, [below](Below): for the keys of which the next bit of the hash is 0, and for those of which it is 1.
//!
//! ```text
//!   table    ┌───────┬───────┬───────┬───────┐
//!            │       │   ●   │       │   ●   │
//!            └───────┴───│───┴───────┴───│───┘
//!              first of one key ⇄ …    first ⇄ others who came later
//!                    0 ╱ ╲ 1
//!      first of another   first of a third ⇄ …
//! ```
//!
//! This is a digital search tree (Coffman and Eve, 1970; Knuth, TAOCP 3, 6.3). Different keys have different hashes, so the
//! way to a list is never longer than a hash has bits, whatever keys somebody chooses; there is nothing to balance, and
//! no secret to keep. When the first of a list leaves, the places below go to the next one, and if there is none, to the
//! first of a list from below that has nothing below itself.

use crate::list::{List, Lists, Node, Tag};
use crate::locked::{First, Locked};
use alloc::vec::Vec;
use core::ptr::NonNull;

/// A tag with a key, which does not change while its waiter waits, but by [`Waiters::retag`](crate::Waiters::retag).
pub trait Keyed: Tag<Beside = Below<Self>> {
    /// Whom it waits with in one list.
    fn key(&self) -> u64;
}

/// The places below the first of a list, by the next bit of the hash. Others than the first have nothing there.
pub struct Below<T: Tag>([List<T>; 2]);

impl<T: Tag> Default for Below<T> {
    fn default() -> Self {
        Self([List::new(), List::new()])
    }
}

impl<T: Keyed> Below<T> {
    fn is_empty(&self) -> bool {
        self.0.iter().all(List::is_empty)
    }

    /// Takes out a list whose first has nothing below; its first.
    ///
    /// # Safety
    /// The lock is held.
    unsafe fn take_leaf(&mut self) -> Option<NonNull<Node<T>>> {
        let mut place = NonNull::from(self.0.iter_mut().find(|place| !place.is_empty())?);
        loop {
            // SAFETY: what is below a linked node is linked, so alive; each node is touched by itself.
            unsafe {
                let first = place.as_ref().head()?;
                let below = first.as_ref().with(|entry| {
                    entry.beside.0.iter_mut().find(|place| !place.is_empty()).map(NonNull::from)
                });
                let Some(below) = below else { return core::mem::take(place.as_mut()).head() };
                place = below;
            }
        }
    }
}

/// How many places the table gets at a time, at most.
const AT_ONCE: usize = 4;

/// Lists by key. The table only grows.
pub struct Buckets<T: Keyed> {
    table: Vec<List<T>>,
    /// The number of places but for those that have been split since it was this, which is a power of two; less one.
    mask: usize,
    /// How many of the places have been split since: the first ones.
    split: usize,
}

/// Fibonacci hashing (Knuth, TAOCP 3, 6.4): keys are addresses, whose low bits alone are too even. Different keys have
/// different hashes, as the factor is odd.
#[inline(always)]
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

/// The key of a linked node.
///
/// # Safety
/// The lock is held.
#[inline(always)]
unsafe fn key_of<T: Keyed>(node: NonNull<Node<T>>) -> u64 {
    // SAFETY: a linked node is alive, and the lock is held.
    unsafe { node.as_ref().with(|entry| entry.tag.key()) }
}

impl<T: Keyed> Buckets<T> {
    /// Visits the tags of all who wait, and have not been woken.
    pub fn for_each(&mut self, mut visit: impl FnMut(&T)) {
        self.table.iter().for_each(|list| for_each_below(list, &mut visit));
    }

    /// A table with a single place.
    pub fn new() -> Self {
        Self { table: alloc::vec![List::new()], mask: 0, split: 0 }
    }

    /// Makes room for `waiters` at about one a place, some places at a time: to be called whenever there is one more.
    /// Whether there was memory; without, the table stays as it is, and the ways are longer.
    pub fn reserve(&mut self, waiters: usize) -> bool {
        for _ in 0..AT_ONCE {
            if self.table.len() >= waiters {
                break;
            }
            if self.table.len() == self.table.capacity()
                && self.table.try_reserve_exact(self.mask + 1).is_err()
            {
                return false;
            }
            self.split();
        }
        true
    }

    /// Adds a place, for which there is room, and divides what is in the next of the old ones: what was below its first on
    /// either side is apart from now on, and only the first itself moves.
    fn split(&mut self) {
        let old = self.split;
        self.table.push(List::new());
        self.split += 1;
        if let Some(first) = self.table[old].head() {
            // SAFETY: `&mut self` is only had under the queue's lock; the first of a list is linked, so alive.
            let (key, Below([zeros, ones])) =
                unsafe { first.as_ref().with(|entry| (entry.tag.key(), core::mem::take(&mut entry.beside))) };
            (self.table[old], self.table[self.mask + 1 + old]) = (zeros, ones);
            *self.place(key) = List::of(first);
        }
        if self.split > self.mask {
            (self.mask, self.split) = (2 * self.mask + 1, 0);
        }
    }

    /// The place of this key in the table, where those with another one may stand.
    #[inline(always)]
    fn in_table(&mut self, key: u64) -> &mut List<T> {
        let hash = hash(key) as usize;
        let mut index = hash & self.mask;
        if index < self.split {
            index = hash & (2 * self.mask + 1);
        }
        // SAFETY: it is at most the mask, or one place that has been split, or what that has been split into; so many
        // places there are (see `split`).
        unsafe { self.table.get_unchecked_mut(index) }
    }

    /// The place of those with this key.
    #[inline(always)]
    fn place(&mut self, key: u64) -> &mut List<T> {
        let (mask, split) = (self.mask, self.split);
        let place = self.in_table(key);
        let Some(first) = place.head() else { return place };
        // SAFETY: `&mut self` is only had under the queue's lock.
        if unsafe { key_of(first) } == key {
            return place;
        }
        let is_split = (hash(key) as usize & mask) < split;
        let width = mask.trailing_ones() + u32::from(is_split);
        // SAFETY: as before, and it keeps the lock for the place that is given; the first of a list is linked.
        unsafe { place_below(first, key, hash(key) >> width) }
    }
}

/// The place of those with this key in the tree of `first`, who has another; `bits` are those of the hash that tell the
/// way.
///
/// # Safety
/// The lock is held as long as the place is had, and `first` is linked.
#[inline(never)] // reason: there is seldom more than one key in a place of the table
unsafe fn place_below<'a, T: Keyed>(mut first: NonNull<Node<T>>, key: u64, mut bits: u64) -> &'a mut List<T> {
    loop {
        let side = bits as usize & 1;
        bits >>= 1;
        // SAFETY: by this function's contract, and what is below a linked node is linked. The place that is given is in a
        // node whose key is another one, so nobody touches that node as long as those with this key are looked at.
        unsafe {
            let mut place = first.as_ref().with(|entry| NonNull::from(&mut entry.beside.0[side]));
            match place.as_ref().head() {
                Some(next) if key_of(next) != key => first = next,
                _ => return place.as_mut(),
            }
        }
    }
}

/// No deeper than a hash has bits.
fn for_each_below<T: Keyed>(list: &List<T>, visit: &mut impl FnMut(&T)) {
    let Some(first) = list.head() else { return };
    let mut cursor = Some(first);
    while let Some(node) = cursor {
        // SAFETY: a list is only had under its queue's lock; the node is linked, so alive.
        cursor = unsafe {
            node.as_ref().with(|entry| {
                if entry.waker.is_queued() {
                    visit(&entry.tag);
                }
            });
            list.after(node)
        };
    }
    // SAFETY: as above; `visit` has no way to the nodes.
    unsafe { first.as_ref().with(|entry| entry.beside.0.iter().for_each(|list| for_each_below(list, visit))) }
}

impl<T: Keyed, S> Locked<'_, T, S, Buckets<T>> {
    /// As [`Locked::take_first`], if nothing has to be looked for: the first of those with this key stands in the table, and
    /// what is below belongs to the next of them. `mark` may change its tag.
    #[inline]
    pub fn take_at_hand(&mut self, near: &T, mark: impl FnOnce(&mut T)) -> Option<First<T>> {
        let list = self.inner.lists.in_table(near.key());
        let first = list.head()?;
        // SAFETY: the queue is locked; the first of a list, and the next, are linked, so alive. Nobody touches the first
        // once the lock is released.
        unsafe {
            let is_alone = list.after(first).is_none();
            let taken = first.as_ref().with(|entry| {
                let meant = entry.tag.key() == near.key() && entry.waker.is_queued();
                if !meant || is_alone && !entry.beside.is_empty() {
                    return None;
                }
                mark(&mut entry.tag);
                Some(First::of(entry))
            })?;
            list.remove(first);
            if let Some(next) = list.head() {
                let below = first.as_ref().with(|entry| core::mem::take(&mut entry.beside));
                next.as_ref().with(|entry| entry.beside = below);
            }
            Some(taken)
        }
    }
}

impl<T: Keyed> Default for Buckets<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Keyed> Lists<T> for Buckets<T> {
    type Keeper = ();

    #[inline(always)]
    fn released(&mut self) {}

    #[inline(always)]
    fn list(&mut self, tag: &T) -> &mut List<T> {
        self.place(tag.key())
    }

    #[inline(always)]
    unsafe fn remove(list: &mut List<T>, node: NonNull<Node<T>>) {
        let leads = list.head() == Some(node);
        // SAFETY: by this function's contract; a node that is not linked any more is alive still.
        unsafe {
            list.remove(node);
            if leads && !node.as_ref().with(|entry| entry.beside.is_empty()) {
                hand_on(list, node);
            }
        }
    }

    #[inline]
    unsafe fn push_front(list: &mut List<T>, node: NonNull<Node<T>>) {
        // SAFETY: by this function's contract; the first of a list is linked, so alive.
        unsafe {
            let below =
                list.head().map(|first| first.as_ref().with(|entry| core::mem::take(&mut entry.beside)));
            list.push_front(node);
            node.as_ref().with(|entry| entry.beside = below.unwrap_or_default());
        }
    }
}

/// Gives what is below `node`, which was the first of `list`, to whom it belongs now.
///
/// # Safety
/// The lock is held, and the node alive.
#[inline(never)] // reason: there is seldom more than one key in a place of the table
unsafe fn hand_on<T: Keyed>(list: &mut List<T>, node: NonNull<Node<T>>) {
    // SAFETY: by this function's contract; what is linked is alive, and each node is touched by itself.
    unsafe {
        let mut below = node.as_ref().with(|entry| core::mem::take(&mut entry.beside));
        let heir = if list.is_empty() { below.take_leaf() } else { list.head() };
        let Some(heir) = heir else { return };
        heir.as_ref().with(|entry| entry.beside = below);
        *list = List::of(heir);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::WaitQueue;
    use core::future::Future;
    use core::pin::Pin;
    use core::task::{Context, Waker};
    use std::boxed::Box;

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    struct Address(u64);

    impl Tag for Address {
        type Beside = Below<Self>;
    }

    impl Keyed for Address {
        fn key(&self) -> u64 {
            self.0
        }
    }

    type Queue = WaitQueue<Address, (), Buckets<Address>>;

    fn queue() -> Queue {
        Queue::with_lists(Buckets::new(), ())
    }

    fn waits(queue: &Queue, address: u64) -> Pin<Box<impl Future<Output = Address>>> {
        let mut wait = Box::pin(queue.wait(Address(address)));
        assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        wait
    }

    /// How many places are looked at to find a list, at most.
    fn depth<T: Keyed>(list: &List<T>) -> usize {
        let Some(first) = list.head() else { return 0 };
        // SAFETY: nobody else has the queue of these tests.
        1 + unsafe { first.as_ref().with(|entry| entry.beside.0.iter().map(depth).max().unwrap_or(0)) }
    }

    fn deepest(queue: &Queue) -> usize {
        queue.with(|(), waiters| waiters.lists().table.iter().map(depth).max().unwrap_or(0))
    }

    fn widen(queue: &Queue, wanted: usize) -> usize {
        queue.with(|(), waiters| {
            let buckets = waiters.lists();
            for _ in 0..=wanted {
                assert!(buckets.reserve(wanted));
            }
            buckets.table.len()
        })
    }

    /// Those who wait, by key, and in each list from its first to its last.
    fn all(queue: &Queue) -> Vec<u64> {
        let mut all = Vec::new();
        queue.with(|(), waiters| waiters.lists().for_each(|tag| all.push(tag.0)));
        all.sort_unstable();
        all
    }

    /// As many addresses as there are places, as far from each other as a word, a cache line, a page, a stack: no way is
    /// much longer than when they fall by chance.
    #[test]
    fn addresses_are_spread_evenly() {
        const PLACES: usize = 1 << 12;
        for distance in [4, 64, 4096, 1 << 16, 1 << 21, 12_345] {
            let queue = queue();
            assert_eq!(widen(&queue, PLACES), PLACES);
            let address = |index| 0x7f00_0000_0000 + (index * distance) as u64;
            let _waits: Vec<_> = (0..PLACES).map(|index| waits(&queue, address(index))).collect();
            assert!(deepest(&queue) <= 6, "{distance}: {}", deepest(&queue));
            let unused = |(): &mut (), waiters: &mut crate::Waiters<'_, Address, Buckets<Address>>| {
                waiters.lists().table.iter().filter(|place| place.is_empty()).count()
            };
            assert!(queue.with(unused) < PLACES / 2, "{distance}");
        }
    }

    /// Worked out by hand.
    #[test]
    fn a_hash_is_a_product_turned_around() {
        assert_eq!(hash(1), 0x2fe9_4f82_b3c6_ef37);
        assert_eq!((hash(0), hash(1 << 63)), (0, 1 << 28));
    }

    /// The address that has this hash: the factor's inverse undoes it.
    fn with_hash(hash: u64) -> u64 {
        let mut inverse = 1_u64;
        (0..6).for_each(|_| {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(inverse.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        });
        hash.rotate_right(29).wrapping_mul(inverse)
    }

    /// Addresses as somebody would choose them who knows the hash: all in one place of the widest table, and as far down
    /// as they go.
    #[test]
    fn no_way_is_longer_than_a_hash_has_bits() {
        let queue = queue();
        let crowd: Vec<_> = (1..3000).map(|index| waits(&queue, with_hash(index << 50))).collect();
        assert!(deepest(&queue) <= 64, "{}", deepest(&queue));
        let longest: Vec<_> = (0..64).map(|bit| waits(&queue, with_hash(1 << bit))).collect();
        assert!(deepest(&queue) <= 65 && deepest(&queue) > 50, "{}", deepest(&queue));
        assert_eq!(widen(&queue, 1 << 13), 1 << 13);
        assert!(deepest(&queue) <= 65 - 13, "{}", deepest(&queue));
        assert_eq!(all(&queue).len(), crowd.len() + longest.len());
        drop(crowd);
        assert_eq!(all(&queue).len(), longest.len());
        drop(longest);
        assert_eq!(deepest(&queue), 0);
    }

    #[test]
    fn all_who_have_not_been_woken_are_visited_and_find_each_other_in_a_wider_table() {
        let queue = queue();
        let _waits: Vec<_> = (0..40).map(|page| waits(&queue, page % 20 * 4096)).collect();
        assert_eq!([0, 1, 5, 8, 9, 16, 3].map(|wanted| widen(&queue, wanted)), [1, 1, 5, 8, 9, 16, 16]);
        let pages =
            |not: u64| (0..40).map(|page| page / 2 * 4096).filter(|page| *page != not).collect::<Vec<_>>();
        assert_eq!(all(&queue), pages(1));
        let near = Address(7 * 4096);
        assert_eq!(queue.with(|(), waiters| waiters.wake_near(&near, |_| true)), 2);
        assert_eq!(all(&queue), pages(7 * 4096));
        assert_eq!(widen(&queue, 1), 16);
    }

    /// However much wider it should be: that may have been refused often, for want of memory.
    #[test]
    fn a_table_becomes_wider_by_a_few_places_at_a_time() {
        let queue = queue();
        let _waits: Vec<_> = (0..100).map(|index| waits(&queue, with_hash(index << 20))).collect();
        let width = |wanted| {
            queue.with(|(), waiters| {
                assert!(waiters.lists().reserve(wanted));
                waiters.lists().table.len()
            })
        };
        assert_eq!([1000, 1000, 10, 1000, 1 << 62].map(width), [5, 9, 10, 14, 18]);
        assert_eq!(all(&queue).len(), 100);
    }

    fn is_woken(mut wait: Pin<Box<impl Future<Output = Address>>>) {
        assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }

    /// What is done at one address.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Wait,
        Leave(usize),
        WakeFirst,
        Wake(usize),
        Move(u64, usize),
        Widen(usize),
    }

    /// Numbers by chance, as good as these steps need them (Marsaglia's xorshift, 2003).
    fn random(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    fn step(state: &mut u64) -> Step {
        match random(state) % 64 {
            0..30 => Step::Wait,
            30..44 => Step::Leave(random(state) as usize),
            44..54 => Step::WakeFirst,
            54..58 => Step::Wake(random(state) as usize % 20),
            58..63 => Step::Move(random(state) % 9, random(state) as usize % 5),
            _ => Step::Widen(random(state) as usize % 40),
        }
    }

    /// Against lists that are simply lists: who waits at which address, and in which order. Addresses share the first
    /// bits of their hashes, so most have something above or below.
    #[test]
    fn anything_that_is_done_leaves_each_list_as_it_should_be() {
        let mut state = 88_172_645_463_325_252;
        for _ in 0..20 {
            let queue = queue();
            let mut model: [Vec<usize>; 9] = Default::default();
            let mut waiting = std::collections::BTreeMap::new();
            let address = |number: u64| with_hash(number << 5);
            for turn in 0..400 {
                let number = random(&mut state) % 9;
                let (here, list) = (Address(address(number)), number as usize);
                match step(&mut state) {
                    Step::Wait => {
                        waiting.insert(turn, waits(&queue, here.0));
                        model[list].push(turn);
                    }
                    Step::Leave(which) => {
                        if !model[list].is_empty() {
                            let who = model[list].remove(which % model[list].len());
                            drop(waiting.remove(&who));
                        }
                    }
                    Step::WakeFirst => {
                        let at_hand = queue.lock().take_at_hand(&here, |_| ());
                        let first = at_hand.or_else(|| queue.lock().take_first(&here, |_| true));
                        assert_eq!(first.is_some(), !model[list].is_empty());
                        if first.is_some() {
                            is_woken(waiting.remove(&model[list].remove(0)).expect("it waits"));
                        }
                    }
                    Step::Wake(most) => {
                        let woken = queue.with(|(), waiters| waiters.wake_while(&here, most, |_| true));
                        assert_eq!(woken, most.min(model[list].len()));
                        for who in model[list].drain(..woken) {
                            is_woken(waiting.remove(&who).expect("it waits"));
                        }
                    }
                    Step::Move(to, most) => {
                        let there = Address(address(to));
                        let moved = queue.with(|(), waiters| waiters.retag(&here, most, |_| Some(there)));
                        assert_eq!(moved, most.min(model[list].len()));
                        let gone: Vec<_> = model[list].drain(..moved).collect();
                        model[to as usize].extend(gone);
                    }
                    Step::Widen(wanted) => _ = widen(&queue, wanted),
                }
                for (number, list) in model.iter().enumerate() {
                    let here = Address(address(number as u64));
                    let mut tags = Vec::new();
                    queue.with(|(), waiters| waiters.for_each(&here, |tag| tags.push(*tag)));
                    assert_eq!(tags, std::vec![here; list.len()]);
                }
                assert_eq!(all(&queue).len(), waiting.len());
            }
        }
    }
}
