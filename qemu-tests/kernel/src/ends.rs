//! How a machine ends, as the runner on the host sees it.
#![allow(unsafe_code, reason = "traps of the kernel's own are raised by instructions")]

use crate::cpus;
use core::arch::asm;
use core::hint::black_box;
use hafnon_kernel::arch::{power, stacks};
use hafnon_kernel::{kernel_test, panic, println};
use x86_64::registers::rflags::{self, RFlags};

/// Raises a trap by this instruction with AC set; the flags behind it, if it comes back. (DF is cleared together with
/// AC, and a kernel that left it set would not come as far as to say so.)
macro_rules! trap_with_user_access {
    ($instruction:literal) => {{
        let flags: u64;
        // SAFETY: nothing here reaches for user memory, and the flag is cleared in the end.
        unsafe { asm!("stac", $instruction, "pushfq", "pop {}", "clac", out(reg) flags) };
        RFlags::from_bits_truncate(flags)
    }};
}

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

    /// A trap of the kernel's own where it reaches for user memory comes without that permission, AC: here on the stack
    /// that was in use.
    #[needs("expect=panic")]
    async fn a_kernel_trap_comes_without_user_access() {
        panic::after_printing(there_is_no_user_access);
        let _ = trap_with_user_access!("int3");
    }

    /// So do those that have a stack of their own, as a machine check does and a non-maskable interrupt: it is the
    /// same code.
    #[needs("expect=panic")]
    async fn a_machine_check_comes_without_user_access() {
        panic::after_printing(there_is_no_user_access);
        let _ = trap_with_user_access!("int 18");
    }

    /// A non-maskable interrupt that stops nobody gives the flags back as they were.
    async fn a_non_maskable_interrupt_gives_flags_back() {
        let flags = trap_with_user_access!("int 2");
        assert!(flags.contains(RFlags::ALIGNMENT_CHECK), "{flags:?}");
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

/// Looks at the flags of the trap that the panic is reported on; if AC is set, the machine ends without telling the
/// host of the panic, and the test fails.
fn there_is_no_user_access() {
    let flags = rflags::read();
    if flags.contains(RFlags::ALIGNMENT_CHECK) {
        println!("the trap runs with {flags:?}");
        power::exit(power::Outcome::Regular);
    }
}

/// Calls itself until there is no stack left.
fn endless(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    if black_box(depth) == u64::MAX { depth } else { endless(depth + 1) + here[depth as usize % 64] }
}
