//! Who owns which futex, and which thread waits for which: what a process pays for once it names an owner.
//!
//! Until then there is nothing here. From then on a wait, a wake, a move to another futex and the question
//! whether a thread waits for a futex take constant time, however many wait.

use super::Era;
use super::map::Map;
use crate::core::base::Koid;
use abi::Status;

/// With how many threads a process may have done without owners, and begin to name some.
const MOST_LEARNED: usize = 256;

/// For how many threads room is made at a time, at most, beyond those for which there is room.
const AT_ONCE: usize = 4;

/// The owners of the futexes of a process, if it ever named one.
#[derive(Default)]
pub struct Owners {
    known: Option<Known>,
    /// The most threads that may wait at once, as far as announced.
    threads: usize,
    /// The era of those who come now.
    pub(super) era: Era,
}

#[derive(Default)]
struct Known {
    /// The futex that a thread waits for, by thread. A thread whose wait timed out is here until it says
    /// so itself, before its call returns.
    waits: Map<u64>,
    /// The futexes that somebody waits for, by address.
    futexes: Map<Futex>,
}

#[derive(Clone, Copy, Default)]
struct Futex {
    owner: Koid,
    waiters: usize,
}

impl Owners {
    /// Makes room for so many threads, if owners matter, and for a few of them at a time: it may have been refused often.
    /// Without memory, waits try it anew.
    pub(super) fn reserve(&mut self, threads: usize) {
        self.threads = self.threads.max(threads);
        if let Some(known) = &mut self.known {
            let _ = known.reserve(threads.min(known.room() + AT_ONCE));
        }
    }

    /// Begins to know the owners of a process where those threads wait. In one that has had many threads and never
    /// named an owner they stay unknown: to see what all of its threads wait for would take too long.
    ///
    /// # Errors
    /// `NO_MEMORY`, and they stay unknown.
    pub(super) fn learn(
        &mut self,
        each_waiter: impl FnOnce(&mut dyn FnMut(Koid, u64)),
    ) -> Result<(), Status> {
        if self.known.is_some() || self.threads > MOST_LEARNED {
            return Ok(());
        }
        let mut known = Known::default();
        let mut outcome = known.reserve(self.threads);
        each_waiter(&mut |thread, address| outcome = outcome.and_then(|()| known.join(thread, address)));
        outcome.map(|()| self.known = Some(known))
    }

    /// Whether the process has ever named one.
    #[inline]
    pub(super) fn are_known(&self) -> bool {
        self.known.is_some()
    }

    /// A thread begins to wait for a futex, which has that owner from then on, or nobody if 0.
    ///
    /// # Errors
    /// `NO_MEMORY`, unless there is room for all threads.
    #[inline]
    pub(super) fn join(&mut self, thread: Koid, address: u64, owner: Koid) -> Result<(), Status> {
        match &mut self.known {
            None => Ok(()),
            Some(known) => known.join_under(thread, address, owner),
        }
    }

    /// The thread does not wait any more.
    #[inline]
    pub(super) fn leave(&mut self, thread: Koid) {
        if let Some(known) = &mut self.known {
            known.leave(thread);
        }
    }

    /// The thread does not wait any more, if it is one, and the futex that it waited for has this owner.
    #[inline(never)] // reason: few programs name any
    pub(super) fn hand_over(&mut self, address: u64, thread: Koid, owner: Koid) {
        if let Some(known) = &mut self.known {
            known.leave(thread);
            known.set(address, owner);
        }
    }

    /// The thread, if it waits, does so for another futex.
    #[inline]
    pub(super) fn requeue(&mut self, thread: Koid, target: u64) {
        if let Some(known) = &mut self.known
            && known.leave(thread)
        {
            let moved = known.join(thread, target);
            debug_assert_eq!(moved, Ok(()), "the place that was left is free");
        }
    }

    /// The futex has this owner, or nobody if 0; nothing happens if nobody waits for it.
    #[inline]
    pub(super) fn set(&mut self, address: u64, owner: Koid) {
        if let Some(known) = &mut self.known {
            known.set(address, owner);
        }
    }

    /// The owner of a futex; 0 for nobody.
    pub(super) fn get(&self, address: u64) -> Koid {
        let futex = self.known.as_ref().and_then(|known| known.futexes.get(address));
        futex.map_or(0, |futex| futex.owner)
    }

    /// Whether the thread waits for the futex. Only asked when owners are known.
    pub(super) fn waits(&self, thread: Koid, address: u64) -> bool {
        self.known.as_ref().is_some_and(|known| known.waits.get(thread) == Some(&address))
    }
}

impl Known {
    /// For how many there is room.
    fn room(&self) -> usize {
        self.waits.room().min(self.futexes.room())
    }

    fn reserve(&mut self, threads: usize) -> Result<(), Status> {
        self.waits
            .reserve(threads)
            .and_then(|()| self.futexes.reserve(threads))
            .map_err(|_| Status::NO_MEMORY)
    }

    #[inline(never)] // reason: few programs name an owner
    fn join_under(&mut self, thread: Koid, address: u64, owner: Koid) -> Result<(), Status> {
        self.join(thread, address)?;
        self.set(address, owner);
        Ok(())
    }

    fn join(&mut self, thread: Koid, address: u64) -> Result<(), Status> {
        // Each futex has a waiter, so there is room for futexes where there is room for waiters.
        self.reserve(self.waits.len() + 1)?;
        self.waits.insert(thread, address);
        match self.futexes.get_mut(address) {
            Some(futex) => futex.waiters += 1,
            None => self.futexes.insert(address, Futex { owner: 0, waiters: 1 }),
        }
        Ok(())
    }

    /// Whether it waited.
    #[inline(never)] // reason: as above
    fn leave(&mut self, thread: Koid) -> bool {
        let Some(address) = self.waits.remove(thread) else { return false };
        if let Some(futex) = self.futexes.get_mut(address) {
            futex.waiters -= 1;
            if futex.waiters == 0 {
                self.futexes.remove(address);
            }
        }
        true
    }

    fn set(&mut self, address: u64, owner: Koid) {
        if let Some(futex) = self.futexes.get_mut(address) {
            futex.owner = owner;
        }
    }
}
