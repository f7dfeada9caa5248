//! The machine's secret, which tables mix into their hashes, so that user code can not choose keys that all lie in one
//! chain.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

static SECRET: AtomicU64 = AtomicU64::new(0x9e37_79b9_7f4a_7c15);

/// Sets the secret: a random number. To be called once, before there is user code.
pub fn set_secret(number: u64) {
    SECRET.store(number | 1, Relaxed);
    waitq::set_secret(!number);
}

/// A hash of two numbers: folded products, as in wyhash (Wang Yi, 2019).
pub(crate) fn hash(one: u64, other: u64) -> u32 {
    let secret = SECRET.load(Relaxed);
    let first = fold(one ^ secret, 0xa076_1d64_78bd_642f);
    fold(first ^ other, secret) as u32
}

fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys that differ in a few bits, wherever these are, lie in chains of their own.
    #[test]
    fn no_bits_of_a_key_are_lost() {
        for shift in [0, 12, 24, 36, 48] {
            let mut chains = [0; 1024];
            (0..4096_u64).for_each(|number| chains[hash(7, number << shift) as usize % 1024] += 1);
            assert!(chains.iter().all(|length| *length < 24), "{shift}");
        }
    }

    /// Worked out by hand, with the secret that is there from the beginning.
    #[test]
    fn a_hash_is_folded_products() {
        assert_eq!(
            [(0, 0), (7, 9), (1 << 40, 0xffff_ffff)].map(|(one, other)| hash(one, other)),
            [0xaa28_3ecf, 0xa6ec_59e5, 0xee15_b8c1]
        );
        assert_eq!((fold(3, 5), fold(1 << 63, 4), fold(0x8000_0000_0000_0001, 6)), (15, 2, 5));
        assert_eq!(fold(u64::MAX, 3), u64::MAX, "bits of both halves");
    }

    /// All of a process hash with one secret, and other tests do; so it is set in a process of its own.
    #[test]
    fn the_secret_is_any_number_made_odd() {
        const ALONE: &str = "HAFNON_TEST_ALONE";
        if std::env::var_os(ALONE).is_none() {
            let myself = std::env::current_exe().expect("a program");
            let mut alone = std::process::Command::new(myself);
            alone.args(["--exact", "core::secret::tests::the_secret_is_any_number_made_odd"]).env(ALONE, "1");
            let output = alone.output().expect("it runs");
            assert!(output.status.success() && output.stdout.windows(8).any(|part| part == b"1 passed"));
            return;
        }
        for (number, secret) in [(2, 3), (3, 3), (0, 1), (1 << 63, 1 << 63 | 1)] {
            set_secret(number);
            assert_eq!(SECRET.load(Relaxed), secret);
        }
        set_secret(2);
        assert_eq!((hash(7, 9), hash(0, 0)), (0xa8e0_b224, 0x3ea8_85a6));
    }
}
