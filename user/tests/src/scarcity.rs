//! Several CPUs that make objects of all sizes while there is no memory left.

use alloc::{sync::Arc, vec::Vec};
use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Event, Port, Status, Vmo,
    abi::{PKT_TYPE_USER, PortPacket},
    clock,
    handle::Handle,
    thread::{self, JoinHandle},
    vmar::PAGE_SIZE,
};

use crate::{
    harness::{call, process, user_test},
    vmo::resizable,
};

/// Threads that make objects.
const THREADS: usize = 4;
/// How much memory they have, in bytes.
const LEFT: usize = 4 << 20;
/// How often each runs out of it.
const ROUNDS: usize = 16;
/// Most objects that a thread keeps.
const KEPT: usize = 40_000;
/// Calls that fail in a row before a thread gives back what it has.
const FAILURES: usize = 200;

/// Makes objects until there is no memory for more, gives half of them back, and so on. How often there was none.
fn make_and_drop(kept: &mut Vec<u32>, mut make: impl FnMut(&mut Vec<u32>) -> Status) -> usize {
    let mut failures = 0;
    for _ in 0..ROUNDS {
        let mut in_a_row = 0;
        while in_a_row < FAILURES && kept.len() + 2 <= KEPT {
            match make(kept) {
                Status::OK => in_a_row = 0,
                Status::NO_MEMORY => in_a_row += 1,
                other => panic!("{other:?}"),
            }
        }
        failures += usize::from(in_a_row == FAILURES);
        drop_from(kept, kept.len() / 2);
    }
    drop_from(kept, 0);
    failures
}

/// Closes the handles from this one on.
fn drop_from(kept: &mut Vec<u32>, start: usize) {
    kept.drain(start..).for_each(|raw| drop(Handle::from_raw(raw)));
}

/// A place for handles in memory that is there already.
fn place() -> Vec<u32> {
    let mut kept = alloc::vec![1; KEPT];
    kept.clear();
    kept
}

fn one(kept: &mut Vec<u32>, status: Status, raw: u32) -> Status {
    if status == Status::OK {
        kept.push(raw);
    }
    status
}

/// Makes ports, and fills each.
fn ports(kept: &mut Vec<u32>) -> Status {
    let packet = PortPacket { kind: u32::from(PKT_TYPE_USER), ..Default::default() };
    if let Some(last) = kept.last() {
        match call!(zx_port_queue(*last, &packet)) {
            Status::SHOULD_WAIT => {}
            status => return status,
        }
    }
    let mut raw = 0;
    let status = call!(zx_port_create(0, &mut raw));
    one(kept, status, raw)
}

fn channels(kept: &mut Vec<u32>) -> Status {
    let (mut first, mut second) = (0, 0);
    let status = call!(zx_channel_create(0, &mut first, &mut second));
    if status == Status::OK {
        kept.push(second);
        let _ = call!(zx_channel_write(first, 0, [1_u8; 100].as_ptr(), 100, core::ptr::null(), 0));
    }
    one(kept, status, first)
}

fn threads(kept: &mut Vec<u32>, process: u32) -> Status {
    let mut raw = 0;
    let status = call!(zx_thread_create(process, b"one".as_ptr(), 3, 0, &mut raw));
    one(kept, status, raw)
}

fn observers(kept: &mut Vec<u32>, event: u32, port: u32) -> Status {
    let mut raw = 0;
    match call!(zx_object_wait_async(event, port, kept.len() as u64, 8, 0)) {
        Status::OK => {}
        status => return status,
    }
    let status = call!(zx_timer_create(0, 0, &mut raw));
    one(kept, status, raw)
}

/// Waits until as many threads have come here.
fn meet(arrived: &AtomicUsize, all: usize) {
    arrived.fetch_add(1, SeqCst);
    while arrived.load(SeqCst) < all {
        clock::yield_now();
    }
}

/// A thread that makes objects as [`make_and_drop`] does, when it and the others have what they need themselves.
fn maker(
    arrived: &Arc<AtomicUsize>,
    mut make: impl FnMut(&mut Vec<u32>) -> Status + Send + 'static,
) -> JoinHandle<usize> {
    let arrived = arrived.clone();
    let maker = thread::spawn("maker", move || {
        let mut kept = place();
        assert_eq!(make(&mut kept), Status::OK);
        drop_from(&mut kept, 0);
        meet(&arrived, THREADS + 1);
        meet(&arrived, 2 * THREADS + 2);
        make_and_drop(&mut kept, make)
    });
    maker.expect("a thread")
}

/// Takes all memory but [`LEFT`].
fn leave_little(glutton: &Vmo) {
    let byte = 1_u8;
    let write =
        |page: usize| call!(zx_vmo_write(glutton.raw(), &raw const byte, (page * PAGE_SIZE) as u64, 1));
    let pages = (0..).find(|page| write(*page) != Status::OK).expect("memory ends");
    assert_eq!(call!(zx_vmo_set_size(glutton.raw(), (pages * PAGE_SIZE - LEFT) as u64)), Status::OK);
}

user_test! {
    #[needs("cpus=4 memory=64M timeout=180")]
    fn four_cpus_run_out_of_memory_and_go_on() {
        let (process, glutton) = (process(), resizable(1 << 30));
        let (event, port) = (Event::create().expect("an event"), Port::create().expect("a port"));
        let (of_process, of_event, of_port) = (process.raw(), event.raw(), port.raw());
        let arrived = Arc::new(AtomicUsize::new(0));
        let makers: [_; THREADS] = [
            maker(&arrived, ports),
            maker(&arrived, channels),
            maker(&arrived, move |kept| threads(kept, of_process)),
            maker(&arrived, move |kept| observers(kept, of_event, of_port)),
        ];
        meet(&arrived, THREADS + 1);
        leave_little(&glutton);
        meet(&arrived, 2 * THREADS + 2);
        let failures = makers.map(|maker| maker.join().expect("it returns"));
        drop((glutton, port));
        assert!(failures.iter().all(|count| *count > 0), "there was enough memory: {failures:?}");
        let (near, far) = Channel::create().expect("there is memory again");
        near.write(&[1; 1000], Vec::new()).expect("and for messages");
        assert_eq!(far.read().expect("a message").bytes.len(), 1000);
    }
}
