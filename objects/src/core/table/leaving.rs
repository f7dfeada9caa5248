//! Handles on their way out of a table, for calls that leave the caller what it had when they fail.
//!
//! ```text
//!   Used ──take──▶ Leaving ──drop──▶ Free
//!    ▲                │
//!    └──────back──────┘
//! ```
//! While it leaves, a value names no handle, and nobody else gets its slot. Waits that were made through it end
//! when it is gone, not before: of a call that fails they notice nothing.

use super::HandleTable;
use crate::core::handle::Handle;
use crate::core::handles::Handles;
use crate::object::Object;
use abi::Status;
use alloc::vec::Vec;

/// The places of handles that were taken out, in a table that keeps them until it is known whether the handles
/// come back. Dropped, the handles are gone: their values are free, and the waits through them end.
pub struct Leaving<'a> {
    table: &'a HandleTable,
    places: Vec<(u32, Object)>,
}

impl HandleTable {
    /// Takes these handles out if `check` agrees to each, and their places: all of them, or none.
    ///
    /// # Errors
    /// `BAD_HANDLE`, `INVALID_ARGS` for a handle that is listed twice, `NO_MEMORY`; and those of `check`.
    pub fn take(
        &self,
        values: &[u32],
        check: impl Fn(&Handle) -> Result<(), Status>,
    ) -> Result<(Handles, Leaving<'_>), Status> {
        let (mut handles, mut places) = (Handles::with_room(values.len())?, Vec::new());
        places.try_reserve_exact(values.len()).map_err(|_| Status::NO_MEMORY)?;
        let mut slots = self.slots.lock();
        for (index, value) in values.iter().enumerate() {
            check(slots.find(*value).ok_or(Status::BAD_HANDLE)?)?;
            if values[..index].contains(value) {
                return Err(Status::INVALID_ARGS);
            }
        }
        for value in values {
            let handle = slots.take_to_leave(*value);
            handle.object().set_owner(0);
            places.push((*value, handle.object().clone()));
            handles.push(handle);
        }
        self.note_removal(&mut slots);
        Ok((handles, Leaving { table: self, places }))
    }
}

impl Leaving<'_> {
    /// Has them count for the process, as [`Handles::sent_from`] does.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many.
    pub fn pay_for(&self, handles: &mut Handles) -> Result<(), Status> {
        handles.leave(self.table)
    }

    /// The handles, in the same order, are where they were; closed, if the table is.
    pub fn back(mut self, handles: impl IntoIterator<Item = Handle>) {
        let places = core::mem::take(&mut self.places);
        let mut slots = self.table.slots.lock();
        if slots.closed {
            return;
        }
        for ((value, object), handle) in places.iter().zip(handles) {
            object.set_owner(self.table.owner);
            slots.put_back(*value, handle);
        }
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        {
            let mut slots = self.table.slots.lock();
            // Of a closed table no slot is used again, and these may not be there any more.
            if !slots.closed {
                for (value, _) in &self.places {
                    let index = slots.index(*value);
                    slots.free(index);
                }
            }
        }
        for (value, object) in &self.places {
            object.cancel_handle(self.table.id(*value));
        }
    }
}
