//! Operations between two threads of one process, and making threads.

use alloc::sync::Arc;
use core::{
    ptr,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use hafnon_user::{
    AsHandle, Channel, EventPair, Mapping, Result, Signals, Startup, Status, Thread,
    clock::INFINITE,
    startup, sys,
    thread::{self, JoinHandle},
    vmar::PAGE_SIZE,
};

use crate::{Measure, ROUNDS, WARM_UP, all, repeat};

const TOTAL: u32 = WARM_UP + ROUNDS;
const SIZE: usize = 64;

pub const FIGURES: &[Measure] = &[
    ("eventpair_round_trip", eventpair),
    ("futex_round_trip", futex),
    ("channel_round_trip_threads", channel),
    ("thread_create_join", create_and_join),
];

/// Waits for the partner's end and passes on its failure.
fn finish(partner: JoinHandle<Result<()>>) -> Result<()> {
    partner.join().ok_or(Status::INTERNAL)?
}

fn eventpair(_: &mut Startup) -> Result<()> {
    let (near, far) = EventPair::create()?;
    let partner = thread::spawn("partner", move || {
        let (raw, mut nudge) = (far.raw(), Nudge::FIRST);
        crate::run(TOTAL, &mut || {
            let status = all!(nudge.wait(raw), nudge.send(raw));
            nudge.turn();
            status
        })
    })?;
    let (raw, mut nudge) = (near.raw(), Nudge::FIRST);
    repeat("eventpair_round_trip", || {
        let status = all!(nudge.send(raw), nudge.wait(raw));
        nudge.turn();
        status
    })?;
    finish(partner)
}

/// One of two signals: each nudge takes back the one before, so that the woken need no call for that.
struct Nudge(u32);

impl Nudge {
    const FIRST: Self = Self(Signals::USER_SIGNAL_0.bits());
    const BOTH: u32 = Signals::USER_SIGNAL_0.bits() | Signals::USER_SIGNAL_1.bits();

    fn turn(&mut self) {
        self.0 ^= Self::BOTH;
    }

    fn send(&self, raw: u32) -> i32 {
        // SAFETY: the call takes no pointer.
        unsafe { sys::zx_object_signal_peer(raw, self.0 ^ Self::BOTH, self.0) }
    }

    fn wait(&self, raw: u32) -> i32 {
        // SAFETY: the call takes no pointer but one that may be null.
        unsafe { sys::zx_object_wait_one(raw, self.0, INFINITE, ptr::null_mut()) }
    }
}

fn futex(_: &mut Startup) -> Result<()> {
    let word = Arc::new(AtomicU32::new(0));
    let other = word.clone();
    let partner = thread::spawn("partner", move || {
        crate::run(TOTAL, &mut || all!(await_turn(&other, 1), pass_turn(&other, 0)))
    })?;
    repeat("futex_round_trip", || all!(pass_turn(&word, 1), await_turn(&word, 0)))?;
    finish(partner)
}

/// Waits until the word says whose turn it is.
fn await_turn(word: &AtomicU32, mine: u32) -> i32 {
    while word.load(SeqCst) != mine {
        // SAFETY: the word outlives the call. BAD_STATE says that it has changed already.
        unsafe { sys::zx_futex_wait(word.as_ptr().cast(), (1 - mine) as _, 0, INFINITE) };
    }
    Status::OK.raw()
}

fn pass_turn(word: &AtomicU32, next: u32) -> i32 {
    word.store(next, SeqCst);
    // SAFETY: the word outlives the call.
    unsafe { sys::zx_futex_wake(word.as_ptr().cast(), 1) }
}

fn channel(_: &mut Startup) -> Result<()> {
    let (near, far) = Channel::create()?;
    let partner = thread::spawn("partner", move || {
        let (raw, mut bytes) = (far.raw(), [0; SIZE]);
        crate::run(TOTAL, &mut || all!(receive(raw, &mut bytes), send(raw, &bytes)))
    })?;
    let (raw, mut bytes) = (near.raw(), [0; SIZE]);
    repeat("channel_round_trip_threads", || all!(send(raw, &bytes), receive(raw, &mut bytes)))?;
    finish(partner)
}

/// Writes 64 bytes.
pub fn send(raw: u32, bytes: &[u8; SIZE]) -> i32 {
    // SAFETY: the buffer outlives the call and has the length passed.
    unsafe { sys::zx_channel_write(raw, 0, bytes.as_ptr().cast(), SIZE as u32, ptr::null(), 0) }
}

/// Waits for a message and reads it.
pub fn receive(raw: u32, bytes: &mut [u8; SIZE]) -> i32 {
    let ready = (Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED).bits();
    let mut count = 0;
    // SAFETY: the buffers outlive the calls and have the lengths passed.
    unsafe {
        all!(
            sys::zx_object_wait_one(raw, ready, INFINITE, ptr::null_mut()),
            sys::zx_channel_read(
                raw,
                0,
                bytes.as_mut_ptr().cast(),
                ptr::null_mut(),
                SIZE as u32,
                0,
                &mut count,
                ptr::null_mut(),
            ),
        )
    }
}

/// A thread that ends at once, over and over on the same stack.
fn create_and_join(_: &mut Startup) -> Result<()> {
    let process = startup::process().ok_or(Status::BAD_STATE)?;
    let stack = Mapping::anonymous(PAGE_SIZE, 0)?;
    let top = stack.end() - size_of::<usize>();
    let entry = end_at_once as *const () as usize;
    repeat("thread_create_join", || {
        let round = || {
            let thread = Thread::create(&*process, "short")?;
            // SAFETY: the entry needs no arguments, and the thread before has ended.
            unsafe { thread.start(entry, top, 0, 0)? };
            thread.wait(Signals::THREAD_TERMINATED, INFINITE)
        };
        round().map_or_else(|status: Status| status.raw(), |_| Status::OK.raw())
    })
}

extern "C" fn end_at_once() -> ! {
    thread::exit()
}
