//! Sockets: streams and datagrams, what readers and writers on many threads do to each other, and failing
//! copies. Every documented answer is asked from user space, in `user/tests`.

use crate::{Disposition, Handle, KernelObject, MAX_BUFFERED, Object, Sink, Socket};
use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use std::thread;

/// Collects what is read, and may do something in the middle of it.
struct Collected<F> {
    bytes: Vec<u8>,
    on_put: F,
}

impl<F: FnMut(usize) -> Result<(), Status>> Sink for Collected<F> {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        self.bytes.truncate(at);
        self.bytes.extend(bytes);
        (self.on_put)(at)
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        assert_eq!(count, self.bytes.len());
        Ok(())
    }
}

fn read_with(
    end: &Socket,
    length: usize,
    on_put: impl FnMut(usize) -> Result<(), Status>,
) -> Result<Vec<u8>, Status> {
    let mut collected = Collected { bytes: Vec::new(), on_put };
    let read = end.read(length, false, &mut collected)?;
    assert_eq!(read, collected.bytes.len());
    Ok(collected.bytes)
}

fn read(end: &Socket, length: usize) -> Result<Vec<u8>, Status> {
    read_with(end, length, |_| Ok(()))
}

fn write(end: &Socket, bytes: &[u8]) -> Result<usize, Status> {
    end.write(bytes.len(), |count| Ok(bytes[..count].to_vec()))
}

fn signals(end: &Socket) -> Signals {
    end.base().signals.get()
}

/// Bytes of which no part looks like another.
fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32)
        .flat_map(|index| (index.wrapping_mul(0x9e37_79b9) >> 8).to_le_bytes())
        .take(length)
        .collect()
}

#[test]
fn a_full_stream_passes_in_pieces_of_any_size() {
    let (left, right) = Socket::new(false);
    let bytes = pattern(3 * MAX_BUFFERED);
    let (mut sent, mut received) = (0, Vec::new());
    for piece in [1, 4095, 4096, 4097, 100_000, MAX_BUFFERED, 12_345].into_iter().cycle() {
        sent += write(&left, &bytes[sent..]).unwrap_or(0);
        received.extend(read(&right, piece).expect("there is something"));
        if received.len() == bytes.len() {
            break;
        }
    }
    assert!(received == bytes);
    assert_eq!(read(&right, 1), Err(Status::SHOULD_WAIT));
    assert_eq!(signals(&left), Signals::SOCKET_WRITABLE);
}

#[test]
fn failed_copies_change_nothing() {
    for datagram in [false, true] {
        let (left, right) = Socket::new(datagram);
        assert_eq!(left.write(5, |_| Err(Status::INVALID_ARGS)), Err(Status::INVALID_ARGS));
        assert_eq!(right.info().rx_buf_size, 0);
        let bytes = pattern(10_000);
        write(&left, &bytes).expect("written");
        let late = |at| if at > 0 { Err(Status::INVALID_ARGS) } else { Ok(()) };
        assert_eq!(read_with(&right, 10_000, late), Err(Status::INVALID_ARGS));
        assert!(read(&right, 10_000) == Ok(bytes));
    }
}

#[test]
fn reading_begins_again_when_another_reader_comes_between() {
    let (left, right) = Socket::new(false);
    let bytes = pattern(10_000);
    write(&left, &bytes).expect("written");
    let mut disturbed = false;
    let rest = read_with(&right, 10_000, |at| {
        if at > 0 && !core::mem::replace(&mut disturbed, true) {
            assert!(read(&right, 100).as_deref() == Ok(&bytes[..100]));
        }
        Ok(())
    });
    assert!(rest.as_deref() == Ok(&bytes[100..]));
    write(&left, &bytes).expect("written");
    let never = read_with(&right, 10_000, |_| read(&right, 1).map(drop));
    assert_eq!(never, Err(Status::SHOULD_WAIT), "and not for ever");
}

#[test]
fn room_that_goes_while_fetching_is_not_used() {
    for (datagram, expected) in [(false, Ok(5)), (true, Err(Status::SHOULD_WAIT))] {
        let (left, right) = Socket::new(datagram);
        let outcome = left.write(10, |count| {
            write(&left, &vec![1; MAX_BUFFERED - 5]).expect("written");
            Ok(vec![2; count])
        });
        assert_eq!(outcome, expected);
        assert_eq!(right.info().rx_buf_size, MAX_BUFFERED - 5 + expected.unwrap_or(0));
    }
}

#[test]
fn closing_while_fetching_is_noticed() {
    let (left, right) = Socket::new(false);
    let handle = Handle::to_new(right).expect("a handle");
    let outcome = left.write(3, |count| {
        drop(handle);
        Ok(vec![0; count])
    });
    assert_eq!(outcome, Err(Status::PEER_CLOSED));
    assert_eq!(signals(&left), Signals::SOCKET_PEER_CLOSED);
}

#[test]
fn dispositions_are_all_or_nothing() {
    let (left, right) = Socket::new(false);
    write(&left, b"unread").expect("written");
    left.set_disposition(Disposition::Disable, Disposition::Disable).expect("disabled");
    for (end, own, peer) in [
        (&left, Disposition::Enable, Disposition::Enable),
        (&right, Disposition::Enable, Disposition::Enable),
        (&left, Disposition::Enable, Disposition::Keep),
        (&right, Disposition::Keep, Disposition::Enable),
    ] {
        assert_eq!(end.set_disposition(own, peer), Err(Status::BAD_STATE));
        assert!(
            signals(&left).contains(Signals::SOCKET_WRITE_DISABLED | Signals::SOCKET_PEER_WRITE_DISABLED)
        );
    }
    right.set_disposition(Disposition::Enable, Disposition::Keep).expect("nothing is unread there");
    assert_eq!(write(&right, b"back"), Ok(4));
}

#[test]
fn datagrams_stay_whole_among_many_threads() {
    const EACH: usize = 2_000;
    let (left, right) = Socket::new(true);
    let closing = Handle::to_new(left.clone()).expect("a handle");
    let writers = [1u8, 2].map(|writer| {
        let left = left.clone();
        thread::spawn(move || {
            for number in 0..EACH {
                let datagram = vec![writer; 1 + number * 37 % 9000];
                while write(&left, &datagram) == Err(Status::SHOULD_WAIT) {
                    thread::yield_now();
                }
            }
        })
    });
    let readers = [(); 2].map(|()| {
        let right: Arc<Socket> = right.clone();
        thread::spawn(move || {
            let mut count = 0;
            loop {
                match read(&right, 9000) {
                    Ok(datagram) => {
                        assert!(datagram.iter().all(|byte| *byte == datagram[0]));
                        count += 1;
                    }
                    Err(Status::PEER_CLOSED) => return count,
                    Err(_) => thread::yield_now(),
                }
            }
        })
    });
    for writer in writers {
        writer.join().expect("it returns");
    }
    drop(closing);
    let read: usize = readers.into_iter().map(|reader| reader.join().expect("it returns")).sum();
    assert_eq!(read, 2 * EACH);
}

#[test]
fn closing_ends_at_once_is_fine() {
    for round in 0..500 {
        let (left, right) = Socket::new(round % 2 == 0);
        let ends = [left, right].map(|end| {
            thread::spawn(move || {
                let handle = Handle::to_new(end.clone()).expect("a handle");
                let Object::Socket(socket) = handle.object().clone() else { panic!("a socket") };
                let _ = write(&socket, b"bytes");
                let _ = socket.set_disposition(Disposition::Disable, Disposition::Enable);
                let _ = read(&socket, 3);
                drop(handle);
                end
            })
        });
        for end in ends.map(|end| end.join().expect("it returns")) {
            assert!(signals(&end).contains(Signals::SOCKET_PEER_CLOSED));
            assert!(!signals(&end).contains(Signals::SOCKET_WRITABLE));
        }
    }
}
