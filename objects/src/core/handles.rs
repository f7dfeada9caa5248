//! Handles that go together, such as those of a message.
//!
//! Closing each may wake many, and may be the end of an object with much to discard. So they are closed in steps: those that
//! the first has no time for are a `Bundle`, which is closed with what else the call has left: see
//! [`closing`](crate::core::closing).

use crate::core::account::Ledger;
use crate::core::closing::{Bundle, Doomed};
use crate::core::handle::Handle;
use crate::core::room::in_box;
use crate::core::table::HandleTable;
use abi::Status;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

/// Some handles. Dropping them is closing them all, soon.
#[derive(Default)]
pub struct Handles(Option<Box<[List; 1]>>);

#[derive(Default)]
struct List {
    handles: Vec<Handle>,
    paid: Option<Paid>,
    /// The next among lists that are left to be closed.
    next: Option<Box<dyn Bundle>>,
}

/// What is charged for handles that are in no table to whoever sent them, until they are in one, or all are closed.
struct Paid {
    ledger: Arc<Ledger>,
    count: u64,
}

impl Drop for Paid {
    fn drop(&mut self) {
        self.ledger.give_back_handles(self.count);
    }
}

impl Handles {
    /// From now on they count for the process with this table, which they were in, until they are in another or closed.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many; the handles are closed.
    pub fn sent_from(mut self, table: &HandleTable) -> Result<Self, Status> {
        self.charge_to(table, 0)?;
        Ok(self)
    }

    /// From now on they count for the process with this table, until they are in another or closed. The places of so many
    /// of them are in it still.
    ///
    /// # Errors
    /// `NO_MEMORY` when a job may not have so many.
    fn charge_to(&mut self, table: &HandleTable, removed: usize) -> Result<(), Status> {
        let Some([list]) = self.0.as_deref_mut() else { return Ok(()) };
        let count = list.handles.len();
        let payer = table.pay_for_sent(count, removed)?;
        list.paid = payer.map(|ledger| Paid { ledger, count: count as u64 });
        Ok(())
    }

    /// None yet, but room for so many.
    ///
    /// # Errors
    /// `NO_MEMORY`
    pub fn with_room(count: usize) -> Result<Self, Status> {
        if count == 0 {
            return Ok(Self(None));
        }
        let mut list = in_box(List::default())?;
        list[0].handles.try_reserve_exact(count).map_err(|_| Status::NO_MEMORY)?;
        Ok(Self(Some(list)))
    }

    /// Adds one, for which there is room.
    pub fn push(&mut self, handle: Handle) {
        if let Some([list]) = self.0.as_deref_mut() {
            debug_assert!(list.handles.len() < list.handles.capacity(), "there is room");
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

    /// Closes them with others; those for which there is no time are left to whoever discards what is doomed.
    pub fn close_into(mut self, doomed: &mut Doomed) {
        if let Some(list) = self.0.take() {
            doomed.push_bundle(list);
        }
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

    /// Takes them out one by one, and keeps the room that they had. They count for nobody any more.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Handle> {
        self.0.as_deref_mut().into_iter().flat_map(|[list]| {
            list.paid = None;
            list.handles.drain(..)
        })
    }
}

impl Bundle for [List; 1] {
    fn discard_one(&mut self, doomed: &mut Doomed) -> bool {
        let [list] = self;
        if let Some(handle) = list.handles.pop() {
            handle.close_into(doomed);
        }
        !list.handles.is_empty()
    }

    fn next(&mut self) -> &mut Option<Box<dyn Bundle>> {
        &mut self[0].next
    }
}

/// Away from the drop of a message, as most have no handles.
#[cold]
#[inline(never)]
fn close_list(list: Box<[List; 1]>) {
    if !list[0].handles.is_empty() {
        let mut doomed = Doomed::default();
        doomed.push_bundle(list);
        doomed.finish();
    }
}

impl Drop for Handles {
    #[inline]
    fn drop(&mut self) {
        if let Some(list) = self.0.take() {
            close_list(list);
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
    type IntoIter = IntoIter;

    /// The handles one by one, which count for nobody any more. Those that are not taken are closed.
    fn into_iter(mut self) -> IntoIter {
        if let Some([list]) = self.0.as_deref_mut() {
            list.paid = None;
            list.handles.reverse();
        }
        IntoIter(self)
    }
}

/// See [`Handles::into_iter`]. The last one comes first.
pub struct IntoIter(Handles);

impl Iterator for IntoIter {
    type Item = Handle;

    fn next(&mut self) -> Option<Handle> {
        self.0.pop()
    }
}

/// Handles of the kernel, for which nobody pays.
impl<T: Into<Vec<Handle>>> From<T> for Handles {
    fn from(handles: T) -> Self {
        let handles = handles.into();
        Self((!handles.is_empty()).then(|| Box::new([List { handles, ..List::default() }])))
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

    /// Each is the last one of a channel with more in it than a turn discards. As time is short there are as many things as
    /// a turn has for all, and then it is asked how late it is, by the turn and behind it.
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
        assert_eq!(while_late(|| drop(handles)), 2);
        discard_until(|| event.base().handle_count() == 0);
    }

    #[test]
    fn lists_that_are_closed_with_others_wait_for_their_turn() {
        let (event, mut doomed) = (Event::new(), Doomed::default());
        for _ in 0..2 {
            (0..3).map(|_| handle(&event)).collect::<Handles>().close_into(&mut doomed);
        }
        assert_eq!(event.base().handle_count(), 6);
        doomed.finish();
        assert_eq!(event.base().handle_count(), 0);
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
        let list = |count| (0..count).map(|_| handle(&event)).collect::<Handles>();
        let send = |count| {
            let handles = list(count).sent_from(&process.handles)?;
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
        assert_eq!(list(5).sent_from(&process.handles).map(|list| list.len()), Ok(5));
        assert_eq!(list(6).sent_from(&process.handles).map(drop), Err(Status::NO_MEMORY));
    }

    /// The table pays for 64 at once.
    #[test]
    fn handles_are_moved_whatever_the_limit_is() {
        let job = Job::root();
        let (process, event) = (sender(&job, 64), Event::new());
        let values: Vec<_> = (0..64).flat_map(|_| process.handles.add(handle(&event))).collect();
        assert_eq!(values.len(), 64);
        assert!(process.handles.add(handle(&event)).is_err());
        let taken: Handles = values[..3].iter().flat_map(|value| process.handles.remove(*value)).collect();
        let sent = taken.sent_from(&process.handles).expect("they are paid for");
        assert!(process.handles.add(handle(&event)).is_err(), "their places are not");
        drop(sent);
        assert!(process.handles.add(handle(&event)).is_ok());
        let (mut leave, removal) = process.handles.take(&values[3..5], |_| Ok(())).expect("they are there");
        assert_eq!(removal.pay_for(&mut leave), Ok(()));
        drop(removal);
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
