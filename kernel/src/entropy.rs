//! Random numbers: a ChaCha20 generator, seeded from the CPU's generator and from timing.

use crate::arch;
use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use objects::memory::Entropy;
use spin::{Mutex, Once};

static GENERATOR: Once<Mutex<ChaCha20Rng>> = Once::new();

/// The generator as objects see it.
pub static SOURCE: Source = Source;

/// See [`SOURCE`].
pub struct Source;

impl Entropy for Source {
    fn next(&self) -> u64 {
        number()
    }
}

fn generator() -> &'static Mutex<ChaCha20Rng> {
    GENERATOR.call_once(|| Mutex::new(ChaCha20Rng::from_seed(seed())))
}

/// The CPU's random numbers where it has them, mixed with the time that reading them took.
fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    for chunk in seed.chunks_exact_mut(8) {
        let random = arch::random_word().unwrap_or_default();
        let word = random.rotate_left(17) ^ arch::time::ticks();
        chunk.copy_from_slice(&word.to_ne_bytes());
    }
    seed
}

/// Fills a buffer with random bytes.
pub fn fill(bytes: &mut [u8]) {
    generator().lock().fill_bytes(bytes);
}

/// Mixes bytes in: each 32 of them change the key, so that whoever knows them knows no more than before.
pub fn add(bytes: &[u8]) {
    let mut generator = generator().lock();
    for chunk in bytes.chunks(32) {
        let mut seed = [0; 32];
        generator.fill_bytes(&mut seed);
        seed.iter_mut().zip(chunk).for_each(|(seed, byte)| *seed ^= byte);
        *generator = ChaCha20Rng::from_seed(seed);
    }
}

/// 64 random bits.
pub fn number() -> u64 {
    generator().lock().next_u64()
}
