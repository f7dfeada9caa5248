//! Locks that are watched: only for kernels that do (the suite `checked::kernel`).

use crate::cpus;
use alloc::format;
use alloc::string::String;
use core::hint::black_box;
use core::sync::atomic::{AtomicBool, Ordering::SeqCst};
use hafnon_kernel::arch::cpu;
use hafnon_kernel::{kernel_test, overview};
use waitq::sync::{Mutex, checks};

struct First;
struct Second;

static FIRST: Mutex<First> = Mutex::new(First);
static SECOND: Mutex<Second> = Mutex::new(Second);

kernel_test! {
    /// Two locks that were ever taken in both orders are told, though nobody waits.
    #[needs("expect=panic")]
    async fn two_orders_are_told() {
        drop((FIRST.lock(), SECOND.lock()));
        drop((SECOND.lock(), FIRST.lock()));
    }

    /// So is a lock that its owner waits for. Without that, this would hang.
    #[needs("expect=panic")]
    async fn a_lock_taken_twice_is_told() {
        let _lock = FIRST.lock();
        drop(FIRST.lock());
    }

    /// So is one that is held for longer than the limit.
    #[needs("cpus=1 counted with=kernel.lock-hold=100000 expect=panic")]
    async fn a_lock_held_for_long_is_told() {
        let lock = FIRST.lock();
        (0..120_000).for_each(|number| _ = black_box(number));
        drop(lock);
    }

    /// So is one that a poll leaves locked.
    #[needs("expect=panic")]
    async fn a_lock_held_between_polls_is_told() {
        let lock = FIRST.lock();
        executor::yield_now().await;
        drop(lock);
    }

    /// What a CPU holds is known, in the order in which it was taken.
    async fn what_a_cpu_holds_is_listed() {
        let held = || {
            let (mut classes, mut count) = ([""; 2], 0);
            checks::for_each_held(cpu::index(), |held| {
                classes[count] = held.class;
                count += 1;
            });
            (classes, count)
        };
        assert_eq!(held(), ([""; 2], 0));
        let locks = (SECOND.lock(), FIRST.try_lock());
        let (classes, count) = held();
        assert!(count == 2 && classes[0].ends_with("Second") && classes[1].ends_with("First"), "{classes:?}");
        drop(locks);
        assert_eq!(held().1, 0);
    }

    /// Who holds a lock, and who waits for it, is told of CPUs that do not go on.
    #[needs("cpus=3")]
    async fn who_hangs_in_a_lock_is_told() {
        static GO_ON: AtomicBool = AtomicBool::new(false);
        let this = cpu::index();
        let [first, second] = [(this + 1) % 3, (this + 2) % 3];
        let holds = cpus::spawn_on(first, async {
            let _lock = FIRST.lock();
            while !GO_ON.load(SeqCst) {
                core::hint::spin_loop();
            }
        });
        while !FIRST.is_locked() {
            core::hint::spin_loop();
        }
        let waits = cpus::spawn_on(second, async { drop(FIRST.lock()) });
        let awaited = || {
            let mut awaited = false;
            checks::for_each_held(second, |held| awaited |= held.awaited);
            awaited
        };
        while !awaited() {
            core::hint::spin_loop();
        }
        let mut text = String::new();
        overview::tell_at_once(&mut text);
        GO_ON.store(true, SeqCst);
        cpus::join([holds, waits].into()).await;
        let class = "hafnon_kernel_tests::locks::First at 0x";
        assert!(text.contains(&format!("CPU {this} holds no lock\n")), "{text}");
        assert!(text.contains(&format!("CPU {first} holds {class}")), "{text}");
        assert!(text.contains(&format!("CPU {second} waits for {class}")), "{text}");
    }
}
