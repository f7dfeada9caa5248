//! The figure that only the kernel itself can take: what an idle task costs. Taken when the command line
//! has `figures=yes`, as that of `cargo run -- bench` has.

use crate::control;
use crate::mm::heap;
use crate::sched::run;
use alloc::vec::Vec;
use core::future::pending;
use executor::TaskOptions;

/// Tasks that idle at once: enough for what belongs to all of them not to count.
const TASKS: usize = 1000;

/// Tells the host how many bytes of memory a kernel task takes that waits for nothing in particular: its
/// allocation, rounded up as the heap does.
pub fn report() {
    let mut tasks = Vec::with_capacity(TASKS);
    let before = heap::in_use_bytes();
    for _ in 0..TASKS {
        tasks.push(run::executor().spawn(TaskOptions::new("idle"), pending()).expect("memory at boot"));
    }
    control!("hafnon: idle_task_bytes {}", (heap::in_use_bytes() - before) / TASKS);
    tasks.iter().for_each(|task| task.kill());
}
