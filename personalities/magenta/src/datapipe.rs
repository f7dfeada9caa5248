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
use hafnon_zircon::no_options;
use hafnon_zircon::{Count, UserDestination};
use objects::account::Charge;
use objects::datapipe::{self, DatapipeConsumer, DatapipeProducer, ReadMode};
use objects::{Handle, Vmar};

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

/// Writes elements.
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
    let mut told = Count::required(actual);
    let written = producer.write(buffer.len(), options & DATAPIPE_WRITE_FLAG_ALL_OR_NONE != 0, |count| {
        told.tell(count)?;
        buffer.part(0, count).read_vec(count)
    })?;
    Poll::Ready(told.correct(written))
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
    let (admitted, mut told) = (producer.admitted(buffer.len(), all)?, Count::required(actual));
    told.tell(admitted)?;
    let bytes = steps::read_vec(caller, buffer.part(0, admitted)).await?;
    let mut ring = producer.ring();
    while !ring.is_empty() {
        producer.prepare(&mut ring)?;
        steps::next_step().await;
    }
    told.correct(producer.send(&bytes, all)?)
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
    let mut destination = UserDestination { buffer, count: Count::required(actual), element_size: 1 };
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

/// Options of a window: there are none, though some that there are elsewhere are told apart.
fn window_options(options: u32, elsewhere: u32) -> Result<(), Status> {
    if options & !elsewhere != 0 { Err(Status::NOT_SUPPORTED) } else { no_options(options) }
}

/// An end, as far as windows are concerned.
trait Windowed {
    fn make_way(&self, root: &Arc<Vmar>) -> bool;
    fn open(&self, root: &Arc<Vmar>, requested: usize) -> Result<(u64, usize), Status>;
    fn close(&self, used: usize) -> Result<(), Status>;
}

impl Windowed for DatapipeProducer {
    fn make_way(&self, root: &Arc<Vmar>) -> bool {
        self.make_way(root)
    }

    fn open(&self, root: &Arc<Vmar>, requested: usize) -> Result<(u64, usize), Status> {
        self.begin_write(root, requested)
    }

    fn close(&self, used: usize) -> Result<(), Status> {
        self.end_write(used)
    }
}

impl Windowed for DatapipeConsumer {
    fn make_way(&self, root: &Arc<Vmar>) -> bool {
        self.make_way(root)
    }

    fn open(&self, root: &Arc<Vmar>, requested: usize) -> Result<(u64, usize), Status> {
        self.begin_read(root, requested)
    }

    fn close(&self, used: usize) -> Result<(), Status> {
        self.end_read(used)
    }
}

/// Opens a window and tells where it is and how large; not at once, if the ring is mapped in another process.
fn open(
    caller: &Caller,
    end: &impl Windowed,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Poll<Result<(), Status>> {
    if !end.make_way(caller.process.root()) {
        return Poll::Pending;
    }
    let (address, size) = end.open(caller.process.root(), requested)?;
    let told = buffer.write(&(address as usize)).and_then(|()| available.write(&size));
    Poll::Ready(told.or_else(|status| end.close(0).and(Err(status))))
}

/// [`open`] after the ring has been taken out of the other process, in steps.
async fn open_long(
    caller: &Caller,
    end: &impl Windowed,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    while !end.make_way(caller.process.root()) {
        steps::next_step().await;
    }
    match open(caller, end, requested, buffer, available) {
        Poll::Ready(opened) => opened,
        // A third process has been faster.
        Poll::Pending => Err(Status::ALREADY_BOUND),
    }
}

/// Opens a window to write in.
pub fn datapipe_begin_write(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Poll<Result<(), Status>> {
    window_options(options, DATAPIPE_WRITE_FLAG_MASK)?;
    open(caller, &*producer, requested, buffer, available)
}

/// [`datapipe_begin_write`] in steps.
pub async fn datapipe_begin_write_long(
    caller: &Caller,
    producer: Arc<DatapipeProducer>,
    _options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    open_long(caller, &*producer, requested, buffer, available).await
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
) -> Poll<Result<(), Status>> {
    window_options(options, DATAPIPE_READ_FLAG_MASK)?;
    open(caller, &*consumer, requested, buffer, available)
}

/// [`datapipe_begin_read`] in steps.
pub async fn datapipe_begin_read_long(
    caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    _options: u32,
    requested: usize,
    buffer: Out<usize>,
    available: Out<usize>,
) -> Result<(), Status> {
    open_long(caller, &*consumer, requested, buffer, available).await
}

/// Closes the window; what was read in it is out of the pipe.
pub fn datapipe_end_read(
    _caller: &Caller,
    consumer: Arc<DatapipeConsumer>,
    read: usize,
) -> Result<(), Status> {
    consumer.end_read(read)
}
