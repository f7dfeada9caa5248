//! Room in a handle table that is reserved for handles that are to come: so that what brings them, such as a message, is only taken
//! when they can be.

use super::HandleTable;
use crate::core::handles::Handles;
use abi::Status;

impl HandleTable {
    /// Makes room for so many handles that are to come.
    ///
    /// # Errors
    /// `NO_MEMORY`, `NO_RESOURCES` beyond the limit of a job, `BAD_STATE` after [`HandleTable::close`].
    pub fn reserve(&self, handles: usize) -> Result<Reservation<'_>, Status> {
        let mut slots = self.slots.lock();
        slots.reserve(handles)?;
        slots.reserved += handles;
        Ok(Reservation { table: self, handles })
    }
}

/// Room in a table, which nobody else gets.
#[must_use = "room that is dropped is given back"]
pub struct Reservation<'a> {
    table: &'a HandleTable,
    handles: usize,
}

impl Reservation<'_> {
    /// Adds no more handles than there is room for, and leaves an empty list with room for as many; `placed` is told each
    /// value in order.
    ///
    /// # Errors
    /// `BAD_STATE` when the table was [closed](HandleTable::close) meanwhile.
    pub fn fill(mut self, handles: &mut Handles, mut placed: impl FnMut(usize, u32)) -> Result<(), Status> {
        let mut slots = self.table.slots.lock();
        if slots.closed {
            return Err(Status::BAD_STATE);
        }
        slots.reserved -= handles.len();
        self.handles -= handles.len();
        for (index, handle) in handles.drain().enumerate() {
            placed(index, self.table.place(&mut slots, handle));
        }
        Ok(())
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if self.handles != 0 {
            self.table.slots.lock().reserved -= self.handles;
        }
    }
}
