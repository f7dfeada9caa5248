//! Wait set: entries that each watch signals of an object, and waiting for those that have something to report.
//!
//! An entry that was woken stands in the list of those to be looked at, and stays there as long as one of its
//! signals is active, or for good once its handle has been closed: a wait reports it again and again, until it
//! is removed. One whose signals have gone is armed again by the wait that finds it so. So a wait looks at
//! entries that something happened to, however many others there are.
//!
//! Room in the list is made when an entry is added; to be woken allocates nothing.

use crate::base::Base;
use crate::closing::{Doomed, Remains};
use crate::object::{Object, kernel_object};
use crate::signals::Observation;
use crate::wait::{Deadline, until};
use crate::watch::{Subject, Watch, Watcher};
use abi::{Signals, Status, WaitsetResult};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use waitq::WaitQueue;

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
    /// Those that were woken, and rest since.
    woken: VecDeque<Entry>,
    closed: bool,
    /// The next in a stack of objects with something to discard.
    next_doomed: Option<Object>,
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
    /// meanwhile; `NO_MEMORY`.
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
            state.reserve()?;
            if entry.arm().is_err() {
                state.woken.push_back(entry.clone());
                waiters.wake_all();
            }
            state.entries.insert(cookie, entry);
            Ok(())
        })
    }

    /// Removes the entry with this cookie.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn remove(&self, cookie: u64) -> Result<(), Status> {
        let entry = self.queue.with(|state, _| {
            let entry = state.entries.remove(&cookie)?;
            state.woken.retain(|woken| !Arc::ptr_eq(woken, &entry));
            Some(entry)
        });
        entry.ok_or(Status::NOT_FOUND).map(|entry| entry.disarm())
    }

    /// Waits until there is something to report.
    ///
    /// # Errors
    /// `TIMED_OUT`; `CANCELED` when the last handle of the set is closed.
    pub async fn wait(&self, deadline: Deadline) -> Result<(), Status> {
        while !self.look()? {
            let ready = |state: &mut State, _: &mut ()| state.closed || !state.woken.is_empty();
            if until(self.queue.wait_unless((), ready), deadline).await.is_err() {
                return if self.look()? { Ok(()) } else { Err(Status::TIMED_OUT) };
            }
        }
        Ok(())
    }

    /// Whether there is something to report.
    fn look(&self) -> Result<bool, Status> {
        self.queue.with(|state, _| {
            if state.closed {
                return Err(Status::CANCELED);
            }
            while let Some(entry) = state.woken.front() {
                if seen_now(entry).is_some() {
                    return Ok(true);
                }
                state.woken.pop_front();
            }
            Ok(false)
        })
    }

    /// Reports, from the entry with the number `from` on of those that have something to: as many results
    /// as there is room for, or as there are. How many, and with which entry to go on.
    pub fn report(&self, from: usize, results: &mut [WaitsetResult]) -> (usize, usize) {
        self.queue.with(|state, _| {
            let (mut count, mut at) = (0, from);
            while let (Some(entry), Some(result)) = (state.woken.get(at), results.get_mut(count)) {
                let Some(seen) = seen_now(entry) else {
                    state.woken.remove(at);
                    continue;
                };
                let (status, observed) = match seen {
                    Ok(active) => (Status::OK, active),
                    Err(status) => (status, Signals::empty()),
                };
                *result = WaitsetResult { cookie: entry.key, status, observed };
                (count, at) = (count + 1, at + 1);
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
    /// Room for all entries, and one more, in the list of those that were woken.
    fn reserve(&mut self) -> Result<(), Status> {
        let missing = self.entries.len() + 1 - self.woken.len();
        self.woken.try_reserve(missing).map_err(|_| Status::NO_MEMORY)
    }
}

impl Watcher for Waitset {
    type Note = ();

    fn woken(&self, entry: &Entry, _: Observation) {
        self.queue.with(|state, waiters| {
            // It may have been removed, and another added with its cookie, meanwhile.
            if state.entries.get(&entry.key).is_some_and(|known| Arc::ptr_eq(known, entry)) {
                state.woken.push_back(entry.clone());
                waiters.wake_all();
            }
        });
    }
}

kernel_object!(Waitset, OBJ_TYPE_WAITSET, DEFAULT_WAITSET, {
    fn base(&self) -> &Base {
        &self.base
    }

    /// Waiters are told; entries are disarmed, soon.
    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let was_closed = self.queue.with(|state, waiters| {
            waiters.wake_all();
            core::mem::replace(&mut state.closed, true)
        });
        if !was_closed {
            doomed.push(self.clone().into());
        }
    }
});

/// The entries of a closed set.
impl Remains for Waitset {
    fn discard_one(&self, _doomed: &mut Doomed) -> bool {
        let entry = self.queue.with(|state, _| {
            let woken = state.woken.pop_front();
            woken.or_else(|| state.entries.pop_first().map(|(_, entry)| entry))
        });
        if let Some(entry) = &entry {
            entry.disarm();
        }
        entry.is_some()
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        self.queue.with(|state, _| change(&mut state.next_doomed))
    }
}
