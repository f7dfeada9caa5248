//! Data pipes.

use super::super::sink::UserSink;
use super::super::{Caller, no_options};
use crate::mm::DirectMap;
use crate::mm::user::{InSlice, Out, OutSlice};
use abi::{
    DATAPIPE_READ_FLAG_ALL_OR_NONE, DATAPIPE_READ_FLAG_DISCARD, DATAPIPE_READ_FLAG_MASK,
    DATAPIPE_READ_FLAG_PEEK, DATAPIPE_READ_FLAG_QUERY, DATAPIPE_WRITE_FLAG_ALL_OR_NONE,
    DATAPIPE_WRITE_FLAG_MASK, RawHandle, Status,
};
use alloc::sync::Arc;
use objects::datapipe::{self, DatapipeConsumer, DatapipeProducer, ReadMode};
use objects::{Handle, Sink};

/// A new data pipe.
pub fn datapipe_create(
    caller: &Caller,
    options: u32,
    element_size: usize,
    capacity: usize,
    consumer: Out<RawHandle>,
    producer: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let ends = datapipe::create(&DirectMap, element_size, capacity)?;
    caller.install_pair((Handle::to_new(ends.1)?, Handle::to_new(ends.0)?), (consumer, producer))
}

/// Writes elements. Their number is told before they are written, and corrected if another writer took their
/// place: so a place that can not be written leaves the pipe as it was.
pub fn datapipe_write(
    _caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    buffer: InSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    if options & !DATAPIPE_WRITE_FLAG_MASK != 0 {
        return Err(Status::NOT_SUPPORTED);
    }
    let mut told = 0;
    let written = producer.write(buffer.len(), options & DATAPIPE_WRITE_FLAG_ALL_OR_NONE != 0, |count| {
        told = count;
        actual.write(&count)?;
        buffer.part(0, count).read_vec(count)
    })?;
    if written == told { Ok(()) } else { actual.write(&written) }
}

/// Reads, peeks at or discards elements, or only tells how many bytes there are.
pub fn datapipe_read(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    if options & !DATAPIPE_READ_FLAG_MASK != 0 {
        return Err(Status::NOT_SUPPORTED);
    }
    let mode = match options & !DATAPIPE_READ_FLAG_ALL_OR_NONE {
        0 => ReadMode::Take,
        DATAPIPE_READ_FLAG_PEEK => ReadMode::Peek,
        DATAPIPE_READ_FLAG_DISCARD => ReadMode::Discard,
        DATAPIPE_READ_FLAG_QUERY => return actual.write(&consumer.query()?),
        _ => return Err(Status::INVALID_ARGS),
    };
    let all = options & DATAPIPE_READ_FLAG_ALL_OR_NONE != 0;
    let mut sink = Required(UserSink { buffer, actual, element_size: 1 });
    consumer.read(buffer.len(), all, mode, &mut sink)
}

/// A sink whose number of bytes has to be told.
struct Required(UserSink);

impl Sink for Required {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        self.0.put(at, bytes)
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.0.actual.write(&count)
    }
}

/// Options of a window: there are none, though some that there are elsewhere are told apart.
fn window_options(options: u32, elsewhere: u32) -> Result<(), Status> {
    if options & !elsewhere != 0 { Err(Status::NOT_SUPPORTED) } else { no_options(options) }
}

/// Tells where a window is and how large.
fn tell((address, size): (u64, usize), buffer: Out<usize>, available: Out<usize>) -> Result<(), Status> {
    buffer.write(&(address as usize))?;
    available.write(&size)
}

/// Opens a window to write in.
pub fn datapipe_begin_write(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    window_options(options, DATAPIPE_WRITE_FLAG_MASK)?;
    let window = producer.begin_write(caller.process.root(), requested)?;
    tell(window, buffer, available).or_else(|status| producer.end_write(0).and(Err(status)))
}

/// Closes the window; what was written in it is in the pipe.
pub fn datapipe_end_write(
    _caller: &Caller,
    producer: Arc<DatapipeProducer>,
    written: usize,
) -> Result<(), Status> {
    producer.end_write(written)
}

/// Opens a window on what is to be read.
pub fn datapipe_begin_read(
    caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    window_options(options, DATAPIPE_READ_FLAG_MASK)?;
    let window = consumer.begin_read(caller.process.root(), requested)?;
    tell(window, buffer, available).or_else(|status| consumer.end_read(0).and(Err(status)))
}

/// Closes the window; what was read in it is out of the pipe.
pub fn datapipe_end_read(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    read: usize,
) -> Result<(), Status> {
    consumer.end_read(read)
}
