//! The bytes on their way to one end of a FIFO or socket, and reading them without holding their lock.
//!
//! Copying to user memory may fault, and resolving a fault may need any lock. So a reader copies what is
//! at the front in pieces, each under the lock, hands each on without it, and removes the bytes only when
//! all have arrived. If another reader removed something in between, it begins again. So nothing is lost
//! when user memory turns out to be bad, and no byte is read twice.
//!
//! Others can get in its way as often as they like, so beginning again ends the step: what was to be one step becomes
//! a read in many of them.

#[cfg(all(test, not(loom)))]
mod tests;

use crate::core::room::Room;
use abi::Status;
use alloc::collections::VecDeque;
use waitq::sync::Mutex;

/// Bytes that are copied at once; this much is on the stack.
const STEP: usize = 4096;

/// How many times [`STEP`] bytes are handed on in one step of a long read: each may go to a page that is not there yet.
const PIECES: usize = 16;

/// Up to this many bytes, a smaller place on the stack saves clearing the large one.
pub(crate) const SMALL: usize = 128;

/// How often a reader begins again, because user code decides how long others get in its way.
const ATTEMPTS: usize = 16;

/// Where what is read goes.
pub trait Destination {
    /// Takes the bytes from `at` on. Reading may begin again, and overwrite them.
    ///
    /// # Errors
    /// As the destination likes; nothing was read then.
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status>;

    /// Is told, after the last bytes, how many there are in all.
    ///
    /// # Errors
    /// As the destination likes; nothing was read then.
    fn tell(&mut self, count: usize) -> Result<(), Status>;
}

/// First in, first out.
#[derive(Default)]
pub(crate) struct ByteQueue {
    bytes: VecDeque<u8>,
    /// How often bytes were removed.
    removals: u64,
}

impl ByteQueue {
    /// An empty queue with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Result<Self, Status> {
        let mut queue = Self::default();
        queue.reserve(capacity, capacity)?;
        Ok(queue)
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Makes room for `count` more bytes, growing to a power of two or to `most`.
    pub fn reserve(&mut self, count: usize, most: usize) -> Result<(), Status> {
        let wanted = self.len() + count;
        if wanted <= self.bytes.capacity() {
            return Ok(());
        }
        let more = wanted.next_power_of_two().min(most).max(wanted) - self.len();
        Ok(self.bytes.make_exact_room(more)?)
    }

    /// Appends bytes for which there is room.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Removes the first bytes.
    pub fn remove(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.removals += 1;
    }

    /// Gives back memory that an empty queue does not need to keep.
    pub fn trim(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > STEP {
            self.bytes = VecDeque::new();
        }
    }

    /// Empties the queue; the bytes come back, to be dropped without the lock.
    pub fn take(&mut self) -> VecDeque<u8> {
        self.removals += 1;
        core::mem::take(&mut self.bytes)
    }

    /// Copies bytes from `at` on, up to `end` or as many as `to` has room for; how many.
    fn copy(&self, at: usize, end: usize, to: &mut [u8]) -> usize {
        let count = to.len().min(end - at);
        let (first, second) = self.bytes.as_slices();
        let from_first = first.get(at..).unwrap_or_default();
        let (head, tail) = to[..count].split_at_mut(count.min(from_first.len()));
        head.copy_from_slice(&from_first[..head.len()]);
        let start = at.saturating_sub(first.len());
        tail.copy_from_slice(&second[start..start + tail.len()]);
        count
    }
}

/// A read that is under way.
pub struct Reading {
    /// How often bytes had been removed when it began; nothing before that.
    removals: Option<u64>,
    /// How many bytes are read, and how many of them are in the destination.
    count: usize,
    done: usize,
    /// Whether the destination was told that all are there.
    told: bool,
    /// How often it may yet begin.
    attempts: usize,
}

impl Reading {
    /// It has not begun.
    pub fn new() -> Self {
        Self { removals: None, count: 0, done: 0, told: false, attempts: ATTEMPTS }
    }

    /// Begins, with the queue locked, if it has not; false if others have removed bytes since: then it begins again
    /// in the next step.
    fn begin<T: AsRef<ByteQueue>>(
        &mut self,
        locked: &T,
        front: impl Fn(&T) -> Result<usize, Status>,
    ) -> Result<bool, Status> {
        let now = locked.as_ref().removals;
        if self.removals.is_none() {
            let attempts = self.attempts.checked_sub(1).ok_or(Status::SHOULD_WAIT)?;
            *self = Self { removals: Some(now), count: front(locked)?, done: 0, told: false, attempts };
        }
        self.removals.take_if(|begun| *begun != now);
        Ok(self.removals.is_some())
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads from the queue in `inbox`: as many of its first bytes as `front` says, which are `most` or fewer.
/// When all are in `destination`, `finish` is told their number, under the lock, and removes them if they are to
/// be removed; or it is told what the destination refused them with, if they are still the first. Nothing is read if another
/// reader was faster: [`read_some`] goes on.
///
/// # Errors
/// Those of `front` and of `destination`.
pub(crate) fn read<T: AsRef<ByteQueue>>(
    inbox: &Mutex<T>,
    most: usize,
    front: impl Fn(&T) -> Result<usize, Status>,
    destination: &mut impl Destination,
    finish: impl Fn(&mut T, Result<usize, Status>),
) -> Result<Option<usize>, Status> {
    let mut reading = Reading::new();
    loop {
        let read = match most {
            ..=SMALL => step(&mut reading, &mut [0; SMALL], inbox, &front, destination, &finish)?,
            _ => step(&mut reading, &mut [0; STEP], inbox, &front, destination, &finish)?,
        };
        if read.is_some() || reading.removals.is_none() {
            return Ok(read);
        }
    }
}

/// A step of a long [`read`], of [`PIECES`] pieces; nothing as long as it is not over.
///
/// # Errors
/// Those of [`read`]; `SHOULD_WAIT` when other readers were faster again and again.
pub(crate) fn read_some<T: AsRef<ByteQueue>>(
    reading: &mut Reading,
    inbox: &Mutex<T>,
    front: impl Fn(&T) -> Result<usize, Status>,
    destination: &mut impl Destination,
    finish: impl Fn(&mut T, Result<usize, Status>),
) -> Result<Option<usize>, Status> {
    step(reading, &mut [0; STEP], inbox, front, destination, finish)
}

/// Hands on up to [`PIECES`] pieces, as long as nobody gets in the way.
fn step<T: AsRef<ByteQueue>>(
    reading: &mut Reading,
    piece: &mut [u8],
    inbox: &Mutex<T>,
    front: impl Fn(&T) -> Result<usize, Status>,
    destination: &mut impl Destination,
    finish: impl Fn(&mut T, Result<usize, Status>),
) -> Result<Option<usize>, Status> {
    for _ in 0..PIECES {
        let length = {
            let mut locked = inbox.lock();
            if !reading.begin(&*locked, &front)? {
                return Ok(None);
            }
            let length = locked.as_ref().copy(reading.done, reading.count, piece);
            if length == 0 && reading.told {
                finish(&mut locked, Ok(reading.count));
                return Ok(Some(reading.count));
            }
            length
        };
        let done = reading.done + length;
        let put = destination.put(reading.done, &piece[..length]);
        let taken = put.and_then(|()| if done == reading.count { destination.tell(done) } else { Ok(()) });
        if let Err(status) = taken {
            let mut locked = inbox.lock();
            if reading.removals == Some(locked.as_ref().removals) {
                finish(&mut locked, Err(status));
            }
            return Err(status);
        }
        reading.done = done;
        reading.told = done == reading.count;
    }
    Ok(None)
}
