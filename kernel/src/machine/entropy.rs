//! Random numbers: a ChaCha generator, seeded from the CPU's generator and from timing.
//!
//! It forgets: each time it has made a batch of numbers it takes a new key from its own stream, and a number is
//! erased when it is given out. So whoever reads this memory learns nothing about the past (Bernstein, "Fast-key-
//! erasure random-number generators", 2017). Twelve rounds are what `rand`'s standard generator has; seven are the most
//! that anybody has attacked.

use crate::arch::random;
use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use core::hint::black_box;
use objects::memory::Entropy;
use spin::Once;
use waitq::sync::Mutex;

/// How many times 256 bits are mixed in at the start.
const ROUNDS: usize = 8;
/// The same with nothing but times, of whose bits one in a few is chance.
const ROUNDS_WITHOUT_HARDWARE: usize = 256;

/// Numbers that are made at a time: with the key, two times what the cipher makes at a time.
const BATCH: usize = 60;

static GENERATOR: Once<Mutex<Generator>> = Once::new();

/// A stream of random numbers that can not be followed backwards.
struct Generator {
    /// What the next key and numbers come from.
    stream: ChaCha12Rng,
    /// Numbers that nobody has had: the first `left` of these. The others are 0.
    ready: [u64; BATCH],
    left: usize,
}

impl Generator {
    fn new(seed: [u8; 32]) -> Self {
        Self { stream: ChaCha12Rng::from_seed(seed), ready: [0; BATCH], left: 0 }
    }

    #[inline]
    fn number(&mut self) -> u64 {
        if self.left == 0 {
            self.make_numbers();
        }
        self.left -= 1;
        core::mem::take(&mut self.ready[self.left])
    }

    #[cold]
    fn make_numbers(&mut self) {
        let mut key = [0; 32];
        self.stream.fill_bytes(&mut key);
        for number in &mut self.ready {
            *number = self.stream.next_u64();
        }
        self.left = BATCH;
        self.take_key(&mut key);
    }

    /// Forgets the key it had for this one, which is erased where it came from.
    fn take_key(&mut self, key: &mut [u8; 32]) {
        self.stream = ChaCha12Rng::from_seed(*key);
        key.fill(0);
        black_box(key);
    }

    /// Changes the key by the bytes, of which there are 32 at most: who knows them knows no more than before.
    fn absorb(&mut self, bytes: &[u8]) {
        let mut key = [0; 32];
        self.stream.fill_bytes(&mut key);
        key.iter_mut().zip(bytes).for_each(|(key, byte)| *key ^= byte);
        self.take_key(&mut key);
        (self.ready, self.left) = ([0; BATCH], 0);
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(size_of::<u64>()) {
            chunk.copy_from_slice(&self.number().to_ne_bytes()[..chunk.len()]);
        }
    }
}

/// The generator as objects see it.
pub static SOURCE: Source = Source;

/// See [`SOURCE`].
pub struct Source;

impl Entropy for Source {
    fn next(&self) -> u64 {
        number()
    }
}

fn generator() -> &'static Mutex<Generator> {
    GENERATOR.call_once(|| Mutex::new(seeded()))
}

/// A generator with everything mixed in that this machine does not foretell: what the CPU has of random numbers,
/// and the times that a slow port takes. The latter are all there is without the former.
fn seeded() -> Generator {
    let mut generator = Generator::new([0; 32]);
    let rounds = if random::has_hardware() { ROUNDS } else { ROUNDS_WITHOUT_HARDWARE };
    for _ in 0..rounds {
        let mut sample = [0; 32];
        for chunk in sample.as_chunks_mut().0 {
            let word = random::hardware_word().unwrap_or_default().rotate_left(17) ^ random::jitter();
            *chunk = word.to_ne_bytes();
        }
        generator.absorb(&sample);
    }
    generator
}

/// Whether a number could be found out from the generator's memory, for a test: none that was given out can. It may be
/// there, or be made again from the key.
pub fn remembers(number: u64) -> bool {
    let generator = generator().lock();
    let mut again = ChaCha12Rng::from_seed(generator.stream.get_seed());
    generator.ready.contains(&number) || (0..2 * BATCH).any(|_| again.next_u64() == number)
}

/// Fills a buffer with random bytes.
pub fn fill(bytes: &mut [u8]) {
    generator().lock().fill(bytes);
}

/// Mixes bytes in, and how long that takes.
pub fn add(bytes: &[u8]) {
    let mut generator = generator().lock();
    bytes.chunks(32).for_each(|chunk| generator.absorb(chunk));
    generator.absorb(&random::jitter().to_ne_bytes());
}

/// 64 random bits.
pub fn number() -> u64 {
    generator().lock().number()
}
