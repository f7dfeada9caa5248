//! What a CPU holds of a thread between traps, and how a thread is interrupted and moved.

use crate::cpus::{self, spawn_on};
use crate::programs::{self, DATA, Sandbox, run, thread};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::arch::x86_64::__cpuid;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use executor::{Outcome, TaskOptions, current_task, yield_now};
use hafnon_kernel::arch::{Trap, UserContext, cpu, enter_user, ipi, time};
use hafnon_kernel::{kernel_test, sched::run};

/// The selector of user data (see `gdt` of the kernel).
const USER_DATA: u64 = 0x1b;

/// A program that keeps rdi in vector registers, and answers with what it finds there.
fn keeper() -> &'static [u8] {
    if has_avx() { programs::vectors() } else { programs::fpu() }
}

fn has_avx() -> bool {
    const AVX: u32 = 1 << 28;
    __cpuid(1).ecx & AVX != 0
}

/// Runs the thread to its next system call: what is in rax.
fn answer(context: &mut UserContext) -> u64 {
    assert_eq!(run(context), Trap::Syscall);
    context.rax
}

fn vector_registers_are_private() {
    let _sandbox = Sandbox::new(keeper());
    let mut threads: Vec<_> = (1..5).map(|number| thread(number * 0x1234_5678_9abc)).collect();
    for thread in &mut threads {
        answer(thread);
    }
    for round in 0..50 {
        for (index, thread) in threads.iter_mut().enumerate() {
            // In turns, and twice in a row.
            if round % (index + 1) == 0 {
                let expected = thread.arguments[0];
                assert_eq!((answer(thread), answer(thread)), (expected, expected));
            }
        }
        // One that never loaded anything finds nothing of the others'.
        let mut new = thread(0);
        new.set_rip(threads[0].rip());
        assert_eq!(answer(&mut new), 0);
    }
}

/// Offsets in an XSAVE area, and the bit of SSE in the words of which parts it has.
const XMM5: usize = 240;
const XSTATE_BV: usize = 512;
const SSE: u64 = 2;

/// A thread that has filled xmm5, the upper half of ymm0 and an x87 register with something of its own.
fn filled(value: u64) -> UserContext {
    let _sandbox = Sandbox::new(programs::fill());
    let mut owner = thread(value);
    answer(&mut owner);
    owner
}

/// A thread that has no FPU registers yet, and whose first FPU instruction is XSAVE, finds the reset state.
fn xsave_shows_nobodys_registers() {
    for value in 1..20 {
        let _owner = filled(value);
        let _sandbox = Sandbox::new(programs::save());
        for _ in 0..2 {
            let mut other = thread(DATA);
            assert_eq!((answer(&mut other), other.rbx), (0, 0), "the other thread's {value}");
        }
    }
}

/// One whose first FPU instruction is XRSTOR changes nobody's registers, with an area or without.
fn xrstor_changes_nobodys_registers() {
    let mut owner = filled(7);
    let fill = Sandbox::new(programs::fill());
    let restore = Sandbox::new(programs::restore());
    restore.set_word(XMM5, 0xbad);
    restore.set_word(XSTATE_BV, SSE);
    answer(&mut thread(DATA));
    // A thread without an area comes after it: what was loaded is gone.
    let save = Sandbox::new(programs::save());
    assert_eq!(answer(&mut thread(DATA)), 0);
    drop(save);
    fill.activate();
    assert_eq!((answer(&mut owner), owner.rbx), (7, 7));
}

/// What a thread loads with XRSTOR as its first FPU instruction is there at its next one.
fn xrstor_as_first_instruction_counts() {
    let sandbox = Sandbox::new(programs::restore_and_use());
    sandbox.set_word(XMM5, 0x600d);
    sandbox.set_word(XSTATE_BV, SSE);
    sandbox.set_word(24, 0x1f80);
    assert_eq!(answer(&mut thread(DATA)), 0x600d);
}

/// Where the last x87 instruction of another thread was, and what it accessed, is not told.
fn x87_pointers_are_private() {
    let _owner = filled(7);
    let sandbox = Sandbox::new(programs::environment());
    let mut other = thread(DATA);
    // FNSTENV itself does not count as the last instruction.
    assert_eq!((answer(&mut other), other.rbx), (0, 0), "{:x}", sandbox.word(8));
}

/// Selectors of the local descriptor table lead nowhere.
fn there_is_no_local_table() {
    const TABLE_BIT: u64 = 1 << 2;
    let _sandbox = Sandbox::new(programs::local_table());
    for selector in 0..16 {
        let mut context = thread(selector << 3 | TABLE_BIT | 3);
        assert_eq!(run(&mut context), Trap::Syscall, "selector {selector}");
    }
}

fn bases_are_private() {
    let sandbox = Sandbox::new(programs::bases());
    sandbox.set_word(0, 7);
    sandbox.set_word(8, 8);
    let (mut one, mut other) = (thread(0), thread(0));
    for (context, fs, gs) in [(&mut one, DATA, DATA + 8), (&mut other, DATA + 8, DATA)] {
        context.set_fs_base(fs).expect("canonical");
        context.set_gs_base(gs).expect("canonical");
    }
    for _ in 0..3 {
        assert_eq!((answer(&mut one), one.rbx), (7, 8));
        assert_eq!((answer(&mut other), other.rbx), (8, 7));
    }
    one.set_fs_base(DATA + 8).expect("canonical");
    assert_eq!((answer(&mut one), one.rbx), (8, 8));
    assert!(one.set_fs_base(1 << 47).is_err() && one.set_gs_base(1 << 63).is_err());
    assert_eq!((answer(&mut one), one.rbx), (8, 8));
}

fn selectors_are_private() {
    let sandbox = Sandbox::new(programs::selectors());
    answer(&mut thread(USER_DATA));
    drop(sandbox);
    let _sandbox = Sandbox::new(programs::read_selectors());
    let mut other = thread(0);
    assert_eq!((answer(&mut other), other.rbx), (0, 0));
    assert_eq!(other.arguments[1..3], [0, 0]);
}

/// The timer takes the CPU away from a program that makes no system calls.
fn the_timer_interrupts() {
    let _sandbox = Sandbox::new(programs::spin());
    let mut context = thread(0);
    for _ in 0..3 {
        let deadline = time::now() + 2_000_000;
        while time::now() < deadline {
            // The timer's clock may be a little ahead of the one that `now` reads: it is armed anew then.
            time::arm(deadline as u64);
            assert_eq!(enter_user(&mut context), Trap::Interrupt);
        }
    }
    time::note_interrupt();
}

/// Lets a thread answer on one CPU after the other.
async fn wander(sandbox: Arc<Sandbox>, value: u64) {
    let this = current_task().await.expect("a task");
    let mut context = thread(value);
    context.set_fs_base(value).expect("canonical");
    for round in 0..100 {
        let cpu = (round + value as usize) % cpu::count();
        this.set_affinity(1 << cpu);
        yield_now().await;
        assert_eq!(cpu::index(), cpu);
        sandbox.activate();
        let seen = answer(&mut context);
        assert!(round == 0 || seen == value, "{seen} {value}");
    }
}

kernel_test! {
    /// FPU and vector registers.
    #[needs("cpus=1,2")]
    async fn threads_keep_their_vector_registers() {
        cpus::on_each(vector_registers_are_private).await;
    }

    /// Threads without FPU registers of their own have nobody else's, where XSAVE and XRSTOR do not trap.
    #[needs("cpus=1,2")]
    async fn threads_without_registers_have_nobodys() {
        if has_avx() {
            cpus::on_each(xsave_shows_nobodys_registers).await;
            cpus::on_each(xrstor_changes_nobodys_registers).await;
            cpus::on_each(xrstor_as_first_instruction_counts).await;
            cpus::on_each(x87_pointers_are_private).await;
        }
    }

    /// No selector leads to a local descriptor table.
    #[needs("cpus=1,2")]
    async fn the_local_descriptor_table_is_empty() {
        cpus::on_each(there_is_no_local_table).await;
    }

    /// FS and GS bases, which programs find their thread-local data with.
    #[needs("cpus=1,2")]
    async fn threads_keep_their_bases() {
        cpus::on_each(bases_are_private).await;
    }

    /// Data segment selectors, which are not kept, are not shown to the next thread either.
    async fn selectors_do_not_leak() {
        selectors_are_private();
    }

    /// A program that makes no system calls is interrupted, on every CPU.
    #[needs("cpus=1,2,4")]
    async fn the_timer_ends_a_spin() {
        cpus::on_each(the_timer_interrupts).await;
    }

    /// A thread takes its registers along when it moves.
    #[needs("cpus=2,4")]
    async fn registers_move_with_the_thread() {
        let sandbox = Arc::new(Sandbox::new(keeper()));
        let spawn = |value| {
            let options = TaskOptions::new("wanderer");
            run::executor().spawn(options, wander(sandbox.clone(), value)).expect("memory")
        };
        cpus::join((1..6).map(spawn).collect()).await;
    }

    /// Another CPU gets a program to leave user mode, time after time.
    #[needs("cpus=2,4")]
    async fn another_cpu_ends_a_spin() {
        static ROUND: AtomicUsize = AtomicUsize::new(0);
        let task = spawn_on(cpus::last(), async {
            let _sandbox = Sandbox::new(programs::spin());
            let mut context = thread(0);
            for round in 1..=200 {
                ROUND.store(round, SeqCst);
                assert_eq!(enter_user(&mut context), Trap::Interrupt);
            }
        });
        for round in 1..=200 {
            while ROUND.load(SeqCst) < round {
                yield_now().await;
            }
            ipi::send(cpus::last());
        }
        assert_eq!(task.join().await, Outcome::Finished);
    }

    /// A killed task leaves user mode, and is dropped where it was.
    #[needs("cpus=2,4")]
    async fn a_kill_reaches_user_mode() {
        static ENTRIES: AtomicU64 = AtomicU64::new(0);
        let task = spawn_on(cpus::last(), async {
            let _sandbox = Sandbox::new(programs::spin());
            let mut context = thread(0);
            loop {
                ENTRIES.fetch_add(1, SeqCst);
                assert_eq!(enter_user(&mut context), Trap::Interrupt);
                yield_now().await;
            }
        });
        while ENTRIES.load(SeqCst) == 0 {
            yield_now().await;
        }
        task.kill();
        assert_eq!(task.join().await, Outcome::Killed);
    }
}
