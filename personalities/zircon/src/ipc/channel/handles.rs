//! The handles of a message that is sent: how they leave the caller.

use super::MAX_HANDLES;
use abi::{HandleDisposition, RawHandle, Rights, Status};
use hafnon_kernel::mm::user::{InSlice, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps::{is_late, next_step};
use objects::{Channel, Doomed, Handle, Handles, Kind, Object};

/// How many handles are taken at the trap: the waits through each end, and each may have many.
const FEW: usize = 2;

/// How many handles are taken between yields, at most.
const STEP: usize = MAX_HANDLES;

/// Handles that were taken, and the first reason why they can not be sent, if there is one.
struct Taken {
    handles: Handles,
    outcome: Result<(), Status>,
    /// What is closed instead.
    doomed: Doomed,
}

impl Taken {
    /// For a list of so many.
    fn of(count: usize) -> Self {
        let list = match count {
            ..=MAX_HANDLES => Handles::with_room(count),
            _ => Err(Status::OUT_OF_RANGE),
        };
        let (handles, outcome) = match list {
            Ok(handles) => (handles, Ok(())),
            Err(status) => (Handles::default(), Err(status)),
        };
        Self { handles, outcome, doomed: Doomed::default() }
    }

    /// Keeps a handle that is fit to be sent, or closes it if it is not or the list can not be sent anyway.
    fn add(&mut self, handle: Option<Handle>, fit: Result<(), Status>) {
        self.outcome = self.outcome.and(fit);
        match handle {
            Some(handle) if self.outcome.is_ok() => self.handles.push(handle),
            Some(handle) => handle.close_into(&mut self.doomed),
            None => {}
        }
    }

    fn finish(mut self, caller: &Caller) -> Result<Handles, Status> {
        self.outcome?;
        core::mem::take(&mut self.handles).sent_from(&caller.handles)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut doomed = core::mem::take(&mut self.doomed);
        core::mem::take(&mut self.handles).close_into(&mut doomed);
        doomed.finish();
    }
}

/// The handles of a message to be sent, as the caller lists them.
#[derive(Clone, Copy)]
pub enum HandlesFrom {
    /// Values: all of them leave the caller's table.
    Values(InSlice<RawHandle>),
    /// They are taken or duplicated, each as its entry says, and entries that fail get their errors here; else nothing is
    /// written there.
    Dispositions(InSlice<HandleDisposition>, OutSlice<HandleDisposition>),
}

impl HandlesFrom {
    /// How many are listed.
    #[inline(always)]
    pub fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Dispositions(listed, _) => listed.len(),
        }
    }

    /// Whether these are more than are taken at the trap.
    #[inline(always)]
    pub fn are_many(&self) -> bool {
        self.len() > FEW
    }

    /// Takes them all. If one is not fit to be sent through this channel, all that were taken are closed.
    #[inline(always)]
    pub fn take(self, caller: &Caller, channel: Option<&Channel>) -> Result<Handles, Status> {
        if self.len() == 0 { Ok(Handles::default()) } else { self.take_listed(caller, channel) }
    }

    #[inline(never)] // reason: most messages have none
    fn take_listed(self, caller: &Caller, channel: Option<&Channel>) -> Result<Handles, Status> {
        let mut taken = Taken::of(self.len());
        self.take_part(caller, channel, 0, &mut taken)?;
        taken.finish(caller)
    }

    /// [`HandlesFrom::take`] in steps; of a list that is longer than there can be handles, as many as there can be.
    pub async fn take_long(self, caller: &Caller, channel: Option<&Channel>) -> Result<Handles, Status> {
        let mut taken = Taken::of(self.len());
        let (count, mut start) = (self.len().min(objects::MAX_HANDLES), 0);
        while start < count {
            if start != 0 {
                next_step().await;
            }
            start += self.take_part(caller, channel, start, &mut taken)?;
        }
        taken.finish(caller)
    }

    /// Takes a part of the list, from `start` on, and tells how many that were: a few, or more if that has not taken long.
    #[inline]
    fn take_part(
        self,
        caller: &Caller,
        channel: Option<&Channel>,
        start: usize,
        taken: &mut Taken,
    ) -> Result<usize, Status> {
        match self {
            Self::Values(values) => take_values(caller, channel, values.part(start, STEP), taken),
            Self::Dispositions(listed, results) => {
                take_disposed(caller, channel, listed.part(start, STEP), results.part(start, STEP), taken)
            }
        }
    }
}

/// See [`HandlesFrom::take_part`]. Its array must not be part of a future.
#[inline(never)]
fn take_values(
    caller: &Caller,
    channel: Option<&Channel>,
    values: InSlice<RawHandle>,
    taken: &mut Taken,
) -> Result<usize, Status> {
    let mut chunk = [0; STEP];
    let chunk = chunk.get_mut(..values.len()).ok_or(Status::INTERNAL)?;
    values.read_into(chunk)?;
    for (index, value) in chunk.iter().enumerate() {
        if index >= FEW && is_late() {
            return Ok(index);
        }
        match caller.handles.remove(*value) {
            Ok(handle) => {
                let fit = check_sendable(handle.object(), handle.rights(), channel);
                taken.add(Some(handle), fit);
            }
            Err(status) => taken.add(None, Err(status)),
        }
    }
    Ok(chunk.len())
}

/// Whether a handle may be sent, through this channel.
pub fn check_sendable(object: &Object, rights: Rights, channel: Option<&Channel>) -> Result<(), Status> {
    if !rights.contains(Rights::TRANSFER) {
        return Err(Status::ACCESS_DENIED);
    }
    match (Channel::from_object(object), channel) {
        (Some(sent), Some(channel)) if core::ptr::eq(&**sent, channel) => Err(Status::NOT_SUPPORTED),
        _ => Ok(()),
    }
}

/// See [`HandlesFrom::take_part`]; tells which entries failed. Its array must not be part of a future.
#[inline(never)]
fn take_disposed(
    caller: &Caller,
    channel: Option<&Channel>,
    listed: InSlice<HandleDisposition>,
    results: OutSlice<HandleDisposition>,
    taken: &mut Taken,
) -> Result<usize, Status> {
    let mut chunk = [HandleDisposition::default(); STEP];
    let chunk = chunk.get_mut(..listed.len()).ok_or(Status::INTERNAL)?;
    listed.read_into(chunk)?;
    let (mut failed, mut done) = (false, 0);
    while done < chunk.len() && (done < FEW || !is_late()) {
        let entry = &mut chunk[done];
        done += 1;
        let (handle, fit) = take_disposition(caller, channel, entry);
        if let Err(status) = fit {
            entry.result = status;
            failed = true;
        }
        taken.add(handle, fit);
    }
    if failed {
        results.part(0, done).write_slice(&chunk[..done])?;
    }
    Ok(done)
}

/// What was taken or duplicated, and whether it is fit to be sent.
fn take_disposition(
    caller: &Caller,
    channel: Option<&Channel>,
    entry: &HandleDisposition,
) -> (Option<Handle>, Result<(), Status>) {
    let table = &caller.handles;
    let taken = match entry.operation {
        abi::HANDLE_OP_DUPLICATE => table.copy(entry.handle, |handle| {
            let rights = check_disposition(handle, channel, entry)?;
            if handle.rights().contains(Rights::DUPLICATE) { Ok(rights) } else { Err(Status::ACCESS_DENIED) }
        }),
        _ => table.remove(entry.handle),
    };
    let mut handle = match taken {
        Ok(handle) => handle,
        Err(status) => return (None, Err(status)),
    };
    let fit = match entry.operation {
        abi::HANDLE_OP_DUPLICATE => Ok(()),
        _ => check_disposition(&handle, channel, entry).map(|rights| handle.set_rights(rights)),
    };
    (Some(handle), fit)
}

/// The rights that a handle is sent with, if it may be sent as the entry says.
fn check_disposition(
    handle: &Handle,
    channel: Option<&Channel>,
    entry: &HandleDisposition,
) -> Result<Rights, Status> {
    let (object, held) = (handle.object(), handle.rights());
    check_sendable(object, held, channel)?;
    if entry.kind != abi::OBJ_TYPE_NONE && entry.kind != object.object_type() {
        return Err(Status::WRONG_TYPE);
    }
    if ![abi::HANDLE_OP_MOVE, abi::HANDLE_OP_DUPLICATE].contains(&entry.operation) {
        return Err(Status::INVALID_ARGS);
    }
    match entry.rights {
        Rights::SAME_RIGHTS => Ok(held),
        rights if held.contains(rights) => Ok(rights),
        _ => Err(Status::INVALID_ARGS),
    }
}
