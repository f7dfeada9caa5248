//! The bytes on their way to one end of a FIFO or socket, and reading them without holding their lock.
//!
//! Copying to user memory may fault, and resolving a fault may need any lock. So a reader copies what is
//! at the front in steps, each under the lock, hands each on without it, and removes the bytes only when
//! all have arrived. If another reader removed something in between, it begins again. So nothing is lost
//! when user memory turns out to be bad, and no byte is read twice.

use abi::Status;
use alloc::collections::VecDeque;
use waitq::sync::Mutex;

/// Bytes that are copied at once; this much is on the stack.
const STEP: usize = 4096;

/// Up to this many bytes, a smaller place on the stack saves clearing the large one.
pub(crate) const SMALL: usize = 128;

/// How often a reader begins again, because user code decides how long others get in its way.
const ATTEMPTS: usize = 16;

/// Where what is read goes.
pub trait Sink {
    /// Takes the bytes from `at` on. Reading may begin again, and overwrite them.
    ///
    /// # Errors
    /// As the sink likes; nothing was read then.
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status>;

    /// Is told, after the last bytes, how many there are in all.
    ///
    /// # Errors
    /// As the sink likes; nothing was read then.
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
        self.bytes.try_reserve_exact(more).map_err(|_| Status::NO_MEMORY)
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

/// Reads from the queue in `inbox`: as many of its first bytes as `front` says, which are `most` or fewer.
/// When all are in `sink`, `finish` is told their number, under the lock, and removes them if they are to
/// be removed.
///
/// # Errors
/// Those of `front` and of `sink`; `SHOULD_WAIT` when other readers were faster again and again.
pub(crate) fn read<T: AsRef<ByteQueue>>(
    inbox: &Mutex<T>,
    most: usize,
    front: impl Fn(&T) -> Result<usize, Status>,
    sink: &mut impl Sink,
    finish: impl Fn(&mut T, usize),
) -> Result<usize, Status> {
    for _ in 0..ATTEMPTS {
        let read = match most {
            ..=SMALL => attempt(&mut [0; SMALL], inbox, &front, sink, &finish)?,
            _ => attempt(&mut [0; STEP], inbox, &front, sink, &finish)?,
        };
        if let Some(count) = read {
            return Ok(count);
        }
    }
    Err(Status::SHOULD_WAIT)
}

/// `None` when another reader came in between.
fn attempt<T: AsRef<ByteQueue>>(
    step: &mut [u8],
    inbox: &Mutex<T>,
    front: impl Fn(&T) -> Result<usize, Status>,
    sink: &mut impl Sink,
    finish: impl Fn(&mut T, usize),
) -> Result<Option<usize>, Status> {
    let (removals, count, mut part) = begin(step, inbox, front)?;
    let mut done = 0;
    loop {
        sink.put(done, &step[..part])?;
        done += part;
        if done == count {
            sink.tell(count)?;
        }
        let mut locked = inbox.lock();
        if (*locked).as_ref().removals != removals {
            return Ok(None);
        }
        if done == count {
            finish(&mut locked, count);
            return Ok(Some(count));
        }
        part = (*locked).as_ref().copy(done, count, step);
    }
}

/// The state of the queue, how many bytes are to be read, and how many of them are in `step` already.
fn begin<T: AsRef<ByteQueue>>(
    step: &mut [u8],
    inbox: &Mutex<T>,
    front: impl Fn(&T) -> Result<usize, Status>,
) -> Result<(u64, usize, usize), Status> {
    let locked = inbox.lock();
    let count = front(&locked)?;
    let queue = (*locked).as_ref();
    Ok((queue.removals, count, queue.copy(0, count, step)))
}
