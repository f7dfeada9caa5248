//! Where the elements of a pipe lie: two cursors in a ring. All sizes and places are in bytes, and whole elements.

use core::ops::Range;

/// The ring.
pub(super) struct Ring {
    element_size: usize,
    capacity: usize,
    /// Where the first element is.
    start: usize,
    available: usize,
}

impl Ring {
    /// An empty ring.
    pub fn new(element_size: usize, capacity: usize) -> Self {
        Self { element_size, capacity, start: 0, available: 0 }
    }

    /// Whether it is a number of elements.
    pub fn is_whole(&self, length: usize) -> bool {
        length.is_multiple_of(self.element_size)
    }

    /// How much is in it.
    pub fn available(&self) -> usize {
        self.available
    }

    /// How much more fits in.
    pub fn room(&self) -> usize {
        self.capacity - self.available
    }

    /// Where the first `length` bytes are: a part up to the end, and one from the start on.
    pub fn front(&self, length: usize) -> [Range<usize>; 2] {
        self.parts(self.start, length)
    }

    /// Where the next `length` bytes go.
    pub fn back(&self, length: usize) -> [Range<usize>; 2] {
        self.parts((self.start + self.available) % self.capacity, length)
    }

    fn parts(&self, from: usize, length: usize) -> [Range<usize>; 2] {
        let first = length.min(self.capacity - from);
        [from..from + first, 0..length - first]
    }

    /// Takes in `length` bytes that have been put at the back.
    pub fn push(&mut self, length: usize) {
        self.available += length;
    }

    /// Takes `length` bytes out at the front.
    pub fn pop(&mut self, length: usize) {
        self.available -= length;
        self.start = (self.start + length) % self.capacity;
    }
}
