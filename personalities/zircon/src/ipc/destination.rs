//! User memory that what is read from a FIFO, socket or data pipe goes to, and where numbers of elements are told.

use abi::Status;
use hafnon_kernel::mm::user::{Out, OutSlice};
use objects::Destination;

/// Where a number of elements is told: before they are written, and once more if another writer took their place. So
/// a place that can not be written leaves what they are written to as it was.
pub struct Count {
    to: Out<usize>,
    is_optional: bool,
    told: usize,
}

impl Count {
    /// Who does not want to know it has no place for it.
    #[inline]
    pub fn optional(to: Out<usize>) -> Self {
        Self { to, is_optional: true, told: 0 }
    }

    /// There has to be a place for it.
    #[inline]
    pub fn required(to: Out<usize>) -> Self {
        Self { to, is_optional: false, told: 0 }
    }

    /// Tells it.
    #[inline]
    pub fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.told = count;
        if self.is_optional { self.to.write_optional(&count) } else { self.to.write(&count) }
    }

    /// So many they were in the end.
    #[inline]
    pub fn correct(mut self, count: usize) -> Result<(), Status> {
        if count == self.told { Ok(()) } else { self.tell(count) }
    }
}

/// A buffer, and where the number of elements in it is told.
pub struct UserDestination {
    /// Where the elements go.
    pub buffer: OutSlice<u8>,
    /// Where their number goes.
    pub count: Count,
    /// The size of an element in bytes; not 0.
    pub element_size: usize,
}

impl Destination for UserDestination {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        if bytes.is_empty() { Ok(()) } else { self.buffer.part(at, bytes.len()).write_slice(bytes) }
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.count.tell(count / self.element_size)
    }
}
