//! A binary buddy allocator over frame numbers.
//!
//! Free blocks of each order are in a doubly linked list. The links are in an array beside the memory,
//! indexed by frame number, not in the free frames: a frame that was just unmapped may still be written
//! to through a stale translation of another CPU, and must be chained up all the same ([`Chain`]).
//!
//! Many frames at once are given back as a chain, in constant time ([`Buddy::free_chain`]): they are free, but become
//! blocks only a few at a time, in the calls that follow, so that no call takes long.
//!
//! Whether a block's buddy is free is one bit per pair of buddies: it is set when exactly one of the
//! two is free. Every allocation and every free flips it; a free that finds it set knows that the buddy
//! is free as well, and merges. So only the bits need initial values, and initialising is cheap.

use core::ops::Range;

/// The number of block orders; the largest block is `2^(ORDERS - 1)` frames, 1 GiB.
pub const ORDERS: usize = 19;

const NONE: u32 = u32::MAX;
/// How many frames of [`Buddy::unmerged`] each call makes blocks of.
const MERGED_AT_ONCE: usize = 2;
/// How many, if a larger block is wanted and there is none.
const MERGED_IN_NEED: usize = 1024;

/// The place of a frame in whatever list it is in. Needs no initial value.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Link {
    next: u32,
    previous: u32,
}

/// Frames taken out of circulation but not yet free: see [`Buddy::push`].
pub struct Chain {
    head: u32,
    /// The frame that was added first, if there is any.
    tail: u32,
    length: usize,
}

impl Chain {
    /// A chain of no frames.
    pub const EMPTY: Self = Self { head: NONE, tail: NONE, length: 0 };

    /// Whether there is no frame in it.
    pub const fn is_empty(&self) -> bool {
        self.head == NONE
    }

    /// How many frames are in it.
    pub const fn len(&self) -> usize {
        self.length
    }
}

/// The allocator. Frames are numbers below `links.len()`.
pub struct Buddy<'a> {
    links: &'a mut [Link],
    pairs: &'a mut [u64],
    /// The first bit of each order in `pairs`.
    first_bits: [usize; ORDERS],
    heads: [u32; ORDERS],
    /// Free frames that are no blocks yet.
    unmerged: Chain,
    /// How many frames are free, those included.
    free: usize,
}

impl<'a> Buddy<'a> {
    /// How many words of pair bits `frames` frames take.
    pub const fn pair_words(frames: usize) -> usize {
        let mut bits = 0;
        let mut order = 0;
        while order < ORDERS {
            bits += (frames >> (order + 1)) + 1;
            order += 1;
        }
        bits.div_ceil(64)
    }

    /// An allocator for the frames `0..links.len()`, none of which is free yet.
    ///
    /// # Panics
    /// When `pairs` is shorter than [`Self::pair_words`] says, or there are 2^32 frames.
    pub fn new(links: &'a mut [Link], pairs: &'a mut [u64]) -> Self {
        assert!(pairs.len() >= Self::pair_words(links.len()) && links.len() < NONE as usize);
        pairs.fill(0);
        let mut first_bits = [0; ORDERS];
        for order in 1..ORDERS {
            first_bits[order] = first_bits[order - 1] + (links.len() >> order) + 1;
        }
        Self { links, pairs, first_bits, heads: [NONE; ORDERS], unmerged: Chain::EMPTY, free: 0 }
    }

    /// How many frames are free.
    pub const fn free_frames(&self) -> usize {
        self.free
    }

    /// Adds the frames of a range, which is cut into the largest aligned blocks.
    pub fn insert(&mut self, frames: Range<u32>) {
        let mut first = frames.start;
        while first < frames.end {
            let fits = (frames.end - first).ilog2();
            let order = first.trailing_zeros().min(fits).min(ORDERS as u32 - 1);
            self.free(first, order as usize);
            first += 1 << order;
        }
    }

    /// Takes `2^order` frames, aligned to their number; the first one.
    pub fn allocate(&mut self, order: usize) -> Option<u32> {
        self.merge(MERGED_AT_ONCE);
        if let Some(first) = self.take_block(order) {
            return Some(first);
        }
        self.merge(MERGED_IN_NEED);
        self.take_block(order)
    }

    fn take_block(&mut self, order: usize) -> Option<u32> {
        let mut from = (order..ORDERS).find(|&order| self.heads[order] != NONE)?;
        let first = self.heads[from];
        self.unlink(first, from);
        self.flip_pair(first, from);
        while from > order {
            from -= 1;
            let upper = first + (1 << from);
            self.link(upper, from);
            self.flip_pair(upper, from);
        }
        self.free -= 1 << order;
        Some(first)
    }

    /// Gives back `2^order` frames that [`Self::allocate`] gave, or parts of them.
    pub fn free(&mut self, first: u32, order: usize) {
        self.free += 1 << order;
        self.put_block(first, order);
        self.merge(MERGED_AT_ONCE);
    }

    /// Gives back all frames of a chain.
    pub fn free_chain(&mut self, chain: &mut Chain) {
        let chain = core::mem::replace(chain, Chain::EMPTY);
        if chain.is_empty() {
            return;
        }
        self.free += chain.length;
        if self.unmerged.is_empty() {
            self.unmerged = chain;
            return;
        }
        self.links[chain.tail as usize].next = self.unmerged.head;
        self.unmerged.head = chain.head;
        self.unmerged.length += chain.length;
    }

    /// Makes blocks of frames that were given back as chains, at most so many.
    fn merge(&mut self, most: usize) {
        for _ in 0..most.min(self.unmerged.length) {
            let mut chain = core::mem::replace(&mut self.unmerged, Chain::EMPTY);
            let frame = self.pop(&mut chain);
            self.unmerged = chain;
            if let Some(frame) = frame {
                self.put_block(frame, 0);
            }
        }
    }

    fn put_block(&mut self, first: u32, order: usize) {
        let (mut first, mut order) = (first, order);
        while !self.flip_pair(first, order) && order + 1 < ORDERS {
            self.unlink(first ^ (1 << order), order);
            first &= !(1 << order);
            order += 1;
        }
        self.link(first, order);
    }

    /// Keeps a number with an allocated block, until it is freed.
    ///
    /// # Panics
    /// When it is one of the last 2^32, which say that a frame is not the first of its block.
    pub fn set_note(&mut self, first: u32, note: u64) {
        let link = Link { next: note as u32, previous: (note >> 32) as u32 };
        assert!(link.previous != NONE, "a note that means something else");
        self.links[first as usize] = link;
    }

    /// Keeps with an allocated block, until it is freed, where it begins: [`Self::first_of`] tells that of each of its
    /// frames. The first one has a note.
    pub fn make_whole(&mut self, first: u32, order: usize) {
        let others = first as usize + 1..first as usize + (1 << order);
        self.links[others].fill(Link { next: first, previous: NONE });
    }

    /// The first frame of the block that this one is of, which is [whole](Self::make_whole), or one frame with a note.
    pub fn first_of(&self, frame: u32) -> u32 {
        match self.links[frame as usize] {
            Link { next: first, previous: NONE } => first,
            _ => frame,
        }
    }

    /// The number that is kept with a block.
    pub fn note(&self, first: u32) -> u64 {
        let Link { next, previous } = self.links[first as usize];
        u64::from(previous) << 32 | u64::from(next)
    }

    /// Adds an allocated frame to a chain.
    pub fn push(&mut self, chain: &mut Chain, frame: u32) {
        self.links[frame as usize].next = chain.head;
        if chain.is_empty() {
            chain.tail = frame;
        }
        chain.head = frame;
        chain.length += 1;
    }

    /// Takes the frame off a chain that was added last.
    pub fn pop(&mut self, chain: &mut Chain) -> Option<u32> {
        let frame = chain.head;
        (frame != NONE).then(|| {
            chain.head = self.links[frame as usize].next;
            chain.length -= 1;
            frame
        })
    }

    /// Flips the bit of a block's pair; whether exactly one of the two is free afterwards.
    ///
    /// A block of the largest order has no buddy: for it the bit is that of the block itself and the
    /// next, and is not looked at.
    fn flip_pair(&mut self, first: u32, order: usize) -> bool {
        let bit = self.first_bits[order] + (first as usize >> (order + 1));
        let word = &mut self.pairs[bit / 64];
        *word ^= 1 << (bit % 64);
        *word & (1 << (bit % 64)) != 0
    }

    fn link(&mut self, first: u32, order: usize) {
        let next = self.heads[order];
        self.links[first as usize] = Link { next, previous: NONE };
        if next != NONE {
            self.links[next as usize].previous = first;
        }
        self.heads[order] = first;
    }

    fn unlink(&mut self, first: u32, order: usize) {
        let Link { next, previous } = self.links[first as usize];
        if next != NONE {
            self.links[next as usize].previous = previous;
        }
        match previous {
            NONE => self.heads[order] = next,
            _ => self.links[previous as usize].next = next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::vec;
    use std::vec::Vec;

    fn memory(frames: usize) -> (Vec<Link>, Vec<u64>) {
        // Links start out as garbage in the kernel.
        (vec![Link { next: 7, previous: 9 }; frames], vec![!0; Buddy::pair_words(frames)])
    }

    /// A linear congruential generator: the tests are the same on every run.
    fn random(state: &mut u64, below: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % below
    }

    #[test]
    fn all_frames_come_out_once_and_merge_again() {
        let (mut links, mut pairs) = memory(5000);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(256..1000);
        buddy.insert(1003..5000);
        assert_eq!(buddy.free_frames(), 744 + 3997);
        let frames: BTreeSet<u32> = core::iter::from_fn(|| buddy.allocate(0)).collect();
        assert_eq!(frames.len(), 744 + 3997);
        assert!(!frames.contains(&1001) && frames.contains(&4999) && !frames.contains(&255));
        for frame in frames.iter().rev() {
            buddy.free(*frame, 0);
        }
        assert_eq!(buddy.allocate(11), Some(2048));
        assert_eq!(buddy.allocate(11), None);
    }

    #[test]
    fn each_pair_of_each_order_has_a_bit() {
        // A bit a pair, and one more of each order.
        assert_eq!(Buddy::pair_words(0), ORDERS.div_ceil(64));
        assert_eq!(Buddy::pair_words(64), (63 + ORDERS).div_ceil(64));
        assert_eq!(Buddy::pair_words(1 << 19), ((1 << 19) - 1 + ORDERS).div_ceil(64));
        assert_eq!((Buddy::pair_words(112), 109 + ORDERS), (2, 128), "no bit too many");
    }

    #[test]
    #[should_panic(expected = "pair_words")]
    fn too_few_bits_are_refused() {
        let (mut links, mut pairs) = memory(64);
        pairs.pop();
        Buddy::new(&mut links, &mut pairs);
    }

    #[test]
    fn notes_are_kept() {
        let (mut links, mut pairs) = memory(64);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..64);
        let blocks = [(); 2].map(|()| buddy.allocate(3).unwrap());
        (0..2).for_each(|index| buddy.set_note(blocks[index], (7 << 40) + index as u64));
        assert_eq!(blocks.map(|block| buddy.note(block)), [7 << 40, (7 << 40) + 1]);
    }

    #[test]
    fn a_whole_block_is_found_from_each_of_its_frames() {
        let (mut links, mut pairs) = memory(64);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..64);
        for order in [2, 0, 3, 0] {
            let first = buddy.allocate(order).unwrap();
            buddy.set_note(first, 0);
            buddy.make_whole(first, order);
            let found: Vec<u32> = (first..first + (1 << order)).map(|frame| buddy.first_of(frame)).collect();
            assert_eq!((found, buddy.note(first)), (vec![first; 1 << order], 0));
        }
    }

    #[test]
    #[should_panic(expected = "means something else")]
    fn the_last_numbers_are_no_notes() {
        let (mut links, mut pairs) = memory(64);
        Buddy::new(&mut links, &mut pairs).set_note(0, (u64::from(NONE)) << 32);
    }

    #[test]
    fn random_use_never_overlaps() {
        let (mut links, mut pairs) = memory(4096);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(3..4096);
        let (mut state, mut held, mut used) = (1, Vec::new(), BTreeSet::new());
        for _ in 0..20_000 {
            let order = random(&mut state, 6) as usize;
            if random(&mut state, 2) == 0
                && let Some(first) = buddy.allocate(order)
            {
                assert_eq!(first % (1 << order), 0);
                assert!((first..first + (1 << order)).all(|frame| used.insert(frame)));
                held.push((first, order));
            } else if !held.is_empty() {
                let (first, order) = held.swap_remove(random(&mut state, held.len() as u64) as usize);
                (first..first + (1 << order)).for_each(|frame| assert!(used.remove(&frame)));
                buddy.free(first, order);
            }
            assert_eq!(buddy.free_frames() + used.len(), 4093);
        }
    }

    #[test]
    fn the_largest_blocks_stay_whole() {
        let frames = 3 << (ORDERS - 1);
        let (mut links, mut pairs) = memory(frames);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..frames as u32);
        let blocks: Vec<u32> = core::iter::from_fn(|| buddy.allocate(ORDERS - 1)).collect();
        assert_eq!(blocks.len(), 3);
        blocks.iter().for_each(|first| buddy.free(*first, ORDERS - 1));
        assert_eq!(buddy.free_frames(), frames);
        assert!(buddy.allocate(0).is_some());
    }

    #[test]
    fn a_chain_gives_back_what_was_pushed() {
        let (mut links, mut pairs) = memory(64);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..64);
        let mut chain = Chain::EMPTY;
        let frames: Vec<u32> = (0..5).filter_map(|_| buddy.allocate(0)).collect();
        frames.iter().for_each(|frame| buddy.push(&mut chain, *frame));
        let back: Vec<u32> = core::iter::from_fn(|| buddy.pop(&mut chain)).collect();
        assert!(back.iter().eq(frames.iter().rev()) && chain.is_empty());
        assert_eq!(chain.len(), 0);
    }

    #[test]
    fn chains_become_blocks_again() {
        let (mut links, mut pairs) = memory(4096);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..4096);
        let mut chains = [Chain::EMPTY, Chain::EMPTY];
        for at in 0..4096 {
            let frame = buddy.allocate(0).unwrap();
            buddy.push(&mut chains[at % 2], frame);
        }
        assert_eq!((chains[0].len(), buddy.free_frames(), buddy.allocate(0)), (2048, 0, None));
        chains.iter_mut().for_each(|chain| buddy.free_chain(chain));
        assert!(chains.iter().all(Chain::is_empty));
        assert_eq!(buddy.unmerged.len(), 4096);
        assert_eq!(buddy.free_frames(), 4096);
        // The first try makes a part of them blocks, the others find more.
        let block = (0..8).find_map(|_| buddy.allocate(12));
        assert_eq!((block, buddy.free_frames(), buddy.allocate(0)), (Some(0), 0, None));
    }

    #[test]
    fn a_frame_of_a_chain_can_be_taken_at_once() {
        let (mut links, mut pairs) = memory(64);
        let mut buddy = Buddy::new(&mut links, &mut pairs);
        buddy.insert(0..64);
        let mut chain = Chain::EMPTY;
        let frames: BTreeSet<u32> = core::iter::from_fn(|| buddy.allocate(0)).collect();
        frames.iter().for_each(|frame| buddy.push(&mut chain, *frame));
        buddy.free_chain(&mut chain);
        let back: BTreeSet<u32> = core::iter::from_fn(|| buddy.allocate(0)).collect();
        assert_eq!((back, buddy.free_frames()), (frames, 0));
    }
}
