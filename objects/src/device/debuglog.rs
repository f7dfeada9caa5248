//! Debuglog: a view of the kernel's log, a ring of records in which new ones replace the oldest.
//!
//! A reader is nothing but the number of the record that it reads next; records it was too slow for are
//! gaps in their sequence. The log knows its readers only to tell them of new records: as each writer tells all of
//! them, there are few, and one whose last handle is closed is no reader any more.

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::core::slab::Slab;
use crate::object::kernel_object;
use abi::{LOG_RECORD_DATA_MAX, LogRecord, Signals, Status};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use waitq::sync::Mutex;

/// How many records a log keeps.
const RECORDS: usize = 256;

/// How many may read a log at a time.
pub const MAX_LOG_READERS: usize = 128;

type Text = [u8; LOG_RECORD_DATA_MAX];

/// A log.
#[derive(Default)]
pub struct Log {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Up to [`RECORDS`]; the record with the number `n` is at `n % RECORDS`.
    ring: Vec<(LogRecord, Text)>,
    /// The number of the next record.
    next: u64,
    readers: Slab<Weak<Debuglog>>,
}

impl Log {
    /// Adds a record; `head` says who wrote it and when, `text` is cut at [`LOG_RECORD_DATA_MAX`] bytes.
    ///
    /// # Errors
    /// `NO_MEMORY`, as long as the ring grows.
    pub fn write(&self, head: LogRecord, text: &[u8]) -> Result<(), Status> {
        let mut state = self.state.lock();
        let text = &text[..text.len().min(LOG_RECORD_DATA_MAX)];
        let (number, index) = (state.next, state.next as usize % RECORDS);
        if index == state.ring.len() {
            state.ring.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
            state.ring.push((LogRecord::default(), [0; LOG_RECORD_DATA_MAX]));
        }
        let (record, data) = &mut state.ring[index];
        *record = LogRecord { sequence: number as u32, datalen: text.len() as u16, ..head };
        data[..text.len()].copy_from_slice(text);
        data[text.len()..].fill(0); // of the record that was here
        state.next += 1;
        for reader in state.readers.iter().filter_map(Weak::upgrade) {
            reader.base.signals.assert(Signals::LOG_READABLE);
        }
        Ok(())
    }

    fn add_reader(&self, reader: &Arc<Debuglog>) -> Result<(), Status> {
        let mut state = self.state.lock();
        if state.readers.len() == MAX_LOG_READERS {
            return Err(Status::NO_RESOURCES);
        }
        let place = state.readers.insert(Arc::downgrade(reader))?;
        reader.place.store(place, Ordering::Relaxed);
        if state.next != 0 {
            reader.base.signals.assert(Signals::LOG_READABLE);
        }
        Ok(())
    }
}

/// A view of a log.
pub struct Debuglog {
    base: Base,
    log: &'static Log,
    /// The number of the record to read next. Locked within the log's lock.
    position: Mutex<u64>,
    /// Its place among the readers, or [`NO_READER`].
    place: AtomicUsize,
}

/// The place of a view that is only written.
const NO_READER: usize = usize::MAX;

impl Debuglog {
    /// A view that starts at the oldest record. `LOG_READABLE` follows only for one that is to `read`.
    ///
    /// # Errors
    /// `NO_MEMORY`; `NO_RESOURCES` when there are [`MAX_LOG_READERS`] already.
    pub fn new(log: &'static Log, read: bool) -> Result<Arc<Self>, Status> {
        let base = Base::with_signals(Signals::LOG_WRITABLE);
        let debuglog =
            Arc::new(Self { base, log, position: Mutex::new(0), place: AtomicUsize::new(NO_READER) });
        if read {
            log.add_reader(&debuglog)?;
        }
        Ok(debuglog)
    }

    /// The log.
    pub fn log(&self) -> &'static Log {
        self.log
    }

    /// The next record: its head, and its text with zeros behind.
    ///
    /// # Errors
    /// `SHOULD_WAIT` when all were read.
    pub fn read(&self) -> Result<(LogRecord, Text), Status> {
        let state = self.log.state.lock();
        let mut position = self.position.lock();
        let oldest = state.next.saturating_sub(RECORDS as u64);
        let number = (*position).max(oldest);
        if number == state.next {
            return Err(Status::SHOULD_WAIT);
        }
        *position = number + 1;
        if *position == state.next {
            self.base.signals.clear(Signals::LOG_READABLE);
        }
        let (record, data) = &state.ring[number as usize % RECORDS];
        Ok((*record, *data))
    }
}

kernel_object!(Debuglog, OBJ_TYPE_DEBUGLOG, DEFAULT_LOG, {
    fn base(&self) -> &Base {
        &self.base
    }

    /// A reader leaves the log.
    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        let left = match self.place.swap(NO_READER, Ordering::Relaxed) {
            NO_READER => None,
            place => self.log.state.lock().readers.remove(place),
        };
        drop(left);
    }
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::handle::Handle;
    use crate::object::KernelObject;
    use alloc::boxed::Box;

    fn log() -> &'static Log {
        Box::leak(Box::default())
    }

    fn is_readable(view: &Debuglog) -> bool {
        view.base().signals.get().contains(Signals::LOG_READABLE)
    }

    #[test]
    fn every_reader_reads_every_record() {
        let log = log();
        let early = Debuglog::new(log, true).expect("a view");
        assert!(!is_readable(&early));
        assert_eq!(early.read().err(), Some(Status::SHOULD_WAIT));
        log.write(LogRecord { pid: 5, ..Default::default() }, b"one").expect("written");
        let late = Debuglog::new(log, true).expect("a view");
        for view in [early, late] {
            assert!(is_readable(&view));
            let (record, text) = view.read().expect("a record");
            assert_eq!((record.sequence, record.datalen, record.pid), (0, 3, 5));
            assert_eq!(text[..4], *b"one\0");
            assert!(!is_readable(&view));
        }
    }

    /// Readers that go make room for others, and nothing is kept of them.
    #[test]
    fn readers_are_few_and_leave_nothing_behind() {
        let log = log();
        let reader = || Debuglog::new(log, true).map(|view| Handle::to_new(view).expect("a handle"));
        for _ in 0..3 {
            let mut readers: Vec<_> = (0..MAX_LOG_READERS).map(|_| reader().expect("room")).collect();
            assert_eq!(reader().err(), Some(Status::NO_RESOURCES));
            assert!(Debuglog::new(log, false).is_ok(), "writers do not count");
            drop(readers.remove(5));
            assert!(reader().is_ok());
            let weak = Arc::downgrade(Debuglog::from_object(readers[0].object()).expect("a view"));
            drop(readers);
            assert_eq!((log.state.lock().readers.len(), weak.strong_count()), (0, 0));
        }
    }

    /// It is readable as long as there is a record that it has not read.
    #[test]
    fn a_view_is_readable_until_the_last_record() {
        let log = log();
        let (view, writer) =
            (Debuglog::new(log, true).expect("a view"), Debuglog::new(log, false).expect("a view"));
        assert!(core::ptr::eq(view.log(), log) && core::ptr::eq(writer.log(), log));
        for round in 0..3 {
            for text in [b"one", b"two"] {
                writer.log().write(LogRecord { tid: round, ..Default::default() }, text).expect("written");
            }
            assert!(is_readable(&view) && !is_readable(&writer));
            for (number, text) in [(0, b"one"), (1, b"two")] {
                let (record, data) = view.read().expect("a record");
                assert_eq!((record.sequence, record.tid), (2 * round as u32 + number, round));
                assert_eq!(data[..3], text[..]);
                assert_eq!(is_readable(&view), number == 0);
            }
            assert_eq!(view.read().err(), Some(Status::SHOULD_WAIT));
        }
        assert_eq!(writer.base().signals.get(), Signals::LOG_WRITABLE);
    }

    /// Nothing of a record is left in the one that replaces it.
    #[test]
    fn a_record_is_its_own_text_and_zeros() {
        let log = log();
        for text in [&[7; LOG_RECORD_DATA_MAX][..], b"short"] {
            let head = LogRecord { pid: text.len() as u64, ..Default::default() };
            (0..RECORDS).for_each(|_| log.write(head, text).expect("written"));
        }
        let view = Debuglog::new(log, true).expect("a view");
        for number in 0..RECORDS {
            let (record, data) = view.read().expect("a record");
            assert_eq!((record.sequence as usize, record.datalen, record.pid), (RECORDS + number, 5, 5));
            assert!(data.starts_with(b"short") && data[5..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(view.read().err(), Some(Status::SHOULD_WAIT));
    }

    #[test]
    fn a_full_log_keeps_as_many_records_as_it_may() {
        let log = log();
        let view = Debuglog::new(log, true).expect("a view");
        (0..RECORDS).for_each(|_| log.write(LogRecord::default(), b"").expect("written"));
        assert_eq!(view.read().map(|(record, _)| (record.sequence, record.datalen)), Ok((0, 0)));
        (0..2).for_each(|_| log.write(LogRecord::default(), b"").expect("written"));
        assert_eq!(view.read().map(|(record, _)| record.sequence), Ok(2), "1 is gone");
        let late = Debuglog::new(log, true).expect("a view");
        assert_eq!(late.read().map(|(record, _)| record.sequence), Ok(2));
        assert_eq!(log.state.lock().ring.len(), RECORDS);
    }

    #[test]
    fn slow_readers_see_a_gap() {
        let log = log();
        let view = Debuglog::new(log, true).expect("a view");
        for _ in 0..RECORDS + 3 {
            log.write(LogRecord::default(), &[7; 2 * LOG_RECORD_DATA_MAX]).expect("written");
        }
        let (record, _) = view.read().expect("a record");
        assert_eq!((record.sequence, record.datalen as usize), (3, LOG_RECORD_DATA_MAX));
        for _ in 1..RECORDS {
            view.read().expect("a record");
        }
        assert_eq!(view.read().err(), Some(Status::SHOULD_WAIT));
    }
}
