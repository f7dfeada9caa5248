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
