//! Whether a crowd makes anything slower: the same operation among few and among many.

use alloc::{boxed::Box, vec::Vec};
use core::{
    arch::naked_asm,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use hafnon_user::{
    AsHandle, Event, Mapping, Port, Result, Signals, Status, Thread,
    clock::{self, INFINITE},
    futex,
    port::Packet,
    startup, sys,
};

use crate::{Measure, all, repeat};

/// What the observers wait for.
const FIRES: u32 = Signals::USER_SIGNAL_0.bits();
/// What they do not.
const OTHER: u32 = Signals::USER_SIGNAL_1.bits();
/// As many as one port may observe.
const PER_PORT: usize = 50_000;
/// From one object to the next: so that it is not the same one again, and not its neighbour.
const STEP: usize = 7;
/// Stack of a waiting thread: room for return addresses and what the stub saves.
const STACK: usize = 256;
/// Long enough for all of a crowd of threads to reach their wait, in nanoseconds.
const SETTLING: i64 = 100 * clock::MILLISECOND;

/// Figures that have the same name before `_among_` are to be equal.
pub const FIGURES: &[Measure] = &[
    ("signal_among_10", |_| signal("signal_among_10", 10)),
    ("signal_among_100000", |_| signal("signal_among_100000", 100_000)),
    ("port_packet_among_10", |_| packet("port_packet_among_10", 10)),
    ("port_packet_among_100000", |_| packet("port_packet_among_100000", 100_000)),
    ("futex_wake_among_10", |_| wake("futex_wake_among_10", 10)),
    ("futex_wake_among_10000", |_| wake("futex_wake_among_10000", 10_000)),
];

/// So many events, and the ports through which they are observed.
struct Observed {
    ports: Vec<Port>,
    events: Vec<Event>,
    next: usize,
}

impl Observed {
    fn new(count: usize) -> Result<Self> {
        let ports = (0..count.div_ceil(PER_PORT)).map(|_| Port::create()).collect::<Result<Vec<_>>>()?;
        let mut events = Vec::with_capacity(count);
        for key in 0..count {
            let event = Event::create()?;
            event.wait_async(&ports[key / PER_PORT], key as u64, Signals::from_bits_retain(FIRES), 0)?;
            events.push(event);
        }
        Ok(Self { ports, events, next: 0 })
    }

    /// The handles of another event each time, and of its port.
    fn another(&mut self) -> (u32, u32) {
        self.next += STEP;
        if self.next >= self.events.len() {
            self.next -= self.events.len();
        }
        (self.events[self.next].raw(), self.ports[self.next / PER_PORT].raw())
    }
}

/// A signal of one observed object goes up and down; its observer waits for another.
fn signal(name: &str, count: usize) -> Result<()> {
    let mut crowd = Observed::new(count)?;
    repeat(name, || {
        let (event, _) = crowd.another();
        // SAFETY: the calls take no pointer.
        unsafe { all!(sys::zx_object_signal(event, 0, OTHER), sys::zx_object_signal(event, OTHER, 0)) }
    })
}

/// One observed object sends its packet, which is taken, and is observed again.
fn packet(name: &str, count: usize) -> Result<()> {
    let mut crowd = Observed::new(count)?;
    let mut packet = Packet::default();
    repeat(name, || {
        let (event, port) = crowd.another();
        // SAFETY: the packet outlives the calls.
        unsafe {
            all!(
                sys::zx_object_signal(event, 0, FIRES),
                sys::zx_port_wait(port, INFINITE, &mut packet),
                sys::zx_object_signal(event, FIRES, 0),
                sys::zx_object_wait_async(event, port, packet.key, FIRES, 0),
            )
        }
    })
}

/// One of many threads is woken, runs, and waits again. Half of them wait at the one futex, the others each
/// at its own.
fn wake(name: &str, count: usize) -> Result<()> {
    let stacks = Mapping::anonymous(count * STACK, 0)?;
    let words: Box<[AtomicU32]> = (0..count).map(|_| AtomicU32::new(0)).collect();
    let mut threads = Vec::with_capacity(count);
    for index in 0..count {
        let word = &words[if index % 2 == 0 { 0 } else { index }];
        threads.push(start(word, stacks.address() + (index + 1) * STACK)?);
    }
    clock::sleep(SETTLING)?;
    let word: *const _ = words[0].as_ptr().cast();
    // SAFETY: the words outlive the calls.
    let round = || unsafe { all!(sys::zx_futex_wake(word, 1), sys::zx_nanosleep(0)) };
    // Each gets its turn twice before: a new thread is a slice behind the others, which it then has made up for.
    (0..count).for_each(|_| _ = round());
    repeat(name, round)?;
    for word in &words {
        word.store(1, SeqCst);
        futex::wake(word, u32::MAX)?;
    }
    for thread in &threads {
        thread.wait(Signals::THREAD_TERMINATED, INFINITE)?;
    }
    Ok(())
}

/// Starts a thread that waits at a futex, on a stack that ends there.
fn start(word: &AtomicU32, stack: usize) -> Result<Thread> {
    let process = startup::process().ok_or(Status::BAD_STATE)?;
    let thread = Thread::create(&*process, "one of many")?;
    let (entry, argument) = (wait_over_and_over as *const () as usize, word.as_ptr().expose_provenance());
    // SAFETY: the entry takes the word's address, and the word lives until all threads have ended.
    unsafe { thread.start(entry, stack - size_of::<usize>(), argument, 0)? };
    Ok(thread)
}

/// Waits at the futex in the first argument, again and again while it is zero, then ends.
#[unsafe(naked)]
unsafe extern "C" fn wait_over_and_over(word: usize, _: usize) -> ! {
    naked_asm!(
        "mov rbx, rdi",
        "2:",
        "mov rdi, rbx",
        "xor esi, esi",
        "xor edx, edx",
        "movabs rcx, 0x7fffffffffffffff",
        "call {wait}",
        "cmp dword ptr [rbx], 0",
        "je 2b",
        "call {exit}",
        "ud2",
        wait = sym sys::zx_futex_wait,
        exit = sym sys::zx_thread_exit,
    )
}
