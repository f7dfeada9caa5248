//! The end of a data pipe that elements are read at.

use super::{Pipe, State};
use crate::core::base::Base;
use crate::core::closing::{Doomed, Remains};
use crate::ipc::Destination;
use crate::memory::vmar::Vmar;
use crate::object::{KernelObject, Object};
use abi::Status;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What becomes of elements that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// They are copied and taken out.
    Take,
    /// They are copied and stay.
    Peek,
    /// They are taken out.
    Discard,
}

/// Elements that were copied and are still in the pipe.
pub struct Copied {
    removals: u64,
    /// Their bytes; none if they are to be discarded.
    pub bytes: Vec<u8>,
    /// How many bytes they are.
    pub count: usize,
}

/// The consumer of a data pipe.
pub struct DatapipeConsumer {
    pub(super) pipe: Pipe,
}

impl DatapipeConsumer {
    /// Reads up to `length` bytes into `destination`, or with `all` all of them or none. False if another reader was faster:
    /// then it is for the reader to begin again, in another step.
    ///
    /// # Errors
    /// `ALREADY_BOUND` while a window is open; `INVALID_ARGS` when they are not whole elements; with nothing to
    /// read, `SHOULD_WAIT`, or `PEER_CLOSED` when there never will be; with less than `all`, `OUT_OF_RANGE`, or
    /// `PEER_CLOSED` likewise; `NO_MEMORY`; and those of `destination`. Nothing has been taken out then.
    pub fn read(
        &self,
        length: usize,
        all: bool,
        mode: ReadMode,
        destination: &mut impl Destination,
    ) -> Result<bool, Status> {
        let copied = self.copy(length, all, mode)?;
        destination.put(0, &copied.bytes)?;
        destination.tell(copied.count)?;
        Ok(self.finish(&copied, mode))
    }

    /// Copies what is to be read, for a reader that hands it on in steps, and then [finishes](Self::finish).
    ///
    /// # Errors
    /// Those of [`DatapipeConsumer::read`].
    pub fn copy(&self, length: usize, all: bool, mode: ReadMode) -> Result<Copied, Status> {
        let state = self.pipe.shared().lock();
        let count = state.readable(length, all)?;
        let wanted = if mode == ReadMode::Discard { 0 } else { count };
        Ok(Copied { removals: state.removals, bytes: state.copy(wanted)?, count })
    }

    /// Takes out what was copied, if it is to be; false if others were faster.
    pub fn finish(&self, copied: &Copied, mode: ReadMode) -> bool {
        mode == ReadMode::Peek
            || self.pipe.with(|state| {
                let same = state.removals == copied.removals && !state.consumer.is_open();
                if same {
                    state.pop(copied.count);
                }
                same
            })
    }

    /// How many bytes are there to be read.
    ///
    /// # Errors
    /// `ALREADY_BOUND` while a window is open.
    pub fn query(&self) -> Result<usize, Status> {
        let state = self.pipe.shared().lock();
        if state.consumer.is_open() { Err(Status::ALREADY_BOUND) } else { Ok(state.ring.available()) }
    }

    /// A step of taking the ring out of the address space where a window was opened before, if that is another one than
    /// that of `root`; whether it can be used there now, or has to stay as long as that window is open.
    pub fn make_way(&self, root: &Arc<Vmar>) -> bool {
        self.pipe.shared().lock().consumer.make_way(root)
    }

    /// Opens a window on up to `requested` bytes that are to be read, in the address space of `root`: its
    /// address and size.
    ///
    /// # Errors
    /// `ALREADY_BOUND` while one is open, or nobody has [made way](Self::make_way); `INVALID_ARGS` when that is nothing,
    /// or not whole elements; with nothing to read, `SHOULD_WAIT`, or `PEER_CLOSED` when there never will be; `BAD_HANDLE` when the last
    /// handle was closed meanwhile; and those of mapping.
    pub fn begin_read(&self, root: &Arc<Vmar>, requested: usize) -> Result<(u64, usize), Status> {
        self.pipe.with(|state| {
            if state.consumer_closed {
                return Err(Status::BAD_HANDLE); // nobody would close the window
            }
            let count = state.readable(requested, false)?;
            if count == 0 {
                return Err(Status::INVALID_ARGS);
            }
            let [window, _] = state.ring.front(count);
            let State { consumer, vmo, .. } = state;
            let address = consumer.open(root, vmo, false, window.start, window.len())?;
            Ok((address, window.len()))
        })
    }

    /// Closes the window, of which the first `read` bytes are taken out.
    ///
    /// # Errors
    /// `BAD_STATE` when none is open; `INVALID_ARGS`, and nothing is taken out, when that is more than the
    /// window has, or not whole elements.
    pub fn end_read(&self, read: usize) -> Result<(), Status> {
        self.pipe.with(|state| {
            let size = state.consumer.close()?;
            if read > size || !state.ring.is_whole(read) {
                return Err(Status::INVALID_ARGS);
            }
            state.pop(read);
            Ok(())
        })
    }
}

impl State {
    /// How much of `length` bytes may be read now.
    fn readable(&self, length: usize, all: bool) -> Result<usize, Status> {
        if self.consumer.is_open() {
            return Err(Status::ALREADY_BOUND);
        }
        if !self.ring.is_whole(length) {
            return Err(Status::INVALID_ARGS);
        }
        let never = |status| if self.producer_closed { Status::PEER_CLOSED } else { status };
        match self.ring.available() {
            _ if length == 0 => Ok(0),
            0 => Err(never(Status::SHOULD_WAIT)),
            available if all && available < length => Err(never(Status::OUT_OF_RANGE)),
            available => Ok(available.min(length)),
        }
    }

    /// The first `count` bytes.
    fn copy(&self, count: usize) -> Result<Vec<u8>, Status> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(count).map_err(|_| Status::NO_MEMORY)?;
        bytes.resize(count, 0);
        let [first, second] = self.ring.front(count);
        let (head, tail) = bytes.split_at_mut(first.len());
        self.vmo.read(first.start as u64, head)?;
        self.vmo.read(second.start as u64, tail)?;
        Ok(bytes)
    }

    fn pop(&mut self, count: usize) {
        self.ring.pop(count);
        self.removals += u64::from(count != 0);
    }
}

/// The ring in the address space where a window was opened last.
impl Remains for DatapipeConsumer {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        self.pipe.shared().lock().consumer.discard_one(doomed)
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        change(&mut self.pipe.shared().lock().consumer.next_doomed)
    }
}

impl KernelObject for DatapipeConsumer {
    fn base(&self) -> &Base {
        self.pipe.own()
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let is_mapped = self.pipe.with(|state| {
            state.consumer_closed = true;
            state.consumer.end()
        });
        if is_mapped {
            doomed.push(self.clone().into());
        }
    }
}
