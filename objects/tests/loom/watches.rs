//! Models of wait sets and IO ports.

use super::{A, MINE, model, never, poll};
use abi::{Signals, Status};
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use objects::{Channel, Event, Handle, HandleId, Holder, IoPort, KernelObject, Message, Subject, Waitset};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;

/// A process whose handle is open until it says otherwise.
struct Table(AtomicBool);

impl Holder for Table {
    fn holds(&self, _: HandleId) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

fn subject(event: &Arc<Event>, table: &Arc<Table>) -> Subject {
    let holder: Weak<Table> = Arc::downgrade(table);
    Subject { object: event.clone().into(), handle: MINE, holder, mask: A }
}

/// A handle that is closed, or a signal that is asserted, while an entry is added and waited for, is reported.
#[test]
fn an_entry_that_races_with_what_it_watches_is_reported() {
    for close in [false, true] {
        model(move || {
            let (waitset, event) = (Waitset::new(), Event::new());
            let table = Arc::new(Table(AtomicBool::new(true)));
            let (watched, holder) = (event.clone(), table.clone());
            let other = thread::spawn(move || match close {
                true => {
                    holder.0.store(false, Ordering::SeqCst);
                    watched.cancel_handle(MINE);
                }
                false => watched.base().signals.assert(A),
            });
            waitset.add(1, subject(&event, &table)).expect("added");
            assert_eq!(block_on(waitset.wait(never())), Ok(()));
            other.join().unwrap();
            let mut results = [Default::default()];
            assert_eq!(waitset.report(None, &mut results), (1, None));
            assert_eq!(results[0].status, if close { Status::CANCELED } else { Status::OK });
        });
    }
}

/// A signal that is asserted while an entry is removed wakes nobody afterwards, and nothing keeps the object.
#[test]
fn an_entry_that_is_removed_lets_go() {
    model(|| {
        let (waitset, event) = (Waitset::new(), Event::new());
        let table = Arc::new(Table(AtomicBool::new(true)));
        waitset.add(1, subject(&event, &table)).expect("added");
        let watched = event.clone();
        let asserter = thread::spawn(move || watched.base().signals.assert(A));
        waitset.remove(1).expect("it was there");
        asserter.join().unwrap();
        assert_eq!(poll(pin!(waitset.wait(never()))), Poll::Pending);
        assert_eq!(Arc::strong_count(&event), 1);
    });
}

/// Messages that are written while an end is bound, and while its packets are taken, are each told of once.
#[test]
fn a_binding_counts_each_message_once() {
    model(|| {
        let (port, (one, other)) = (IoPort::new(|| 0), Channel::new());
        let table = Arc::new(Table(AtomicBool::new(true)));
        let holder: Weak<Table> = Arc::downgrade(&table);
        let mask = Signals::CHANNEL_READABLE;
        let subject = Subject { object: other.clone().into(), handle: MINE, holder, mask };
        let writer = thread::spawn(move || {
            for _ in 0..2 {
                assert!(one.write(Message::default()).is_ok());
            }
        });
        port.bind(1, subject, || true).expect("bound");
        for _ in 0..2 {
            assert!(block_on(port.wait(|_| true, never())).is_ok());
        }
        writer.join().unwrap();
        assert_eq!(poll(pin!(port.wait(|_| true, never()))), Poll::Pending);
    });
}

/// A binding whose port or handle is closed while it is made keeps nothing.
#[test]
fn a_binding_of_what_is_closed_lets_go() {
    for close_port in [false, true] {
        model(move || {
            let (port, event) = (IoPort::new(|| 0), Event::new());
            let table = Arc::new(Table(AtomicBool::new(true)));
            let handle = Handle::to_new(port.clone()).expect("a handle");
            let (bound, holder) = (event.clone(), table.clone());
            let closer = thread::spawn(move || match close_port {
                true => drop(handle),
                false => {
                    holder.0.store(false, Ordering::SeqCst);
                    bound.cancel_handle(MINE);
                    drop((bound, handle));
                }
            });
            let _ = port.bind(1, subject(&event, &table), || true);
            closer.join().unwrap();
            assert_eq!(Arc::strong_count(&event), 1);
        });
    }
}
