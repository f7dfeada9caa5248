//! Debuglog: a view of the kernel's log, a ring of records in which new ones replace the oldest.
//!
//! A reader is nothing but the number of the record that it reads next; records it was too slow for are
//! gaps in their sequence. The log knows its readers only to tell them of new records: there are few, and one whose last
//! handle is closed is no reader any more.
//!
//! To tell a reader wakes all who observe it. So a write only notes that all who had read everything are to be told,
//! which is two words, tells a few, and leaves the rest to a kernel task, [`Log::tell_readers`]. The call that wrote does
//! not return to user code before that is over ([`Log::told`]).
//!
//! `LOG_READABLE` changes only with the reader's position locked, by who has looked, with that lock held, at what there is
//! to read: so it is active whenever a reader that was told has not read everything, and never when it has.
//!
//! Lock order: a reader's position, then the log, then the signals of that reader. A new reader, which nobody knows yet,
//! is told as it is entered in the log, without its position.

use crate::core::base::Base;
use crate::core::closing::Doomed;
use crate::core::signals;
use crate::core::slab::Slab;
use crate::object::KernelObject;
use abi::{LOG_RECORD_DATA_MAX, LogRecord, Signals, Status};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};
use waitq::sync::Mutex;
use waitq::{FEW, WaitQueue};

/// How many records a log keeps.
const RECORDS: usize = 256;

/// How many may read a log at a time.
pub const MAX_LOG_READERS: usize = u128::BITS as usize;

type Text = [u8; LOG_RECORD_DATA_MAX];

/// A log.
pub struct Log {
    /// What waits is [`Log::tell_readers`].
    queue: WaitQueue<(), State>,
}

#[derive(Default)]
struct State {
    /// Up to [`RECORDS`]; the record with the number `n` is at `n % RECORDS`.
    ring: Vec<(LogRecord, Text)>,
    /// The number of the next record.
    next: u64,
    readers: Slab<Weak<Debuglog>>,
    telling: Telling,
}

/// Which readers are to be told of new records: each is a bit, by its place. They are told in rounds, so that who waits for
/// those who are to be told now does not wait for ever, whatever is written meanwhile.
#[derive(Default)]
struct Telling {
    /// Those who have read everything.
    waiting: u128,
    /// Those to be told in this round.
    now: u128,
    /// Those to be told in the next.
    next: u128,
    /// How many rounds have begun.
    rounds: u64,
    /// How many are being told at this moment.
    in_hands: usize,
}

impl Telling {
    /// Whoever has read everything is to be told.
    fn begin(&mut self) {
        self.next |= core::mem::take(&mut self.waiting);
    }

    /// The reader at this place is nobody who is to be told, but has read everything, or has left.
    fn settle(&mut self, place: usize, waits: bool) {
        let reader = bit(place);
        self.now &= !reader;
        self.next &= !reader;
        self.waiting = if waits { self.waiting | reader } else { self.waiting & !reader };
    }

    /// The place of one who is to be told now. That is over with [`Telling::has_told`].
    fn take(&mut self) -> Option<usize> {
        if self.is_round_over() && self.next != 0 {
            self.now = core::mem::take(&mut self.next);
            self.rounds += 1;
        }
        let first = self.now.trailing_zeros();
        self.now &= self.now.checked_sub(1)?;
        self.in_hands += 1;
        Some(first as usize)
    }

    fn has_told(&mut self) {
        self.in_hands -= 1;
    }

    fn is_round_over(&self) -> bool {
        self.now == 0 && self.in_hands == 0
    }

    fn is_idle(&self) -> bool {
        self.is_round_over() && self.next == 0
    }

    /// The round in which the last is told of those who are to be told now.
    fn ticket(&self) -> u64 {
        self.rounds + u64::from(self.next != 0)
    }

    fn is_over(&self, ticket: u64) -> bool {
        self.is_idle() || self.rounds > ticket || (self.rounds == ticket && self.is_round_over())
    }
}

/// A set of the reader at this place, or of nobody for [`NO_READER`].
fn bit(place: usize) -> u128 {
    if place < MAX_LOG_READERS { 1 << place } else { 0 }
}

impl State {
    fn write(&mut self, head: LogRecord, text: &[u8]) -> Result<(), Status> {
        let text = &text[..text.len().min(LOG_RECORD_DATA_MAX)];
        let (number, index) = (self.next, self.next as usize % RECORDS);
        if index == self.ring.len() {
            self.ring.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
            self.ring.push((LogRecord::default(), [0; LOG_RECORD_DATA_MAX]));
        }
        let (record, data) = &mut self.ring[index];
        *record = LogRecord { sequence: number as u32, datalen: text.len() as u16, ..head };
        data[..text.len()].copy_from_slice(text);
        data[text.len()..].fill(0); // of the record that was here
        self.next += 1;
        self.telling.begin();
        Ok(())
    }

    /// A reader that is to be told. One that is about to go is told nothing.
    fn take(&mut self) -> Option<Arc<Debuglog>> {
        loop {
            let place = self.telling.take()?;
            if let Some(reader) = self.readers.get(place).and_then(Weak::upgrade) {
                return Some(reader);
            }
            self.telling.has_told();
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { queue: WaitQueue::new(State::default()) }
    }
}

impl Log {
    /// Adds a record; `head` says who wrote it and when, `text` is cut at [`LOG_RECORD_DATA_MAX`] bytes. If there are many
    /// to be told, some may be left to [`Log::tell_readers`].
    ///
    /// # Errors
    /// `NO_MEMORY`, as long as the ring grows.
    pub fn write(&self, head: LogRecord, text: &[u8]) -> Result<(), Status> {
        let is_over = self.queue.with(|state, _| {
            state.write(head, text)?;
            Ok::<_, Status>(state.telling.is_idle())
        })?;
        if !is_over && self.tell_some() {
            self.queue.with(|_, waiters| waiters.wake_one());
            signals::note_leaving();
        }
        Ok(())
    }

    /// Tells some of those who are to be told; whether there are more.
    fn tell_some(&self) -> bool {
        let mut done = 0;
        while done < FEW as usize {
            let Some(reader) = self.queue.with(|state, _| state.take()) else { break };
            done += 1 + reader.base.signals.woken_at_once();
            reader.tell();
            self.queue.with(|state, _| state.telling.has_told());
        }
        self.queue.with(|state, _| !state.telling.is_idle())
    }

    /// Tells readers of what is written, for ever: the life of a kernel task.
    pub async fn tell_readers(&self) {
        loop {
            self.queue.wait_unless((), |state, ()| !state.telling.is_idle()).await;
            while self.tell_some() {
                executor::yield_now().await;
            }
        }
    }

    /// Completes when all readers have been told of what was written before.
    pub async fn told(&self) {
        let ticket = self.queue.with(|state, _| state.telling.ticket());
        while !self.queue.with(|state, _| state.telling.is_over(ticket)) {
            executor::yield_now().await;
        }
    }

    fn add_reader(&self, reader: &Arc<Debuglog>) -> Result<(), Status> {
        self.queue.with(|state, _| {
            if state.readers.len() == MAX_LOG_READERS {
                return Err(Status::NO_RESOURCES);
            }
            let place = state.readers.insert(Arc::downgrade(reader))?;
            reader.place.store(place, Ordering::Relaxed);
            state.telling.settle(place, state.next == 0);
            if state.next != 0 {
                reader.base.signals.assert(Signals::LOG_READABLE);
            }
            Ok(())
        })
    }
}

/// A view of a log.
pub struct Debuglog {
    base: Base,
    log: &'static Log,
    /// The number of the record to read next.
    position: Mutex<u64>,
    /// Its place among the readers, or [`NO_READER`]. Changed with the log locked.
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
        let mut position = self.position.lock();
        let (number, is_last, record) = self.log.queue.with(|state, _| {
            let oldest = state.next.saturating_sub(RECORDS as u64);
            let number = (*position).max(oldest);
            if number == state.next {
                return Err(Status::SHOULD_WAIT);
            }
            let is_last = number + 1 == state.next;
            if is_last {
                state.telling.settle(self.place.load(Ordering::Relaxed), true);
            }
            Ok((number, is_last, state.ring[number as usize % RECORDS]))
        })?;
        *position = number + 1;
        if is_last {
            self.base.signals.clear(Signals::LOG_READABLE);
        }
        Ok(record)
    }

    /// Makes it readable, unless it has read everything meanwhile.
    fn tell(&self) {
        let position = self.position.lock();
        if *position < self.log.queue.with(|state, _| state.next) {
            self.base.signals.assert(Signals::LOG_READABLE);
        }
    }

    /// A reader leaves the log.
    fn leave(&self) {
        let left = self.log.queue.with(|state, _| match self.place.swap(NO_READER, Ordering::Relaxed) {
            NO_READER => None,
            place => {
                state.telling.settle(place, false);
                state.readers.remove(place)
            }
        });
        drop(left);
    }
}

/// One for which there was no handle leaves, too.
impl Drop for Debuglog {
    fn drop(&mut self) {
        self.leave();
    }
}

impl KernelObject for Debuglog {
    fn base(&self) -> &Base {
        &self.base
    }

    fn on_zero_handles(self: &Arc<Self>, _doomed: &mut Doomed) {
        self.leave();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::handle::{Handle, HandleId};
    use crate::object::Kind;
    use crate::testing::{poll, ready};
    use crate::wait::{AsyncOptions, Port};
    use alloc::boxed::Box;
    use core::pin::pin;

    fn log() -> &'static Log {
        Box::leak(Box::default())
    }

    fn is_readable(view: &Debuglog) -> bool {
        view.base().signals.get().contains(Signals::LOG_READABLE)
    }

    fn write(log: &Log) {
        log.write(LogRecord::default(), b"text").expect("written");
    }

    fn readers(log: &'static Log, count: usize) -> Vec<Arc<Debuglog>> {
        (0..count).map(|_| Debuglog::new(log, true).expect("a view")).collect()
    }

    /// How many of them are readable.
    fn readable(readers: &[Arc<Debuglog>]) -> usize {
        readers.iter().filter(|reader| is_readable(reader)).count()
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
            drop(readers.pop());
            drop(Debuglog::new(log, true).expect("a view that gets no handle"));
            readers.push(reader().expect("it left nothing behind"));
            drop(readers.remove(5));
            assert!(reader().is_ok());
            let weak = Arc::downgrade(Debuglog::from_object(readers[0].object()).expect("a view"));
            drop(readers);
            assert_eq!((log.queue.with(|state, _| state.readers.len()), weak.strong_count()), (0, 0));
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
        assert_eq!(log.queue.with(|state, _| state.ring.len()), RECORDS);
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

    #[test]
    fn many_readers_are_told_a_few_at_a_time() {
        let log = log();
        let (readers, few) = (readers(log, MAX_LOG_READERS), FEW as usize);
        write(log);
        assert_eq!(readable(&readers), few);
        let (mut told, mut task) = (pin!(log.told()), pin!(log.tell_readers()));
        assert!(poll(told.as_mut()).is_pending());
        let early = &readers[MAX_LOG_READERS - 1];
        assert!(!is_readable(early) && early.read().is_ok(), "it looks without being told");
        assert!(poll(task.as_mut()).is_pending());
        assert_eq!(readable(&readers), 2 * few);
        while poll(told.as_mut()).is_pending() {
            assert!(poll(task.as_mut()).is_pending());
        }
        assert_eq!((readable(&readers), is_readable(early)), (MAX_LOG_READERS - 1, false));
        write(log);
        assert!(is_readable(early), "the others know, and cost nothing");
        ready(log.told());
        for reader in &readers {
            assert!((0..2).filter(|_| reader.read().is_ok()).count() > 0 && !is_readable(reader));
        }
    }

    /// Who wakes many counts as many.
    #[test]
    fn a_reader_that_many_observe_is_told_alone() {
        let (log, port) = (log(), Port::new());
        let readers = readers(log, 4);
        for (key, reader) in
            (0..u64::from(FEW)).flat_map(|key| readers.iter().map(move |reader| (key, reader)))
        {
            let (source, options) = (reader.clone().into(), AsyncOptions::default());
            let armed = port.wait_async(source, HandleId(1), key, Signals::LOG_READABLE, options, || true);
            armed.expect("it is observed");
        }
        write(log);
        for told in 1..=readers.len() {
            assert_eq!(readable(&readers), told);
            assert_eq!(log.tell_some(), told < 3, "{told}");
        }
    }

    #[test]
    fn a_reader_that_leaves_is_not_waited_for() {
        let log = log();
        let mut readers = readers(log, MAX_LOG_READERS);
        write(log);
        let mut told = pin!(log.told());
        assert!(poll(told.as_mut()).is_pending());
        readers.truncate(FEW as usize);
        assert!(poll(told.as_mut()).is_ready());
        let late = Debuglog::new(log, true).expect("a view");
        assert!(is_readable(&late) && !log.tell_some());
    }

    /// In the moment in which it was to be told.
    #[test]
    fn a_reader_that_has_read_everything_is_told_nothing() {
        let log = log();
        let reader = Debuglog::new(log, true).expect("a view");
        write(log);
        assert!(reader.read().is_ok());
        reader.tell();
        assert!(!is_readable(&reader));
        write(log);
        assert!(is_readable(&reader));
    }

    #[test]
    fn there_is_a_place_for_as_many_readers_as_there_may_be() {
        let places = [0, MAX_LOG_READERS - 1, MAX_LOG_READERS, NO_READER];
        assert_eq!(places.map(bit), [1, 1 << 127, 0, 0]);
    }

    /// However often it says so.
    #[test]
    fn who_has_read_everything_is_to_be_told_and_who_has_left_is_not() {
        let mut telling = Telling::default();
        for (place, waits) in [(0, true), (1, true), (2, true), (1, true), (0, false)] {
            telling.settle(place, waits);
        }
        telling.begin();
        assert_eq!([(); 3].map(|()| telling.take()), [Some(1), Some(2), None]);
    }

    /// Whatever is written meanwhile.
    #[test]
    fn a_round_has_an_end() {
        let mut telling = Telling::default();
        (0..3).for_each(|place| telling.settle(place, true));
        assert!(telling.is_over(telling.ticket()) && telling.take().is_none());
        telling.begin();
        let first = telling.ticket();
        assert_eq!((telling.take(), telling.take()), (Some(0), Some(1)));
        telling.settle(0, true);
        telling.begin();
        let second = telling.ticket();
        assert!(first < second);
        assert_eq!((telling.take(), telling.take()), (Some(2), None), "the next round has to wait");
        (0..2).for_each(|_| telling.has_told());
        assert!(!telling.is_over(first), "one is in somebody's hands");
        telling.has_told();
        assert!(telling.is_over(first) && !telling.is_over(second));
        assert_eq!((telling.take(), telling.is_over(first), telling.is_over(second)), (Some(0), true, false));
        telling.settle(1, true);
        telling.begin();
        telling.has_told();
        assert!(telling.is_over(second) && !telling.is_idle());
        telling.settle(1, true);
        assert!(telling.is_idle() && telling.is_over(9));
    }

    /// It looks whenever it likes, while others write and tell.
    #[test]
    fn a_view_is_readable_exactly_if_there_is_something_to_read() {
        const WRITES: usize = 2_000;
        let log = log();
        let views = readers(log, 3);
        std::thread::scope(|scope| {
            let writers = [(); 2].map(|()| scope.spawn(|| (0..WRITES).for_each(|_| write(log))));
            while !writers.iter().all(|writer| writer.is_finished()) {
                for view in &views {
                    if is_readable(view) {
                        view.read().expect("a record");
                    }
                }
            }
        });
        ready(log.told());
        assert!(views.iter().all(|view| is_readable(view) == view.read().is_ok()));
    }
}
