//! The end of a data pipe that elements are written at.

use super::{Pipe, State};
use crate::core::base::Base;
use crate::core::closing::{Doomed, Remains};
use crate::memory::vmar::Vmar;
use crate::object::{KernelObject, Object};
use abi::Status;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

/// The producer of a data pipe.
pub struct DatapipeProducer {
    pub(super) pipe: Pipe,
}

impl DatapipeProducer {
    /// Writes up to `length` bytes, or with `all` all of them or none; how many. `fetch` brings the first so
    /// many of them, and is called without a lock.
    ///
    /// # Errors
    /// `ALREADY_BOUND` while a window is open; `INVALID_ARGS` when they are not whole elements; `PEER_CLOSED`;
    /// `SHOULD_WAIT` when there is no room; `OUT_OF_RANGE` when there is not enough for `all`; `NO_MEMORY`;
    /// and those of `fetch`.
    pub fn write(
        &self,
        length: usize,
        all: bool,
        fetch: impl FnOnce(usize) -> Result<Vec<u8>, Status>,
    ) -> Result<usize, Status> {
        self.send(&fetch(self.admitted(length, all)?)?, all)
    }

    /// How many of `length` bytes can be written now.
    ///
    /// # Errors
    /// Those of [`DatapipeProducer::write`].
    pub fn admitted(&self, length: usize, all: bool) -> Result<usize, Status> {
        self.pipe.shared().lock().admitted(length, all)
    }

    /// Commits memory of the ring: a step of making sure that [`send`](Self::send) need not, which moves the start of
    /// the range on.
    ///
    /// # Errors
    /// `NO_MEMORY`. `OUT_OF_RANGE` beyond the end of the ring.
    pub fn prepare(&self, range: &mut Range<u64>) -> Result<(), Status> {
        let vmo = self.pipe.shared().lock().vmo.clone();
        vmo.commit(range)
    }

    /// The bytes that the ring has.
    pub fn ring(&self) -> Range<u64> {
        0..self.pipe.shared().lock().vmo.size()
    }

    /// Sends bytes that were [admitted](Self::admitted), or as many of them as there is room for still; how many.
    ///
    /// # Errors
    /// Those of [`DatapipeProducer::write`].
    pub fn send(&self, bytes: &[u8], all: bool) -> Result<usize, Status> {
        // Other writers may have taken some of the room meanwhile.
        self.pipe.with(|state| {
            let admitted = state.admitted(bytes.len(), all)?;
            let mut rest = &bytes[..admitted];
            for part in state.ring.back(admitted) {
                let (now, after) = rest.split_at(part.len());
                state.vmo.write(part.start as u64, now)?;
                rest = after;
            }
            state.ring.push(admitted);
            Ok(admitted)
        })
    }

    /// A step of taking the ring out of the address space where a window was opened before, if that is another one than
    /// that of `root`; whether it can be used there now, or has to stay as long as that window is open.
    pub fn make_way(&self, root: &Arc<Vmar>) -> bool {
        self.pipe.shared().lock().producer.make_way(root)
    }

    /// Opens a window of up to `requested` bytes to write in, in the address space of `root`: its address and
    /// size.
    ///
    /// # Errors
    /// `ALREADY_BOUND` while one is open, or nobody has [made way](Self::make_way); `INVALID_ARGS` when that is nothing,
    /// or not whole elements;
    /// `PEER_CLOSED`; `SHOULD_WAIT` when there is no room; `BAD_HANDLE` when the last handle was closed meanwhile;
    /// and those of mapping.
    pub fn begin_write(&self, root: &Arc<Vmar>, requested: usize) -> Result<(u64, usize), Status> {
        self.pipe.with(|state| {
            if state.producer_closed {
                return Err(Status::BAD_HANDLE); // nobody would close the window
            }
            let room = state.admitted(requested, false)?;
            if room == 0 {
                return Err(Status::INVALID_ARGS);
            }
            let [window, _] = state.ring.back(room);
            let State { producer, vmo, .. } = state;
            let address = producer.open(root, vmo, true, window.start, window.len())?;
            Ok((address, window.len()))
        })
    }

    /// Closes the window, of which the first `written` bytes have been written.
    ///
    /// # Errors
    /// `BAD_STATE` when none is open; `INVALID_ARGS`, and nothing was written, when that is more than the
    /// window has, or not whole elements.
    pub fn end_write(&self, written: usize) -> Result<(), Status> {
        self.pipe.with(|state| {
            let size = state.producer.close()?;
            if written > size || !state.ring.is_whole(written) {
                return Err(Status::INVALID_ARGS);
            }
            state.ring.push(written);
            Ok(())
        })
    }
}

impl State {
    /// How much of `length` bytes may be written now.
    fn admitted(&self, length: usize, all: bool) -> Result<usize, Status> {
        if self.producer.is_open() {
            return Err(Status::ALREADY_BOUND);
        }
        if !self.ring.is_whole(length) {
            return Err(Status::INVALID_ARGS);
        }
        if self.consumer_closed {
            return Err(Status::PEER_CLOSED);
        }
        match self.ring.room() {
            _ if length == 0 => Ok(0),
            0 => Err(Status::SHOULD_WAIT),
            room if all && room < length => Err(Status::OUT_OF_RANGE),
            room => Ok(room.min(length)),
        }
    }
}

/// The ring in the address space where a window was opened last.
impl Remains for DatapipeProducer {
    fn discard_one(&self, doomed: &mut Doomed) -> bool {
        self.pipe.shared().lock().producer.discard_one(doomed)
    }

    fn with_next<R>(&self, change: impl FnOnce(&mut Option<Object>) -> R) -> R {
        change(&mut self.pipe.shared().lock().producer.next_doomed)
    }
}

impl KernelObject for DatapipeProducer {
    fn base(&self) -> &Base {
        self.pipe.own()
    }

    fn on_zero_handles(self: &Arc<Self>, doomed: &mut Doomed) {
        let is_mapped = self.pipe.with(|state| {
            state.producer_closed = true;
            state.producer.end()
        });
        if is_mapped {
            doomed.push(self.clone().into());
        }
    }
}
