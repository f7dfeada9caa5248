//! Many who observe one object: nothing that is done to it takes long for that, counted in instructions.

use abi::{Signals, Status};
use alloc::sync::Arc;
use alloc::vec::Vec;
use hafnon_kernel::arch::time;
use hafnon_kernel::{kernel_test, sched::run};
use objects::wait::Deadline;
use objects::{AsyncOptions, Event, HandleId, KernelObject, Port};

/// How many observe.
const MANY: u64 = 20_000;
/// As long as the kernel may go without taking an interrupt.
const LIMIT: u64 = 200_000;

const A: Signals = Signals::USER_SIGNAL_0;
const B: Signals = Signals::USER_SIGNAL_1;

/// Does something that is one step; it must not be too long.
fn step<R>(what: &str, run: impl FnOnce() -> R) -> R {
    let begin = time::ticks();
    let result = run();
    let count = time::ticks() - begin;
    hafnon_kernel::println!("{what}: {count} instructions");
    assert!(count < LIMIT, "{what}: {count}");
    result
}

/// Observers of one event in two ports, made through several handles.
fn crowd() -> (Arc<Event>, [Arc<Port>; 2]) {
    let (event, ports) = (Event::new(), [Port::new(), Port::new()]);
    for key in 0..MANY {
        let port = &ports[key as usize % 2];
        let handle = HandleId(1 + key % 4 / 2);
        let observed =
            port.wait_async(event.clone().into(), handle, key, A, AsyncOptions::default(), || true);
        assert_eq!(observed, Ok(()));
    }
    (event, ports)
}

/// Takes packets that are sure to come; their keys.
async fn take(port: &Port, count: u64) -> Vec<u64> {
    let mut keys = Vec::new();
    for _ in 0..count {
        let deadline = Deadline { at: i64::MAX, timers: run::timers() };
        keys.push(port.wait(deadline).await.expect("a packet").key);
    }
    keys
}

kernel_test! {
    /// A signal wakes all who observed when it came, by and by, and nobody who came later.
    #[needs("cpus=1,2 timeout=120 counted")]
    async fn signals_and_closing_take_no_longer_for_a_crowd() {
        let (event, ports) = crowd();
        let signals = &event.base().signals;
        step("a signal that nobody waits for", || signals.update(Signals::empty(), B));
        step("closing a handle that nobody waits through", || event.cancel_handle(HandleId(9)));
        step("closing a handle that half of them wait through", || event.cancel_handle(HandleId(1)));
        step("a pulse that wakes the others", || {
            signals.update(Signals::empty(), A);
            signals.update(A, Signals::empty());
        });
        let late = ports[0].wait_async(event.clone().into(), HandleId(3), MANY, A, AsyncOptions::default(), || true);
        assert_eq!(late, Ok(()));
        for port in &ports {
            let keys = take(port, MANY / 4).await;
            assert!(keys.iter().all(|key| key % 4 / 2 == 1), "those whose handle was open");
            let none = Deadline { at: 0, timers: run::timers() };
            assert_eq!(port.wait(none).await.map(|packet| packet.key), Err(Status::TIMED_OUT));
        }
        assert_eq!(ports[0].cancel(HandleId(3), MANY), Ok(()), "who came later waits still");
        assert_eq!(ports[0].cancel(HandleId(2), 2), Err(Status::NOT_FOUND));
    }
}
