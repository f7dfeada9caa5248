//! FIFOs.

use super::destination::{Count, UserDestination};
use crate::no_options;
use abi::{RawHandle, Status};
use alloc::sync::Arc;
use core::task::Poll;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::Caller;
use hafnon_kernel::sched::steps;
use objects::{Fifo, Handle, Reading};

/// A new FIFO.
pub fn fifo_create(
    caller: &Caller,
    element_count: usize,
    element_size: usize,
    options: u32,
    out0: Out<RawHandle>,
    out1: Out<RawHandle>,
) -> Result<(), Status> {
    // Zircon looks at the sizes first.
    let (first, second) = Fifo::new(element_count, element_size)?;
    no_options(options)?;
    caller.install_pair((Handle::to_new(first)?, Handle::to_new(second)?), (out0, out1))
}

/// Takes elements out.
pub fn fifo_read(
    _caller: &Caller,
    fifo: Arc<Fifo>,
    element_size: usize,
    data: u64,
    count: usize,
    actual: Out<usize>,
) -> Poll<Result<(), Status>> {
    match fifo.read(element_size, count, &mut destination(element_size, data, count, actual))? {
        Some(_) => Poll::Ready(Ok(())),
        None => Poll::Pending,
    }
}

/// [`fifo_read`] where others get in its way.
pub async fn fifo_read_long(
    _caller: &Caller,
    fifo: Arc<Fifo>,
    element_size: usize,
    data: u64,
    count: usize,
    actual: Out<usize>,
) -> Result<(), Status> {
    let mut reading = Reading::new();
    let mut destination = destination(element_size, data, count, actual);
    while fifo.read_some(&mut reading, element_size, count, &mut destination)?.is_none() {
        steps::next_step().await;
    }
    Ok(())
}

fn destination(element_size: usize, data: u64, count: usize, actual: Out<usize>) -> UserDestination {
    let buffer = OutSlice::new(data, count.saturating_mul(element_size));
    UserDestination { buffer, count: Count::optional(actual), element_size: element_size.max(1) }
}

/// Puts elements in for the other end.
pub fn fifo_write(
    _caller: &Caller,
    fifo: Arc<Fifo>,
    element_size: usize,
    data: u64,
    count: usize,
    actual: Out<usize>,
) -> Result<(), Status> {
    let mut told = Count::optional(actual);
    let written = fifo.write(element_size, count, |bytes| {
        told.tell(bytes.len() / element_size)?;
        InSlice::new(data, bytes.len()).read_into(bytes)
    })?;
    told.correct(written)
}
