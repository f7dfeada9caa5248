//! Room in lists that grow as user code likes. It is asked for before it is used, and may be refused, so it comes
//! neither out of what is reserved for allocations that can not fail, nor beyond what a job may have. The machine says
//! how such memory is asked for: that is handed in.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
#[cfg(not(loom))]
use spin::Once;

/// There was no memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoMemory;

impl From<NoMemory> for abi::Status {
    fn from(_: NoMemory) -> Self {
        Self::NO_MEMORY
    }
}

/// Runs a step all of whose allocations may fail.
#[cfg(not(loom))]
static MAY_FAIL: Once<fn(&mut dyn FnMut())> = Once::new();

/// Sets what runs a step all of whose allocations may fail, and leave the reserve alone.
#[cfg(not(loom))]
pub fn set_may_fail(may_fail: fn(&mut dyn FnMut())) {
    MAY_FAIL.call_once(|| may_fail);
}

#[cfg(not(loom))]
fn may_fail(step: &mut dyn FnMut()) {
    match MAY_FAIL.get() {
        Some(may_fail) => may_fail(step),
        None => step(),
    }
}

#[cfg(loom)]
fn may_fail(step: &mut dyn FnMut()) {
    step();
}

/// Puts something into a box: `Box::try_new` is not stable, but a vector of one element can be allocated fallibly and becomes
/// this.
pub(crate) fn in_box<T>(value: T) -> Result<Box<[T; 1]>, NoMemory> {
    let mut one = Vec::new();
    one.try_reserve_exact(1).map_err(|_| NoMemory)?;
    one.push(value);
    one.into_boxed_slice().try_into().map_err(|_| NoMemory)
}

/// A list that can be asked for room.
pub(crate) trait Room {
    /// How many elements fit without an allocation.
    fn left(&self) -> usize;
    /// Allocates for so many more, and no further ones.
    fn allocate_exact(&mut self, more: usize) -> Result<(), NoMemory>;
    /// Allocates for so many more, or for twice as many as there are.
    fn allocate(&mut self, more: usize) -> Result<(), NoMemory>;

    /// Makes sure that so many more fit, and makes the list twice as long if need be.
    #[inline]
    fn make_room(&mut self, more: usize) -> Result<(), NoMemory> {
        if self.left() >= more { Ok(()) } else { grow(|| self.allocate(more)) }
    }

    /// Makes sure that so many more fit.
    #[inline]
    fn make_exact_room(&mut self, more: usize) -> Result<(), NoMemory> {
        if self.left() >= more { Ok(()) } else { grow(|| self.allocate_exact(more)) }
    }
}

#[cold]
fn grow(mut allocate: impl FnMut() -> Result<(), NoMemory>) -> Result<(), NoMemory> {
    let mut outcome = Err(NoMemory);
    may_fail(&mut || outcome = allocate());
    outcome
}

macro_rules! room {
    ($($list:ident)*) => {$(
        impl<T> Room for $list<T> {
            fn left(&self) -> usize {
                self.capacity() - self.len()
            }

            fn allocate_exact(&mut self, more: usize) -> Result<(), NoMemory> {
                self.try_reserve_exact(more).map_err(|_| NoMemory)
            }

            fn allocate(&mut self, more: usize) -> Result<(), NoMemory> {
                self.try_reserve(more).map_err(|_| NoMemory)
            }
        }
    )*};
}

room!(Vec VecDeque);

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::without_memory;

    #[test]
    fn there_is_as_much_room_as_was_asked_for() {
        let mut list = Vec::from([0; 10]);
        list.make_exact_room(3).unwrap();
        assert_eq!(list.left(), 3, "and no more");
        list.extend([1; 3]);
        list.make_room(1).unwrap();
        assert!(list.left() >= 13, "twice as long");
        let (left, start) = (list.left(), list.as_ptr());
        list.make_room(left).unwrap();
        list.make_exact_room(left).unwrap();
        assert_eq!((list.left(), list.as_ptr()), (left, start), "there was room");
        let mut queue = VecDeque::<u64>::new();
        queue.make_exact_room(5).unwrap();
        assert_eq!((queue.left(), queue.make_room(usize::MAX)), (5, Err(NoMemory)));
    }

    #[test]
    fn who_needs_no_room_needs_no_memory() {
        let mut list = Vec::from([0; 10]);
        list.make_exact_room(3).unwrap();
        without_memory(|| {
            assert_eq!((list.make_room(3), list.make_exact_room(3)), (Ok(()), Ok(())));
            assert_eq!((list.make_room(4), list.make_exact_room(4)), (Err(NoMemory), Err(NoMemory)));
        });
        assert_eq!(list.left(), 3);
        list.make_exact_room(4).unwrap();
        assert_eq!(list.left(), 4);
        assert_eq!(abi::Status::from(NoMemory), abi::Status::NO_MEMORY);
    }
}
