//! How a machine ends, as the runner on the host sees it.

use core::hint::black_box;
use hafnon_kernel::{arch::power, kernel_test};

kernel_test! {
    /// A panic is told with its message and a stack.
    #[needs("expect=panic")]
    async fn a_panic_is_reported() {
        panic!("on purpose");
    }

    /// So is a stack that grows into its guard page, on another stack.
    #[needs("expect=panic")]
    async fn a_stack_overflow_is_reported() {
        black_box(endless(0));
    }

    /// A triple fault resets the machine, which the runner sees.
    #[needs("expect=reset")]
    async fn a_triple_fault_is_a_reset() {
        power::reset();
    }
}

/// Calls itself until there is no stack left.
fn endless(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    if black_box(depth) == u64::MAX { depth } else { endless(depth + 1) + here[depth as usize % 64] }
}
