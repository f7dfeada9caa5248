//! Handles that go together, such as those of a message.
//!
//! Each may be the last of an object with much to discard. Closed one by one, each would have a step of that for itself;
//! these have one together, and what remains is left to the kernel task, see [`closing`](crate::core::closing).

use crate::core::account::Ledger;
use crate::core::closing::Doomed;
use crate::core::handle::Handle;
use crate::core::table::HandleTable;
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

/// Some handles. Dropping them is closing them all, in one step.
#[derive(Default)]
pub struct Handles(Option<Box<[List; 1]>>);

/// They are in no table, so they count for whoever sent them: how many these are.
struct List {
    handles: Vec<Handle>,
    paid: Option<(Arc<Ledger>, u64)>,
}

impl Drop for List {
    fn drop(&mut self) {
        if let Some((ledger, count)) = &self.paid {
            ledger.give_back_handles(*count);
        }
    }
}

/// Closes handles in one step.
pub fn close_all(handles: impl IntoIterator<Item = Handle>) {
    let mut doomed = Doomed::default();
    handles.into_iter().for_each(|handle| handle.close_into(&mut doomed));
    doomed.finish();
}

impl Handles {
    /// These handles, which were in a table, and count for its process until they are in another or closed.
    ///
    /// # Errors
    /// `NO_MEMORY`, also when a job may not have so many; the handles are closed.
    pub fn sent_from(table: &HandleTable, handles: Vec<Handle>) -> Result<Self, Status> {
        if handles.is_empty() {
            return Ok(Self(None));
        }
        let mut list = Self::list(handles).map_err(|handles| {
            close_all(handles);
            Status::NO_MEMORY
        })?;
        list.charge_to(table, 0)?;
        Ok(list)
    }

    /// From now on they count for the process with this table, until they are in another or closed. The places of so many
    /// of them are in it still.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many.
    fn charge_to(&mut self, table: &HandleTable, leaving: usize) -> Result<(), Status> {
        let Some([list]) = self.0.as_deref_mut() else { return Ok(()) };
        let count = list.handles.len();
        list.paid = table.pay_for_sent(count, leaving)?.map(|ledger| (ledger, count as u64));
        Ok(())
    }

    /// None yet, but room for so many.
    ///
    /// # Errors
    /// `NO_MEMORY`
    pub(super) fn with_room(count: usize) -> Result<Self, Status> {
        let mut handles = Vec::new();
        handles.try_reserve_exact(count).map_err(|_| Status::NO_MEMORY)?;
        if count == 0 { Ok(Self(None)) } else { Self::list(handles).map_err(|_| Status::NO_MEMORY) }
    }

    /// A list of these; without memory for it they come back.
    fn list(handles: Vec<Handle>) -> Result<Self, Vec<Handle>> {
        // `Box::try_new` is not stable; a vector of one element can be allocated fallibly and becomes this.
        let mut one = Vec::new();
        if one.try_reserve_exact(1).is_err() {
            return Err(handles);
        }
        one.push(List { handles, paid: None });
        Ok(Self(one.into_boxed_slice().try_into().ok()))
    }

    /// Adds one, for which there is room.
    pub(super) fn push(&mut self, handle: Handle) {
        if let Some([list]) = self.0.as_deref_mut() {
            list.handles.push(handle);
        }
    }

    /// These handles count for the process with this table, where their places are still.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many.
    pub(super) fn leave(&mut self, table: &HandleTable) -> Result<(), Status> {
        self.charge_to(table, self.len())
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.as_deref().is_none_or(|[list]| list.handles.is_empty())
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.as_deref().map_or(0, |[list]| list.handles.len())
    }

    /// Takes one of them, which is not closed with the others then.
    pub(crate) fn pop(&mut self) -> Option<Handle> {
        self.0.as_deref_mut().and_then(|[list]| list.handles.pop())
    }

    /// Takes them all. They count for nobody any more.
    fn take(&mut self) -> Vec<Handle> {
        self.0.take().map(|mut list| core::mem::take(&mut list[0].handles)).unwrap_or_default()
    }
}

/// Away from the drop of a message, as most have no handles.
#[cold]
#[inline(never)]
fn close_list([mut list]: [List; 1]) {
    close_all(core::mem::take(&mut list.handles));
}

impl Drop for Handles {
    #[inline]
    fn drop(&mut self) {
        if let Some(list) = self.0.take() {
            close_list(*list);
        }
    }
}

impl Deref for Handles {
    type Target = [Handle];

    #[inline]
    fn deref(&self) -> &[Handle] {
        self.0.as_deref().map_or(&[], |[list]| &list.handles)
    }
}

impl IntoIterator for Handles {
    type Item = Handle;
    type IntoIter = alloc::vec::IntoIter<Handle>;

    /// The handles one by one. Those that are not taken are closed one by one.
    fn into_iter(mut self) -> Self::IntoIter {
        self.take().into_iter()
    }
}

/// Handles of the kernel, for which nobody pays.
impl<T: Into<Vec<Handle>>> From<T> for Handles {
    fn from(handles: T) -> Self {
        let handles = handles.into();
        Self((!handles.is_empty()).then(|| Box::new([List { handles, paid: None }])))
    }
}

impl FromIterator<Handle> for Handles {
    fn from_iter<I: IntoIterator<Item = Handle>>(handles: I) -> Self {
        handles.into_iter().collect::<Vec<_>>().into()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::closing::TURN;
    use crate::testing::{discard_until, handle, process, while_late};
    use crate::{Channel, Event, Job, KernelObject, Message, Process};
    use abi::Signals;
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

    /// A process in a job that may have so many handles.
    fn sender(job: &Arc<Job>, limit: u64) -> Arc<Process> {
        let process = process(job).expect("a process");
        job.set_handle_limit(limit);
        process
    }

    #[test]
    fn handles_in_no_table_count_for_who_sent_them() {
        let job = Job::root();
        let (process, event, (ours, theirs)) = (sender(&job, 5), Event::new(), Channel::new());
        let list = |count| (0..count).map(|_| handle(&event)).collect::<Vec<_>>();
        let send = |count| {
            let handles = Handles::sent_from(&process.handles, list(count))?;
            ours.write(Message { bytes: [].into(), handles }).map_err(|(_, status)| status)
        };
        let open = handle(&theirs);
        assert_eq!((send(3), send(2)), (Ok(()), Ok(())));
        assert_eq!((send(1), event.base().handle_count()), (Err(Status::NO_MEMORY), 5), "it is closed");
        assert_eq!(send(0), Ok(()), "nothing costs nothing");
        let read = theirs.read(0, false, |_, _| Ok(true)).expect("a message").handles;
        assert_eq!(send(1), Err(Status::NO_MEMORY), "they are in no table yet");
        let mut some = read.into_iter();
        assert_eq!(send(3), Ok(()), "whoever has them now pays, or nobody");
        assert!(some.next().is_some() && send(1).is_err());
        drop(open);
        discard_until(|| event.base().handle_count() == 2);
        assert_eq!(Handles::sent_from(&process.handles, list(5)).map(|list| list.len()), Ok(5));
        assert_eq!(Handles::sent_from(&process.handles, list(6)).map(drop), Err(Status::NO_MEMORY));
    }

    /// The table pays for 64 at once.
    #[test]
    fn handles_are_moved_whatever_the_limit_is() {
        let job = Job::root();
        let (process, event) = (sender(&job, 64), Event::new());
        let values: Vec<_> = (0..64).flat_map(|_| process.handles.add(handle(&event))).collect();
        assert_eq!(values.len(), 64);
        assert!(process.handles.add(handle(&event)).is_err());
        let taken: Vec<_> = values[..3].iter().flat_map(|value| process.handles.remove(*value)).collect();
        let sent = Handles::sent_from(&process.handles, taken).expect("they are paid for");
        assert!(process.handles.add(handle(&event)).is_err(), "their places are not");
        drop(sent);
        assert!(process.handles.add(handle(&event)).is_ok());
        let (mut leave, leaving) = process.handles.take(&values[3..5], |_| Ok(())).expect("they are there");
        assert_eq!(leaving.pay_for(&mut leave), Ok(()));
        drop(leaving);
        assert_eq!(leave.len(), 2);
        drop(leave);
        process.kill(0);
        discard_until(|| process.base().signals.get().contains(Signals::PROCESS_TERMINATED));
        job.set_handle_limit(64);
        let other = sender(&job, 64);
        let whole = (0..64).map(|_| other.handles.add(handle(&event))).filter(Result::is_ok).count();
        assert_eq!(whole, 64, "all came back");
    }
}
