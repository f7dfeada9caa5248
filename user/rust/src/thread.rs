//! Threads of this process: a closure on a stack of its own.

use alloc::{boxed::Box, sync::Arc};
use core::fmt;

use abi::{Signals, Status};

use crate::{
    Result,
    clock::INFINITE,
    handle::AsHandle,
    startup,
    sync::Mutex,
    sys,
    task::Thread,
    vmar::{Mapping, PAGE_SIZE},
};

/// Stack of a thread unless asked otherwise, in bytes; an untouched page of it costs nothing.
pub const DEFAULT_STACK: usize = 64 * 1024;

/// A thread that was started. Dropping it waits for the thread's end, because its stack goes with it.
pub struct JoinHandle<T> {
    thread: Thread,
    result: Arc<Mutex<Option<T>>>,
    _stack: Mapping,
}

type Main = Box<dyn FnOnce() + Send>;

/// Runs `main` on a new thread.
pub fn spawn<T: Send + 'static>(
    name: &str,
    main: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    spawn_with_stack(name, DEFAULT_STACK, main)
}

/// Runs `main` on a new thread with a stack of `size` bytes, below which lies a page that faults.
pub fn spawn_with_stack<T: Send + 'static>(
    name: &str,
    size: usize,
    main: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let process = startup::process().ok_or(Status::BAD_STATE)?;
    let thread = Thread::create(&*process, name)?;
    let stack = Mapping::anonymous(size, PAGE_SIZE)?;
    let result = Arc::new(Mutex::new(None));
    let slot = result.clone();
    let main: Main = Box::new(move || *slot.lock() = Some(main()));
    let argument = Box::into_raw(Box::new(main));
    let entry = enter as *const () as usize;
    // SAFETY: `enter` takes the box, and the stack is unmapped only after the thread's end.
    let started = unsafe { thread.start(entry, entry_stack(&stack), argument.expose_provenance(), 0) };
    if started.is_err() {
        // SAFETY: the thread did not start, so the box is still ours.
        drop(unsafe { Box::from_raw(argument) });
    }
    started.map(|()| JoinHandle { thread, result, _stack: stack })
}

/// The stack pointer a function expects at its entry: 8 less than a multiple of 16.
fn entry_stack(stack: &Mapping) -> usize {
    stack.end() - size_of::<usize>()
}

/// A thread's first function.
unsafe extern "C" fn enter(main: usize, _: usize) -> ! {
    // SAFETY: `spawn_with_stack` passes a box of this type, and gives it away.
    let main = unsafe { Box::from_raw(core::ptr::with_exposed_provenance_mut::<Main>(main)) };
    (*main)();
    exit()
}

/// Ends the calling thread; its owned values are not dropped.
pub fn exit() -> ! {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_thread_exit() }
}

impl<T> JoinHandle<T> {
    /// Waits for the thread's end; what its closure returned, or nothing if it ended in another way.
    pub fn join(self) -> Option<T> {
        self.wait();
        self.result.lock().take()
    }

    /// The thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    fn wait(&self) {
        let terminated = self.thread.wait(Signals::THREAD_TERMINATED, INFINITE);
        assert!(terminated.is_ok(), "waiting for a thread's end: {terminated:?}");
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        self.wait();
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("JoinHandle").field(&self.thread).finish()
    }
}
