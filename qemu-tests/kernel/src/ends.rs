//! How a machine ends, as the runner on the host sees it.

use crate::cpus;
use core::hint::black_box;
use hafnon_kernel::arch::{power, stacks};
use hafnon_kernel::{kernel_test, panic, println};

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

    /// The report of that, the longest way of all on a trap stack, uses less than half of it.
    #[needs("cpus=1,4 expect=panic")]
    async fn the_report_of_a_stack_overflow_leaves_room() {
        panic::after_printing(|| match stacks::room() {
            Some((size, room)) if room >= size / 2 => {}
            other => {
                println!("size and room of the trap stack: {other:?}");
                // Ends without telling the host of the panic, and the test fails.
                power::exit(power::Outcome::Regular);
            }
        });
        black_box(endless(0));
    }

    /// Every CPU's stack keeps most of its room.
    #[needs("cpus=1,2")]
    async fn kernel_stacks_have_room() {
        cpus::on_each(|| {
            let (size, room) = stacks::room().expect("a painted stack");
            assert!(room >= size / 2 && room < size, "{room} of {size}");
        }).await;
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
