//! Models of wait sets and IO ports.

use super::{A, MINE, model, never, poll};
use abi::Status;
use loom::future::block_on;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use objects::{Event, HandleId, Holder, IoPort, KernelObject, Subject, Waitset};
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
            assert_eq!(waitset.report(0, &mut results), (1, 1));
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

/// A binding that is armed again by a wait while its signal is asserted has its packet.
#[test]
fn a_binding_that_is_armed_again_misses_nothing() {
    model(|| {
        let (port, event) = (IoPort::new(|| 0), Event::new());
        let table = Arc::new(Table(AtomicBool::new(true)));
        event.base().signals.assert(A);
        port.bind(1, subject(&event, &table)).expect("bound");
        assert!(block_on(port.wait(|_| true, never())).is_ok());
        event.base().signals.clear(A);
        let watched = event.clone();
        let asserter = thread::spawn(move || watched.base().signals.assert(A));
        assert!(block_on(port.wait(|_| true, never())).is_ok());
        asserter.join().unwrap();
    });
}
