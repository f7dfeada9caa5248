//! Waiters in many lists by a hash of their tag, so that waking one does not walk the crowd.

use crate::list::{List, Lists, Tag};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

/// Lists by the hash of the tag. The number of lists is a power of two that only grows.
pub struct Buckets<T: Tag> {
    lists: Vec<List<T>>,
}

/// Fibonacci hashing (Knuth, TAOCP 3, 6.4): tags are addresses, whose low bits alone are too even.
#[derive(Default)]
struct Fibonacci(u64);

impl Hasher for Fibonacci {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<T: Tag + Hash> Buckets<T> {
    /// Visits the tags of all who wait, and have not been woken.
    pub fn for_each(&mut self, mut visit: impl FnMut(&T)) {
        for list in &self.lists {
            let mut cursor = list.head();
            while let Some(node) = cursor {
                // SAFETY: `&mut self` is only had under the queue's lock; the node is linked, so alive.
                cursor = unsafe {
                    node.as_ref().with(|entry| {
                        if entry.standing.is_queued() {
                            visit(&entry.tag);
                        }
                    });
                    list.after(node)
                };
            }
        }
    }

    /// A single list.
    pub fn new() -> Self {
        Self { lists: alloc::vec![List::new()] }
    }

    /// Makes room for `waiters` at about one a list; they find each other again in the new lists.
    /// Whether there was memory; without, the lists stay as they are, only longer.
    pub fn reserve(&mut self, waiters: usize) -> bool {
        let wanted = waiters.next_power_of_two();
        if wanted <= self.lists.len() {
            return true;
        }
        let mut lists = Vec::new();
        if lists.try_reserve_exact(wanted).is_err() {
            return false;
        }
        lists.resize_with(wanted, List::new);
        let old = core::mem::replace(&mut self.lists, lists);
        for mut list in old {
            while let Some(node) = list.head() {
                // SAFETY: `&mut self` is only had under the queue's lock; the node moves from one list
                // to another.
                unsafe {
                    list.remove(node);
                    let tag = node.as_ref().with(|entry| entry.tag);
                    self.list(&tag).push_back(node);
                }
            }
        }
        true
    }
}

impl<T: Tag + Hash> Default for Buckets<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Tag + Hash> Lists<T> for Buckets<T> {
    type Keeper = ();

    #[inline(always)]
    fn released(&mut self) {}

    #[inline]
    fn list(&mut self, tag: &T) -> &mut List<T> {
        let mut hasher = Fibonacci::default();
        tag.hash(&mut hasher);
        let mask = self.lists.len() - 1;
        &mut self.lists[hasher.finish() as usize & mask]
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::WaitQueue;
    use core::future::Future;
    use core::task::{Context, Waker};
    use std::boxed::Box;

    #[derive(Clone, Copy, PartialEq, Eq, Hash)]
    struct Address(usize);

    impl Tag for Address {
        type Beside = ();
    }

    fn hash(tag: impl Hash) -> u64 {
        let mut hasher = Fibonacci::default();
        tag.hash(&mut hasher);
        hasher.finish()
    }

    /// As many addresses as there are lists, as far from each other as a word, a cache line, a page, a stack: no list is
    /// much longer than it is when they fall by chance, which is 7 or 8.
    #[test]
    fn addresses_are_spread_evenly() {
        const LISTS: usize = 1 << 12;
        for distance in [4, 64, 4096, 1 << 16, 1 << 21, 12_345] {
            let mut lengths = [0; LISTS];
            for index in 0..LISTS {
                lengths[hash(0x7f00_0000_0000 + (index * distance) as u64) as usize % LISTS] += 1;
            }
            assert!(lengths.iter().max() <= Some(&12), "{distance}: {:?}", lengths.iter().max());
            let unused = lengths.iter().filter(|length| **length == 0).count();
            assert!(unused < LISTS / 2, "{distance}: {unused}");
        }
    }

    #[test]
    fn every_byte_and_its_place_count() {
        assert_ne!(hash([1_u8, 2, 3]), hash([1_u8, 2, 4]));
        assert_ne!(hash([1_u8, 2, 3]), hash([2_u8, 1, 3]));
        let step = |hash: u64, value: u64| (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        assert_eq!(hash((0x1234_5678_u64, u64::MAX)), step(step(0, 0x1234_5678), u64::MAX));
    }

    #[test]
    fn all_who_have_not_been_woken_are_visited_and_find_each_other_in_more_lists() {
        let queue = WaitQueue::<Address, (), Buckets<Address>>::with_lists(Buckets::new(), ());
        let mut waits: Vec<_> = (0..40).map(|page| Box::pin(queue.wait(Address(page * 4096)))).collect();
        waits.iter_mut().for_each(|wait| {
            assert!(wait.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending())
        });
        let lists = |wanted| {
            queue.with(|(), waiters| {
                assert!(waiters.lists().reserve(wanted));
                waiters.lists().lists.len()
            })
        };
        assert_eq!([0, 1, 5, 8, 9, 16, 3].map(lists), [1, 1, 8, 8, 16, 16, 16]);
        let visited = || {
            let mut visited = Vec::new();
            queue.with(|(), waiters| waiters.lists().for_each(|tag| visited.push(tag.0 / 4096)));
            visited.sort_unstable();
            visited
        };
        assert_eq!(visited(), (0..40).collect::<Vec<_>>());
        let near = Address(7 * 4096);
        assert_eq!(queue.with(|(), waiters| waiters.wake_near(&near, |tag| *tag == near)), 1);
        assert_eq!(visited(), (0..40).filter(|page| *page != 7).collect::<Vec<_>>());
        assert!(
            !queue.with(|(), waiters| waiters.lists().reserve(1 << 62)),
            "there is no memory for so many"
        );
        assert_eq!(lists(1), 16);
    }
}
