//! Handles that go together, such as those of a message.
//!
//! Each may be the last of an object with much to discard. Closed one by one, each would have a step of that for itself;
//! these have one together, and what remains is left to the kernel task, see [`closing`](crate::core::closing).

use crate::core::closing::Doomed;
use crate::core::handle::Handle;
use crate::object::Object;
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

impl Handles {
    /// Takes the object out of one handle, whose place stays; nothing if that was done with each.
    pub(crate) fn take_one(&mut self) -> Option<Object> {
        self.0.iter_mut().find_map(Handle::take_object)
    }
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

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::closing::TURN;
    use crate::testing::{discard_until, handle, while_late};
    use crate::{Channel, Event, KernelObject, Message};
    use alloc::vec::Vec;

    /// Each is the last one of a channel with more in it than a turn discards. As time is short there is one turn for
    /// all, after which it is asked once how late it is.
    #[test]
    fn handles_that_go_together_are_closed_in_one_step() {
        let event = Event::new();
        let ends = [(); 3].map(|()| {
            let (ours, theirs) = Channel::new();
            let open = handle(&theirs);
            for _ in 0..2 * TURN {
                assert!(ours.write(Message { bytes: [].into(), handles: [handle(&event)].into() }).is_ok());
            }
            (ours, open)
        });
        let (_ours, open): (Vec<_>, Vec<_>) = ends.into_iter().unzip();
        let handles = Handles::from(open);
        assert_eq!(handles.len(), 3);
        assert_eq!(while_late(|| drop(handles)), 1);
        discard_until(|| event.base().handle_count() == 0);
    }

    #[test]
    fn handles_that_are_taken_out_are_not_closed_with_the_others() {
        let event = Event::new();
        let handles: Handles = (0..3).map(|_| handle(&event)).collect();
        let mut rest = handles.into_iter();
        let taken = rest.next();
        drop(rest);
        assert_eq!(event.base().handle_count(), 1);
        drop(taken);
        assert_eq!((event.base().handle_count(), Handles::default().len()), (0, 0));
    }
}
