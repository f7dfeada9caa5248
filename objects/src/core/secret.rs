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
}
