//! Messages that are gathered from pieces. The list of pieces is read once: what user code makes of it meanwhile has no
//! effect.

use super::MAX_BYTES;
use abi::{CHANNEL_MAX_MSG_IOVECS, ChannelIovec, Status};
use alloc::boxed::Box;
use alloc::vec::Vec;
use hafnon_kernel::mm::user::InSlice;
use hafnon_kernel::sched::steps::next_step;

/// How many pieces are copied in one step: each may lie in two pages that have to be brought in first.
pub const STEP: usize = 24;

/// How many entries of the list are read in one step.
const READ_STEP: usize = 256;

/// A message that is being gathered.
struct Gathering {
    list: InSlice<ChannelIovec>,
    pieces: Vec<ChannelIovec>,
    /// How many bytes they have.
    total: usize,
    bytes: Vec<u8>,
    /// How many pieces have been copied.
    copied: usize,
}

impl Gathering {
    fn new(list: InSlice<ChannelIovec>) -> Result<Self, Status> {
        if list.len() > CHANNEL_MAX_MSG_IOVECS as usize {
            return Err(Status::OUT_OF_RANGE);
        }
        let mut pieces = Vec::new();
        pieces.try_reserve_exact(list.len()).map_err(|_| Status::NO_MEMORY)?;
        Ok(Self { list, pieces, total: 0, bytes: Vec::new(), copied: 0 })
    }

    /// Takes a step; whether it was the last one.
    fn step(&mut self) -> Result<bool, Status> {
        if self.pieces.len() < self.list.len() {
            self.read_list()?;
        } else {
            self.copy()?;
        }
        Ok(self.pieces.len() == self.list.len() && self.copied == self.pieces.len())
    }

    fn read_list(&mut self) -> Result<(), Status> {
        let part = self.list.part(self.pieces.len(), READ_STEP).read_vec(READ_STEP)?;
        for piece in &part {
            if piece.reserved != 0 {
                return Err(Status::INVALID_ARGS);
            }
            self.total += piece.capacity as usize;
            if self.total > MAX_BYTES {
                return Err(Status::OUT_OF_RANGE);
            }
        }
        self.pieces.extend_from_slice(&part);
        Ok(())
    }

    fn copy(&mut self) -> Result<(), Status> {
        if self.copied == 0 {
            self.bytes.try_reserve_exact(self.total).map_err(|_| Status::NO_MEMORY)?;
        }
        for piece in self.pieces.iter().skip(self.copied).take(STEP) {
            let start = self.bytes.len();
            self.bytes.resize(start + piece.capacity as usize, 0);
            InSlice::new(piece.buffer, piece.capacity as usize).read_into(&mut self.bytes[start..])?;
        }
        self.copied = self.pieces.len().min(self.copied + STEP);
        Ok(())
    }
}

/// The bytes of all pieces, of which there are few.
#[inline(never)]
pub fn gather(list: InSlice<ChannelIovec>) -> Result<Box<[u8]>, Status> {
    let mut gathering = Gathering::new(list)?;
    while !gathering.step()? {}
    Ok(gathering.bytes.into_boxed_slice())
}

/// The bytes of all pieces.
pub async fn gather_long(list: InSlice<ChannelIovec>) -> Result<Box<[u8]>, Status> {
    let mut gathering = Gathering::new(list)?;
    while !gathering.step()? {
        next_step().await;
    }
    Ok(gathering.bytes.into_boxed_slice())
}
