//! Data pipes on a host page table.

use super::*;
use crate::Handle;
use crate::host::{HostEntropy, HostFrames, HostPageTable};
use crate::ipc::Destination;
use crate::memory::vmar::Vmar;
use crate::memory::{PAGE_SIZE, Protection, USER_RANGE};
use std::vec::Vec;

/// Takes what is read, if it is to.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    told: usize,
    refuses: bool,
}

impl Destination for Buffer {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        self.bytes.resize(at, 0);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.told = count;
        if self.refuses { Err(Status::INVALID_ARGS) } else { Ok(()) }
    }
}

fn pipe(element: usize, capacity: usize) -> (Arc<DatapipeProducer>, Arc<DatapipeConsumer>) {
    create(HostFrames::leak(), Charge::default(), element, capacity).expect("a pipe")
}

fn write(producer: &DatapipeProducer, bytes: &[u8], all: bool) -> Result<usize, Status> {
    producer.write(bytes.len(), all, |count| Ok(bytes[..count].to_vec()))
}

fn read(consumer: &DatapipeConsumer, length: usize, all: bool, mode: ReadMode) -> Result<Vec<u8>, Status> {
    let mut buffer = Buffer::default();
    assert!(consumer.read(length, all, mode, &mut buffer)?, "nobody was faster");
    let copied = if mode == ReadMode::Discard { 0 } else { buffer.told };
    assert_eq!(buffer.bytes.len(), copied);
    Ok(if mode == ReadMode::Discard { std::vec![0; buffer.told] } else { buffer.bytes })
}

fn space() -> (Arc<HostPageTable>, Arc<Vmar>) {
    let table = HostPageTable::new();
    (table.clone(), Vmar::root(USER_RANGE, table, HostEntropy::leak(1)))
}

fn signals(producer: &DatapipeProducer, consumer: &DatapipeConsumer) -> (Signals, Signals) {
    (producer.pipe.own().signals.get(), consumer.pipe.own().signals.get())
}

const W: Signals = Signals::DATAPIPE_WRITABLE.union(Signals::DATAPIPE_WRITE_THRESHOLD);
const R: Signals = Signals::DATAPIPE_READABLE.union(Signals::DATAPIPE_READ_THRESHOLD);

#[test]
fn sizes_are_checked() {
    let frames = HostFrames::leak();
    let outcome = |element, capacity| create(frames, Charge::default(), element, capacity).map(drop);
    assert_eq!(outcome(0, 0), Err(Status::INVALID_ARGS));
    assert_eq!(outcome(3, 4), Err(Status::INVALID_ARGS));
    assert_eq!(outcome(1, MAX_CAPACITY + 1), Err(Status::NO_MEMORY));
    assert_eq!(outcome(MAX_CAPACITY + 1, 0), Err(Status::NO_MEMORY));
    assert_eq!(outcome(MAX_CAPACITY, 0), Ok(()));
    assert_eq!(outcome(256 * 1024, 256 * 1024), Ok(()));
    assert_eq!(pipe(1, 0).0.pipe.shared().lock().ring.room(), 32 * 1024);
    assert_eq!(pipe(3, 0).0.pipe.shared().lock().ring.room(), DEFAULT_CAPACITY - 2);
}

#[test]
fn bytes_go_round() {
    let (producer, consumer) = pipe(1, 7);
    let mut next = 0..;
    let mut expected = 0..;
    for step in [5, 7, 3, 1, 6, 7, 2] {
        let bytes: Vec<u8> = next.by_ref().take(step).collect();
        assert_eq!(write(&producer, &bytes, true), Ok(step));
        let out = read(&consumer, 9, false, ReadMode::Take).expect("they are there");
        assert_eq!(out, expected.by_ref().take(step).collect::<Vec<u8>>());
    }
}

#[test]
fn what_does_not_fit_is_cut_or_refused() {
    let (producer, consumer) = pipe(2, 8);
    assert_eq!(write(&producer, &[1; 3], false), Err(Status::INVALID_ARGS));
    assert_eq!(write(&producer, &[], false), Ok(0));
    assert_eq!(write(&producer, &[1; 6], true), Ok(6));
    assert_eq!(write(&producer, &[2; 4], true), Err(Status::OUT_OF_RANGE));
    assert_eq!(write(&producer, &[2; 4], false), Ok(2));
    assert_eq!(write(&producer, &[3; 2], false), Err(Status::SHOULD_WAIT));
    assert_eq!(read(&consumer, 10, true, ReadMode::Take), Err(Status::OUT_OF_RANGE));
    assert_eq!(read(&consumer, 3, false, ReadMode::Take), Err(Status::INVALID_ARGS));
    assert_eq!(read(&consumer, 10, false, ReadMode::Peek), Ok([1, 1, 1, 1, 1, 1, 2, 2].to_vec()));
    assert_eq!(read(&consumer, 6, true, ReadMode::Discard).map(|bytes| bytes.len()), Ok(6));
    assert_eq!(consumer.query(), Ok(2));
    assert_eq!(read(&consumer, 4, false, ReadMode::Take), Ok([2, 2].to_vec()));
    assert_eq!(read(&consumer, 2, false, ReadMode::Take), Err(Status::SHOULD_WAIT));
    assert_eq!(read(&consumer, 0, false, ReadMode::Take), Ok(Vec::new()));
}

#[test]
fn failed_copies_change_nothing() {
    let (producer, consumer) = pipe(1, 8);
    assert_eq!(producer.write(4, false, |_| Err(Status::INVALID_ARGS)), Err(Status::INVALID_ARGS));
    assert_eq!(consumer.query(), Ok(0));
    assert_eq!(write(&producer, b"kept", false), Ok(4));
    let mut refusing = Buffer { refuses: true, ..Buffer::default() };
    for mode in [ReadMode::Take, ReadMode::Discard] {
        assert_eq!(consumer.read(4, false, mode, &mut refusing), Err(Status::INVALID_ARGS));
    }
    assert_eq!(read(&consumer, 4, false, ReadMode::Take), Ok(b"kept".to_vec()));
}

#[test]
fn writer_that_was_overtaken_writes_what_still_fits() {
    let (producer, consumer) = pipe(1, 4);
    let overtaken = producer.write(3, false, |count| {
        assert_eq!(write(&producer, b"first", false), Ok(4));
        read(&consumer, 2, false, ReadMode::Take)?;
        Ok(b"now"[..count].to_vec())
    });
    assert_eq!(overtaken, Ok(2));
    assert_eq!(read(&consumer, 4, false, ReadMode::Take), Ok(b"rsno".to_vec()));
}

#[test]
fn reader_that_was_overtaken_reads_again() {
    struct Overtaken<'a>(&'a DatapipeConsumer, Buffer, bool);
    impl Destination for Overtaken<'_> {
        fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
            if !core::mem::replace(&mut self.2, true) {
                assert_eq!(read(self.0, 1, false, ReadMode::Take), Ok(b"a".to_vec()));
            }
            self.1.put(at, bytes)
        }
        fn tell(&mut self, count: usize) -> Result<(), Status> {
            self.1.tell(count)
        }
    }
    let (producer, consumer) = pipe(1, 4);
    assert_eq!(write(&producer, b"abc", false), Ok(3));
    let mut destination = Overtaken(&consumer, Buffer::default(), false);
    assert_eq!(consumer.read(4, false, ReadMode::Take, &mut destination), Ok(false), "that is another step");
    assert_eq!(consumer.query(), Ok(2));
    assert_eq!(consumer.read(4, false, ReadMode::Take, &mut destination), Ok(true));
    assert_eq!((destination.1.told, destination.1.bytes.as_slice()), (2, &b"bc"[..]));
    assert_eq!(consumer.query(), Ok(0));
}

#[test]
fn signals_follow() {
    let (producer, consumer) = pipe(1, 4);
    let (_, root) = space();
    assert_eq!(signals(&producer, &consumer), (W, Signals::empty()));
    write(&producer, b"ab", false).expect("written");
    assert_eq!(signals(&producer, &consumer), (W, R));
    producer.begin_write(&root, 1).expect("a window");
    consumer.begin_read(&root, 1).expect("a window");
    assert_eq!(signals(&producer, &consumer), (Signals::empty(), Signals::empty()));
    producer.end_write(1).expect("closed");
    consumer.end_read(0).expect("closed");
    write(&producer, b"d", false).expect("written");
    assert_eq!(signals(&producer, &consumer), (Signals::empty(), R), "it is full");
    read(&consumer, 4, false, ReadMode::Take).expect("read");
    assert_eq!(signals(&producer, &consumer), (W, Signals::empty()));
}

#[test]
fn closing_an_end_tells_the_other() {
    let closed = Signals::DATAPIPE_PEER_CLOSED;
    let (producer, consumer) = pipe(1, 4);
    drop(Handle::to_new(consumer.clone()).expect("a handle"));
    assert_eq!(signals(&producer, &consumer).0, closed);
    assert_eq!(write(&producer, b"a", false), Err(Status::PEER_CLOSED));
    assert_eq!(producer.begin_write(&space().1, 1), Err(Status::PEER_CLOSED));

    let (producer, consumer) = pipe(1, 4);
    write(&producer, b"ab", false).expect("written");
    drop(Handle::to_new(producer.clone()).expect("a handle"));
    assert_eq!(signals(&producer, &consumer).1, closed | R);
    assert_eq!(read(&consumer, 3, true, ReadMode::Take), Err(Status::PEER_CLOSED));
    assert_eq!(read(&consumer, 3, false, ReadMode::Take), Ok(b"ab".to_vec()));
    assert_eq!(signals(&producer, &consumer).1, closed);
    assert_eq!(read(&consumer, 3, false, ReadMode::Take), Err(Status::PEER_CLOSED));
    assert_eq!(consumer.begin_read(&space().1, 1), Err(Status::PEER_CLOSED));
}

/// What user code would find at an address.
fn load(table: &HostPageTable, root: &Vmar, address: u64) -> u8 {
    let access = Protection { read: true, write: false, execute: false };
    root.fault(address, access).expect("it is mapped");
    let (frame, _) = table.query(address - address % PAGE_SIZE).expect("a page");
    let mut byte = [0];
    FRAMES.get_or_init(HostFrames::leak).read(frame, (address % PAGE_SIZE) as usize, &mut byte);
    byte[0]
}

static FRAMES: std::sync::OnceLock<&'static HostFrames> = std::sync::OnceLock::new();

#[test]
fn windows_show_the_ring() {
    let frames = *FRAMES.get_or_init(HostFrames::leak);
    let (producer, consumer) = create(frames, Charge::default(), 1, 8).expect("a pipe");
    let (table, root) = space();
    write(&producer, b"abcdef", false).expect("written");
    read(&consumer, 4, false, ReadMode::Take).expect("read");
    write(&producer, b"ghij", false).expect("written"); // the ring is: i j _ _ e f g h
    let (address, size) = consumer.begin_read(&root, 8).expect("a window");
    assert_eq!(size, 4, "up to where the ring ends");
    let seen: Vec<u8> = (0..4).map(|at| load(&table, &root, address + at)).collect();
    assert_eq!(seen, b"efgh");
    let write = Protection { read: false, write: true, execute: false };
    assert!(root.fault(address, write).is_err(), "it can only be read");
    consumer.end_read(3).expect("closed");
    let (again, size) = consumer.begin_read(&root, 8).expect("a window");
    assert_eq!((again, size), (address + 3, 1), "the ring stays where it is mapped");
    consumer.end_read(1).expect("closed");
    assert_eq!(consumer.begin_read(&root, 8), Ok((address - 4, 2)));

    let (address, size) = producer.begin_write(&root, 1).expect("a window");
    assert_eq!(size, 1, "no more than was asked for");
    root.fault(address, write).expect("it can be written");
    assert_eq!(load(&table, &root, address - 2), b'i');
}

#[test]
fn windows_are_closed_once_and_whole() {
    let (producer, consumer) = pipe(2, 8);
    let (_, root) = space();
    assert_eq!(
        (producer.end_write(0), consumer.end_read(0)),
        (Err(Status::BAD_STATE), Err(Status::BAD_STATE))
    );
    assert_eq!(consumer.begin_read(&root, 2), Err(Status::SHOULD_WAIT));
    for requested in [0, 3] {
        assert_eq!(producer.begin_write(&root, requested), Err(Status::INVALID_ARGS));
    }
    for written in [1, 6] {
        assert_eq!(producer.begin_write(&root, 4).map(|window| window.1), Ok(4));
        assert_eq!(producer.begin_write(&root, 4), Err(Status::ALREADY_BOUND));
        assert_eq!(write(&producer, &[0; 2], false), Err(Status::ALREADY_BOUND));
        assert_eq!(producer.end_write(written), Err(Status::INVALID_ARGS));
        assert_eq!(producer.end_write(0), Err(Status::BAD_STATE), "it was closed all the same");
    }
    assert_eq!(consumer.query(), Ok(0));
    producer.begin_write(&root, 8).expect("a window");
    producer.end_write(8).expect("closed");
    assert_eq!(producer.begin_write(&root, 2), Err(Status::SHOULD_WAIT));
    for read_bytes in [1, 10] {
        consumer.begin_read(&root, 8).expect("a window");
        assert_eq!(consumer.query(), Err(Status::ALREADY_BOUND));
        assert_eq!(read(&consumer, 2, false, ReadMode::Discard), Err(Status::ALREADY_BOUND));
        assert_eq!(consumer.begin_read(&root, 2), Err(Status::ALREADY_BOUND));
        assert_eq!(consumer.end_read(read_bytes), Err(Status::INVALID_ARGS));
    }
    assert_eq!(consumer.query(), Ok(8));
}

/// Does what there is to do before the ring can be used there.
fn make_way(step: impl Fn() -> bool) {
    assert!((0..20).any(|_| step()), "it has no end");
}

#[test]
fn mappings_follow_the_end_and_go_with_it() {
    let (producer, _consumer) = pipe(1, 5000);
    let (spaces, handle) = ([space(), space()], Handle::to_new(producer.clone()).expect("a handle"));
    for (index, (_, root)) in spaces.iter().enumerate() {
        assert_eq!(
            index == 1,
            producer.begin_write(root, 1) == Err(Status::ALREADY_BOUND),
            "nobody has made way"
        );
        let _ = producer.end_write(0);
        make_way(|| producer.make_way(root));
        producer.begin_write(root, 1).expect("a window");
        producer.end_write(0).expect("closed");
        let mapped = spaces.each_ref().map(|(_, root)| root.mapped_bytes());
        assert_eq!(mapped, [[8192, 0], [0, 8192]][index]);
    }
    producer.begin_write(&spaces[1].1, 1).expect("a window");
    drop(handle);
    assert_eq!(spaces[1].1.mapped_bytes(), 0);
    assert_eq!(producer.end_write(1), Err(Status::BAD_STATE));
    assert_eq!(producer.begin_write(&spaces[1].1, 1), Err(Status::BAD_HANDLE), "by who looked it up before");
}

/// Cuts a mapping into so many pieces of a page.
fn cut(root: &Vmar, base: u64, pieces: usize) {
    let all = Protection { read: true, write: true, execute: true };
    for piece in (0..pieces as u64).step_by(2) {
        let at = base + piece * PAGE_SIZE;
        let mut change = root.start_protect(abi::VM_PERM_READ, at, PAGE_SIZE, all).expect("it may be");
        while !change.is_done() {
            drop(root.protect(&mut change).expect("it is"));
        }
    }
}

/// However the process has cut the mapping: some steps are done at once, and the rest is left.
#[test]
fn a_ring_in_pieces_is_unmapped_in_steps() {
    const PIECES: usize = 64;
    let (producer, _consumer) = pipe(1, MAX_CAPACITY);
    let ((_, root), handle) = (space(), Handle::to_new(producer.clone()).expect("a handle"));
    let (base, _) = producer.begin_write(&root, 1).expect("a window");
    cut(&root, base, PIECES);
    drop(handle);
    let left = root.mapped_bytes();
    assert!(left > 0 && left < MAX_CAPACITY as u64, "{left} bytes are left");
    crate::testing::discard_until(|| root.mapped_bytes() == 0);
}

/// And where it goes to another address space.
#[test]
fn a_ring_goes_to_another_address_space_in_steps() {
    let ((producer, _consumer), spaces) = (pipe(1, MAX_CAPACITY), [space(), space()]);
    let (base, _) = producer.begin_write(&spaces[0].1, 1).expect("a window");
    producer.end_write(1).expect("closed");
    cut(&spaces[0].1, base, 6);
    let mut steps = 0;
    while !producer.make_way(&spaces[1].1) {
        steps += 1;
        assert!(steps < 100, "it has no end");
        let refused = [0, 1].map(|index: usize| producer.begin_write(&spaces[index].1, 1));
        assert_eq!(refused, [Err(Status::ALREADY_BOUND); 2], "it is neither here nor there");
    }
    assert!(steps >= 3, "{steps} steps");
    producer.begin_write(&spaces[1].1, 1).expect("a window");
    assert!(producer.make_way(&spaces[0].1), "it stays while the window is open");
    assert_eq!(spaces.map(|(_, root)| root.mapped_bytes()), [0, MAX_CAPACITY as u64]);
}

#[test]
fn all_that_there_is_may_be_asked_for_and_nothing_always() {
    let (producer, consumer) = pipe(2, 8);
    for all in [false, true] {
        assert_eq!(read(&consumer, 0, all, ReadMode::Take), Ok(Vec::new()));
        assert_eq!(write(&producer, &[1; 8], all), Ok(8));
        assert_eq!([write(&producer, &[], all), write(&producer, &[], !all)], [Ok(0); 2], "it is full");
        assert_eq!(read(&consumer, 0, all, ReadMode::Take), Ok(Vec::new()));
        assert_eq!(read(&consumer, 8, all, ReadMode::Take), Ok([1; 8].to_vec()));
    }
}

/// A reader hands on what it has copied, and somebody opens a window meanwhile.
#[test]
fn what_was_copied_is_not_taken_out_while_a_window_is_open() {
    let ((producer, consumer), (_, root)) = (pipe(1, 4), space());
    write(&producer, b"abc", false).expect("written");
    let copied = consumer.copy(2, false, ReadMode::Take).expect("copied");
    assert_eq!((copied.bytes.as_slice(), copied.count), (&b"ab"[..], 2));
    consumer.begin_read(&root, 3).expect("a window");
    assert!(consumer.finish(&copied, ReadMode::Peek), "nothing is taken out");
    assert!(!consumer.finish(&copied, ReadMode::Take));
    consumer.end_read(0).expect("closed");
    assert_eq!(consumer.query(), Ok(3));
    assert!(consumer.finish(&copied, ReadMode::Take), "through the window, nothing was");
    assert_eq!(consumer.query(), Ok(1));
    let copied = consumer.copy(1, false, ReadMode::Discard).expect("copied");
    assert_eq!((copied.bytes.len(), copied.count), (0, 1));
    consumer.begin_read(&root, 1).expect("a window");
    consumer.end_read(1).expect("closed");
    assert!(!consumer.finish(&copied, ReadMode::Discard), "it is gone already");
}

#[test]
fn the_memory_of_a_ring_is_committed_in_steps_and_paid_for() {
    const RING: u64 = 40 * PAGE_SIZE;
    let (job, frames) = (crate::Job::root(), HostFrames::leak());
    let payer = crate::core::account::Payer::new(&job);
    let charge = Charge::to(payer.clone());
    let (producer, consumer) = create(frames, charge, 1, RING as usize - 5).expect("a pipe");
    let mut range = producer.ring();
    assert_eq!((range.clone(), frames.used(), payer.pages()), (0..RING, 0, 0));
    assert_eq!(producer.prepare(&mut range), Ok(()));
    assert_eq!((range.clone(), frames.used()), (32 * PAGE_SIZE..RING, 32));
    assert_eq!(producer.prepare(&mut range), Ok(()));
    assert_eq!((range.clone(), frames.used(), payer.pages()), (RING..RING, 40, 40));
    assert_eq!(producer.prepare(&mut (0..RING + 1)), Err(Status::OUT_OF_RANGE));
    assert_eq!(write(&producer, &[1; 5000], true), Ok(5000));
    assert_eq!(frames.used(), 40);
    drop((producer, consumer));
    assert_eq!(payer.pages(), 0);
}

#[test]
fn without_memory_nothing_is_written() {
    let frames = HostFrames::with_limit(1);
    let (producer, consumer) = create(frames, Charge::default(), 1, 8192).expect("a pipe");
    let mut range = producer.ring();
    assert_eq!(producer.prepare(&mut range), Err(Status::NO_MEMORY));
    assert_eq!((range, frames.used()), (4096..8192, 1), "what was committed stays");
    assert_eq!(write(&producer, &[1; 5000], true), Err(Status::NO_MEMORY));
    assert_eq!(consumer.query(), Ok(0));
    assert_eq!(write(&producer, &[1; 4096], true), Ok(4096));
}

#[test]
fn the_ends_know_each_other() {
    let (producer, consumer) = pipe(1, 4);
    let (producer, consumer) = (producer.pipe.own(), consumer.pipe.own());
    assert_eq!((producer.related_koid(), consumer.related_koid()), (consumer.koid(), producer.koid()));
}

#[test]
fn the_consumers_mapping_follows_it_and_goes_with_it() {
    let (producer, consumer) = pipe(1, 5000);
    let (spaces, handle) = ([space(), space()], Handle::to_new(consumer.clone()).expect("a handle"));
    write(&producer, &[1; 5000], true).expect("written");
    let mapped = || spaces.each_ref().map(|(_, root)| root.mapped_bytes());
    assert!(consumer.make_way(&spaces[0].1), "it is mapped nowhere");
    let (address, _) = consumer.begin_read(&spaces[0].1, 1).expect("a window");
    consumer.end_read(1).expect("closed");
    assert!(consumer.make_way(&spaces[0].1), "it is mapped where it is to be");
    assert_eq!(mapped(), [8192, 0]);
    assert_eq!(consumer.begin_read(&spaces[0].1, 2), Ok((address + 1, 2)));
    assert!(consumer.make_way(&spaces[1].1), "it stays while the window is open");
    assert_eq!(mapped(), [8192, 0]);
    consumer.end_read(2).expect("closed");
    assert_eq!(consumer.begin_read(&spaces[1].1, 1), Err(Status::ALREADY_BOUND));
    make_way(|| consumer.make_way(&spaces[1].1));
    assert_eq!(mapped(), [0, 0]);
    consumer.begin_read(&spaces[1].1, 1).expect("a window");
    assert_eq!(mapped(), [0, 8192]);
    drop(handle);
    assert_eq!(mapped(), [0, 0]);
    assert_eq!(consumer.end_read(1), Err(Status::BAD_STATE));
    assert_eq!(consumer.begin_read(&spaces[1].1, 1), Err(Status::BAD_HANDLE), "by who looked it up before");
}

#[test]
fn making_way_where_the_ring_is_changes_nothing() {
    let ((producer, _consumer), (_, root)) = (pipe(1, 5000), space());
    let (address, _) = producer.begin_write(&root, 1).expect("a window");
    producer.end_write(1).expect("closed");
    for _ in 0..3 {
        assert!(producer.make_way(&root));
        assert_eq!(root.mapped_bytes(), 8192);
    }
    assert_eq!(producer.begin_write(&root, 9), Ok((address + 1, 9)));
}

#[test]
fn a_process_that_has_ended_gets_no_window() {
    let ((producer, consumer), (_, root)) = (pipe(1, 4), space());
    write(&producer, b"ab", false).expect("written");
    assert!(root.destroy_address_space(&mut crate::memory::Work::step()).1);
    assert_eq!(producer.begin_write(&root, 1), Err(Status::BAD_STATE));
    assert_eq!(consumer.begin_read(&root, 1), Err(Status::BAD_STATE));
    assert_eq!(signals(&producer, &consumer), (W, R), "none is open");
    assert_eq!((write(&producer, b"c", false), consumer.query()), (Ok(1), Ok(3)));
}

#[test]
fn a_window_has_something_in_it_and_no_more_than_there_was() {
    let ((producer, consumer), (_, root)) = (pipe(2, 8), space());
    write(&producer, &[1; 4], true).expect("written");
    for requested in [0, 1] {
        assert_eq!(consumer.begin_read(&root, requested), Err(Status::INVALID_ARGS));
    }
    assert_eq!(consumer.begin_read(&root, 6).map(|window| window.1), Ok(4), "as much as there is");
    assert_eq!(write(&producer, &[2; 2], true), Ok(2), "there is no window of the producer");
    assert_eq!(consumer.end_read(6), Err(Status::INVALID_ARGS), "it came after the window");
    assert_eq!(consumer.query(), Ok(6));
}
