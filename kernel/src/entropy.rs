//! Random numbers: a ChaCha20 generator, seeded from the CPU's generator and from timing.

use crate::arch::random;
use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use objects::memory::Entropy;
use spin::{Mutex, Once};

/// How many times 256 bits are mixed in at the start.
const ROUNDS: usize = 8;
/// The same with nothing but times, of whose bits one in a few is chance.
const ROUNDS_WITHOUT_HARDWARE: usize = 256;

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
    GENERATOR.call_once(|| Mutex::new(seeded()))
}

/// A generator with everything mixed in that this machine does not foretell: what the CPU has of random numbers,
/// and the times that a slow port takes. The latter are all there is without the former.
fn seeded() -> ChaCha20Rng {
    let mut generator = ChaCha20Rng::from_seed([0; 32]);
    let rounds = if random::has_hardware() { ROUNDS } else { ROUNDS_WITHOUT_HARDWARE };
    for _ in 0..rounds {
        let mut sample = [0; 32];
        for chunk in sample.chunks_exact_mut(8) {
            let word = random::hardware_word().unwrap_or_default().rotate_left(17) ^ random::jitter();
            chunk.copy_from_slice(&word.to_ne_bytes());
        }
        absorb(&mut generator, &sample);
    }
    generator
}

/// Changes the key by the bytes, of which there are 32 at most: who knows them knows no more than before.
fn absorb(generator: &mut ChaCha20Rng, bytes: &[u8]) {
    let mut seed = [0; 32];
    generator.fill_bytes(&mut seed);
    seed.iter_mut().zip(bytes).for_each(|(seed, byte)| *seed ^= byte);
    *generator = ChaCha20Rng::from_seed(seed);
}

/// Fills a buffer with random bytes.
pub fn fill(bytes: &mut [u8]) {
    generator().lock().fill_bytes(bytes);
}

/// Mixes bytes in, and how long that takes.
pub fn add(bytes: &[u8]) {
    let mut generator = generator().lock();
    bytes.chunks(32).for_each(|chunk| absorb(&mut generator, chunk));
    absorb(&mut generator, &random::jitter().to_ne_bytes());
}

/// 64 random bits.
pub fn number() -> u64 {
    generator().lock().next_u64()
}
