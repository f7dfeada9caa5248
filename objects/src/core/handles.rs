//! Handles that go together, such as those of a message.
//!
//! Each may be the last of an object with much to discard. Closed one by one, each would have a step of that for itself;
//! these have one together, and what remains is left to the kernel task, see [`closing`](crate::core::closing).

use crate::core::closing::Doomed;
use crate::core::handle::Handle;
use alloc::boxed::Box;
use core::ops::Deref;

/// Some handles. Dropping them is closing them all, in one step.
#[derive(Default)]
pub struct Handles(Box<[Handle]>);

/// Closes handles in one step.
pub fn close_all(handles: impl IntoIterator<Item = Handle>) {
    let mut doomed = Doomed::default();
    handles.into_iter().for_each(|handle| handle.close_into(&mut doomed));
    doomed.finish();
}

impl Drop for Handles {
    #[inline]
    fn drop(&mut self) {
        if !self.0.is_empty() {
            close_all(core::mem::take(&mut self.0));
        }
    }
}

impl Deref for Handles {
    type Target = [Handle];

    #[inline]
    fn deref(&self) -> &[Handle] {
        &self.0
    }
}

impl IntoIterator for Handles {
    type Item = Handle;
    type IntoIter = alloc::vec::IntoIter<Handle>;

    /// The handles one by one. Those that are not taken are closed one by one.
    fn into_iter(mut self) -> Self::IntoIter {
        core::mem::take(&mut self.0).into_vec().into_iter()
    }
}

impl<T: Into<Box<[Handle]>>> From<T> for Handles {
    fn from(handles: T) -> Self {
        Self(handles.into())
    }
}

impl FromIterator<Handle> for Handles {
    fn from_iter<I: IntoIterator<Item = Handle>>(handles: I) -> Self {
        Self(handles.into_iter().collect())
    }
}
