//! Handles on their way out of a table, for calls that leave the caller what it had when they fail.
//!
//! ```text
//!   Used ──take──▶ Removing ──drop──▶ Free
//!    ▲                 │
//!    └──────back───────┘
//! ```
//! While its handle is being removed, a value names none, and nobody else gets its slot. Waits that were made through it end
//! when it is gone, not before: of a call that fails they notice nothing. There may be many, so they end in steps.

use super::HandleTable;
use crate::core::closing::{Bundle, Doomed};
use crate::core::handle::{Handle, HandleId};
use crate::core::handles::Handles;
use crate::core::room::in_box;
use crate::object::Object;
use abi::Status;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A removal that is not final: the table keeps the slots of handles that were taken out until it is known whether the
/// handles come back. When this is dropped they do not: their values are free, and the waits through them end.
pub struct Removal<'a> {
    table: &'a HandleTable,
    /// What was removed; there until that is known.
    places: Option<Box<[Removed; 1]>>,
}

/// Where handles were, and to what.
#[derive(Default)]
struct Removed {
    places: Vec<(HandleId, Object)>,
    /// The next among those through which waits have to be ended.
    next: Option<Box<dyn Bundle>>,
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
    ) -> Result<(Handles, Removal<'_>), Status> {
        let (mut handles, mut boxed) = (Handles::with_room(values.len())?, in_box(Removed::default())?);
        let places = &mut boxed[0].places;
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
            places.push((self.id(*value), handle.object().clone()));
            handles.push(handle);
        }
        self.note_removal(&mut slots);
        Ok((handles, Removal { table: self, places: Some(boxed) }))
    }
}

impl Removal<'_> {
    /// Has them count for the process, as [`Handles::sent_from`] does.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many.
    pub fn pay_for(&self, handles: &mut Handles) -> Result<(), Status> {
        handles.leave(self.table)
    }

    /// Puts the handles, in the same order, back where they were, or closes them if the table is closed.
    pub fn back(mut self, handles: impl IntoIterator<Item = Handle>) {
        let Some(boxed) = self.places.take() else { return };
        let handles = handles.into_iter();
        let mut slots = self.table.slots.lock();
        if slots.closed {
            return;
        }
        for ((id, object), handle) in boxed[0].places.iter().zip(handles) {
            object.set_owner(self.table.owner);
            slots.put_back(id.value(), handle);
        }
    }
}

impl Drop for Removal<'_> {
    fn drop(&mut self) {
        let Some(places) = self.places.take() else { return };
        {
            let mut slots = self.table.slots.lock();
            // Of a closed table no slot is used again, and these may not be there any more.
            if !slots.closed {
                for (id, _) in &places[0].places {
                    let index = slots.index(id.value());
                    slots.free(index);
                }
            }
        }
        let mut doomed = Doomed::default();
        doomed.push_bundle(places);
        doomed.finish();
    }
}

/// The waits through the handles that were there.
impl Bundle for [Removed; 1] {
    fn discard_one(&mut self, doomed: &mut Doomed) -> bool {
        let [places] = self;
        if let Some((id, object)) = places.places.pop() {
            doomed.count_woken(object.cancel_handle(id));
        }
        !places.places.is_empty()
    }

    fn next(&mut self) -> &mut Option<Box<dyn Bundle>> {
        &mut self[0].next
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::testing::{handle, never, poll, ready};
    use crate::wait::wait_on;
    use crate::{Event, KernelObject};
    use abi::Signals;

    /// Each is a bundle of its own.
    #[test]
    fn waits_through_handles_that_left_two_tables_end() {
        let (event, mut doomed) = (Event::new(), Doomed::default());
        let tables = [1, 2].map(|owner| HandleTable::new(owner, 0x5eed_1234));
        let mut waits = tables.each_ref().map(|table| {
            let value = table.add(handle(&event)).map_err(|(_, status)| status).expect("room");
            let (signals, id) = (&event.base().signals, table.id(value));
            let mut wait = Box::pin(wait_on(signals, Signals::USER_SIGNAL_0, id, || true, never()));
            assert!(poll(wait.as_mut()).is_pending());
            let (_handles, mut removal) = table.take(&[value], |_| Ok(())).expect("it is there");
            doomed.push_bundle(removal.places.take().expect("it is not known yet"));
            wait
        });
        assert!(waits.each_mut().into_iter().all(|wait| poll(wait.as_mut()).is_pending()));
        doomed.finish();
        assert_eq!(waits.map(|wait| ready(wait).0), [Err(Status::CANCELED); 2]);
    }
}
