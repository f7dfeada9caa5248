//! Waiting and waking allocate nothing: the nodes of waits are in futures, and those of packets are made
//! when a port is told to observe.
// Counts allocations.
#![allow(unsafe_code)]
#![cfg(not(loom))]

use abi::{Rights, Signals};
use executor::TimerQueue;
use objects::wait::{Deadline, MAX_ITEMS, SignalWaiter, WaitMany, WaiterPool, begin_wait_on, wait_on};
use objects::{
    AsyncOptions, Call, Channel, Event, FutexTable, FutexWait, Handle, HandleId, HandleTable, Holder, IoPort,
    KernelObject, Mark, Message, NewOwner, Observation, PacketWaiter, Port, Requeue, Subject, Waitset,
    futex_waiter, wake_what_is_left,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

thread_local!(static COUNT: Cell<usize> = const { Cell::new(0) });

struct Counting;

// SAFETY: the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const A: Signals = Signals::USER_SIGNAL_0;
const MINE: HandleId = HandleId(7);

/// How many allocations `work` makes.
fn count<R>(work: impl FnOnce() -> R) -> (usize, R) {
    let before = COUNT.get();
    let result = work();
    (COUNT.get() - before, result)
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The outcome of a wait that has to wait until `wake`.
fn woken_by<F: Future>(future: F, wake: impl FnOnce()) -> F::Output {
    let mut future = pin!(future);
    // A wait may take several turns before it rests.
    (0..100).for_each(|_| assert!(poll(future.as_mut()).is_pending()));
    wake();
    match poll(future) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("not woken"),
    }
}

/// A deadline that is in the timers while the wait lasts.
fn later(timers: &'static TimerQueue) -> Deadline {
    Deadline { at: 1_000, timers }
}

fn timers() -> &'static TimerQueue {
    Box::leak(Box::default())
}

#[test]
fn waiting_for_one_object() {
    let (event, timers) = (Event::new(), timers());
    let signals = &event.base().signals;
    let wait = || wait_on(signals, A, MINE, || true, later(timers));
    let (allocations, ()) = count(|| {
        assert_eq!(woken_by(wait(), || signals.assert(A)), (Ok(()), A));
        signals.clear(A);
        assert!(woken_by(wait(), || assert_eq!(event.cancel_handle(MINE), 1)).0.is_err());
        assert!(woken_by(wait(), || assert_eq!(timers.expire(1_000), 1)).0.is_err());
    });
    assert_eq!(allocations, 0);
}

/// A handle that is replaced can not be lost for want of memory, wherever the table has come to its capacity.
#[test]
fn replacing_a_handle_takes_no_memory() {
    let (table, event) = (HandleTable::new(1, 0), Event::new());
    let add = || {
        let handle = Handle::to_new(event.clone()).expect("a handle");
        table.add(handle).map_err(|(_, status)| status).expect("room")
    };
    for _ in 0..100 {
        let value = add();
        let (allocations, replaced) = count(|| table.replace(value, Rights::SAME_RIGHTS));
        assert_eq!((allocations, replaced.is_ok()), (0, true));
    }
}

/// As threads wait: in what they keep from one call to the next.
#[test]
fn waiting_in_what_a_thread_keeps() {
    let (event, port, timers) = (Event::new(), Port::new(), timers());
    let (futexes, (near, far)) = (FutexTable::default(), Channel::new());
    let observation = Observation::of(A, MINE);
    let mut signals = pin!(SignalWaiter::new(observation));
    let mut packets = pin!(PacketWaiter::new(()));
    let mut futex = pin!(futex_waiter(&futexes));
    let mut call = pin!(Call::default());
    let mut context = Context::from_waker(Waker::noop());
    let mut round = |packet, request| {
        // One deadline after the other, as each call of a thread arms its own.
        let mut deadline = pin!(Some(later(timers).sleep()));
        let mut wait = || {
            deadline.set(Some(later(timers).sleep()));
            assert!(deadline.as_mut().as_pin_mut().is_some_and(|sleep| poll(sleep).is_pending()));
        };
        let begun =
            begin_wait_on(signals.as_mut(), event.clone().into(), observation, || true, Waker::noop());
        assert!(begun.is_pending());
        wait();
        event.base().signals.assert(A);
        assert!(signals.as_mut().poll(&mut context).is_ready());
        event.base().signals.clear(A);
        signals.as_mut().release();

        assert!(port.clone().begin_wait(packets.as_mut(), &mut None, Waker::noop()).is_pending());
        wait();
        port.queue(packet).expect("room");
        let mut never = pin!(None);
        assert!(Port::poll_wait(packets.as_mut(), never.as_mut(), &mut context).is_ready());
        packets.as_mut().release();

        let place = FutexWait { address: 0x1000, thread: 1, owner: Ok(0) };
        let equal = || Ok::<_, Infallible>(true);
        assert_eq!(futexes.begin_wait(futex.as_mut(), place, equal, Waker::noop()), Ok(()));
        wait();
        assert_eq!(futexes.wake(0x1000, 1, NewOwner::Nobody), 1);
        assert!(futex.as_mut().poll(&mut context).is_ready());

        assert_eq!(call.as_mut().begin(near.clone(), request, MINE, || true, Waker::noop()), Ok(()));
        wait();
        assert!(far.write(far.read(0, false, |_, _| Ok(true)).expect("the request")).is_ok());
        assert!(call.as_mut().poll(never, &mut context).is_ready());
    };
    let packet = abi::PortPacket::user(1, [0; 4]);
    let request = || Message { bytes: [0; 64].into(), handles: [].into() };
    round(packet, request()); // the queues of the port and the channel grow to their first size here
    let second = request();
    let (allocations, ()) = count(|| round(packet, second));
    assert_eq!(allocations, 0);
}

/// From the first wait on: the waiters are made by somebody else, before.
#[test]
fn waiting_for_many_objects() {
    let (events, timers) = ([(); MAX_ITEMS].map(|()| Event::new()), timers());
    let pool: &'static WaiterPool = Box::leak(Box::default());
    {
        let mut filler = pin!(pool.fill(|| true));
        while pool.free() < MAX_ITEMS {
            assert!(poll(filler.as_mut()).is_pending());
        }
    }
    for event in &events {
        let wait = async {
            let mut set = WaitMany::new(pool, events.len()).await?;
            set.watch(|index| {
                Ok::<_, abi::Status>((events[index].clone().into(), A, MINE, Mark::default()))
            })?;
            set.wait(|_, _| true, later(timers)).await
        };
        let (allocations, outcome) = count(|| woken_by(wait, || event.base().signals.assert(A)));
        assert_eq!((allocations, outcome), (0, Ok(())));
        event.base().signals.clear(A);
    }
}

/// Also when the observers fire at once, into a queue that was full of packets when they were armed.
#[test]
fn waiting_at_a_port_and_firing() {
    const ARMED: u64 = 500;
    let (port, event, timers) = (Port::new(), Event::new(), timers());
    let observe = |key| {
        let armed = port.wait_async(event.clone().into(), MINE, key, A, AsyncOptions::default(), || true);
        armed.expect("memory");
    };
    (0..ARMED).for_each(observe);
    (0..100).for_each(|key| port.queue(abi::PortPacket::user(key, [0; 4])).expect("room"));
    (0..ARMED).for_each(observe);
    let (allocations, ()) = count(|| {
        event.base().signals.assert(A);
        wake_what_is_left();
    });
    assert_eq!(allocations, 0);
    let (allocations, ()) = count(|| {
        for _ in 0..100 + 2 * ARMED {
            assert!(poll(pin!(port.wait(later(timers)))).is_ready());
        }
    });
    assert_eq!(allocations, 0);
    event.base().signals.clear(A);
    observe(1);
    let fire = || event.base().signals.assert(A);
    let (allocations, packet) = count(|| woken_by(port.wait(later(timers)), fire));
    assert_eq!((allocations, packet.map(|packet| packet.key)), (0, Ok(1)));
}

#[test]
fn cancelling_at_a_port() {
    let (port, event) = (Port::new(), Event::new());
    for key in [1, 2] {
        let armed = port.wait_async(event.clone().into(), MINE, key, A, AsyncOptions::default(), || true);
        armed.expect("memory");
    }
    let (allocations, outcomes) = count(|| {
        let armed = port.cancel(MINE, 1);
        event.base().signals.assert(A);
        (armed, port.cancel(MINE, 2))
    });
    assert_eq!((allocations, outcomes), (0, (Ok(()), Ok(()))));
}

#[test]
fn waiting_for_a_futex_waking_and_requeueing() {
    let (table, timers) = (FutexTable::default(), timers());
    table.widen(4);
    let equal = || Ok::<_, Infallible>(true);
    for owner in [0, 9] {
        let wait = || table.wait(0x1000, 1, Ok(owner), equal, later(timers));
        // The first owner that a process names makes room for the owners that all its threads may name.
        let first = woken_by(wait(), || {
            timers.expire(1_000);
        });
        assert!(first.is_err());
        let (allocations, ()) = count(|| {
            let woken = woken_by(wait(), || assert_eq!(table.wake(0x1000, 1, NewOwner::Nobody), 1));
            assert!(woken.is_ok());
            let moved = woken_by(wait(), || {
                let plan = Requeue {
                    wake: 0,
                    woken_owner: NewOwner::Nobody,
                    target: 0x2000,
                    requeue: 1,
                    owner: Ok(0),
                };
                assert!(table.requeue(0x1000, plan, equal).is_ok());
                timers.expire(1_000);
            });
            assert!(moved.is_err());
        });
        assert_eq!(allocations, 0);
    }
}

#[test]
fn waiting_for_the_reply_to_a_call() {
    let ((a, b), timers) = (Channel::new(), timers());
    let round = || {
        let request = Message { bytes: [0; 64].into(), handles: [].into() };
        count(|| {
            woken_by(a.call(request, MINE, || true, later(timers)), || {
                let request = b.read(0, false, |_, _| Ok(true)).expect("the request");
                assert!(b.write(request).is_ok());
            })
        })
    };
    assert!(round().1.is_ok(), "the queues of the channel grow to their first size here");
    let (allocations, reply) = round();
    assert_eq!((allocations, reply.map(|reply| reply.bytes.len())), (0, Ok(64)));
}

/// A process whose handles are all open.
struct Open;

impl Holder for Open {
    fn holds(&self, _: HandleId) -> bool {
        true
    }
}

#[test]
fn waiting_at_a_wait_set_and_an_io_port() {
    let (event, timers, open) = (Event::new(), timers(), Arc::new(Open));
    let (waitset, port) = (Waitset::new(), IoPort::new(|| 0));
    let subject = || {
        let holder = Arc::<Open>::downgrade(&open);
        Subject { object: event.clone().into(), handle: MINE, holder, mask: A }
    };
    for key in 0..100 {
        waitset.add(key, subject()).expect("memory");
        port.bind(key, subject(), || true).expect("memory");
    }
    let fire = || {
        event.base().signals.assert(A);
        wake_what_is_left();
    };
    let take_all = || {
        for _ in 0..100 {
            assert!(poll(pin!(port.wait(|_| true, later(timers)))).is_ready());
        }
    };
    let (allocations, ()) = count(|| {
        assert_eq!(woken_by(waitset.wait(later(timers)), fire), Ok(()));
        take_all();
        event.base().signals.clear(A);
        let expire = || assert!(timers.expire(1_000) > 0);
        assert!(woken_by(waitset.wait(later(timers)), expire).is_err());
        assert_eq!(woken_by(waitset.wait(later(timers)), fire), Ok(()));
        take_all();
    });
    assert_eq!(allocations, 0);
}
