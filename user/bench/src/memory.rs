//! What a blocked thread costs in kernel memory.

use alloc::{boxed::Box, vec::Vec};
use core::{
    arch::naked_asm,
    sync::atomic::{AtomicU32, Ordering::SeqCst},
};

use hafnon_user::{
    AsHandle, Mapping, Result, Signals, Startup, Status, Thread,
    abi::PA_RESOURCE,
    clock::{self, INFINITE},
    futex,
    handle::Handle,
    info, startup, sys,
};

use crate::{Measure, report};

/// Threads that block at once: enough for pages to average out.
const THREADS: usize = 1024;
/// Long enough for all of them to reach their wait, in nanoseconds.
const SETTLING: i64 = 100 * clock::MILLISECOND;
/// Stack of each: room for one return address and what the stub saves.
const STACK: usize = 256;

pub const FIGURES: &[Measure] = &[("blocked_thread_bytes", blocked_threads)];

fn blocked_threads(startup: &mut Startup) -> Result<()> {
    let resource = startup.handle(PA_RESOURCE).ok_or(Status::NOT_FOUND)?;
    let stacks = Mapping::anonymous(THREADS * STACK, 0)?;
    touch(&stacks);
    let mut threads = Vec::with_capacity(THREADS);
    let word = Box::new(AtomicU32::new(0));
    // The first one warms up what the kernel allocates once.
    threads.push(start(&word, &stacks, 0)?);
    clock::sleep(SETTLING)?;
    let before = used(resource)?;
    for index in 1..THREADS {
        threads.push(start(&word, &stacks, index)?);
    }
    clock::sleep(SETTLING)?;
    let after = used(resource)?;
    report("blocked_thread_bytes", (after - before) / (THREADS as i64 - 1), "bytes");
    word.store(1, SeqCst);
    futex::wake(&word, u32::MAX)?;
    for thread in &threads {
        thread.wait(Signals::THREAD_TERMINATED, INFINITE)?;
    }
    Ok(())
}

/// Makes all pages of the stacks exist, so that they are not counted.
fn touch(stacks: &Mapping) {
    for address in (stacks.address()..stacks.end()).step_by(STACK) {
        // SAFETY: the mapping is writable and nobody uses it yet.
        unsafe { core::ptr::with_exposed_provenance_mut::<u64>(address).write_volatile(0) };
    }
}

/// Memory in use, in bytes, apart from what the kernel's heap holds free.
fn used(resource: &Handle) -> Result<i64> {
    let stats = info::kernel_memory(resource)?;
    Ok((stats.total_bytes - stats.free_bytes - stats.free_heap_bytes) as i64)
}

/// Starts a thread on its piece of the stacks.
fn start(word: &AtomicU32, stacks: &Mapping, index: usize) -> Result<Thread> {
    let process = startup::process().ok_or(Status::BAD_STATE)?;
    let thread = Thread::create(&*process, "blocked")?;
    let top = stacks.address() + (index + 1) * STACK - size_of::<usize>();
    let entry = wait_for_word as *const () as usize;
    // SAFETY: the entry takes the word's address, and the word lives until all threads have ended.
    unsafe { thread.start(entry, top, word.as_ptr().expose_provenance(), 0)? };
    Ok(thread)
}

/// Waits on the futex in the first argument while it is zero, then ends.
#[unsafe(naked)]
unsafe extern "C" fn wait_for_word(word: usize, _: usize) -> ! {
    naked_asm!(
        "xor esi, esi",
        "xor edx, edx",
        "movabs rcx, 0x7fffffffffffffff",
        "call {wait}",
        "call {exit}",
        "ud2",
        wait = sym sys::zx_futex_wait,
        exit = sym sys::zx_thread_exit,
    )
}
