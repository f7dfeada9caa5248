//! Standard output, of which the command says so when it can not be written: a listing that is cut off by a
//! full disk is no success, and one whose reader has gone ends as programs in a pipe do.

use std::{
    collections::VecDeque,
    fmt,
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Exit status when the reader of the output has gone: that of a program that SIGPIPE ended.
pub const UNREAD: u8 = 141;

/// The output could not be written.
#[derive(Debug)]
pub struct Unwritten(pub io::Error);

impl Unwritten {
    /// Whether there is nobody to write for.
    pub fn is_unread(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot write to standard output: {}", self.0)
    }
}

impl std::error::Error for Unwritten {}

/// Writes `bytes` at once.
///
/// # Errors
/// That is impossible.
pub fn write(bytes: &[u8]) -> Result<(), Unwritten> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Unwritten)
}

/// Bytes that are written at once: after each of these it is known that somebody reads.
const PIECE: usize = 1024;

/// Output that a thread of its own writes, in its order: who puts something in never waits for a reader. Notes on the
/// output go elsewhere, and come after what was put in before them.
#[derive(Clone, Default)]
pub struct Background {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Something was put in, or written, or could not be.
    changed: Condvar,
}

/// Where bytes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Output,
    Notes,
}

#[derive(Default)]
struct State {
    /// What is not written yet; two neighbours go different ways. What could not be written stays.
    waiting: VecDeque<(Way, VecDeque<u8>)>,
    failure: Option<io::Error>,
    /// When a piece was written, or put in where there was none.
    moved: Option<Instant>,
}

/// Nobody has read for so long.
#[derive(Debug)]
pub struct Unread(pub Duration);

impl Background {
    /// Begins to write to `out`, and notes to `notes`.
    pub fn to(out: impl Write + Send + 'static, notes: impl Write + Send + 'static) -> Self {
        let background = Self::default();
        let shared = Arc::clone(&background.shared);
        thread::spawn(move || shared.write(out, notes));
        background
    }

    /// Puts `bytes` behind what is there.
    pub fn put(&self, bytes: &[u8]) {
        self.shared.put(Way::Output, bytes);
    }

    /// Puts a note behind what is there. One that can not be written is no failure.
    pub fn note(&self, text: &str) {
        self.shared.put(Way::Notes, text.as_bytes());
    }

    /// How many bytes are not written. After a failure it is never 0.
    pub fn waiting(&self) -> usize {
        self.shared.lock().waiting.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Takes out the notes that still wait for output before them.
    pub fn take_notes(&self) -> Vec<u8> {
        let mut state = self.shared.lock();
        // A note that comes first is being written.
        let notes = state.waiting.iter_mut().skip(1).filter(|(way, _)| *way == Way::Notes);
        notes.flat_map(|(_, bytes)| bytes.drain(..)).collect()
    }

    /// Whether something could not be written.
    pub fn has_failed(&self) -> bool {
        self.shared.lock().failure.is_some()
    }

    /// Waits until all is written, or nobody has read for `patience`; what is left then stays unwritten.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn end(&self, patience: Duration) -> Result<Result<(), Unread>, Unwritten> {
        let mut state = self.shared.lock();
        while !state.waiting.is_empty() {
            if let Some(error) = state.failure.take() {
                return Err(Unwritten(error));
            }
            let left = patience.saturating_sub(state.moved.map_or(Duration::ZERO, |moved| moved.elapsed()));
            if left.is_zero() {
                return Ok(Err(Unread(patience)));
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(Ok(()))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, way: Way, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut state = self.lock();
        if state.waiting.is_empty() {
            state.moved = Some(Instant::now());
        }
        match state.waiting.back_mut() {
            Some((last, waiting)) if *last == way => waiting.extend(bytes),
            _ => state.waiting.push_back((way, bytes.iter().copied().collect())),
        }
        self.changed.notify_all();
    }

    /// Writes what is put in, until that fails or the process ends.
    fn write(&self, mut out: impl Write, mut notes: impl Write) {
        loop {
            let (way, piece) = self.next();
            let written = match way {
                Way::Output => out.write_all(&piece).and_then(|()| out.flush()),
                Way::Notes => {
                    let _ = notes.write_all(&piece).and_then(|()| notes.flush());
                    Ok(())
                }
            };
            let mut state = self.lock();
            match written {
                Ok(()) => {
                    state.written(piece.len());
                    state.moved = Some(Instant::now());
                }
                Err(error) => state.failure = Some(error),
            }
            self.changed.notify_all();
            if state.failure.is_some() {
                return;
            }
        }
    }

    /// The next piece, which stays where it is until it is written.
    fn next(&self) -> (Way, Vec<u8>) {
        let mut state = self.lock();
        loop {
            if let Some((way, bytes)) = state.waiting.front() {
                return (*way, bytes.iter().take(PIECE).copied().collect());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State {
    /// Takes out what comes first.
    fn written(&mut self, count: usize) {
        let Some((_, first)) = self.waiting.front_mut() else { return };
        first.drain(..count);
        while self.waiting.front().is_some_and(|(_, bytes)| bytes.is_empty()) {
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{PipeReader, Read, pipe};

    /// More than a pipe keeps.
    const MUCH: usize = 1 << 20;

    fn full() -> (PipeReader, Background, Vec<u8>) {
        let (reader, writer) = pipe().unwrap();
        let background = Background::to(writer, std::io::sink());
        let bytes: Vec<u8> = (0..MUCH).map(|at| (at / 7) as u8).collect();
        bytes.chunks(1000).for_each(|piece| background.put(piece));
        (reader, background, bytes)
    }

    #[test]
    fn all_arrives_in_its_order_however_slow_the_reader_is() {
        let (mut reader, background, bytes) = full();
        assert!(background.waiting() > 0 && !background.has_failed());
        let end = thread::spawn(move || background.end(Duration::MAX));
        let mut read = vec![0; MUCH];
        reader.read_exact(&mut read).unwrap();
        assert!(read == bytes && matches!(end.join().unwrap(), Ok(Ok(()))));
    }

    /// However slowly a pipe is read that takes both.
    #[test]
    fn a_note_comes_after_what_was_put_in_before_it() {
        let (reader, writer) = pipe().unwrap();
        let background = Background::to(writer.try_clone().unwrap(), writer);
        let long = "x".repeat(100);
        let mut expected = String::new();
        for number in 0..2000 {
            let line = format!("line {number} {long}\n");
            background.put(line.as_bytes());
            expected += &line;
            if number % 100 == 0 {
                let note = format!("note on {number}\n");
                background.note(&note);
                expected += &note;
            }
        }
        assert!(background.waiting() > 0);
        let end = thread::spawn(move || background.end(Duration::MAX));
        let reader = io::BufReader::with_capacity(64, reader).bytes().map(Result::unwrap);
        let read: Vec<u8> = reader.take(expected.len()).collect();
        assert!(read == expected.as_bytes() && matches!(end.join().unwrap(), Ok(Ok(()))));
    }

    #[test]
    fn a_note_on_output_that_is_never_written_is_left_to_who_asks() {
        let (_reader, background, _) = full();
        background.note("one\n");
        background.put(b"more");
        background.note("two\n");
        assert!(matches!(background.end(Duration::from_millis(10)), Ok(Err(Unread(_)))));
        assert_eq!(background.take_notes(), b"one\ntwo\n");
        assert_eq!(background.take_notes(), b"");
    }

    #[test]
    fn a_reader_that_does_not_read_is_waited_for_no_longer_than_said() {
        let (_reader, background, _) = full();
        assert!(matches!(background.end(Duration::from_millis(10)), Ok(Err(Unread(_)))));
    }

    #[test]
    fn a_reader_that_goes_is_a_failure() {
        let (reader, background, _) = full();
        drop(reader);
        let failed = background.end(Duration::MAX).unwrap_err();
        assert!(failed.is_unread() && background.waiting() > 0);
    }
}
