//! Closing what takes long: who closes it does so in his own time, and others, who close little, wait for nobody.

use alloc::{sync::Arc, vec, vec::Vec};
use core::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

use hafnon_user::{
    AsHandle, Channel, Event, Process, Rights, Signals, Startup, Status, Vmo,
    abi::{CHANNEL_WRITE_USE_IOVEC, INFO_VMAR, InfoVmar, PA_USER0, VM_PERM_READ, VM_SPECIFIC},
    clock::{self, INFINITE},
    handle::Handle,
    info, sys,
    task::Task,
    thread,
    vmar::PAGE_SIZE,
};

use crate::{
    channel_etc::iovec,
    children::SURVIVED,
    harness::{NO_HANDLE, TURNS, call, child, job, user_test},
};

/// Messages in each channel of a nest, of which no step discards more.
const EACH: usize = 64;
/// Mappings in a process, of which no step discards more than some.
const MAPPINGS: usize = 3_000;
/// Pieces of a message that is not gathered in one step.
const PIECES: usize = 25;
/// Channels in a large nest.
const MANY: usize = 300;

/// A channel end in whose messages are so many ends, each with [`EACH`] unread messages, and in the last one of all this
/// handle.
fn nest(ends: usize, innermost: Handle) -> Channel {
    let (outer, nest) = Channel::create().expect("a channel");
    let mut innermost = Some(innermost);
    for end in 0..ends {
        let (near, far) = Channel::create().expect("a channel");
        (1..EACH).for_each(|_| near.write(b"unread", vec![]).expect("written"));
        let last = if end + 1 == ends { innermost.take() } else { None };
        near.write(b"unread", last.into_iter().collect()).expect("written");
        outer.write(b"", vec![far.into()]).expect("written");
    }
    nest
}

/// An event, and another handle to it.
fn witness() -> (Event, Handle) {
    let event = Event::create().expect("an event");
    let other = event.duplicate_handle(Rights::SAME_RIGHTS).expect("a handle");
    (event, other)
}

/// Whether the witness is closed.
fn is_closed(event: &Event) -> bool {
    info::handle_count(event) == Ok(1)
}

/// A child's part: it says that it begins to close a nest with the handle that it was given, and does.
pub fn play(startup: &mut Startup) -> i64 {
    let given: Channel = startup.take_object(PA_USER0).expect("a channel");
    given.wait(Signals::CHANNEL_READABLE, INFINITE).expect("a message");
    let witness = given.read().expect("a message").handles.remove(0);
    let nest = nest(MANY, witness);
    given.write(b"now", vec![]).expect("it is told");
    drop(nest);
    SURVIVED
}

user_test! {
    fn all_of_it_is_closed_when_the_call_returns() {
        let (event, inside) = witness();
        let nest = nest(MANY, inside);
        assert!(!is_closed(&event));
        drop(nest);
        assert!(is_closed(&event));
        let (event, inside) = witness();
        let nests: Vec<_> = [nest_of(inside), nest_of(witness().1)].into();
        let raw: Vec<_> = nests.into_iter().map(Handle::into_raw).collect();
        assert_eq!(call!(zx_handle_close_many(raw.as_ptr(), raw.len())), Status::OK);
        assert!(is_closed(&event));
    }

    /// Though it reads the pieces of its message in steps, behind the one that has closed the handles.
    #[needs("cpus=1 counted")]
    fn all_of_it_is_closed_when_a_write_is_refused() {
        let (near, _far) = Channel::create().expect("a channel");
        let (event, inside) = witness();
        let pieces: Vec<_> = (0..PIECES).map(|_| iovec(b"piece")).collect();
        let handles = [nest_of(inside).into_raw(), NO_HANDLE];
        let (raw, count) = (near.raw(), handles.len() as u32);
        let (options, pieces) = (CHANNEL_WRITE_USE_IOVEC, pieces.as_ptr().cast());
        let status = call!(zx_channel_write(raw, options, pieces, PIECES as u32, handles.as_ptr(), count));
        assert_eq!(status, Status::BAD_HANDLE);
        assert!(is_closed(&event));
    }

    /// A call has no peer when its message goes nowhere, as the other end is in it.
    #[needs("cpus=1 counted")]
    fn all_of_it_is_closed_when_a_call_has_its_peer_in_its_message() {
        for more in [0, 3] {
            let (near, far) = Channel::create().expect("a channel");
            let (event, inside) = witness();
            let (outer, ring) = Channel::create().expect("a channel");
            outer.write(b"", vec![nest_of(inside)]).expect("written");
            (0..EACH).for_each(|_| outer.write(b"unread", vec![]).expect("written"));
            outer.write(b"", vec![far.into()]).expect("written");
            let mut handles: Vec<Handle> = vec![ring.into()];
            handles.extend((0..more).map(|_| Event::create().expect("an event").into()));
            let called = near.call(&mut [0; 8], handles, &mut [0; 8], INFINITE);
            assert_eq!(called.err(), Some(Status::PEER_CLOSED));
            assert!(is_closed(&event), "with {more} more");
        }
    }

    /// Though somebody has begun before, who closes a hundred times as much.
    #[needs("cpus=1 counted")]
    fn who_closes_little_waits_for_nobody() {
        let (large, small) = (nest(MANY, witness().1), nest(3, witness().1));
        let state = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let closer = thread::spawn("closer", {
            let state = state.clone();
            move || {
                state[0].store(true, Release);
                drop(large);
                state[1].store(true, Release);
            }
        });
        while !state[0].load(Acquire) {
            clock::yield_now();
        }
        drop(small);
        assert!(!state[1].load(Acquire), "the other one is at it still");
        closer.expect("a thread").join().expect("it ends");
    }

    /// Its last call is over when it ends.
    fn a_thread_ends_when_it_has_closed_its_last_handle() {
        let (event, inside) = witness();
        let (raw, word) = (Handle::from(nest(MANY, inside)).into_raw(), Arc::new(AtomicU32::new(0)));
        let seen = word.clone();
        let last = thread::spawn("last", move || {
            let word: *const AtomicU32 = &*seen;
            // SAFETY: the word outlives the thread, which has nothing else that needs to be dropped.
            unsafe { sys::zx_futex_wake_handle_close_thread_exit(word.cast(), 1, 1, raw) }
        });
        assert_eq!(last.expect("a thread").join(), None, "it never returned");
        assert!(is_closed(&event) && word.load(Relaxed) == 1);
        // SAFETY: the count was raised by the clone that the thread took with it.
        unsafe { Arc::decrement_strong_count(Arc::as_ptr(&word)) };
    }

    /// So nobody leaves more than there is time for who makes processes that never run, and kills them.
    #[needs("cpus=1 counted")]
    fn who_kills_returns_when_what_that_leaves_is_over() {
        let vmo = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        let (process, root) = Process::create(&job(), "never runs").expect("a process");
        let base = info::get::<InfoVmar>(&root, INFO_VMAR).expect("its addresses").base;
        for region in 0..MAPPINGS {
            let mut address = 0;
            let options = VM_PERM_READ | VM_SPECIFIC;
            let offset = (region + 1) * 2 * PAGE_SIZE;
            let (root, vmo) = (root.raw(), vmo.raw());
            let mapped = call!(zx_vmar_map(root, options, offset, vmo, 0, PAGE_SIZE, &mut address));
            assert_eq!((mapped, address), (Status::OK, base + offset));
        }
        process.kill().expect("killed");
        assert!(process.wait(Signals::PROCESS_TERMINATED, 0).is_ok());
    }

    /// What it had in its hands is closed all the same.
    #[needs("cpus=1 counted")]
    fn whoever_closes_may_be_killed() {
        let (event, inside) = witness();
        let (ours, theirs) = Channel::create().expect("a channel");
        let process = child("close-nest", |launch| launch.handle(PA_USER0, theirs));
        ours.write(b"", vec![inside]).expect("written");
        ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it begins");
        (0..4).for_each(|_| clock::yield_now());
        assert!(!is_closed(&event), "it is in the middle");
        process.kill().expect("killed");
        process.wait_exit().expect("it ends");
        assert!((0..TURNS).any(|_| {
            clock::yield_now();
            is_closed(&event)
        }));
    }
}

fn nest_of(innermost: Handle) -> Handle {
    nest(MANY / 2, innermost).into()
}
