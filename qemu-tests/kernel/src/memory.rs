//! Page frames and the kernel heap.

use alloc::boxed::Box;
use alloc::vec::Vec;
use hafnon_kernel::kernel_test;
use hafnon_kernel::mm::{frames, heap};

/// Frames that are free or the heap's, which keeps some for later.
fn available() -> usize {
    frames::free_frames() + heap::frames_in_use()
}

/// Numbers that look random, and are the same on every run.
fn random(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

kernel_test! {
    /// No frame is given out twice, and all of them come back.
    async fn frames_come_back() {
        let before = available();
        let mut taken: Vec<_> = (0..2000).map_while(|_| frames::allocate()).collect();
        assert_eq!(taken.len(), 2000);
        taken.sort();
        assert!(taken.windows(2).all(|pair| pair[0] != pair[1]));
        taken.drain(..).for_each(frames::free);
        drop(taken);
        assert_eq!(available(), before);
    }

    /// Blocks are aligned to their size.
    async fn blocks_of_frames_are_aligned() {
        let before = available();
        for order in 0..10 {
            let block = frames::allocate_contiguous(order).expect("memory");
            assert!(block.is_aligned(4096_u64 << order));
            frames::free_contiguous(block, order);
        }
        assert_eq!(available(), before);
    }

    /// User memory runs out before the kernel's does.
    async fn a_reserve_is_left_to_the_kernel() {
        let mut taken = Vec::with_capacity(frames::total_frames());
        taken.extend(core::iter::from_fn(frames::allocate_user));
        assert!(!frames::admit());
        assert!(frames::allocate_large(3).is_none());
        assert!(Vec::<u8>::new().try_reserve(1 << 16).is_err());
        taken.push(frames::allocate().expect("the reserve"));
        drop(Box::new(taken.len()));
        taken.into_iter().for_each(frames::free);
        assert!(frames::admit());
    }

    /// Objects of all sizes keep their contents, and leave nothing behind.
    async fn the_heap_is_empty_again() {
        const SIZES: [usize; 8] = [8, 24, 100, 500, 1000, 2048, 3000, 9000];
        let before = (heap::in_use_bytes(), available());
        let (mut state, mut live) = (1, Vec::new());
        for _ in 0..20_000 {
            if random(&mut state, 3) > 0 && live.len() < 1000 {
                let size = SIZES[random(&mut state, 8)] + random(&mut state, 8);
                live.push(alloc::vec![size as u8; size]);
            } else if !live.is_empty() {
                let bytes: Vec<u8> = live.swap_remove(random(&mut state, live.len()));
                assert!(bytes.iter().all(|byte| *byte == bytes.len() as u8));
            }
        }
        drop(live);
        assert_eq!((heap::in_use_bytes(), available()), before);
    }

    /// A slab whose objects are all freed goes back to the frames.
    async fn slabs_are_given_back() {
        let objects: Vec<_> = (0..10_000).map(|_| Box::new([0_u64; 16])).collect();
        let most = heap::frames_in_use();
        drop(objects);
        assert!(heap::frames_in_use() < most - 200);
    }

    /// A request that can not be met is an error, whatever its size.
    async fn impossible_requests_fail() {
        for shift in [33, 40, 50, 62] {
            assert!(Vec::<u8>::new().try_reserve_exact(1 << shift).is_err());
        }
    }
}
