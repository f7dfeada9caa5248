//! The handle table of a process: from the numbers that user code has to handles.
//!
//! A value is slot and generation, mixed with a secret of the process, over two set bits:
//!
//! ```text
//!   31                                   2 1 0
//!  ┌──────────────────────────────────────┬───┐
//!  │ (generation:11 | slot:19) ^ secret:30│1 1│
//!  └──────────────────────────────────────┴───┘
//! ```
//!
//! Free slots are reused in the order in which they became free, so that a stale value meets its slot
//! again as late as possible, and then with another generation.
//!
//! Lock order: an object's signals before a table, never the other way round. So nothing is closed and
//! no wait cancelled while a table is locked.

use crate::core::account::Ledger;
use crate::core::base::Koid;
use crate::core::closing::Doomed;
use crate::core::handle::{Handle, HandleId};
use crate::core::handles::Handles;
use crate::object::{KernelObject, Object};
use abi::{Rights, Signals, Status};
use alloc::sync::Arc;
use core::ops::ControlFlow;
use waitq::sync::atomic::{AtomicU64, Ordering};
use waitq::sync::{Locked, Mutex, Patience};

mod removal;
mod reservation;
mod slots;
#[cfg(all(test, not(loom)))]
mod tests;

pub use removal::Removal;
pub use reservation::Reservation;
use slots::{Entry, SEGMENT, Slot, Slots};

/// How many slots are looked at in one go.
const VISITED: u32 = 64;

/// The handles of one process.
pub struct HandleTable {
    owner: Koid,
    slots: Mutex<Slots>,
    /// The removals once more, for those who need no lock: written under it.
    shown: AtomicU64,
}

/// The moment at which a handle was looked up, for [`HandleTable::still_open`]: taken under the lock of the
/// lookup, so that no removal comes between the two. The default is the first moment of every table.
#[derive(Clone, Copy, Default, Debug)]
pub struct Mark(u64);

/// An object and the rights of the handle that it was found through, both of one lookup. Whoever looked the rights
/// up by themselves could get those of another handle, which has taken the value meanwhile.
#[derive(Clone, Debug)]
pub struct Held<T> {
    /// The object.
    pub object: T,
    /// The rights of the handle.
    pub rights: Rights,
}

impl HandleTable {
    /// An empty table for the process with this id.
    pub fn new(owner: Koid, secret: u32) -> Self {
        Self { owner, slots: Mutex::new(Slots::new(secret)), shown: AtomicU64::new(0) }
    }

    /// As [`HandleTable::new`]; its handles are charged to this ledger, which is that of a job.
    pub(crate) fn paid(owner: Koid, secret: u32, payer: Arc<Ledger>) -> Self {
        let table = Self::new(owner, secret);
        table.slots.lock().payer = Some(payer);
        table
    }

    /// What identifies a handle of this table for those who wait through it.
    pub fn id(&self, value: u32) -> HandleId {
        HandleId(self.owner << 32 | u64::from(value))
    }

    /// Adds a handle; its value.
    ///
    /// # Errors
    /// `NO_MEMORY`, `NO_RESOURCES` beyond the limit of a job, `BAD_STATE` after [`HandleTable::close`]; the handle comes
    /// back.
    pub fn add(&self, handle: Handle) -> Result<u32, (Handle, Status)> {
        let mut slots = self.slots.lock();
        match slots.reserve(1) {
            Ok(()) => Ok(self.place(&mut slots, handle)),
            Err(status) => Err((handle, status)),
        }
    }

    fn place(&self, slots: &mut Slots, handle: Handle) -> u32 {
        handle.object().set_owner(self.owner);
        slots.insert(handle)
    }

    /// The object behind a value, if it is of this kind and the handle has these rights.
    ///
    /// # Errors
    /// `BAD_HANDLE`, `WRONG_TYPE`, `ACCESS_DENIED`.
    #[inline]
    pub fn get<T: KernelObject>(&self, value: u32, rights: Rights) -> Result<Arc<T>, Status> {
        self.find_object(&self.slots.lock(), value, rights).cloned()
    }

    /// As [`HandleTable::get`], with the rights that the handle has.
    ///
    /// # Errors
    /// Those of [`HandleTable::get`].
    #[inline]
    pub fn get_held<T: KernelObject>(&self, value: u32, needed: Rights) -> Result<Held<Arc<T>>, Status> {
        let slots = self.slots.lock();
        let handle = self.find_kind::<T>(&slots, value, needed)?;
        Ok(Held { object: handle.1.clone(), rights: handle.0 })
    }

    /// As [`HandleTable::get`], for a call that waits through the handle.
    ///
    /// # Errors
    /// Those of [`HandleTable::get`].
    #[inline]
    pub fn get_to_wait<T: KernelObject>(&self, value: u32, rights: Rights) -> Result<(Arc<T>, Mark), Status> {
        let slots = self.slots.lock();
        Ok((self.find_object::<T>(&slots, value, rights)?.clone(), Mark(slots.removals)))
    }

    #[inline]
    fn find_object<'a, T: KernelObject>(
        &self,
        slots: &'a Slots,
        value: u32,
        rights: Rights,
    ) -> Result<&'a Arc<T>, Status> {
        self.find_kind(slots, value, rights).map(|(_, object)| object)
    }

    /// The rights that a handle has, and its object.
    #[inline]
    fn find_kind<'a, T: KernelObject>(
        &self,
        slots: &'a Slots,
        value: u32,
        needed: Rights,
    ) -> Result<(Rights, &'a Arc<T>), Status> {
        let handle = slots.find(value).ok_or(Status::BAD_HANDLE)?;
        let object = T::from_object(handle.object()).ok_or(Status::WRONG_TYPE)?;
        if handle.rights().contains(needed) {
            Ok((handle.rights(), object))
        } else {
            Err(Status::ACCESS_DENIED)
        }
    }

    /// The object behind a value, of whatever kind, if the handle has these rights.
    ///
    /// # Errors
    /// `BAD_HANDLE`, `ACCESS_DENIED`.
    #[inline(always)]
    pub fn get_any(&self, value: u32, rights: Rights) -> Result<Object, Status> {
        self.get_any_held(value, rights).map(|held| held.object)
    }

    /// As [`HandleTable::get_any`], with the rights that the handle has.
    ///
    /// # Errors
    /// Those of [`HandleTable::get_any`].
    #[inline(always)] // reason: it is a part of most calls, and more than half of it is passing the result
    pub fn get_any_held(&self, value: u32, needed: Rights) -> Result<Held<Object>, Status> {
        let slots = self.slots.lock();
        let handle = self.find_any(&slots, value, needed)?;
        Ok(Held { object: handle.object().clone(), rights: handle.rights() })
    }

    /// As [`HandleTable::get_any`], for a call that waits through the handle. What rights are needed may be a
    /// matter of the object.
    ///
    /// # Errors
    /// Those of [`HandleTable::get_any`].
    #[inline(always)] // reason: as for `get_any_held`
    pub fn get_any_to_wait(
        &self,
        value: u32,
        needed: impl FnOnce(&Object) -> Rights,
    ) -> Result<(Object, Mark), Status> {
        let slots = self.slots.lock();
        let handle = slots.find(value).ok_or(Status::BAD_HANDLE)?;
        if !handle.rights().contains(needed(handle.object())) {
            return Err(Status::ACCESS_DENIED);
        }
        Ok((handle.object().clone(), Mark(slots.removals)))
    }

    /// As [`HandleTable::get_any_to_wait`], unless one of `signals` is active: then those that are, and
    /// nobody has to count a reference to the object.
    ///
    /// # Errors
    /// Those of [`HandleTable::get_any`].
    #[inline(always)] // reason: as for `get_any_held`
    pub fn get_any_unless(
        &self,
        value: u32,
        rights: Rights,
        signals: Signals,
    ) -> Result<ControlFlow<Signals, (Object, Mark)>, Status> {
        let slots = self.slots.lock();
        let object = self.find_any(&slots, value, rights)?.object();
        let active = object.base().signals.get();
        Ok(match active.intersects(signals) {
            true => ControlFlow::Break(active),
            false => ControlFlow::Continue((object.clone(), Mark(slots.removals))),
        })
    }

    #[inline(always)]
    fn find_any<'a>(&self, slots: &'a Slots, value: u32, rights: Rights) -> Result<&'a Handle, Status> {
        let handle = slots.find(value).ok_or(Status::BAD_HANDLE)?;
        if handle.rights().contains(rights) { Ok(handle) } else { Err(Status::ACCESS_DENIED) }
    }

    /// Visits the objects of the handles from slot `from` on, a part of them. The slot to go on from; nothing if that was the
    /// last part.
    ///
    /// # Errors
    /// Somebody has the table locked.
    pub fn visit_objects(
        &self,
        from: u32,
        patience: Patience,
        mut visit: impl FnMut(&Object),
    ) -> Result<Option<u32>, Locked> {
        let slots = patience.lock(&self.slots)?;
        let end = from + VISITED;
        for slot in (from..end).filter_map(|index| slots.get(index)) {
            if let Entry::Used(handle) = &slot.entry {
                visit(handle.object());
            }
        }
        Ok(((end as usize) < slots.len()).then_some(end))
    }

    /// Whether the value names a handle.
    pub fn contains(&self, value: u32) -> bool {
        self.slots.lock().find(value).is_some()
    }

    /// Whether a handle that was looked up at `mark` is open still. To be asked under the lock under
    /// which closing the handle ends the waits through it: a removal that this does not see has yet to
    /// take that lock, and finds whoever asks. Cheap as long as nothing is removed meanwhile.
    #[inline]
    pub fn still_open(&self, value: u32, mark: Mark) -> bool {
        self.shown.load(Ordering::Relaxed) == mark.0 || self.contains(value)
    }

    /// Notes that a handle is taken out.
    fn note_removal(&self, slots: &mut Slots) {
        slots.removals += 1;
        self.shown.store(slots.removals, Ordering::Relaxed);
    }

    /// Takes a handle out; waits that were made through it end.
    pub fn remove(&self, value: u32) -> Result<Handle, Status> {
        self.remove_if(value, |_| Ok(()))
    }

    /// Takes a handle out if `check` agrees; waits that were made through it end.
    pub fn remove_if(
        &self,
        value: u32,
        check: impl FnOnce(&Handle) -> Result<(), Status>,
    ) -> Result<Handle, Status> {
        let handle = {
            let mut slots = self.slots.lock();
            check(slots.find(value).ok_or(Status::BAD_HANDLE)?)?;
            self.note_removal(&mut slots);
            slots.take(value)
        };
        self.leave(value, &handle);
        Ok(handle)
    }

    /// Takes out those of these handles that are there, into a list with room for all.
    pub fn remove_into(&self, values: &[u32], handles: &mut Handles) {
        values.iter().flat_map(|value| self.remove(*value)).for_each(|handle| handles.push(handle));
    }

    /// A second handle to the same object. `SAME_RIGHTS` or a subset of its rights.
    ///
    /// # Errors
    /// `BAD_HANDLE`, `ACCESS_DENIED` without `DUPLICATE`, `INVALID_ARGS` for rights it does not have,
    /// `NO_MEMORY`, `NO_RESOURCES` beyond the limit of a job.
    pub fn duplicate(&self, value: u32, rights: Rights) -> Result<u32, Status> {
        let mut slots = self.slots.lock();
        let handle = slots.find(value).ok_or(Status::BAD_HANDLE)?;
        if !handle.rights().contains(Rights::DUPLICATE) {
            return Err(Status::ACCESS_DENIED);
        }
        let rights = reduced(handle.rights(), rights)?;
        let object = handle.object().clone();
        slots.reserve(1)?;
        let copy = Handle::new(object, rights)?;
        Ok(slots.insert(copy))
    }

    /// A second handle to the same object, in no table, with the rights that `check` makes of the first. It
    /// comes before the first can be closed: an object that was told of its last handle never gets another.
    ///
    /// # Errors
    /// `BAD_HANDLE`, those of `check`, `NO_MEMORY`.
    pub fn copy(
        &self,
        value: u32,
        check: impl FnOnce(&Handle) -> Result<Rights, Status>,
    ) -> Result<Handle, Status> {
        let slots = self.slots.lock();
        let handle = slots.find(value).ok_or(Status::BAD_HANDLE)?;
        Handle::new(handle.object().clone(), check(handle)?)
    }

    /// Exchanges a handle for one with `SAME_RIGHTS` or a subset of its rights; see [`HandleTable::replace_with`].
    ///
    /// # Errors
    /// `BAD_HANDLE`, `INVALID_ARGS` for rights it does not have.
    pub fn replace(&self, value: u32, rights: Rights) -> Result<u32, Status> {
        self.replace_with(value, |handle| reduced(handle.rights(), rights))
    }

    /// Exchanges a handle for one with the rights that `check` makes of it, which takes no memory: the spare
    /// slots are there for it, so that its own slot waits as long as that of a handle that is closed. The old value
    /// is invalid afterwards, whatever the outcome, unless it was `BAD_HANDLE`.
    ///
    /// # Errors
    /// `BAD_HANDLE`, and those of `check`.
    pub fn replace_with(
        &self,
        value: u32,
        check: impl FnOnce(&Handle) -> Result<Rights, Status>,
    ) -> Result<u32, Status> {
        let mut slots = self.slots.lock();
        let rights = check(slots.find(value).ok_or(Status::BAD_HANDLE)?);
        self.note_removal(&mut slots);
        let mut handle = slots.take(value);
        let object = handle.object().clone();
        let replaced = match rights {
            Ok(rights) if !slots.closed => {
                handle.set_rights(rights);
                Ok(slots.insert(handle))
            }
            _ => Err((handle, rights.err().unwrap_or(Status::BAD_STATE))),
        };
        drop(slots);
        match replaced {
            Ok(new) => {
                object.cancel_handle(self.id(value));
                Ok(new)
            }
            Err((handle, status)) => {
                self.leave(value, &handle);
                Err(status)
            }
        }
    }

    /// Has handles charged that are sent: see [`Slots::pay_for_sent`].
    pub(super) fn pay_for_sent(&self, handles: usize, removed: usize) -> Result<Option<Arc<Ledger>>, Status> {
        self.slots.lock().pay_for_sent(handles, removed)
    }

    /// How many handles there are.
    pub fn len(&self) -> usize {
        let slots = self.slots.lock();
        slots.len() - slots.free_count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Visits a part of the handles, each with its value: those below a position, from there down. Where to go on, which
    /// is not 0; nothing when that was the last part. The first position is `usize::MAX`. So the newest handles come first,
    /// as long as no slot has been used again. A handle that is there all the time between the first part and the last
    /// is visited once, one that comes or goes meanwhile once or not at all.
    pub fn visit_part(&self, below: usize, mut visit: impl FnMut(u32, &Handle)) -> Option<usize> {
        let slots = self.slots.lock();
        let end = slots.len().min(below);
        let start = end.saturating_sub(SEGMENT);
        for index in (start as u32..end as u32).rev() {
            if let Some(Slot { value, entry: Entry::Used(handle), .. }) = slots.get(index) {
                visit(*value, handle);
            }
        }
        (start != 0).then_some(start)
    }

    /// Closes all handles, one after the other, and takes no more.
    pub fn close(&self) {
        let mut doomed = Doomed::default();
        while self.close_one(&mut doomed) {}
        doomed.finish();
    }

    /// Clears one slot and closes the handle that was in it; `false` when there is none any more. From the
    /// first time on no handle comes in.
    pub(crate) fn close_one(&self, doomed: &mut Doomed) -> bool {
        let (value, handle) = {
            let mut slots = self.slots.lock();
            slots.closed = true;
            let Some((value, entry)) = slots.pop() else {
                slots.stop_paying();
                return false;
            };
            let Entry::Used(handle) = entry else {
                slots.free_count -= usize::from(matches!(entry, Entry::Free { .. }));
                return true;
            };
            self.note_removal(&mut slots);
            (value, handle)
        };
        doomed.count_woken(self.leave(value, &handle));
        handle.close_into(doomed);
        true
    }

    /// What has to happen to a handle that is no longer in the table, after the lock is released. How many are woken by
    /// that, at most.
    fn leave(&self, value: u32, handle: &Handle) -> usize {
        handle.object().set_owner(0);
        handle.object().cancel_handle(self.id(value))
    }
}

/// The rights that `wanted` makes of `held`.
fn reduced(held: Rights, wanted: Rights) -> Result<Rights, Status> {
    if wanted == Rights::SAME_RIGHTS {
        return Ok(held);
    }
    if held.contains(wanted) { Ok(wanted) } else { Err(Status::INVALID_ARGS) }
}
