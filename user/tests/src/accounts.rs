//! What the kernel holds for a process counts in its job, and is limited there: with each kind of thing, children take
//! as much as they may, and it comes back.

use alloc::{boxed::Box, vec::Vec};
use core::mem::ManuallyDrop;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hafnon_user::{
    AsHandle, Channel, EventPair, Handle, Job, Process, Signals, Startup, Status,
    abi::{
        PA_USER0, PROP_JOB_MEMORY_LIMIT, THREAD_STATE_BLOCKED_WAIT_MANY, VM_ALIGN_2GB, VM_CAN_MAP_READ,
        VM_CAN_MAP_SPECIFIC, VM_MAP_RANGE, VM_PERM_READ, VM_SPECIFIC, WAIT_MANY_MAX_ITEMS, WaitItem,
    },
    clock::{self, INFINITE},
    info,
    startup::{self, root_vmar},
    vmar::PAGE_SIZE,
};

use crate::{
    harness::{TURNS, call, job, resource, user_test},
    hunger::{child_in, limited, start_in},
    property,
};

/// How many pages the job of a child may have.
const PAGES: usize = 1024;
/// How many of these a child has before it begins, at most, and what may come back meanwhile of those before it.
const BASE: usize = 300;
/// By how many pages a job may come to have more than it may: a few slabs, and what CPUs keep at hand.
const SLACK: usize = 64;
/// How many pages may not come back, at most: free objects that CPUs keep at hand lie in as many slabs as they are, if
/// they were freed in another order than they were made.
const KEPT: usize = 256;

/// What a child says, and is told.
const READY: Signals = Signals::USER_SIGNAL_0;
const FULL: Signals = Signals::USER_SIGNAL_1;

/// Makes one thing of its kind after the other, until a call fails; how many, and how it failed.
type Spend = fn() -> (i64, Status);

/// Roles, and what they spend.
const KINDS: [(&str, Spend); 11] = [
    ("spend-messages", messages),
    ("spend-events", events),
    ("spend-tables", tables),
    ("spend-regions", regions),
    ("spend-threads", threads),
    ("spend-packets", packets),
    ("spend-few-packets", few_packets),
    ("spend-empty-messages", empty_messages),
    ("spend-observers", observers),
    ("spend-data-pipes", data_pipes),
    ("spend-waits", waits),
];

/// Calls this until it fails; how often it did not, and how it failed.
fn count(mut make: impl FnMut(i64) -> Status) -> (i64, Status) {
    let mut made = 0;
    loop {
        match make(made) {
            Status::OK => made += 1,
            status => return (made, status),
        }
    }
}

/// Messages that nobody reads, 1000 in each channel.
fn messages() -> (i64, Status) {
    static BYTES: [u8; 200] = [1; 200];
    let (mut near, mut far) = (0, 0);
    count(|made| {
        if made % 1000 == 0 {
            match call!(zx_channel_create(0, &mut near, &mut far)) {
                Status::OK => {}
                status => return status,
            }
        }
        call!(zx_channel_write(near, 0, BYTES.as_ptr(), BYTES.len() as u32, null(), 0))
    })
}

/// Rings of data pipes, which are written to page by page.
fn data_pipes() -> (i64, Status) {
    const PAGES: usize = 64;
    static PAGE: [u8; PAGE_SIZE] = [1; PAGE_SIZE];
    let (mut consumer, mut producer, mut actual) = (0, 0, 0);
    count(|made| {
        if made % PAGES as i64 == 0 {
            match call!(mx_datapipe_create(0, 1, PAGES * PAGE_SIZE, &mut consumer, &mut producer)) {
                Status::OK => {}
                status => return status,
            }
        }
        call!(mx_datapipe_write(producer, 0, PAGE.as_ptr(), PAGE_SIZE, &mut actual))
    })
}

fn events() -> (i64, Status) {
    count(|_| call!(zx_event_create(0, &mut 0)))
}

/// One page, mapped again and again at places so far from each other that each needs a page table.
fn tables() -> (i64, Status) {
    const SPAN: usize = 2 << 20;
    let (mut vmo, mut region, mut base, byte) = (0, 0, 0, 1_u8);
    assert_eq!(call!(zx_vmo_create(PAGE_SIZE as u64, 0, &mut vmo)), Status::OK);
    assert_eq!(call!(zx_vmo_write(vmo, (&raw const byte).cast(), 0, 1)), Status::OK);
    let (root, options) =
        (root_vmar().expect("a root region"), VM_CAN_MAP_READ | VM_ALIGN_2GB | VM_CAN_MAP_SPECIFIC);
    let size = 2 * PAGES * SPAN;
    assert_eq!(call!(zx_vmar_allocate(root.raw(), options, 0, size, &mut region, &mut base)), Status::OK);
    let options = VM_PERM_READ | VM_SPECIFIC | VM_MAP_RANGE;
    count(|made| call!(zx_vmar_map(region, options, made as usize * SPAN, vmo, 0, PAGE_SIZE, &mut 0)))
}

/// Regions, 16 deep in each other.
fn regions() -> (i64, Status) {
    let root = root_vmar().expect("a root region");
    let mut parent = root.raw();
    count(|made| {
        let depth = (made % 16) as usize;
        let outer = if depth == 0 { root.raw() } else { parent };
        call!(zx_vmar_allocate(outer, VM_CAN_MAP_READ, 0, (16 - depth) * PAGE_SIZE, &mut parent, &mut 0))
    })
}

/// Threads that never start.
fn threads() -> (i64, Status) {
    let process = startup::process().expect("this process");
    count(|_| call!(zx_thread_create(process.raw(), b"one".as_ptr(), 3, 0, &mut 0)))
}

/// Packets that nobody takes out, 1000 in each port.
fn packets() -> (i64, Status) {
    let (mut port, packet) = (0, hafnon_user::abi::PortPacket::default());
    count(|made| {
        if made % 1000 == 0 {
            match call!(zx_port_create(0, &mut port)) {
                Status::OK => {}
                status => return status,
            }
        }
        call!(zx_port_queue(port, &raw const packet))
    })
}

/// How many ports or channels are there before anything is put into them. Each takes little then.
const HOLDERS: usize = 2_000;

/// Makes this many, and then puts one thing after the other into them, by turns.
fn put_into_many(make: impl Fn(&mut u32) -> Status, put: impl Fn(u32) -> Status) -> (i64, Status) {
    let mut holders = Vec::from([0; HOLDERS]);
    for holder in &mut holders {
        assert_eq!(make(holder), Status::OK);
    }
    count(|made| put(holders[made as usize % HOLDERS]))
}

/// Packets, a few in each port: as many as the smallest allocations hold.
fn few_packets() -> (i64, Status) {
    let packet = hafnon_user::abi::PortPacket::default();
    put_into_many(|port| call!(zx_port_create(0, port)), |port| call!(zx_port_queue(port, &raw const packet)))
}

/// Messages of no bytes, a few in each channel.
fn empty_messages() -> (i64, Status) {
    put_into_many(
        |near| call!(zx_channel_create(0, near, &mut 0)),
        |near| call!(zx_channel_write(near, 0, null(), 0, null(), 0)),
    )
}

/// Waits of one port for one event.
fn observers() -> (i64, Status) {
    const OBSERVED: u32 = Signals::USER_SIGNAL_0.bits();
    let (mut event, mut port) = (0, 0);
    assert_eq!(call!(zx_event_create(0, &mut event)), Status::OK);
    assert_eq!(call!(zx_port_create(0, &mut port)), Status::OK);
    count(|made| call!(zx_object_wait_async(event, port, made as u64, OBSERVED, 0)))
}

/// Threads that wait for as many objects as they may without paying for that wait.
fn waits() -> (i64, Status) {
    const ITEMS: usize = 8;
    static STACK: [AtomicU64; 512] = [const { AtomicU64::new(0) }; 512];
    let (process, mut event) = (startup::process().expect("this process"), 0);
    assert_eq!(call!(zx_event_create(0, &mut event)), Status::OK);
    let item = WaitItem { handle: event, waitfor: Signals::USER_SIGNAL_0, pending: Signals::empty() };
    let items = Box::leak(Box::new([item; ITEMS])).as_mut_ptr();
    // They all write the same to one stack, and none comes back to read it. It is there before memory is short.
    STACK.iter().for_each(|word| word.store(1, Relaxed));
    let stack = STACK.as_ptr_range().end.expose_provenance() - size_of::<usize>();
    extern "C" fn wait(items: usize, _: usize) -> ! {
        let items = core::ptr::with_exposed_provenance_mut(items);
        call!(zx_object_wait_many(items, ITEMS, INFINITE));
        unreachable!("nobody signals")
    }
    let entry = wait as *const () as usize;
    count(|_| {
        let mut thread = 0;
        let created = call!(zx_thread_create(process.raw(), b"one".as_ptr(), 3, 0, &mut thread));
        if created != Status::OK {
            return created;
        }
        let status = call!(zx_thread_start(thread, entry, stack, items.expose_provenance(), 0));
        let thread = ManuallyDrop::new(Handle::from_raw(thread));
        // One after the other, so that none has to wait for places.
        while status == Status::OK && state(&thread) != THREAD_STATE_BLOCKED_WAIT_MANY {
            clock::yield_now();
        }
        status
    })
}

fn state(thread: &Handle) -> u32 {
    info::thread(thread).expect("every thread tells its state").state
}

/// A child's part: takes all that it may when it is told to, and keeps it until it is told to end. How much that was, or
/// the negative error if it is another one.
pub fn spend(startup: &mut Startup, role: &str) -> i64 {
    let line: EventPair = startup.take_object(PA_USER0).expect("an event pair");
    let (_, spend) = KINDS.iter().find(|(name, _)| *name == role).expect("a kind");
    line.signal_peer(Signals::empty(), READY).expect("the test is told");
    line.wait(READY, INFINITE).expect("told to begin");
    let (made, status) = spend();
    line.signal_peer(Signals::empty(), FULL).expect("the test is told");
    line.wait(FULL, INFINITE).expect("told to end");
    if status == Status::NO_MEMORY { made } else { status.raw().into() }
}

/// A child's part: closes, reads and waits while its job has more than it may, and makes things again afterwards. How
/// its waits for many ended.
pub fn give_back(startup: &mut Startup) -> i64 {
    let line: EventPair = startup.take_object(PA_USER0).expect("an event pair");
    let (mut near, mut far, mut event, byte) = (0, 0, 0, 1_u8);
    assert_eq!(call!(zx_channel_create(0, &mut near, &mut far)), Status::OK);
    assert_eq!(call!(zx_channel_write(near, 0, &raw const byte, 1, null(), 0)), Status::OK);
    line.signal_peer(Signals::empty(), READY).expect("the test is told");
    line.wait(READY, INFINITE).expect("told to begin");
    assert_eq!(call!(zx_event_create(0, &mut event)), Status::NO_MEMORY);
    assert_eq!(call!(zx_channel_write(near, 0, &raw const byte, 1, null(), 0)), Status::NO_MEMORY);
    let wait = |handle, count| {
        let item = WaitItem { handle, waitfor: Signals::USER_SIGNAL_0, pending: Signals::empty() };
        call!(zx_object_wait_many([item; WAIT_MANY_MAX_ITEMS].as_mut_ptr(), count, 0))
    };
    assert_eq!(
        [8, WAIT_MANY_MAX_ITEMS].map(|count| wait(far, count)),
        [Status::TIMED_OUT, Status::NO_MEMORY]
    );
    let item = WaitItem { handle: far, waitfor: Signals::USER_SIGNAL_0, pending: Signals::empty() };
    let mut items = [item; WAIT_MANY_MAX_ITEMS];
    let (items, count) = (items.as_mut_ptr(), WAIT_MANY_MAX_ITEMS as u32);
    let refused = call!(mx_handle_wait_many(items, count, 0));
    assert_eq!(call!(mx_object_wait_many(items, count, 0)), refused);
    let mut read = 0_u8;
    let status = call!(zx_channel_read(far, 0, &raw mut read, null_mut(), 1, 0, null_mut(), null_mut()));
    assert_eq!((status, read), (Status::OK, 1));
    assert_eq!([near, far].map(|end| call!(zx_handle_close(end))), [Status::OK; 2]);
    line.signal_peer(Signals::empty(), FULL).expect("the test is told");
    line.wait(FULL, INFINITE).expect("told that there is more");
    assert_eq!(call!(zx_event_create(0, &mut event)), Status::OK);
    assert_eq!(wait(event, WAIT_MANY_MAX_ITEMS), Status::TIMED_OUT);
    refused.raw().into()
}

/// A child that spends.
struct Spender {
    process: Process,
    line: EventPair,
}

impl Spender {
    fn start_in(job: &Job, role: &str) -> Self {
        let (line, far) = EventPair::create().expect("an event pair");
        let process = start_in(job, role, |launch| launch.handle(PA_USER0, far));
        let spender = Self { process, line };
        spender.hear(READY);
        spender
    }

    /// Waits until it has said that.
    fn hear(&self, what: Signals) {
        let heard =
            self.line.wait(what | Signals::EVENTPAIR_PEER_CLOSED, INFINITE).expect("it says something");
        assert!(heard.contains(what), "it has ended");
    }

    /// Has it take all that it may; how many pages that was.
    fn fill(&self) -> usize {
        let before = free_pages();
        self.line.signal_peer(Signals::empty(), READY).expect("it is told");
        self.hear(FULL);
        before.saturating_sub(free_pages())
    }

    /// Has it end; how many things it had.
    fn end(self) -> i64 {
        self.line.signal_peer(Signals::empty(), FULL).expect("it is told");
        self.process.wait_exit().expect("it ends")
    }
}

fn free_pages() -> usize {
    info::kernel_memory(resource()).expect("the use of memory").free_bytes as usize / PAGE_SIZE
}

/// Somebody who is not in the job makes things, and has a child make them in another job.
fn live_beside(neighbour: &Job) {
    let (near, far) = Channel::create().expect("a channel");
    for _ in 0..500 {
        near.write(&[1; 500], alloc::vec![]).expect("there is memory");
    }
    drop(far);
    assert_eq!(child_in(neighbour, "exit").wait_exit(), Ok(42));
}

/// What children in this job can take of a kind is what all pages but a few hold. It comes back, a little after their
/// end, and the next one can take as much.
fn take_in(job: &Job, neighbour: &Job, role: &str) {
    let mut made = [0; 2];
    for made in &mut made {
        let before = free_pages();
        let spender = Spender::start_in(job, role);
        let pages = spender.fill();
        // Threads pay for places as if they were larger than they are.
        let least = (PAGES - BASE) * if role == "spend-waits" { 3 } else { 4 } / 4;
        assert!((least..=PAGES + SLACK).contains(&pages), "{role}: {pages} pages");
        live_beside(neighbour);
        *made = spender.end();
        let came_back = || free_pages() + KEPT >= before;
        let waited = (0..TURNS as usize)
            .take_while(|_| !came_back())
            .inspect(|_| clock::sleep(1_000_000).expect("slept"))
            .count();
        let lost = before.saturating_sub(free_pages());
        assert!(waited < TURNS as usize, "{role}: {lost} of {pages} pages are lost");
    }
    let [first, second] = made;
    assert!(first > 100 && (first - first / 10..=first + first / 10).contains(&second), "{role}: {made:?}");
}

user_test! {
    #[needs("timeout=240")]
    fn a_job_has_the_kernel_hold_no_more_than_it_may() {
        let outer = limited(PROP_JOB_MEMORY_LIMIT, (PAGES * PAGE_SIZE) as u64);
        let (inner, neighbour) = (outer.create_child().expect("a job"), job().create_child().expect("a job"));
        for (role, _) in KINDS {
            take_in(&inner, &neighbour, role);
        }
    }

    /// Who has more than it may, as the limit was lowered, can give back, and go on.
    fn who_is_over_the_limit_can_give_back() {
        let job = limited(PROP_JOB_MEMORY_LIMIT, u64::MAX);
        let spender = Spender::start_in(&job, "give-back");
        assert_eq!(property::set(&job, PROP_JOB_MEMORY_LIMIT, 0), Status::OK);
        spender.line.signal_peer(Signals::empty(), READY).expect("it is told");
        spender.hear(FULL);
        assert_eq!(property::set(&job, PROP_JOB_MEMORY_LIMIT, (PAGES * PAGE_SIZE) as u64), Status::OK);
        assert_eq!(spender.end(), Status::NO_MEMORY.raw().into(), "how its waits for many ended meanwhile");
    }
}
