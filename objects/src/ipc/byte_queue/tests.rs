//! How much memory a queue has and keeps, and reads that take many steps or begin anew.

use super::*;
use alloc::vec;
use alloc::vec::Vec;

struct Inbox(ByteQueue);

impl AsRef<ByteQueue> for Inbox {
    fn as_ref(&self) -> &ByteQueue {
        &self.0
    }
}

/// Notes where the pieces went, and may do something at each.
struct Pieces<F> {
    put: Vec<(usize, usize)>,
    told: Vec<usize>,
    on_put: F,
}

impl<F: FnMut()> Pieces<F> {
    fn new(on_put: F) -> Self {
        Self { put: Vec::new(), told: Vec::new(), on_put }
    }
}

impl<F: FnMut()> Destination for Pieces<F> {
    fn put(&mut self, at: usize, bytes: &[u8]) -> Result<(), Status> {
        self.put.push((at, bytes.len()));
        (self.on_put)();
        Ok(())
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.told.push(count);
        Ok(())
    }
}

fn inbox(length: usize) -> Mutex<Inbox> {
    let mut queue = ByteQueue::default();
    queue.push(&vec![1; length]);
    Mutex::new(Inbox(queue))
}

fn all(inbox: &Inbox) -> Result<usize, Status> {
    if inbox.0.is_empty() { Err(Status::SHOULD_WAIT) } else { Ok(inbox.0.len()) }
}

fn remove(inbox: &mut Inbox, read: Result<usize, Status>) {
    inbox.0.remove(read.expect("they are all taken"));
}

#[test]
fn a_queue_has_the_room_that_it_was_made_with() {
    let queue = ByteQueue::with_capacity(STEP).expect("there is memory");
    assert_eq!((queue.bytes.capacity(), queue.len(), queue.is_empty()), (STEP, 0, true));
}

#[test]
fn room_grows_to_a_power_of_two_or_to_the_most_that_there_can_be() {
    let mut queue = ByteQueue::default();
    queue.reserve(100, 1000).expect("there is memory");
    assert_eq!(queue.bytes.capacity(), 128);
    queue.push(&[1; 100]);
    queue.reserve(28, 1000).expect("there is room");
    assert_eq!(queue.bytes.capacity(), 128, "no more was needed");
    queue.reserve(29, 1000).expect("there is memory");
    assert_eq!(queue.bytes.capacity(), 256);
    queue.reserve(500, 1000).expect("there is memory");
    assert_eq!(queue.bytes.capacity(), 1000, "not 1024");
    queue.reserve(1000, 1000).expect("there is memory");
    assert_eq!(queue.bytes.capacity(), 1100, "it is asked for, whatever the most");
    assert_eq!(queue.len(), 100);
}

#[test]
fn an_empty_queue_gives_back_what_is_more_than_a_step() {
    for (capacity, left) in [(STEP - 1, STEP - 1), (STEP, STEP), (STEP + 1, 0), (2 * STEP, 0)] {
        let mut queue = ByteQueue::with_capacity(capacity).expect("there is memory");
        queue.push(&[1]);
        queue.trim();
        assert_eq!((queue.len(), queue.bytes.capacity()), (1, capacity), "something is in it");
        queue.remove(1);
        queue.trim();
        assert_eq!(queue.bytes.capacity(), left);
    }
}

#[test]
fn a_step_of_a_long_read_hands_on_so_many_pieces() {
    for rest in [5, 0] {
        let length = PIECES * STEP + rest;
        let (inbox, mut reading, mut pieces) = (inbox(length), Reading::new(), Pieces::new(|| ()));
        assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(None));
        let whole: Vec<_> = (0..PIECES).map(|piece| (piece * STEP, STEP)).collect();
        assert_eq!(pieces.put, whole);
        assert_eq!(inbox.lock().0.len(), length, "nothing is removed yet");
        assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(Some(length)));
        assert_eq!(pieces.put[PIECES..], [(PIECES * STEP, rest)][..usize::from(rest > 0)]);
        assert_eq!((pieces.told.as_slice(), inbox.lock().0.len()), (&[length][..], 0));
    }
}

#[test]
fn a_read_of_nothing_is_told_like_any_other() {
    let (inbox, mut pieces) = (inbox(3), Pieces::new(|| ()));
    assert_eq!(read(&inbox, 0, |_| Ok(0), &mut pieces, |_, read| assert_eq!(read, Ok(0))), Ok(Some(0)));
    assert_eq!((pieces.put, pieces.told), (vec![(0, 0)], vec![0]));
    assert_eq!(inbox.lock().0.len(), 3);
}

/// A read that is under way has copied bytes that are there no more.
#[test]
fn a_read_begins_anew_when_bytes_were_removed_or_taken_between_its_steps() {
    let length = PIECES * STEP + 9;
    let (inbox, mut reading, mut pieces) = (inbox(length), Reading::new(), Pieces::new(|| ()));
    assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(None));
    inbox.lock().0.remove(10);
    pieces.put.clear();
    assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(None));
    assert!(pieces.put.is_empty(), "what comes next is another step");
    assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(None));
    assert_eq!((pieces.put.first(), pieces.put.last()), (Some(&(0, STEP)), Some(&(15 * STEP, STEP - 1))));
    assert_eq!(pieces.told, [length - 10]);
    let taken = inbox.lock().0.take();
    assert_eq!((taken.len(), inbox.lock().0.len()), (length - 10, 0));
    assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Ok(None));
    assert_eq!(read_some(&mut reading, &inbox, all, &mut pieces, remove), Err(Status::SHOULD_WAIT));
}

#[test]
fn a_read_begins_so_often_and_no_more_once_in_each_step() {
    let (inbox, mut reading) = (inbox(1000), Reading::new());
    let mut pieces = Pieces::new(|| inbox.lock().0.remove(1));
    let mut step = || read_some(&mut reading, &inbox, all, &mut pieces, |_, _| panic!("it is not over"));
    assert!((0..16).all(|_| step() == Ok(None)));
    assert_eq!(step(), Err(Status::SHOULD_WAIT));
    let begun: Vec<_> = (0..16).map(|removed| (0, 1000 - removed)).collect();
    assert_eq!(pieces.put, begun);
    assert_eq!(inbox.lock().0.len(), 1000 - 16);
}

/// Who gets in the way again and again does not make the step longer.
#[test]
fn a_read_that_is_one_step_begins_once() {
    for (length, pieces_handed_on) in [(SMALL, 1), (STEP, 1), (PIECES * STEP, 3)] {
        let (inbox, begun) = (inbox(length + 1), core::cell::Cell::new(0));
        let mut count = 0;
        let mut pieces = Pieces::new(|| {
            count += 1;
            if count >= pieces_handed_on {
                inbox.lock().0.remove(1);
            }
        });
        let front = |inbox: &Inbox| {
            begun.set(begun.get() + 1);
            Ok(inbox.0.len().min(length))
        };
        let outcome = read(&inbox, length, front, &mut pieces, |_, _| panic!("it is not over"));
        assert_eq!((outcome, begun.get()), (Ok(None), 1));
        assert_eq!((pieces.put.len(), inbox.lock().0.len()), (pieces_handed_on, length));
    }
}

/// Refuses the piece that begins there; may do something before that.
struct Refusing<F> {
    at: usize,
    before: F,
}

impl<F: FnMut()> Destination for Refusing<F> {
    fn put(&mut self, at: usize, _: &[u8]) -> Result<(), Status> {
        if at < self.at {
            return Ok(());
        }
        (self.before)();
        Err(Status::INVALID_ARGS)
    }

    fn tell(&mut self, count: usize) -> Result<(), Status> {
        self.put(count, &[])
    }
}

#[test]
fn what_is_refused_is_told_as_long_as_it_is_the_first() {
    for (at, is_first) in [(0, true), (STEP, true), (STEP + 1, true), (0, false), (STEP, false)] {
        let (inbox, told) = (inbox(STEP + 1), core::cell::Cell::new(None));
        let before = || {
            if !is_first {
                inbox.lock().0.remove(1)
            }
        };
        let finish = |_: &mut Inbox, read| told.set(Some(read));
        let read = read(&inbox, STEP + 1, all, &mut Refusing { at, before }, finish);
        assert_eq!(read, Err(Status::INVALID_ARGS));
        assert_eq!(told.get(), is_first.then_some(Err(Status::INVALID_ARGS)), "at {at}");
    }
}
