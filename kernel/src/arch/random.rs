//! Where chance comes from: the CPU's generators, and how long things take.

use super::time;
use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, __get_cpuid_max};
use x86_64::instructions::port::PortReadOnly;
use x86_64::instructions::random::RdRand;

/// How often RDSEED is asked: it may be out of stock for a moment. (Intel, "Digital Random Number Generator
/// Software Implementation Guide", 5.3.1, has no number; ten is that of RDRAND.)
const ATTEMPTS: usize = 10;

/// The system control port of the PC: reading it does nothing, and takes as long as the bus does.
const SLOW_PORT: u16 = 0x61;

/// Whether the CPU has RDSEED.
fn has_seeds() -> bool {
    __get_cpuid_max(0).0 >= 7 && __cpuid_count(7, 0).ebx & 1 << 18 != 0
}

fn seed_word() -> Option<u64> {
    if !has_seeds() {
        return None;
    }
    (0..ATTEMPTS).find_map(|_| {
        let (word, done): (u64, u8);
        // SAFETY: the instruction exists; it changes a register and the flags.
        unsafe {
            asm!("rdseed {}", "setc {}", out(reg) word, out(reg_byte) done, options(nomem, nostack));
        }
        (done != 0).then_some(word)
    })
}

/// 64 bits of the CPU's source of seeds, or else of its random number generator; `None` if it has neither,
/// or they do not deliver.
pub fn hardware_word() -> Option<u64> {
    seed_word().or_else(|| RdRand::new()?.get_u64())
}

/// Whether [`hardware_word`] may deliver.
pub fn has_hardware() -> bool {
    has_seeds() || __cpuid(1).ecx & 1 << 30 != 0
}

/// The time stamp after something that takes its time: the low bits vary.
pub fn jitter() -> u64 {
    // SAFETY: reading this port changes nothing.
    unsafe { PortReadOnly::<u8>::new(SLOW_PORT).read() };
    time::ticks()
}
