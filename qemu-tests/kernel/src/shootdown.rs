//! What was unmapped is not seen any more, by any CPU, once its memory may be used again.

use crate::cpus::{self, last, spawn_on};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use executor::{TaskRef, yield_now};
use hafnon_kernel::arch::cpu;
use hafnon_kernel::mm::shootdown::barrier;
use hafnon_kernel::mm::user::{In, Out};
use hafnon_kernel::mm::{AddressSpace, DirectMap, frames, user_frames};
use hafnon_kernel::{kernel_test, sched::run};
use objects::account::Charge;
use objects::memory::{Frame, PageFrames, PageTable, Protection, Work};

const READ: Protection = Protection { read: true, write: false, execute: false };
const READ_WRITE: Protection = Protection { read: true, write: true, execute: false };
const PAGE: u64 = 0x4000_0000;
const GOOD: u64 = 0x600d_600d_600d_600d;
const POISON: [u8; 4096] = [0xee; 4096];

/// An address space that all other CPUs read from.
struct Shared {
    space: AddressSpace,
    is_over: AtomicBool,
    /// Reads that found a page.
    found: AtomicU64,
}

impl Shared {
    fn start() -> (Arc<Self>, Vec<TaskRef>) {
        let space = AddressSpace::new(Charge::default()).expect("memory");
        let shared = Arc::new(Self { space, is_over: AtomicBool::new(false), found: AtomicU64::new(0) });
        let readers = (1..=last()).map(|cpu| spawn_on(cpu, shared.clone().read())).collect();
        (shared, readers)
    }

    /// Reads again and again: the page is there, and good, or is not there.
    async fn read(self: Arc<Self>) {
        while !self.is_over.load(SeqCst) {
            self.space.activate();
            for _ in 0..20 {
                if let Ok(value) = In::<u64>::new(PAGE).read() {
                    assert_eq!(value, GOOD, "on CPU {}", cpu::index());
                    self.found.fetch_add(1, SeqCst);
                }
            }
            yield_now().await;
        }
    }

    /// Waits until a reader has found the page, and so has it in its TLB.
    async fn until_found(&self) {
        let before = self.found.load(SeqCst);
        while self.found.load(SeqCst) == before {
            yield_now().await;
        }
    }

    async fn finish(&self, readers: Vec<TaskRef>) {
        self.is_over.store(true, SeqCst);
        cpus::join(readers).await;
    }
}

fn poison(frame: Frame) {
    DirectMap.write(frame, 0, &POISON);
}

/// Takes frames that are free, spoils them, and frees them again.
fn poison_free_frames() {
    let taken: Vec<_> = (0..20).map_while(|_| frames::allocate()).collect();
    taken.iter().for_each(|frame| poison(Frame(frame.as_u64())));
    taken.into_iter().for_each(frames::free);
}

fn good_frame() -> Frame {
    let frame = DirectMap.allocate_zeroed().expect("memory");
    DirectMap.write(frame, 0, &GOOD.to_le_bytes());
    frame
}

kernel_test! {
    /// After the barrier of an unmap no CPU reads from the frame.
    #[needs("cpus=2,4 timeout=120")]
    async fn unmapped_pages_are_gone_after_the_barrier() {
        let (shared, readers) = Shared::start();
        let frame = good_frame();
        for round in 0..1500 {
            DirectMap.write(frame, 0, &GOOD.to_le_bytes());
            shared.space.map(PAGE, frame, READ).expect("memory");
            shared.until_found().await;
            match round % 3 {
                0 => shared.space.unmap(&mut (PAGE..PAGE + 0x1000), &mut Work::unlimited()),
                1 => shared.space.unmap(&mut (0x100_0000..0x7fff_ffff_f000), &mut Work::unlimited()),
                _ => shared.space.protect(&mut (PAGE..PAGE + 0x1000), Protection::NONE, &mut Work::unlimited()),
            }
            barrier().await;
            poison(frame);
            yield_now().await;
        }
        shared.finish(readers).await;
        DirectMap.free(frame);
    }

    /// Without a barrier, the memory is not used again before no CPU reads from it.
    #[needs("cpus=2,4 timeout=120")]
    async fn freed_frames_wait_for_the_other_cpus() {
        let (shared, readers) = Shared::start();
        for _ in 0..1500 {
            let frame = good_frame();
            shared.space.map(PAGE, frame, READ).expect("memory");
            shared.until_found().await;
            shared.space.unmap(&mut (PAGE..PAGE + 0x1000), &mut Work::unlimited());
            DirectMap.free(frame);
            poison_free_frames();
        }
        shared.finish(readers).await;
        barrier().await;
        assert_eq!(frames::quarantined_frames(), 0);
    }

    /// A page that may only be read after the barrier is not written to any more.
    #[needs("cpus=2,4 timeout=120")]
    async fn protected_pages_stay_as_they_are() {
        static OVER: AtomicBool = AtomicBool::new(false);
        static WRITTEN: AtomicU64 = AtomicU64::new(0);
        let space = Arc::new(AddressSpace::new(Charge::default()).expect("memory"));
        let frame = DirectMap.allocate_zeroed().expect("memory");
        let shared = space.clone();
        let writer = spawn_on(last(), async move {
            while !OVER.load(SeqCst) {
                shared.activate();
                for value in 0..20_u64 {
                    if Out::new(PAGE).write(&value).is_ok() {
                        WRITTEN.fetch_add(1, SeqCst);
                    }
                }
                yield_now().await;
            }
        });
        for _ in 0..1000 {
            space.map(PAGE, frame, READ_WRITE).expect("memory");
            let before = WRITTEN.load(SeqCst);
            while WRITTEN.load(SeqCst) == before {
                yield_now().await;
            }
            space.protect(&mut (PAGE..PAGE + 0x1000), READ, &mut Work::unlimited());
            barrier().await;
            let written = WRITTEN.load(SeqCst);
            DirectMap.write(frame, 0, &GOOD.to_le_bytes());
            yield_now().await;
            let mut bytes = [0; 8];
            DirectMap.read(frame, 0, &mut bytes);
            assert_eq!((u64::from_le_bytes(bytes), WRITTEN.load(SeqCst)), (GOOD, written));
        }
        OVER.store(true, SeqCst);
        cpus::join(alloc::vec![writer]).await;
        space.unmap(&mut (PAGE..PAGE + 0x1000), &mut Work::unlimited());
        DirectMap.free(frame);
    }

    /// An address space goes while other CPUs have it loaded, and its page tables are used again.
    #[needs("cpus=2,4 timeout=120")]
    async fn address_spaces_die_while_they_are_loaded() {
        let frame = good_frame();
        let before = user_frames();
        for round in 0..300 {
            let space = Arc::new(AddressSpace::new(Charge::default()).expect("memory"));
            space.map(PAGE, frame, READ).expect("memory");
            let users = (0..=last()).map(|cpu| {
                let space = space.clone();
                spawn_on(cpu, async move {
                    space.activate();
                    assert_eq!(In::<u64>::new(PAGE).read(), Ok(GOOD), "round {round}");
                })
            });
            let users = users.collect();
            drop(space);
            poison_free_frames();
            cpus::join(users).await;
            poison_free_frames();
        }
        barrier().await;
        while user_frames() > before {
            run::timers().sleep_until(run::executor().clock() + 1_000_000).await;
            barrier().await;
        }
        DirectMap.free(frame);
    }
}
