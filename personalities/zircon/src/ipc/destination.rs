//! User memory that what is read from a FIFO or socket goes to.

use abi::Status;
use hafnon_kernel::mm::user::{Out, OutSlice};
use objects::Destination;

/// A buffer, and where the number of elements in it is told, if it is.
pub struct UserDestination {
    /// Where the elements go.
    pub buffer: OutSlice<u8>,
    /// Where their number goes; optional.
    pub actual: Out<usize>,
    /// The size of an element in bytes; not 0.
    pub element_size: usize,
}

impl Destination for UserDestination {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        if bytes.is_empty() { Ok(()) } else { self.buffer.part(at, bytes.len()).write_slice(bytes) }
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.actual.write_optional(&(count / self.element_size))
    }
}
