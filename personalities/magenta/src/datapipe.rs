//! Data pipes.

use abi::{
    DATAPIPE_READ_FLAG_ALL_OR_NONE, DATAPIPE_READ_FLAG_DISCARD, DATAPIPE_READ_FLAG_MASK,
    DATAPIPE_READ_FLAG_PEEK, DATAPIPE_READ_FLAG_QUERY, DATAPIPE_WRITE_FLAG_ALL_OR_NONE,
    DATAPIPE_WRITE_FLAG_MASK, RawHandle, Status,
};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::mm::DirectMap;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps;
use hafnon_zircon::UserDestination;
use hafnon_zircon::no_options;
use objects::account::Charge;
use objects::datapipe::{self, DatapipeConsumer, DatapipeProducer, ReadMode};
use objects::{Destination, Handle};

/// How often a reader begins again, because user code decides how long others get in its way.
const ATTEMPTS: usize = 16;

/// A new data pipe, whose ring the caller pays.
pub fn datapipe_create(
    caller: &Caller,
    options: u32,
    element_size: usize,
    capacity: usize,
    consumer: Out<RawHandle>,
    producer: Out<RawHandle>,
) -> Result<(), Status> {
    no_options(options)?;
    let charge = Charge::to(caller.process.payer().clone());
    let ends = datapipe::create(&DirectMap, charge, element_size, capacity)?;
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
) -> Poll<Result<(), Status>> {
    if options & !DATAPIPE_WRITE_FLAG_MASK != 0 {
        return Poll::Ready(Err(Status::NOT_SUPPORTED));
    }
    if buffer.len() > steps::STEP {
        return Poll::Pending;
    }
    let mut told = 0;
    let written = producer.write(buffer.len(), options & DATAPIPE_WRITE_FLAG_ALL_OR_NONE != 0, |count| {
        told = count;
        actual.write(&count)?;
        buffer.part(0, count).read_vec(count)
    })?;
    Poll::Ready(if written == told { Ok(()) } else { actual.write(&written) })
}

/// [`datapipe_write`] of more bytes than go in one step.
pub async fn datapipe_write_long(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    buffer: InSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    let all = options & DATAPIPE_WRITE_FLAG_ALL_OR_NONE != 0;
    let told = producer.admitted(buffer.len(), all)?;
    actual.write(&told)?;
    let bytes = steps::read_vec(caller, buffer.part(0, told)).await?;
    let mut ring = producer.ring();
    while !ring.is_empty() {
        producer.prepare(&mut ring)?;
        steps::next_step().await;
    }
    let written = producer.send(&bytes, all)?;
    if written == told { Ok(()) } else { actual.write(&written) }
}

/// Reads, peeks at or discards elements, or only tells how many bytes there are.
pub fn datapipe_read(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    if options & !DATAPIPE_READ_FLAG_MASK != 0 {
        return Poll::Ready(Err(Status::NOT_SUPPORTED));
    }
    let Some((mode, all)) = read_mode(options)? else {
        return Poll::Ready(actual.write(&consumer.query()?));
    };
    if buffer.len() > steps::STEP && mode != ReadMode::Discard {
        return Poll::Pending;
    }
    let mut destination = Required(UserDestination { buffer, actual, element_size: 1 });
    if consumer.read(buffer.len(), all, mode, &mut destination)? {
        Poll::Ready(Ok(()))
    } else {
        Poll::Pending
    }
}

/// What becomes of the elements, and whether it is to be all of them or none; nothing for a query.
fn read_mode(options: u32) -> Result<Option<(ReadMode, bool)>, Status> {
    let mode = match options & !DATAPIPE_READ_FLAG_ALL_OR_NONE {
        0 => ReadMode::Take,
        DATAPIPE_READ_FLAG_PEEK => ReadMode::Peek,
        DATAPIPE_READ_FLAG_DISCARD => ReadMode::Discard,
        DATAPIPE_READ_FLAG_QUERY => return Ok(None),
        _ => return Err(Status::INVALID_ARGS),
    };
    Ok(Some((mode, options & DATAPIPE_READ_FLAG_ALL_OR_NONE != 0)))
}

/// [`datapipe_read`] of more bytes than go in one step, or where others are faster.
pub async fn datapipe_read_long(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    let (mode, all) = read_mode(options)?.ok_or(Status::INVALID_ARGS)?;
    for _ in 0..ATTEMPTS {
        let copied = consumer.copy(buffer.len(), all, mode)?;
        steps::next_step().await;
        steps::write_slice(buffer, &copied.bytes).await?;
        actual.write(&copied.count)?;
        if consumer.finish(&copied, mode) {
            return Ok(());
        }
    }
    Err(Status::SHOULD_WAIT)
}

/// A destination whose number of bytes has to be told.
struct Required(UserDestination);

impl Destination for Required {
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

/// Opens a window to write in; not at once, if the ring is mapped in another process.
pub fn datapipe_begin_write(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Poll<Result<(), Status>> {
    window_options(options, DATAPIPE_WRITE_FLAG_MASK)?;
    if !producer.make_way(caller.process.root()) {
        return Poll::Pending;
    }
    let window = producer.begin_write(caller.process.root(), requested)?;
    Poll::Ready(tell(window, buffer, available).or_else(|status| producer.end_write(0).and(Err(status))))
}

/// [`datapipe_begin_write`] after the ring has been taken out of the other process, in steps.
pub async fn datapipe_begin_write_long(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    while !producer.make_way(caller.process.root()) {
        steps::next_step().await;
    }
    match datapipe_begin_write(caller, producer, options, requested, buffer, available) {
        Poll::Ready(opened) => opened,
        // A third process has been faster.
        Poll::Pending => Err(Status::ALREADY_BOUND),
    }
}

/// Closes the window; what was written in it is in the pipe.
pub fn datapipe_end_write(
    _caller: &Caller,
    producer: Arc<DatapipeProducer>,
    written: usize,
) -> Result<(), Status> {
    producer.end_write(written)
}

/// Opens a window on what is to be read; not at once, if the ring is mapped in another process.
pub fn datapipe_begin_read(
    caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Poll<Result<(), Status>> {
    window_options(options, DATAPIPE_READ_FLAG_MASK)?;
    if !consumer.make_way(caller.process.root()) {
        return Poll::Pending;
    }
    let window = consumer.begin_read(caller.process.root(), requested)?;
    Poll::Ready(tell(window, buffer, available).or_else(|status| consumer.end_read(0).and(Err(status))))
}

/// [`datapipe_begin_read`] after the ring has been taken out of the other process, in steps.
pub async fn datapipe_begin_read_long(
    caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    while !consumer.make_way(caller.process.root()) {
        steps::next_step().await;
    }
    match datapipe_begin_read(caller, consumer, options, requested, buffer, available) {
        Poll::Ready(opened) => opened,
        // A third process has been faster.
        Poll::Pending => Err(Status::ALREADY_BOUND),
    }
}

/// Closes the window; what was read in it is out of the pipe.
pub fn datapipe_end_read(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    read: usize,
) -> Result<(), Status> {
    consumer.end_read(read)
}
