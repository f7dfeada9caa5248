//! Sockets: streams and datagrams, what readers and writers on many threads do to each other, and failing
//! copies. Every documented answer is asked from user space, in `user/tests`.

use crate::{Destination, Disposition, Handle, KernelObject, MAX_BUFFERED, Object, Reading, Socket};
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

impl<F: FnMut(usize) -> Result<(), Status>> Destination for Collected<F> {
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

/// Reads as a call does: in one step, or in many if others get in its way.
fn read_into(
    end: &Socket,
    length: usize,
    peek: bool,
    destination: &mut impl Destination,
) -> Result<usize, Status> {
    if let Some(read) = end.read(length, peek, destination)? {
        return Ok(read);
    }
    let mut reading = Reading::new();
    loop {
        if let Some(read) = end.read_some(&mut reading, length, peek, destination)? {
            return Ok(read);
        }
    }
}

fn read_with(
    end: &Socket,
    length: usize,
    on_put: impl FnMut(usize) -> Result<(), Status>,
) -> Result<Vec<u8>, Status> {
    let mut collected = Collected { bytes: Vec::new(), on_put };
    let read = read_into(end, length, false, &mut collected)?;
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

/// Reads, and refuses what comes behind the first byte.
fn refuse(end: &Socket, peek: bool, status: Status) {
    let on_put = |at| if at > 0 { Err(status) } else { Ok(()) };
    assert_eq!(end.read(10_000, peek, &mut Collected { bytes: Vec::new(), on_put }), Err(status));
}

#[test]
fn failed_copies_change_nothing() {
    for datagram in [false, true] {
        let (left, right) = Socket::new(datagram);
        assert_eq!(left.write(5, |_| Err(Status::INVALID_ARGS)), Err(Status::INVALID_ARGS));
        assert_eq!(right.info().rx_buf_size, 0);
        let bytes = pattern(10_000);
        write(&left, &bytes).expect("written");
        refuse(&right, true, Status::INVALID_ARGS);
        refuse(&right, datagram, Status::INVALID_ARGS);
        refuse(&right, false, Status::NO_MEMORY);
        assert!(read(&right, 10_000) == Ok(bytes));
    }
}

#[test]
fn a_datagram_that_is_refused_is_gone() {
    let (left, right) = Socket::new(true);
    let (first, second) = (pattern(10_000), pattern(20));
    for bytes in [&first, &second, &first] {
        write(&left, bytes).expect("written");
    }
    refuse(&right, false, Status::INVALID_ARGS);
    assert!(read(&right, 10_000) == Ok(second));
    assert_eq!(signals(&right), Signals::SOCKET_READABLE | Signals::SOCKET_WRITABLE);
    refuse(&right, false, Status::INVALID_ARGS);
    assert_eq!(signals(&right), Signals::SOCKET_WRITABLE);
    assert_eq!(read(&right, 10_000), Err(Status::SHOULD_WAIT));
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

const WRITABLE: Signals = Signals::SOCKET_WRITABLE;
const READABLE: Signals = Signals::SOCKET_READABLE;
const WRITE_DISABLED: Signals = Signals::SOCKET_WRITE_DISABLED;
const PEER_WRITE_DISABLED: Signals = Signals::SOCKET_PEER_WRITE_DISABLED;
const PEER_CLOSED: Signals = Signals::SOCKET_PEER_CLOSED;

fn peek(end: &Socket, length: usize) -> Result<Vec<u8>, Status> {
    let mut collected = Collected { bytes: Vec::new(), on_put: |_| Ok(()) };
    let read = read_into(end, length, true, &mut collected)?;
    assert_eq!(read, collected.bytes.len());
    Ok(collected.bytes)
}

/// Closes the only handle to an end.
fn close(end: &Arc<Socket>) {
    drop(Handle::to_new(end.clone()).expect("a handle"));
}

#[test]
fn lengths_that_32_bits_do_not_hold_are_refused() {
    let most = u32::MAX as usize;
    for (datagram, admitted) in [(false, Ok(MAX_BUFFERED)), (true, Err(Status::OUT_OF_RANGE))] {
        let (left, right) = Socket::new(datagram);
        write(&left, b"unread").expect("written");
        assert_eq!(read(&right, most).as_deref(), Ok(&b"unread"[..]));
        assert_eq!((left.admitted(most), left.admitted(most + 1)), (admitted, Err(Status::INVALID_ARGS)));
        write(&left, b"unread").expect("written");
        assert_eq!(read(&right, most + 1), Err(Status::INVALID_ARGS));
        let mut destination = Collected { bytes: Vec::new(), on_put: |_| Ok(()) };
        let outcome = right.read_some(&mut Reading::new(), most + 1, false, &mut destination);
        assert_eq!(outcome, Err(Status::INVALID_ARGS));
        assert_eq!(right.readable(), 6);
    }
}

#[test]
fn a_full_stream_takes_what_there_is_room_for() {
    let (left, _right) = Socket::new(false);
    assert_eq!(left.admitted(MAX_BUFFERED + 1), Ok(256 * 1024));
    assert_eq!(write(&left, &vec![1; MAX_BUFFERED - 3]), Ok(MAX_BUFFERED - 3));
    assert_eq!([0, 2, 3, 4].map(|length| left.admitted(length)), [0, 2, 3, 3].map(Ok));
    assert_eq!(signals(&left), WRITABLE);
    assert_eq!(write(&left, b"more"), Ok(3));
    assert_eq!(signals(&left), Signals::empty());
    assert_eq!([0, 1].map(|length| left.admitted(length)), [Ok(0), Err(Status::SHOULD_WAIT)]);
    assert_eq!(write(&left, b""), Ok(0), "nothing needs no room");
}

#[test]
fn a_datagram_fits_whole_or_waits_or_never_fits() {
    let (left, right) = Socket::new(true);
    let admitted = |length| left.admitted(length);
    assert_eq!([0, 1, MAX_BUFFERED].map(admitted), [0, 1, MAX_BUFFERED].map(Ok));
    assert_eq!(admitted(MAX_BUFFERED + 1), Err(Status::OUT_OF_RANGE));
    assert_eq!(write(&left, &[1; 10]), Ok(10));
    assert_eq!(admitted(MAX_BUFFERED - 10), Ok(MAX_BUFFERED - 10));
    assert_eq!([MAX_BUFFERED - 9, MAX_BUFFERED].map(admitted), [Err(Status::SHOULD_WAIT); 2]);
    assert_eq!(admitted(MAX_BUFFERED + 1), Err(Status::OUT_OF_RANGE));
    assert_eq!(write(&left, &vec![2; MAX_BUFFERED - 10]), Ok(MAX_BUFFERED - 10));
    assert_eq!([0, 1].map(admitted), [Ok(0), Err(Status::SHOULD_WAIT)]);
    assert_eq!(right.readable(), 10);
}

#[test]
fn peeking_and_reading_nothing_take_nothing_away() {
    for (datagram, first) in [(false, &b"abcde"[..]), (true, &b"abc"[..])] {
        let (left, right) = Socket::new(datagram);
        assert_eq!((right.readable(), peek(&right, 9)), (0, Err(Status::SHOULD_WAIT)));
        assert_eq!([&b"abc"[..], b"", b"de"].map(|bytes| write(&left, bytes)), [3, 0, 2].map(Ok));
        for _ in 0..2 {
            assert_eq!(right.readable(), first.len());
            assert_eq!(peek(&right, 9).as_deref(), Ok(first));
            assert_eq!(peek(&right, 2).as_deref(), Ok(&b"ab"[..]));
            assert_eq!((read(&right, 0), peek(&right, 0)), (Ok(vec![]), Ok(vec![])));
            assert_eq!(signals(&right), WRITABLE | READABLE);
        }
        assert_eq!(read(&right, 2).as_deref(), Ok(&b"ab"[..]));
        let rest = if datagram { &b"de"[..] } else { b"cde" };
        assert_eq!(read(&right, 9).as_deref(), Ok(rest), "of a datagram, what is left is lost");
        assert_eq!((right.readable(), signals(&right)), (0, WRITABLE));
    }
}

#[test]
fn info_tells_how_full_both_directions_are() {
    for (datagram, options, available) in [(false, abi::SOCKET_STREAM, 5), (true, abi::SOCKET_DATAGRAM, 3)] {
        let (left, right) = Socket::new(datagram);
        write(&left, b"abc").expect("written");
        write(&left, b"de").expect("written");
        write(&right, b"other").expect("written");
        let info = right.info();
        assert_eq!((info.options, info.rx_buf_max, info.tx_buf_max), (options, 262_144, 262_144));
        assert_eq!((info.rx_buf_size, info.rx_buf_available, info.tx_buf_size), (5, available, 5));
        let info = left.info();
        assert_eq!((info.rx_buf_size, info.rx_buf_available, info.tx_buf_size), (5, 5, 5));
        close(&right);
        let info = left.info();
        assert_eq!((info.rx_buf_max, info.rx_buf_size, info.rx_buf_available), (262_144, 5, 5));
        assert_eq!((info.tx_buf_max, info.tx_buf_size), (0, 0), "a direction to nobody has no size");
        let info = right.info();
        assert_eq!((info.rx_buf_size, info.rx_buf_available), (0, 0), "what nobody will read is gone");
    }
}

#[test]
fn a_long_read_is_made_in_steps_and_removes_what_it_read_at_the_end() {
    let (left, right) = Socket::new(false);
    let bytes = pattern(100_000);
    write(&left, &bytes).expect("written");
    for peek in [true, false] {
        let mut reading = Reading::new();
        let mut destination = Collected { bytes: Vec::new(), on_put: |_| Ok(()) };
        assert_eq!(right.read_some(&mut reading, 99_999, peek, &mut destination), Ok(None));
        assert_eq!((destination.bytes.len(), right.readable()), (65_536, 100_000));
        assert_eq!(right.read_some(&mut reading, 99_999, peek, &mut destination), Ok(Some(99_999)));
        assert!(destination.bytes == bytes[..99_999]);
        assert_eq!(right.readable(), if peek { 100_000 } else { 1 });
    }
}

#[test]
fn closing_while_reading_is_noticed() {
    let (left, right) = Socket::new(false);
    write(&left, &pattern(10_000)).expect("written");
    let mut handle = Some(Handle::to_new(right.clone()).expect("a handle"));
    let outcome = read_with(&right, 10_000, |_| {
        drop(handle.take());
        Ok(())
    });
    assert_eq!(outcome, Err(Status::SHOULD_WAIT), "what was there is gone, and more may come");
    assert_eq!(write(&left, b"more"), Err(Status::PEER_CLOSED));
}

#[test]
fn what_was_written_before_an_end_was_closed_is_read_first() {
    let (left, right) = Socket::new(false);
    write(&left, b"last").expect("written");
    close(&left);
    assert_eq!(signals(&right), READABLE | PEER_CLOSED);
    assert_eq!(read(&right, 4).as_deref(), Ok(&b"last"[..]));
    assert_eq!(read(&right, 4), Err(Status::PEER_CLOSED));
    assert_eq!((signals(&right), right.half_close()), (PEER_CLOSED, Err(Status::PEER_CLOSED)));
}

/// Whichever end says it, of whichever end it is said.
#[test]
fn writing_is_disabled_where_it_was_said() {
    use Disposition::{Disable, Enable, Keep};
    for turned in [false, true] {
        for by_the_other in [false, true] {
            let (mut left, mut right) = Socket::new(false);
            if turned {
                core::mem::swap(&mut left, &mut right);
            }
            let dispose = |disposition| match by_the_other {
                false => left.set_disposition(disposition, Keep),
                true => right.set_disposition(Keep, disposition),
            };
            write(&left, b"unread").expect("written");
            assert_eq!(dispose(Disable), Ok(()));
            assert_eq!(signals(&left), WRITE_DISABLED);
            assert_eq!(signals(&right), WRITABLE | READABLE | PEER_WRITE_DISABLED);
            assert_eq!([left.admitted(1), left.admitted(0)], [Err(Status::BAD_STATE); 2]);
            assert_eq!([dispose(Keep), dispose(Disable)], [Ok(()); 2], "that may be said again");
            assert_eq!(dispose(Enable), Err(Status::BAD_STATE), "not before all has been read");
            assert_eq!(read(&right, 9).as_deref(), Ok(&b"unread"[..]));
            assert_eq!(read(&right, 9), Err(Status::BAD_STATE));
            assert_eq!((write(&right, b"back"), read(&left, 9).as_deref()), (Ok(4), Ok(&b"back"[..])));
            assert_eq!(dispose(Keep), Ok(()));
            assert_eq!(signals(&right), WRITABLE | PEER_WRITE_DISABLED);
            assert_eq!(dispose(Enable), Ok(()));
            assert_eq!((signals(&left), signals(&right)), (WRITABLE, WRITABLE));
            assert_eq!((write(&left, b"again"), read(&right, 9).as_deref()), (Ok(5), Ok(&b"again"[..])));
            write(&left, b"unread").expect("written");
            assert_eq!([dispose(Keep), dispose(Enable)], [Ok(()); 2], "it was enabled before");
        }
    }
}

/// Zircon shows it so.
#[test]
fn writing_that_was_enabled_after_the_reader_had_gone_shows_as_possible() {
    use Disposition::{Disable, Enable, Keep};
    let closed = |before: &[Disposition], after: &[Disposition]| {
        let (left, right) = Socket::new(false);
        for disposition in before {
            assert_eq!(left.set_disposition(*disposition, Keep), Ok(()));
        }
        close(&right);
        for disposition in after {
            assert_eq!(left.set_disposition(*disposition, Keep), Ok(()));
        }
        signals(&left)
    };
    assert_eq!(closed(&[], &[Enable]), PEER_CLOSED);
    assert_eq!(closed(&[Disable, Enable], &[Keep]), PEER_CLOSED);
    assert_eq!(closed(&[Disable], &[Keep]), PEER_CLOSED | WRITE_DISABLED);
    assert_eq!(closed(&[Disable], &[Enable]), PEER_CLOSED | WRITABLE);
    assert_eq!(closed(&[Disable], &[Enable, Enable]), PEER_CLOSED | WRITABLE);
    assert_eq!(closed(&[Disable], &[Enable, Disable]), PEER_CLOSED | WRITE_DISABLED);
}

#[test]
fn half_closed_ends_read_on() {
    for turned in [false, true] {
        let (mut left, mut right) = Socket::new(false);
        if turned {
            core::mem::swap(&mut left, &mut right);
        }
        write(&left, b"last").expect("written");
        assert_eq!(left.half_close(), Ok(()));
        assert_eq!(signals(&left), WRITE_DISABLED);
        assert_eq!(signals(&right), WRITABLE | READABLE | PEER_WRITE_DISABLED | PEER_CLOSED);
        assert_eq!(write(&left, b"more"), Err(Status::BAD_STATE));
        assert_eq!(read(&right, 9).as_deref(), Ok(&b"last"[..]));
        assert_eq!(read(&right, 9), Err(Status::PEER_CLOSED));
        assert_eq!((write(&right, b"answer"), read(&left, 9).as_deref()), (Ok(6), Ok(&b"answer"[..])));
        assert_eq!(read(&left, 9), Err(Status::SHOULD_WAIT), "more may come");
        assert_eq!(right.half_close(), Ok(()));
        assert_eq!(read(&left, 9), Err(Status::PEER_CLOSED));
        assert_eq!(signals(&left), WRITE_DISABLED | PEER_WRITE_DISABLED | PEER_CLOSED);
    }
}

#[test]
fn the_read_threshold_shows_from_so_many_bytes_on() {
    const REACHED: Signals = Signals::SOCKET_READ_THRESHOLD;
    let (left, right) = Socket::new(false);
    assert_eq!((right.read_threshold(), right.set_read_threshold(3)), (0, Ok(())));
    assert_eq!((right.read_threshold(), left.read_threshold()), (3, 0));
    assert_eq!(signals(&right), WRITABLE);
    write(&left, b"ab").expect("written");
    assert_eq!(signals(&right), WRITABLE | READABLE);
    write(&left, b"c").expect("written");
    assert_eq!(signals(&right), WRITABLE | READABLE | REACHED);
    assert_eq!(signals(&left), WRITABLE);
    assert_eq!(right.set_read_threshold(0), Ok(()));
    assert_eq!(signals(&right), WRITABLE | READABLE, "0 is never");
    assert_eq!(right.set_read_threshold(2), Ok(()));
    assert_eq!(signals(&right), WRITABLE | READABLE | REACHED);
    read(&right, 2).expect("read");
    assert_eq!(signals(&right), WRITABLE | READABLE);
    assert_eq!(right.set_read_threshold(MAX_BUFFERED), Ok(()));
    assert_eq!(right.set_read_threshold(MAX_BUFFERED + 1), Err(Status::INVALID_ARGS));
    assert_eq!(right.read_threshold(), MAX_BUFFERED);
}

#[test]
fn the_write_threshold_shows_from_so_much_room_on() {
    const REACHED: Signals = Signals::SOCKET_WRITE_THRESHOLD;
    let (left, right) = Socket::new(false);
    assert_eq!((left.write_threshold(), left.set_write_threshold(MAX_BUFFERED)), (0, Ok(())));
    assert_eq!((left.write_threshold(), right.write_threshold()), (MAX_BUFFERED, 0));
    assert_eq!((signals(&left), signals(&right)), (WRITABLE | REACHED, WRITABLE));
    write(&left, b"a").expect("written");
    assert_eq!(signals(&left), WRITABLE);
    read(&right, 1).expect("read");
    assert_eq!(signals(&left), WRITABLE | REACHED);
    assert_eq!(left.set_write_threshold(0), Ok(()));
    assert_eq!(signals(&left), WRITABLE, "0 is never");
    assert_eq!(left.set_write_threshold(MAX_BUFFERED + 1), Err(Status::INVALID_ARGS));
    assert_eq!((left.write_threshold(), left.set_write_threshold(1)), (0, Ok(())));
    write(&left, &vec![1; MAX_BUFFERED - 1]).expect("written");
    assert_eq!(signals(&left), WRITABLE | REACHED);
    close(&right);
    assert_eq!(signals(&left), PEER_CLOSED, "there is room, and nobody to read");
    assert_eq!(left.set_write_threshold(2), Err(Status::PEER_CLOSED));
    assert_eq!(left.write_threshold(), 1);
}

#[test]
fn each_end_signals_the_other() {
    let (left, right) = Socket::new(false);
    assert_eq!(left.base().related_koid(), right.base().koid());
    assert_eq!(right.base().related_koid(), left.base().koid());
    assert_eq!(right.signal_peer(Signals::empty(), Signals::USER_SIGNAL_1), Ok(()));
    assert_eq!((signals(&left), signals(&right)), (WRITABLE | Signals::USER_SIGNAL_1, WRITABLE));
    close(&left);
    assert_eq!(right.signal_peer(Signals::empty(), Signals::USER_SIGNAL_1), Err(Status::PEER_CLOSED));
}
