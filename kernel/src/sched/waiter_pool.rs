//! The pool of waiters for waits for several objects, which all threads have in common, and the task that fills it.

use crate::mm::frames;
use objects::wait::WaiterPool;
use spin::Once;

static POOL: Once<WaiterPool> = Once::new();

/// The pool.
pub fn waiter_pool() -> &'static WaiterPool {
    POOL.call_once(WaiterPool::default)
}

/// Makes the first waiters.
pub fn prepare() {
    waiter_pool().prepare(frames::admit);
}

/// Makes waiters as long as there are too few, for ever: the life of a kernel task.
pub async fn make() {
    waiter_pool().fill(frames::admit).await;
}
