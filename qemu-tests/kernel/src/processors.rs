//! The processors, their clocks, the code that commands them, and chance.
#![allow(unsafe_code, reason = "the kernel's code is read as bytes")]

use crate::cpus;
use core::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use hafnon_kernel::arch::image;
use hafnon_kernel::arch::tsc::Ahead;
use hafnon_kernel::{arch, kernel_test, machine::entropy};

/// The latest time that any CPU has read.
static LATEST: AtomicI64 = AtomicI64::new(0);
static ARRIVED: AtomicUsize = AtomicUsize::new(0);

/// Reads the time again and again, while all the other CPUs do.
fn is_never_behind() {
    ARRIVED.fetch_add(1, SeqCst);
    while ARRIVED.load(SeqCst) < arch::cpu::count() {
        core::hint::spin_loop();
    }
    for _ in 0..20_000 {
        let latest = LATEST.load(SeqCst);
        let now = arch::time::now();
        assert!(now >= latest, "{now} after {latest}");
        LATEST.fetch_max(now, SeqCst);
    }
}

/// `mov ecx, NUMBER`, of the local APIC's registers: through which commands go to other CPUs', and that which starts
/// the timer.
const COMMAND_TO_ECX: [u8; 5] = [0xb9, 0x30, 0x08, 0, 0];
const TIMER_COUNT_TO_ECX: [u8; 5] = [0xb9, 0x38, 0x08, 0, 0];
const WRMSR: [u8; 2] = [0x0f, 0x30];
const MFENCE_LFENCE: [u8; 6] = [0x0f, 0xae, 0xf0, 0x0f, 0xae, 0xe8];

/// How many times the kernel's code writes a register, and how many of them have both fences before, close by, and no
/// write of another register after these. QEMU does without the fences, and no test could see that they are missing.
fn writes_and_fenced_ones(register_to_ecx: &[u8]) -> (usize, usize) {
    let text = image::text();
    // SAFETY: the kernel's code is mapped to be read, and does not change.
    let code =
        unsafe { core::slice::from_raw_parts(text.start as *const u8, (text.end - text.start) as usize) };
    let find = |part: &[u8], bytes: &[u8]| part.windows(bytes.len()).position(|window| window == bytes);
    let find_last = |part: &[u8], bytes: &[u8]| part.windows(bytes.len()).rposition(|window| window == bytes);
    let (mut at, mut counts) = (0, (0, 0));
    while let Some(offset) = find(&code[at..], register_to_ecx) {
        at += offset;
        let written = at + find(&code[at..], &WRMSR).unwrap_or(0);
        let before = &code[at.saturating_sub(32)..written];
        let fences = find_last(before, &MFENCE_LFENCE);
        counts.0 += 1;
        counts.1 += usize::from(fences.is_some_and(|fences| find(&before[fences..], &WRMSR).is_none()));
        at += register_to_ecx.len();
    }
    counts
}

kernel_test! {
    /// As many processors run as the machine has.
    #[needs("cpus=1,2,4")]
    async fn every_processor_has_started() {
        assert!(arch::cpu::index() < arch::cpu::count());
    }

    /// What was stored before a command is there when the CPU that it goes to looks, and what was stored before the
    /// timer starts when it fires.
    async fn commands_and_the_timer_are_fenced() {
        for register_to_ecx in [COMMAND_TO_ECX, TIMER_COUNT_TO_ECX] {
            let (writes, fenced) = writes_and_fenced_ones(&register_to_ecx);
            assert!(writes > 0 && fenced == writes, "{fenced} of {writes}: {register_to_ecx:x?}");
        }
    }

    /// Time goes forward.
    async fn the_clock_does_not_go_back() {
        let mut last = arch::time::now();
        for _ in 0..10_000 {
            let now = arch::time::now();
            assert!(now >= last);
            last = now;
        }
    }

    /// What one CPU has read another never reads an earlier time than.
    #[needs("cpus=2,4")]
    async fn the_clock_does_not_go_back_between_cpus() {
        cpus::on_each(is_never_behind).await;
    }

    /// How far counters are apart is found out, and nothing is changed where they may agree.
    async fn counters_that_disagree_are_set() {
        // Questions that took 100 and 20 ticks to a counter that is 1000 ahead, then behind.
        for ahead in [1000, -1000] {
            let of = |before: u64, other: u64| before.wrapping_add(other).wrapping_add_signed(ahead);
            let known = Ahead::ANYTHING.knowing(5000, of(5000, 50), 5100).knowing(6000, of(6000, 5), 6020);
            let correction = known.correction().expect("they differ");
            assert!((correction - ahead).abs() <= 20, "{known:?}: {correction}");
        }
        assert_eq!(Ahead::ANYTHING.knowing(5000, 5001, 5100).correction(), None);
        assert_eq!(Ahead::ANYTHING.knowing(5000, 5000, 5000).correction(), None);
        assert_eq!(Ahead::ANYTHING.knowing(5000, 5101, 5100).correction(), Some(51));
    }

    /// Random numbers are not the same again, and are forgotten when they are given out.
    async fn random_numbers_are_forgotten() {
        let mut last = 0;
        for _ in 0..200 {
            let number = entropy::number();
            assert!(number != last && !entropy::remembers(number));
            last = number;
        }
        let mut bytes = [0; 20];
        entropy::fill(&mut bytes);
        for chunk in bytes.as_chunks().0 {
            let number = u64::from_ne_bytes(*chunk);
            assert!(number != 0 && !entropy::remembers(number));
        }
        assert!(bytes[16..] != [0; 4], "the last bytes, too");
    }
}
