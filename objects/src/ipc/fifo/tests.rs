//! FIFOs: rings, signals and closing, and readers and writers on many threads.

use crate::{Destination, Fifo, Handle, KernelObject, Reading};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use std::thread;

/// Collects what is read; refuses it if told so.
#[derive(Default)]
struct Collected {
    bytes: Vec<u8>,
    refuse: bool,
    refuse_count: bool,
}

impl Destination for Collected {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        self.bytes.truncate(at);
        self.bytes.extend(bytes);
        if self.refuse { Err(Status::INVALID_ARGS) } else { Ok(()) }
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        assert_eq!(count, self.bytes.len());
        if self.refuse_count { Err(Status::INVALID_ARGS) } else { Ok(()) }
    }
}

fn fifo(count: usize, size: usize) -> (Arc<Fifo>, Arc<Fifo>) {
    Fifo::new(count, size).unwrap_or_else(|status| panic!("{count} of {size}: {status:?}"))
}

fn signals(end: &Fifo) -> Signals {
    end.base().signals.get()
}

fn write(end: &Fifo, size: usize, bytes: &[u8]) -> Result<usize, Status> {
    end.write(size, bytes.len() / size, |buffer| {
        buffer.copy_from_slice(&bytes[..buffer.len()]);
        Ok(())
    })
}

/// Reads as a call does: in one step, or in many if others get in its way.
fn read_into(
    end: &Fifo,
    size: usize,
    count: usize,
    destination: &mut impl Destination,
) -> Result<usize, Status> {
    if let Some(read) = end.read(size, count, destination)? {
        return Ok(read);
    }
    let mut reading = Reading::new();
    loop {
        if let Some(read) = end.read_some(&mut reading, size, count, destination)? {
            return Ok(read);
        }
    }
}

fn read(end: &Fifo, size: usize, count: usize) -> Result<Vec<u8>, Status> {
    let mut collected = Collected::default();
    let read = read_into(end, size, count, &mut collected)?;
    assert_eq!(read * size, collected.bytes.len());
    Ok(collected.bytes)
}

/// Reads an element itself before it takes what somebody else reads.
struct Faster<'a>(Option<&'a Fifo>, Collected);

impl Destination for Faster<'_> {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        if let Some(end) = self.0.take() {
            assert_eq!(read(end, 2, 1), Ok(vec![1, 1]));
        }
        self.1.put(at, bytes)
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.1.tell(count)
    }
}

#[test]
fn a_reader_that_was_slower_goes_on_with_what_is_left() {
    let (left, right) = fifo(8, 2);
    write(&left, 2, &[1, 1, 2, 2, 3, 3]).expect("written");
    let (mut destination, mut reading) = (Faster(Some(&right), Collected::default()), Reading::new());
    assert_eq!(right.read(2, 9, &mut destination), Ok(None));
    assert_eq!(right.read_some(&mut reading, 2, 9, &mut destination), Ok(Some(2)));
    assert_eq!(destination.1.bytes, [2, 2, 3, 3]);
    assert_eq!(read(&right, 2, 1), Err(Status::SHOULD_WAIT));
}

#[test]
fn shapes_are_checked() {
    for (count, size) in
        [(0, 1), (1, 0), (1, 4097), (4097, 1), (1366, 3), (8192, 1), (usize::MAX, usize::MAX)]
    {
        assert_eq!(Fifo::new(count, size).err(), Some(Status::OUT_OF_RANGE), "{count} of {size}");
    }
}

#[test]
fn ring_wraps_and_fills() {
    for count in [4, 5, 6, 7, 8] {
        wrap_and_fill(count);
    }
}

fn wrap_and_fill(count: usize) {
    let (left, right) = fifo(count, 3);
    let mut next = 0u8;
    for _ in 0..100 {
        let bytes: Vec<u8> = (0..9).map(|index| next.wrapping_add(index)).collect();
        assert_eq!(write(&left, 3, &bytes), Ok(3));
        assert_eq!(read(&right, 3, 9), Ok(bytes));
        next = next.wrapping_add(9);
    }
    assert_eq!(write(&left, 3, &[1; 30]), Ok(count));
    assert_eq!(write(&left, 3, &[1; 3]), Err(Status::SHOULD_WAIT));
    assert_eq!(signals(&left), Signals::empty());
}

#[test]
fn failed_copies_change_nothing() {
    let (left, right) = fifo(4, 2);
    assert_eq!(left.write(2, 3, |_| Err(Status::INVALID_ARGS)), Err(Status::INVALID_ARGS));
    assert_eq!(read(&right, 2, 1), Err(Status::SHOULD_WAIT));
    write(&left, 2, &[1, 2, 3, 4]).expect("written");
    let mut destination = Collected { refuse: true, ..Collected::default() };
    assert_eq!(right.read(2, 2, &mut destination), Err(Status::INVALID_ARGS));
    let mut destination = Collected { refuse_count: true, ..Collected::default() };
    assert_eq!(right.read(2, 2, &mut destination), Err(Status::INVALID_ARGS));
    assert_eq!(read(&right, 2, 9), Ok(vec![1, 2, 3, 4]));
}

#[test]
fn room_that_goes_while_fetching_is_not_used() {
    let (left, right) = fifo(4, 1);
    let written = left.write(1, 4, |buffer| {
        buffer.fill(1);
        write(&left, 1, &[2, 2, 2]).map(drop)
    });
    assert_eq!(written, Ok(1));
    assert_eq!(read(&right, 1, 4), Ok(vec![2, 2, 2, 1]));
}

#[test]
fn closing_is_seen_after_the_last_element() {
    let (left, right) = fifo(4, 1);
    let (left, right) = (Handle::to_new(left).expect("a handle"), (right.clone(), Handle::to_new(right)));
    let crate::Object::Fifo(writer) = left.object().clone() else { panic!("a FIFO") };
    write(&writer, 1, &[1, 2, 3, 4]).expect("written");
    drop(left);
    assert_eq!(signals(&right.0), Signals::FIFO_READABLE | Signals::FIFO_PEER_CLOSED);
    assert_eq!(read(&right.0, 1, 3), Ok(vec![1, 2, 3]));
    assert_eq!(write(&right.0, 1, &[1]), Err(Status::PEER_CLOSED));
    assert_eq!(read(&right.0, 1, 3), Ok(vec![4]));
    assert_eq!(read(&right.0, 1, 3), Err(Status::PEER_CLOSED));
    assert_eq!(right.0.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0), Err(Status::PEER_CLOSED));
    drop(right.1);
    assert!(!signals(&writer).contains(Signals::FIFO_WRITABLE));
}

#[test]
fn every_element_is_read_once_by_many_threads() {
    const EACH: u32 = 5_000;
    let (left, right) = fifo(16, 4);
    let writers = [0, 1].map(|writer| {
        let left = left.clone();
        thread::spawn(move || {
            for number in 0..EACH {
                let element = (number * 2 + writer).to_ne_bytes();
                while write(&left, 4, &element) == Err(Status::SHOULD_WAIT) {
                    thread::yield_now();
                }
            }
        })
    });
    let readers = [(); 2].map(|()| {
        thread::spawn({
            let right = right.clone();
            move || {
                let mut seen = Vec::new();
                loop {
                    match read(&right, 4, 5) {
                        Ok(bytes) => {
                            seen.extend(bytes.chunks(4).map(|e| u32::from_ne_bytes(e.try_into().expect("4"))))
                        }
                        Err(Status::PEER_CLOSED) => return seen,
                        Err(_) => thread::yield_now(),
                    }
                }
            }
        })
    });
    let closing = Handle::to_new(left).expect("a handle");
    for writer in writers {
        writer.join().expect("it returns");
    }
    drop(closing);
    let mut all: Vec<u32> =
        readers.into_iter().flat_map(|reader| reader.join().expect("it returns")).collect();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..EACH * 2));
}

#[test]
fn elements_of_another_size_and_none_at_all_are_refused() {
    let (left, right) = fifo(4, 2);
    assert_eq!(write(&left, 2, &[1, 2]), Ok(1));
    for (size, count) in [(1, 1), (1, 0), (2, 0), (3, 1), (4, 1), (0, 1)] {
        let outcome = left.write(size, count, |_| panic!("nothing is fetched"));
        assert_eq!(outcome, Err(Status::OUT_OF_RANGE), "{count} of {size} are written");
        assert_eq!(read(&right, size, count), Err(Status::OUT_OF_RANGE), "{count} of {size} are read");
    }
    assert_eq!(read(&right, 2, 1), Ok(vec![1, 2]), "one is enough");
    let handle = Handle::to_new(right).expect("a handle");
    drop(handle);
    assert_eq!(write(&left, 1, &[1]), Err(Status::PEER_CLOSED), "that is said first");
}

#[test]
fn writable_goes_with_the_last_room_and_comes_back_with_the_first() {
    const WRITABLE: Signals = Signals::FIFO_WRITABLE;
    let (left, right) = fifo(3, 2);
    assert_eq!((signals(&left), signals(&right)), (WRITABLE, WRITABLE));
    assert_eq!(write(&left, 2, &[1, 1, 2, 2]), Ok(2));
    assert_eq!((signals(&left), signals(&right)), (WRITABLE, WRITABLE | Signals::FIFO_READABLE));
    assert_eq!(write(&left, 2, &[3, 3, 4, 4]), Ok(1), "no more than there is room for");
    assert_eq!((signals(&left), signals(&right)), (Signals::empty(), WRITABLE | Signals::FIFO_READABLE));
    assert_eq!(read(&right, 2, 1), Ok(vec![1, 1]));
    assert_eq!((signals(&left), signals(&right)), (WRITABLE, WRITABLE | Signals::FIFO_READABLE));
    assert_eq!(read(&right, 2, usize::MAX), Ok(vec![2, 2, 3, 3]));
    assert_eq!((signals(&left), signals(&right)), (WRITABLE, WRITABLE));
}

/// By somebody who looked it up before.
#[test]
fn reading_at_a_closed_end_makes_nothing_writable_again() {
    let (left, right) = fifo(2, 1);
    let handles = [&left, &right].map(|end| Handle::to_new(end.clone()).expect("a handle"));
    assert_eq!(write(&left, 1, &[1, 2]), Ok(2));
    let [_left, closed] = handles;
    drop(closed);
    assert_eq!(signals(&left), Signals::FIFO_PEER_CLOSED);
    assert_eq!(read(&right, 1, 1), Ok(vec![1]));
    assert_eq!(signals(&left), Signals::FIFO_PEER_CLOSED);
}

#[test]
fn large_rings_pass_through_as_small_ones_do() {
    let (left, right) = fifo(4096, 1);
    let bytes: Vec<u8> = (0..4096).map(|index| (index % 251) as u8).collect();
    assert_eq!(write(&left, 1, &bytes[..129]), Ok(129));
    assert_eq!(write(&left, 1, &bytes[129..]), Ok(4096 - 129));
    assert_eq!(signals(&left), Signals::empty());
    assert_eq!(read(&right, 1, 128).as_deref(), Ok(&bytes[..128]));
    assert_eq!(read(&right, 1, 4096).as_deref(), Ok(&bytes[128..]));
}

#[test]
fn each_end_signals_the_other() {
    let (left, right) = fifo(2, 1);
    assert_eq!(left.base().related_koid(), right.base().koid());
    assert_eq!(right.base().related_koid(), left.base().koid());
    assert_eq!(right.signal_peer(Signals::empty(), Signals::USER_SIGNAL_1), Ok(()));
    assert_eq!(signals(&left), Signals::FIFO_WRITABLE | Signals::USER_SIGNAL_1);
    assert_eq!(signals(&right), Signals::FIFO_WRITABLE);
}
