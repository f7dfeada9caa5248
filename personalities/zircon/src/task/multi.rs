//! The last calls of a thread: what it does and can not do itself, since it has no stack any more.

use crate::{futex, handle, vmar};
use abi::Status;
use alloc::sync::Arc;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::Vmar;

/// Stores a futex's new value, wakes its waiters, closes a handle, and ends the thread. From the store on,
/// nothing touches user memory. There is no caller left to tell of an error: it is an exception.
pub async fn futex_wake_handle_close_thread_exit(
    caller: &Caller,
    address: u64,
    count: u32,
    value: i32,
    close: HandleArgument,
) {
    let woken = match futex::store(address, value) {
        Ok(()) => futex::wake_all(caller, address, count).await,
        Err(status) => Err(status),
    };
    finish(caller, woken.and_then(|()| handle::handle_close(caller, close)));
}

/// Unmaps a range, such as the thread's stack, closes a handle, and ends the thread. Comes back only when
/// there is nothing to unmap.
pub async fn vmar_unmap_handle_close_thread_exit(
    caller: &Caller,
    vmar: Arc<Vmar>,
    addr: usize,
    size: usize,
    close: HandleArgument,
) -> Result<(), Status> {
    vmar::vmar_unmap_long(caller, vmar, addr, size).await?;
    finish(caller, handle::handle_close(caller, close));
    Ok(())
}

fn finish(caller: &Caller, done: Result<(), Status>) {
    if done.is_err() {
        caller.process.kill(abi::TASK_RETCODE_EXCEPTION_KILL);
    }
    caller.exit_thread();
}
