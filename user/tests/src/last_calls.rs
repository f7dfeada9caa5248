//! futex_wake_handle_close_thread_exit, vmar_unmap_handle_close_thread_exit.

use alloc::{boxed::Box, sync::Arc, vec};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};

use hafnon_user::{
    AsHandle, Channel, Event, Mapping, Rights, Signals, Status, Thread, abi::TASK_RETCODE_EXCEPTION_KILL,
    clock::INFINITE, futex, handle::Handle, startup::root_vmar, sys, thread, vmar::PAGE_SIZE,
};

use crate::harness::{NO_HANDLE, call, child, process, user_test};

/// A second handle to an event, and its raw value for somebody to close.
fn doomed() -> (Event, u32) {
    let event = Event::create().expect("an event");
    let second = event.duplicate(Rights::SAME_RIGHTS).expect("a second handle");
    (event, Handle::from(second).into_raw())
}

user_test! {
    fn store_wake_close_and_exit() {
        let (word, (event, raw)) = (Arc::new(AtomicU32::new(0)), doomed());
        let seen = word.clone();
        // The word outlives the thread, since `word` here does.
        let dying = thread::spawn("dying", move || wake_and_exit(&seen, 7, raw)).expect("a thread");
        while word.load(SeqCst) == 0 {
            assert!(matches!(futex::wait(&word, 0), Ok(()) | Err(Status::BAD_STATE)));
        }
        assert_eq!(word.load(SeqCst), 7);
        assert_eq!(dying.join(), None, "it never returned");
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
        drop(event);
        // The thread's reference was never dropped.
        // SAFETY: the count was raised by the clone that the thread took with it.
        unsafe { Arc::decrement_strong_count(Arc::as_ptr(&word)) };
    }

    /// Whoever sees the word change may unmap the stack, long before the call has done everything.
    #[needs("cpus=2,4")]
    fn the_stack_may_go_as_soon_as_the_word_changes() {
        let (word, process) = (AtomicU32::new(0), process());
        for round in 1..=ROUNDS {
            let stack = Mapping::anonymous(PAGE_SIZE, 0).expect("a stack");
            let thread = Thread::create(&process, "dying").expect("a thread");
            let last = Box::new(Last { word: &raw const word, value: round, close: much_to_discard() });
            let (top, last) = (stack.end() - 8, Box::into_raw(last).expose_provenance());
            // SAFETY: the stack is the thread's alone until the word has changed.
            unsafe { thread.start(take_and_exit as *const () as usize, top, last, 0) }.expect("it starts");
            while word.load(SeqCst) != round as u32 {
                core::hint::spin_loop();
            }
            drop(stack);
            thread.wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        }
    }

    fn no_handle_to_close_is_fine() {
        let word: &'static AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
        let dying = thread::spawn("dying", move || wake_and_exit(word, 1, 0)).expect("a thread");
        assert_eq!((dying.join(), word.load(SeqCst)), (None, 1));
    }

    fn failing_at_the_end_is_an_exception() {
        for role in ["last-bad-word", "last-bad-handle", "last-unmap-bad-handle"] {
            let code = child(role, |launch| launch).wait_exit().expect("it ends");
            assert_eq!(code, TASK_RETCODE_EXCEPTION_KILL, "{role}");
        }
    }

    fn unmap_its_own_stack_close_and_exit() {
        let (_event, raw) = doomed();
        let stack = Mapping::anonymous(4 * PAGE_SIZE, 0).expect("a stack");
        let root = Handle::from(root_vmar().expect("a root region").duplicate(Rights::SAME_RIGHTS).expect("it"));
        let plan = Box::new(Plan { vmar: root.into_raw(), address: stack.address(), close: raw });
        let thread = Thread::create(&process(), "dying").expect("a thread");
        let (address, end) = (stack.address(), stack.end());
        core::mem::forget(stack);
        let plan = Box::into_raw(plan).expose_provenance();
        // SAFETY: the stack is the thread's alone, and it unmaps it itself.
        unsafe { thread.start(unmap_and_exit as *const () as usize, end - 8, plan, 0) }.expect("it starts");
        thread.wait(Signals::THREAD_TERMINATED, INFINITE).expect("it ends");
        assert_eq!(call!(zx_handle_close(raw)), Status::BAD_HANDLE);
        let write = call!(zx_debug_write(address as _, 1));
        assert_eq!(write, Status::INVALID_ARGS, "the stack is gone");
        // SAFETY: the thread has ended, and left its plan.
        let plan = unsafe { Box::from_raw(core::ptr::with_exposed_provenance_mut::<Plan>(plan)) };
        drop(Handle::from_raw(plan.vmar));
    }

    fn nothing_to_unmap_comes_back() {
        let (root, (_event, raw)) = (root_vmar().expect("a root region"), doomed());
        let page = Mapping::anonymous(PAGE_SIZE, 0).expect("a page");
        for (address, size) in [(page.address() + 1, PAGE_SIZE), (page.address(), 0), (0, PAGE_SIZE)] {
            let status = call!(zx_vmar_unmap_handle_close_thread_exit(root.raw(), address, size, raw));
            assert_eq!(status, Status::INVALID_ARGS, "{address:#x} {size}");
        }
        let status = call!(zx_vmar_unmap_handle_close_thread_exit(NO_HANDLE, page.address(), PAGE_SIZE, raw));
        assert_eq!(status, Status::BAD_HANDLE);
        drop(Handle::from_raw(raw));
    }
}

fn wake_and_exit(word: &AtomicU32, value: i32, close: u32) {
    // SAFETY: the word outlives the call; the thread has nothing that needs to be dropped.
    unsafe { sys::zx_futex_wake_handle_close_thread_exit(word.as_ptr().cast(), 1, value, close) }
}

/// How often a stack is taken away from its thread.
const ROUNDS: i32 = 5000;
/// How many messages are discarded where it takes a while.
const MESSAGES: usize = 50;

/// The raw value of a handle that takes a while to close.
fn much_to_discard() -> u32 {
    let (near, far) = Channel::create().expect("a channel");
    (0..MESSAGES).for_each(|_| near.write(b"unread", vec![]).expect("write"));
    Handle::from(far).into_raw()
}

/// What a thread's last call is told.
struct Last {
    word: *const AtomicU32,
    value: i32,
    close: u32,
}

/// The first and last function of a thread whose stack goes away while it is in its last call.
unsafe extern "C" fn take_and_exit(last: usize, _: usize) -> ! {
    // SAFETY: the test passes a box of this type, and gives it away.
    let last = *unsafe { Box::from_raw(core::ptr::with_exposed_provenance_mut::<Last>(last)) };
    // SAFETY: the word outlives all threads.
    wake_and_exit(unsafe { &*last.word }, last.value, last.close);
    unreachable!("it was its last call")
}

struct Plan {
    vmar: u32,
    address: usize,
    close: u32,
}

/// The first and last function of a thread without anything to come back to.
unsafe extern "C" fn unmap_and_exit(plan: usize, _: usize) -> ! {
    // SAFETY: the test passes a plan that it frees after this thread's end.
    let plan = unsafe { &*core::ptr::with_exposed_provenance::<Plan>(plan) };
    // SAFETY: nothing on the stack is used after it is gone: the call does not return.
    unsafe {
        sys::zx_vmar_unmap_handle_close_thread_exit(plan.vmar, plan.address, 4 * PAGE_SIZE, plan.close);
    }
    thread::exit()
}

/// What the children of these tests do: calls that must end the process.
pub fn play(role: &str) {
    let word = AtomicU32::new(0);
    match role {
        "last-bad-word" => {
            let page = Mapping::anonymous(PAGE_SIZE, 0).expect("a page");
            // SAFETY: the word is meant to be refused.
            unsafe { sys::zx_futex_wake_handle_close_thread_exit((page.address() + 1) as _, 1, 0, 0) }
        }
        "last-bad-handle" => wake_and_exit(&word, 0, NO_HANDLE),
        _ => {
            let page = Mapping::anonymous(PAGE_SIZE, 0).expect("a page");
            let root = root_vmar().expect("a root region");
            let (address, size) = (page.address(), PAGE_SIZE);
            core::mem::forget(page);
            call!(zx_vmar_unmap_handle_close_thread_exit(root.raw(), address, size, NO_HANDLE));
        }
    }
}
