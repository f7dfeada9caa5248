//! Wait set: entries that each watch signals of an object, and waiting for those that have something to report.
//!
//! An entry that is woken joins the list of woken entries. It stays there as long as one of its signals is active, or
//! for good once its handle has been closed, and each wait reports it, until it is removed. A wait that finds an entry
//! whose signals have gone takes it out of the list and arms it again. So a wait looks at woken entries only, however
//! many others there are, and at a few in one go.
//!
//! The list is linked through the entries, by their cookies, so that to be woken allocates nothing. An entry wakes one of
//! those who wait for the set; whoever finds something to report wakes the next.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::object::KernelObject;
use crate::wait::{
    Arming, Collected, Collector, Deadline, MAX_OBSERVERS, Popped, Seen, Subject, Watch, Watcher, WithHolder,
    close, until,
};
use abi::{Signals, Status, WaitsetResult};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use waitq::WaitQueue;
use waitq::sync::Mutex;

/// How many entries are looked at in one go.
const STEP: usize = 16;

type Entry = Arc<Watch<Waitset>>;

/// A wait set.
pub struct Waitset {
    base: Base,
    queue: WaitQueue<(), Collected<Entries>>,
}

#[derive(Default)]
pub(crate) struct Entries {
    /// By their cookies.
    entries: BTreeMap<u64, Entry>,
    /// The cookies of the first and the last woken entry.
    woken: Option<(u64, u64)>,
}

/// The neighbours of an entry in the list of woken entries, or `None` if it is not there.
#[derive(Default)]
pub(crate) struct WokenLinks(Option<Neighbours>);

#[derive(Clone, Copy, Default)]
struct Neighbours {
    prev: Option<u64>,
    next: Option<u64>,
}

/// What was found in a few entries.
enum Look {
    Something,
    Nothing,
    Unfinished,
}

impl Waitset {
    /// A wait set without entries.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { base: Base::new(), queue: WaitQueue::new(Collected::default()) })
    }

    /// Adds an entry, which `cookie` names.
    ///
    /// # Errors
    /// `ALREADY_EXISTS` when another has the cookie; `CANCELED` when the last handle of the set was closed
    /// meanwhile; `NO_MEMORY`; `NO_RESOURCES` when there are [`MAX_OBSERVERS`].
    pub fn add(self: &Arc<Self>, cookie: u64, subject: Subject) -> Result<(), Status> {
        let entry = Watch::of(self, cookie, subject, Mutex::default())?;
        // One that is refused goes when the lock is released.
        let _kept = entry.clone();
        self.queue.with(|state, waiters| {
            let state = state.open_or(Status::CANCELED)?;
            if state.entries.contains_key(&cookie) {
                return Err(Status::ALREADY_EXISTS);
            }
            if state.entries.len() >= MAX_OBSERVERS {
                return Err(Status::NO_RESOURCES);
            }
            let armed = entry.arm_again();
            state.entries.insert(cookie, entry);
            if armed.is_err() {
                state.push_woken(cookie);
                waiters.wake_one();
            }
            Ok(())
        })
    }

    /// Removes the entry with this cookie.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn remove(&self, cookie: u64) -> Result<(), Status> {
        let entry = self.queue.with(|state, _| {
            state.remove_woken(cookie);
            state.entries.remove(&cookie)
        });
        entry.ok_or(Status::NOT_FOUND).map(|entry| entry.end())
    }

    /// Waits until there is something to report.
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when the last handle of the set is closed.
    pub async fn wait(&self, deadline: Deadline) -> Result<(), Status> {
        while !self.has_something().await? {
            let ready = |state: &mut Collected<Entries>, _: &mut ()| state.closed || state.woken.is_some();
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return if self.has_something().await? { Ok(()) } else { Err(Status::TIMED_OUT) };
            }
        }
        Ok(())
    }

    /// Whether there is something to report. Then others who wait are to see it, too.
    async fn has_something(&self) -> Result<bool, Status> {
        loop {
            match self.look()? {
                Look::Something => return Ok(true),
                Look::Nothing => return Ok(false),
                Look::Unfinished => executor::yield_now().await,
            }
        }
    }

    /// Looks at a few.
    fn look(&self) -> Result<Look, Status> {
        let mut stale = [const { None }; STEP];
        self.queue.with(|state, waiters| {
            let state = state.open_or(Status::CANCELED)?;
            for place in &mut stale {
                let Some((first, _)) = state.woken else { return Ok(Look::Nothing) };
                let Some(entry) = state.entries.get(&first).cloned() else { return Ok(Look::Nothing) };
                if seen_now(&entry).is_some() {
                    waiters.wake_one();
                    *place = Some(entry);
                    return Ok(Look::Something);
                }
                state.remove_woken(first);
                *place = Some(entry);
            }
            Ok(Look::Unfinished)
        })
    }

    /// Reports, from the entry with the cookie `from` on, or else from the first, of those that have something to: as
    /// many results as there is room for, or as there are, but of a few entries only. How many, and with which entry
    /// to go on, if there are more.
    pub fn report(&self, from: Option<u64>, results: &mut [WaitsetResult]) -> (usize, Option<u64>) {
        // What is let go here is let go without the lock.
        let mut seen_here = [const { None }; STEP];
        self.queue.with(|state, _| {
            let (mut count, mut at) = (0, from.or(state.woken.map(|(first, _)| first)));
            for place in &mut seen_here {
                let Some(cookie) = at else { break };
                let Some(result) = results.get_mut(count) else { break };
                // An entry that has left the list ends the report: its neighbours are not known.
                let Some(entry) = state.entries.get(&cookie).cloned() else { return (count, None) };
                let Some(neighbours) = entry.note.own.lock().0 else { return (count, None) };
                match seen_now(&entry) {
                    None => state.remove_woken(cookie),
                    Some(seen) => {
                        let (status, observed) = match seen {
                            Ok(active) => (Status::OK, active),
                            Err(status) => (status, Signals::empty()),
                        };
                        *result = WaitsetResult { cookie, status, observed };
                        count += 1;
                    }
                }
                at = neighbours.next;
                *place = Some(entry);
            }
            (count, at)
        })
    }
}

/// What an entry that was woken has to report; if it is nothing, it is armed again.
fn seen_now(entry: &Entry) -> Option<Result<Signals, Status>> {
    match entry.state() {
        Ok((active, true)) => Some(Ok(active)),
        Ok((_, false)) => entry.arm_again().err().map(|seen| seen.outcome().map(|()| seen.observed)),
        Err(status) => Some(Err(status)),
    }
}

impl Entries {
    /// Changes the neighbours of an entry that is in the list.
    fn change(&self, cookie: Option<u64>, change: impl FnOnce(&mut Neighbours)) {
        if let Some(entry) = cookie.and_then(|cookie| self.entries.get(&cookie))
            && let Some(neighbours) = &mut entry.note.own.lock().0
        {
            change(neighbours);
        }
    }

    /// Puts an entry at the end of the list of woken entries.
    fn push_woken(&mut self, cookie: u64) {
        let Some(entry) = self.entries.get(&cookie) else { return };
        let prev = self.woken.map(|(_, last)| last);
        let before = entry.note.own.lock().0.replace(Neighbours { prev, next: None });
        debug_assert!(before.is_none(), "who was woken is armed before it is woken again");
        self.change(prev, |neighbours| neighbours.next = Some(cookie));
        self.woken = Some((self.woken.map_or(cookie, |(first, _)| first), cookie));
    }

    /// Takes an entry out of the list of woken entries, if it is there.
    fn remove_woken(&mut self, cookie: u64) {
        let entry = self.entries.get(&cookie);
        let Some(Neighbours { prev, next }) = entry.and_then(|entry| entry.note.own.lock().0.take()) else {
            return;
        };
        self.change(prev, |neighbours| neighbours.next = next);
        self.change(next, |neighbours| neighbours.prev = prev);
        self.woken = self.woken.and_then(|(first, last)| {
            let first = if prev.is_none() { next } else { Some(first) };
            let last = if next.is_none() { prev } else { Some(last) };
            first.zip(last)
        });
    }
}

impl Watcher for Waitset {
    type Note = WithHolder<Mutex<WokenLinks>>;
    const ARMING: Arming = Arming::Again;

    fn woken(&self, entry: &Entry, _: Seen) {
        self.queue.with(|state, waiters| {
            // It may have been removed, and another added with its cookie, meanwhile.
            if state.entries.get(&entry.key).is_some_and(|known| Arc::ptr_eq(known, entry)) {
                state.push_woken(entry.key);
                waiters.wake_one();
            }
        });
    }
}

impl Collector for Waitset {
    type Contents = Entries;

    fn queue(&self) -> &WaitQueue<(), Collected<Entries>> {
        &self.queue
    }

    fn pop(contents: &mut Entries) -> Popped<Self> {
        contents.entries.pop_first().map_or(Popped::Nothing, |(_, entry)| Popped::Watch(entry))
    }
}

impl KernelObject for Waitset {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        close(self, doomed);
    }
}
