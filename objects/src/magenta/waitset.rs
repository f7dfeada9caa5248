//! Wait set: entries that each watch signals of an object, and waiting for those that have something to report.
//!
//! An entry that was woken stands in the list of those to be looked at, and stays there as long as one of its
//! signals is active, or for good once its handle has been closed: a wait reports it again and again, until it
//! is removed. One whose signals have gone is armed again by the wait that finds it so. So a wait looks at
//! entries that something happened to, however many others there are, and at a few in one go.
//!
//! The list is linked through the entries, by their cookies; to be woken allocates nothing. Of those who wait for a
//! set one is woken, who wakes the next if there is something to report.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::base::Base;
use crate::core::closing::{DISARMED, Doomed, Remains};
use crate::core::signals::Observation;
use crate::object::{KernelObject, Object};
use crate::wait::{Deadline, MAX_OBSERVERS, Subject, Watch, Watcher, until};
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
    queue: WaitQueue<(), State>,
}

#[derive(Default)]
struct State {
    /// By their cookies.
    entries: BTreeMap<u64, Entry>,
    /// First and last of those that were woken, and rest since.
    woken: Option<(u64, u64)>,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
}

/// Where an entry stands among those that were woken: the cookies of its neighbours. `None` if it does not.
#[derive(Default)]
pub(crate) struct Standing(Option<Neighbours>);

#[derive(Clone, Copy, Default)]
struct Neighbours {
    prev: Option<u64>,
    next: Option<u64>,
}

/// What a look at a few entries came to.
enum Look {
    Something,
    Nothing,
    Unfinished,
}

impl Waitset {
    /// A wait set without entries.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { base: Base::new(), queue: WaitQueue::new(State::default()) })
    }

    /// Adds an entry, which `cookie` names.
    ///
    /// # Errors
    /// `ALREADY_EXISTS` when another has the cookie; `CANCELED` when the last handle of the set was closed
    /// meanwhile; `NO_MEMORY`; `NO_RESOURCES` when there are [`MAX_OBSERVERS`].
    pub fn add(self: &Arc<Self>, cookie: u64, subject: Subject) -> Result<(), Status> {
        let entry = Watch::new(self, cookie, subject)?;
        // One that is refused goes when the lock is released.
        let _kept = entry.clone();
        self.queue.with(|state, waiters| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            if state.entries.contains_key(&cookie) {
                return Err(Status::ALREADY_EXISTS);
            }
            if state.entries.len() >= MAX_OBSERVERS {
                return Err(Status::NO_RESOURCES);
            }
            let armed = entry.arm();
            state.entries.insert(cookie, entry);
            if armed.is_err() {
                state.stand(cookie);
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
            state.leave(cookie);
            state.entries.remove(&cookie)
        });
        entry.ok_or(Status::NOT_FOUND).map(|entry| entry.disarm())
    }

    /// Waits until there is something to report.
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when the last handle of the set is closed.
    pub async fn wait(&self, deadline: Deadline) -> Result<(), Status> {
        while !self.has_something().await? {
            let ready = |state: &mut State, _: &mut ()| state.closed || state.woken.is_some();
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
            if state.closed {
                return Err(Status::CANCELED);
            }
            for place in &mut stale {
                let Some((first, _)) = state.woken else { return Ok(Look::Nothing) };
                let Some(entry) = state.entries.get(&first).cloned() else { return Ok(Look::Nothing) };
                if seen_now(&entry).is_some() {
                    waiters.wake_one();
                    *place = Some(entry);
                    return Ok(Look::Something);
                }
                state.leave(first);
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
                // One that does not stand there any more ends the report: its neighbours are not known.
                let Some(entry) = state.entries.get(&cookie).cloned() else { return (count, None) };
                let Some(neighbours) = entry.note.lock().0 else { return (count, None) };
                match seen_now(&entry) {
                    None => state.leave(cookie),
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
        Ok((_, false)) => entry.arm().err().map(|seen| seen.outcome().map(|()| seen.observed)),
        Err(status) => Some(Err(status)),
    }
}

impl State {
    /// Changes where an entry stands.
    fn change(&self, cookie: Option<u64>, change: impl FnOnce(&mut Neighbours)) {
        if let Some(entry) = cookie.and_then(|cookie| self.entries.get(&cookie))
            && let Some(neighbours) = &mut entry.note.lock().0
        {
            change(neighbours);
        }
    }

    /// Puts an entry at the end of those that were woken.
    fn stand(&mut self, cookie: u64) {
        let Some(entry) = self.entries.get(&cookie) else { return };
        let prev = self.woken.map(|(_, last)| last);
        let stood = entry.note.lock().0.replace(Neighbours { prev, next: None });
        debug_assert!(stood.is_none(), "who was woken is armed before it is woken again");
        self.change(prev, |neighbours| neighbours.next = Some(cookie));
        self.woken = Some((self.woken.map_or(cookie, |(first, _)| first), cookie));
    }

    /// Takes an entry away from those that were woken, if it is among them.
    fn leave(&mut self, cookie: u64) {
        let entry = self.entries.get(&cookie);
        let Some(Neighbours { prev, next }) = entry.and_then(|entry| entry.note.lock().0.take()) else {
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
    type Note = Mutex<Standing>;

    fn woken(&self, entry: &Entry, _: Observation) {
        self.queue.with(|state, waiters| {
            // It may have been removed, and another added with its cookie, meanwhile.
            if state.entries.get(&entry.key).is_some_and(|known| Arc::ptr_eq(known, entry)) {
                state.stand(entry.key);
                waiters.wake_one();
            }
        });
    }
}

impl KernelObject for Waitset {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are woken, and entries disarmed, soon.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let was_closed = self.queue.with(|state, _| core::mem::replace(&mut state.closed, true));
        if !was_closed {
            doomed.push(self.clone().into());
        }
    }
}

/// The waiters and entries of a closed set.
impl Remains for Waitset {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        let (woken, entry) = self.queue.with(|state, waiters| match waiters.wake_one() {
            true => (true, None),
            false => (false, state.entries.pop_first()),
        });
        if let Some((_, entry)) = &entry {
            entry.disarm();
            doomed.count(DISARMED);
        }
        woken || entry.is_some()
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
