//! The processors, their clocks, and chance.

use crate::cpus;
use core::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use hafnon_kernel::arch::tsc::Ahead;
use hafnon_kernel::{arch, entropy, kernel_test};

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

kernel_test! {
    /// As many processors run as the machine has.
    #[needs("cpus=1,2,4")]
    async fn every_processor_has_started() {
        assert!(arch::cpu::index() < arch::cpu::count());
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
        for chunk in bytes.chunks_exact(8) {
            let number = u64::from_ne_bytes(chunk.try_into().expect("8 bytes"));
            assert!(number != 0 && !entropy::remembers(number));
        }
        assert!(bytes[16..] != [0; 4], "the last bytes, too");
    }
}
