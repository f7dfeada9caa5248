//! Very many threads, and what is done to all of them.

use alloc::{boxed::Box, vec, vec::Vec};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Signals, Startup, Status,
    abi::{ChannelCallArgs, INFO_PROCESS_THREADS, PA_USER0},
    clock::{self, INFINITE},
    futex, info,
    task::{Task, Thread},
    thread,
    vmar::{Mapping, PAGE_SIZE},
};

use crate::{
    children::SURVIVED,
    harness::{self, call, child, process, user_test},
};

/// Threads of a crowd.
const CROWD: usize = 20_000;
/// Bytes of the stack of a thread that only waits.
const STACK: usize = 512;

/// Where the threads of a crowd wait, and how many have come there.
#[derive(Default)]
struct Gate {
    word: AtomicU32,
    come: AtomicU32,
    gone: AtomicU32,
}

/// A thread of a crowd: waits at the gate's word until it is woken, and ends.
extern "C" fn stand(gate: usize, word: usize) -> ! {
    // SAFETY: gate and word were leaked.
    let (gate, word) = unsafe {
        let gate = &*core::ptr::with_exposed_provenance::<Gate>(gate);
        (gate, &*core::ptr::with_exposed_provenance::<AtomicU32>(word))
    };
    gate.come.fetch_add(1, SeqCst);
    let _ = futex::wait(word, 0);
    gate.gone.fetch_add(1, SeqCst);
    thread::exit()
}

/// Threads that wait, each at a word of its own or all at the gate's.
fn crowd(count: usize, gate: &'static Gate, word: impl Fn(usize) -> &'static AtomicU32) -> Vec<Thread> {
    let stacks = Box::leak(Box::new(Mapping::anonymous(count * STACK, PAGE_SIZE).expect("stacks")));
    let start = |number: usize| {
        let thread = Thread::create(&process(), "one of many").expect("a thread");
        let stack = stacks.end() - number * STACK - 8;
        let (first, second) =
            ((&raw const *gate).expose_provenance(), (&raw const *word(number)).expose_provenance());
        // SAFETY: `stand` takes these two, and the stack is this thread's.
        unsafe { thread.start(stand as *const () as usize, stack, first, second) }.expect("it starts");
        thread
    };
    let threads = (0..count).map(start).collect();
    until(|| gate.come.load(SeqCst) as usize == count);
    // All have come; on one CPU those that do not wait yet do so in a moment.
    clock::yield_now();
    threads
}

fn until(done: impl Fn() -> bool) {
    while !done() {
        clock::yield_now();
    }
}

/// Wakes all who wait at a word, and lets nobody wait there any more.
fn open(word: &AtomicU32) {
    word.store(1, SeqCst);
    futex::wake(word, u32::MAX).expect("woken");
}

fn gate() -> &'static Gate {
    Box::leak(Box::default())
}

/// A child's part: a crowd that waits for ever.
pub fn play(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    harness::play(startup, || {
        let gate = gate();
        drop(crowd(CROWD, gate, |_| &gate.word));
        channel.write(b"all wait", vec![]).expect("the test is told");
        let _ = clock::sleep_until(INFINITE);
        SURVIVED
    })
}

/// Waits until all threads have ended.
fn dismiss(threads: Vec<Thread>) {
    for thread in threads {
        thread.wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
    }
}

/// Words that fall into one place of the kernel's table of futexes, which is as wide as it becomes. The hash is that of
/// `waitq/src/buckets.rs`, whose tests say that this one is of it.
fn words_of_one_place() -> Vec<&'static AtomicU32> {
    const PLACES: u64 = 8192;
    let memory = Box::leak(Box::new(Mapping::anonymous(1 << 25, 0).expect("words")));
    let place =
        |address: usize| (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) % PLACES;
    let first = place(memory.address());
    let addresses = (memory.address()..memory.end()).step_by(4).filter(|address| place(*address) == first);
    // SAFETY: the memory is mapped, and was leaked.
    addresses.map(|address| unsafe { &*core::ptr::with_exposed_provenance(address) }).collect()
}

/// Calls that go on at one end of a channel, at most.
const CALLS: usize = 128;

/// A call that waits for as long as it can; how it ends.
fn call_for_ever(channel: u32) -> Status {
    let message = [0_u8; 4];
    let wr_bytes = message.as_ptr().expose_provenance() as u64;
    let args = ChannelCallArgs { wr_bytes, wr_num_bytes: 4, ..Default::default() };
    let mut actual = (0, 0);
    call!(zx_channel_call(channel, 0, INFINITE, &args, &mut actual.0, &mut actual.1))
}

user_test! {
    #[needs("counted")]
    fn the_end_of_a_channel_with_128_callers() {
        for expected in [Status::PEER_CLOSED, Status::CANCELED] {
            let (near, far) = Channel::create().expect("a channel");
            let channel = near.raw();
            let caller = |_| thread::spawn("caller", move || call_for_ever(channel)).expect("a thread");
            let callers: Vec<_> = (0..CALLS).map(caller).collect();
            for _ in 0..CALLS {
                far.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a call");
                far.read().expect("its message");
            }
            assert_eq!(call_for_ever(channel), Status::NO_MEMORY);
            let _other = if expected == Status::PEER_CLOSED { (drop(far), near).1 } else { (drop(near), far).1 };
            for caller in callers {
                assert_eq!(caller.join(), Some(expected));
            }
        }
    }

    #[needs("counted")]
    fn killing_a_process_of_20_000_threads() {
        let (near, far) = Channel::create().expect("a channel");
        let victim = child("crowd-at-a-gate", |launch| launch.handle(PA_USER0, far));
        near.wait(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED, INFINITE).expect("it is told");
        assert_eq!(near.read().expect("all wait").bytes, b"all wait");
        victim.kill().expect("killed");
        victim.wait_terminated().expect("it ends");
    }

    #[needs("counted")]
    fn waking_20_000_waiters_of_a_futex() {
        let gate = gate();
        let threads = crowd(CROWD, gate, |_| &gate.word);
        let mut room = vec![0; (CROWD + 10) * 8];
        assert_eq!(info::query(process().raw(), INFO_PROCESS_THREADS, &mut room).0, Status::OK);
        open(&gate.word);
        until(|| gate.gone.load(SeqCst) as usize == CROWD);
        dismiss(threads);
    }

    #[needs("counted")]
    fn moving_20_000_waiters_of_a_futex() {
        let (gate, other) = (gate(), gate());
        let threads = crowd(CROWD, gate, |_| &gate.word);
        futex::requeue(&gate.word, 0, 0, &other.word, u32::MAX).expect("moved");
        assert_eq!(gate.gone.load(SeqCst), 0);
        futex::wake(&other.word, u32::MAX).expect("woken");
        open(&gate.word);
        until(|| gate.gone.load(SeqCst) as usize == CROWD);
        dismiss(threads);
    }

    /// Half of them at one futex, the others at all that the kernel finds in the same place.
    #[needs("counted")]
    fn futexes_beside_20_000_waiters_in_one_place() {
        let gate = gate();
        let words = words_of_one_place();
        let ([crowded, free], others) = words.split_first_chunk().expect("some words");
        let word = |number| if number % 2 == 0 { *crowded } else { others[number / 2 % others.len()] };
        let threads = crowd(CROWD, gate, word);
        futex::wake(free, 1).expect("nobody");
        futex::wake(free, u32::MAX).expect("nobody");
        let deadline = clock::deadline_after(clock::MILLISECOND);
        assert_eq!(futex::wait_until(free, 0, 0, deadline), Err(Status::TIMED_OUT));
        for word in others {
            futex::requeue(word, 1, 0, free, 1).expect("moved");
            futex::requeue(free, 0, 0, word, 1).expect("moved back");
            open(word);
        }
        open(crowded);
        until(|| gate.gone.load(SeqCst) as usize == CROWD);
        dismiss(threads);
    }

    /// The first owner that is named makes the kernel look at all who wait.
    #[needs("counted")]
    fn owners_of_20_000_futexes() {
        let gate = gate();
        let words: &'static [AtomicU32] = Vec::leak((0..CROWD).map(|_| AtomicU32::new(0)).collect());
        let threads = crowd(CROWD, gate, |number| &words[number]);
        let deadline = clock::deadline_after(clock::MILLISECOND);
        assert_eq!(futex::wait_until(&gate.word, 0, threads[0].raw(), deadline), Err(Status::TIMED_OUT));
        for word in words {
            word.store(1, SeqCst);
            futex::wake_single_owner(word).expect("woken");
        }
        until(|| gate.gone.load(SeqCst) as usize == CROWD);
        dismiss(threads);
    }
    #[needs("counted")]
    fn owners_known_to_20_000_waiters() {
        let (gate, early) = (gate(), gate());
        let other = crowd(1, early, |_| &early.word);
        let deadline = clock::deadline_after(clock::MILLISECOND);
        assert_eq!(futex::wait_until(&gate.word, 0, other[0].raw(), deadline), Err(Status::TIMED_OUT));
        let words: &'static [AtomicU32] = Vec::leak((0..CROWD).map(|_| AtomicU32::new(0)).collect());
        let threads = crowd(CROWD, gate, |number| &words[number]);
        for word in words {
            word.store(1, SeqCst);
            futex::wake_single_owner(word).expect("woken");
        }
        until(|| gate.gone.load(SeqCst) as usize == CROWD);
        open(&early.word);
        dismiss(threads);
        dismiss(other);
    }
}
