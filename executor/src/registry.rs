//! Where the tasks spawned on a CPU are listed, wherever they run, until their futures are dropped.

use crate::executor::Platform;
use crate::list::{Links, List, Place};
use crate::sync::OwnersLock;
use crate::task::reference::TaskRef;
use crate::task::{Header, Task};
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many numbers a registry takes at a time.
const NUMBERS: u64 = 1024;

/// The first number that no registry has. Not loom's: a number orders nothing.
static NEXT_NUMBERS: AtomicU64 = AtomicU64::new(1);

/// One list per CPU, so that spawning does not serialise the CPUs.
pub(crate) struct Registry(OwnersLock<Listed>);

/// How many tasks are visited in one go.
const PART: usize = 16;

/// How many of the last ones a walk remembers.
const REMEMBERED: usize = 16;

/// How far a walk over the tasks of a CPU has come that takes its time. It remembers the last tasks that it has seen: nothing
/// comes into the middle of the list, so who stands behind the last one of them that is listed still has not been seen.
#[derive(Default)]
pub struct TaskWalk {
    last: [Option<TaskRef>; REMEMBERED],
    /// How many it has seen.
    seen: usize,
}

impl TaskWalk {
    fn note(&mut self, task: Task) {
        // SAFETY: the task is alive, as it is listed, and one reference more is counted.
        let counted = unsafe {
            task.as_ref().state.acquire();
            TaskRef::from_counted(task)
        };
        self.last[self.seen % REMEMBERED] = Some(counted);
        self.seen += 1;
    }

    /// The tasks that it remembers, the last one first.
    fn latest(&self) -> impl Iterator<Item = Task> {
        let count = self.seen.min(REMEMBERED);
        let places = (self.seen - count..self.seen).rev().map(|place| place % REMEMBERED);
        places.filter_map(|place| self.last[place].as_ref().map(TaskRef::task))
    }
}

struct InRegistry;

impl Place for InRegistry {
    type Item = Header;

    #[inline(always)]
    fn links(task: &Header) -> &Links<Header> {
        &task.registry_links
    }
}

struct Listed {
    tasks: List<InRegistry>,
    /// Numbers for tasks that were given none.
    numbers: Range<u64>,
}

impl Listed {
    const fn new() -> Self {
        Self { tasks: List::new(), numbers: 0..0 }
    }

    fn next_number(&mut self) -> u64 {
        if self.numbers.is_empty() {
            let first = NEXT_NUMBERS.fetch_add(NUMBERS, Relaxed);
            self.numbers = first..first + NUMBERS;
        }
        self.numbers.start += 1;
        self.numbers.start - 1
    }
}

impl Registry {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(OwnersLock::new(Listed::new()))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(OwnersLock::new(Listed::new()))
    }

    /// # Safety
    /// `task` is new, known to nobody else, and lives until it is removed.
    pub(crate) unsafe fn add<P: Platform>(&self, platform: &P, task: Task) {
        let mut listed = self.0.lock(platform);
        // SAFETY: the caller's contract, under the lock.
        unsafe {
            let id = &task.as_ref().id;
            if id.get() == 0 {
                id.set(listed.next_number());
            }
            listed.tasks.push(task);
        }
    }

    /// # Safety
    /// `task` was added and not removed.
    pub(crate) unsafe fn remove<P: Platform>(&self, platform: &P, task: Task) {
        // SAFETY: the caller's contract, under the lock.
        unsafe { self.0.lock(platform).tasks.remove(task) };
    }

    /// Visits some tasks behind those that `walk` has seen, the newest of all first, under the lock; whether there may be
    /// more.
    pub(crate) fn visit_some<P: Platform>(
        &self,
        platform: &P,
        walk: &mut TaskWalk,
        mut visit: impl FnMut(Task),
    ) -> bool {
        let listed = self.0.lock(platform);
        // SAFETY: the walk keeps its tasks alive, and each was in this list, through its only links for lists of this kind.
        let place = walk.latest().find(|task| unsafe { listed.tasks.contains(*task) });
        if place.is_none() && walk.seen != 0 {
            return false;
        }
        // SAFETY: the place is in the list, and so is what is found there.
        let mut next = unsafe { listed.tasks.after(place) };
        for _ in 0..PART {
            let Some(task) = next else { return false };
            visit(task);
            walk.note(task);
            // SAFETY: as above.
            next = unsafe { listed.tasks.after(Some(task)) };
        }
        next.is_some()
    }

    /// Visits the tasks, unless somebody has the lock; whether nobody had.
    pub(crate) fn try_for_each<P: Platform>(&self, visit: impl FnMut(Task)) -> bool {
        self.0.try_lock::<P>().map(|listed| listed.tasks.for_each(visit)).is_some()
    }

    /// Visits the tasks under the lock, which keeps them alive.
    pub(crate) fn for_each<P: Platform>(&self, platform: &P, visit: impl FnMut(Task)) {
        self.0.lock(platform).tasks.for_each(visit);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    #[test]
    fn no_two_tasks_have_one_number() {
        let mut lists = [Listed::new(), Listed::new()];
        let firsts = lists.each_mut().map(Listed::next_number);
        assert_eq!(
            firsts.map(|first| first % NUMBERS),
            [1; 2],
            "each takes its own numbers from the first on"
        );
        assert_eq!(lists.each_mut().map(Listed::next_number), firsts.map(|first| first + 1));
        let numbers = lists.iter_mut().flat_map(|list| (0..3 * NUMBERS).map(|_| list.next_number()));
        let numbers: Vec<u64> = numbers.collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    }
}
