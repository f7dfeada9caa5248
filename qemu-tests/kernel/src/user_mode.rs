//! User code can do what it likes: the kernel gets a trap that tells what it was, and the registers.

use crate::cpus;
use crate::programs::{self, CODE, DATA, Sandbox, run, thread};
use core::task::Poll;
use hafnon_kernel::arch::{Trap, UserContext, control, cpu, enter_user_with, image};
use hafnon_kernel::kernel_test;
use hafnon_kernel::mm::layout::{DIRECT_MAP, USER_END};
use objects::memory::PAGE_SIZE;
use x86_64::registers::rflags::{self, RFlags};

/// The first address that is not canonical, right above user space.
const HOLE: u64 = 1 << 47;
const GENERAL_PROTECTION: Trap = Trap::Exception { vector: 13, error: 0 };
/// Flags that must never be set in the kernel.
const DANGEROUS: RFlags = RFlags::DIRECTION_FLAG
    .union(RFlags::NESTED_TASK)
    .union(RFlags::ALIGNMENT_CHECK)
    .union(RFlags::TRAP_FLAG)
    .union(RFlags::INTERRUPT_FLAG);
/// Where the stack pointer starts.
const STACK: u64 = DATA + PAGE_SIZE;
/// Bits of the error code of a page fault.
const PROTECTION: u64 = 1;
const WRITE: u64 = 2;
const USER: u64 = 4;
const EXECUTE: u64 = 16;

/// Whether a context whose instruction pointer is bad gets its exception without a way into user mode.
fn stays_in_the_kernel(context: &mut UserContext) -> bool {
    let before = cpu::current().leases();
    assert_eq!(run(context), GENERAL_PROTECTION);
    cpu::current().leases() == before
}

/// A thread with another value in each register.
fn numbered() -> UserContext {
    let mut context = thread(0);
    (context.rax, context.rbx, context.rcx, context.rbp) = (1, 2, 3, 4);
    (context.r11, context.r14, context.r15) = (5, 6, 7);
    context.arguments = [8, 9, 10, 11, 12, 13, 14, 15];
    context
}

/// All registers but rax, rcx and r11, and the stack pointer, less `count`.
fn less(context: &UserContext, count: u64) -> ([u64; 4], [u64; 8]) {
    let UserContext { rbx, rbp, r14, r15, arguments, .. } = context;
    ([*rbx, *rbp, *r14, *r15].map(|value| value - count), arguments.map(|value| value - count))
}

fn fault(address: u64, error: u64) -> Option<(u64, u64)> {
    Some((address, error))
}

/// Runs the thread to a page fault: its address and its error code.
fn run_to_fault(context: &mut UserContext) -> Option<(u64, u64)> {
    match run(context) {
        Trap::PageFault { address, error } => Some((address, error.0)),
        _ => None,
    }
}

fn is_kernel_clean() -> bool {
    !rflags::read().intersects(DANGEROUS)
}

/// A system call comes with all registers, and returns with all but rax, rcx and r11.
fn registers_survive_system_calls() {
    let _sandbox = Sandbox::new(programs::count_and_call());
    let (mut context, before) = (numbered(), less(&numbered(), 0));
    for round in 1..100 {
        assert_eq!(run(&mut context), Trap::Syscall);
        assert_eq!((context.rax, less(&context, round)), (1 + round, before));
        assert_eq!((context.rsp, context.rcx, context.r11), (STACK, context.rip(), context.rflags()));
    }
    let mut calls = 99;
    while context.rax < 1000 {
        let trap = enter_user_with(&mut context, |call| {
            calls += 1;
            assert_eq!(call.arguments().map(|value| value - calls), before.1);
            if call.number() < 1000 { Poll::Ready(call.number()) } else { Poll::Pending }
        });
        assert!(matches!(trap, Trap::Syscall | Trap::Interrupt));
    }
    assert_eq!((context.rax, less(&context, 999), context.rsp), (1000, before, STACK));
}

/// So it is with any other trap, for all registers.
fn registers_survive_exceptions() {
    let _sandbox = Sandbox::new(programs::count_and_break());
    let (mut context, before) = (numbered(), less(&numbered(), 0));
    for round in 1..100 {
        assert_eq!(run(&mut context), Trap::Exception { vector: 3, error: 0 });
        assert_eq!((context.rax, context.rcx, context.r11), (1 + round, 3 + round, 5 + round));
        assert_eq!((context.rsp, less(&context, round)), (STACK, before));
    }
}

/// Flags of user code come back to it, if it may have them; none gets into the kernel.
fn flags_stay_in_user_mode() {
    let sandbox = Sandbox::new(programs::flags());
    let not_trap = (DANGEROUS | RFlags::ID) - RFlags::TRAP_FLAG - RFlags::INTERRUPT_FLAG;
    for flags in not_trap.iter().chain([not_trap, RFlags::empty(), RFlags::IOPL_HIGH | RFlags::IOPL_LOW]) {
        let seen = flags & not_trap | RFlags::INTERRUPT_FLAG;
        let mut context = thread(flags.bits());
        let trap = enter_user_with(&mut context, |_| {
            assert!(is_kernel_clean(), "{flags:?}");
            Poll::Pending
        });
        assert!(is_kernel_clean() && matches!(trap, Trap::Syscall | Trap::Interrupt), "{flags:?}");
        if trap == Trap::Interrupt {
            assert_eq!(run(&mut context), Trap::Syscall);
        }
        let relevant = DANGEROUS | RFlags::ID | RFlags::IOPL_HIGH | RFlags::IOPL_LOW;
        assert_eq!(RFlags::from_bits_truncate(context.rflags()) & relevant, seen);
        assert_eq!(run(&mut context), Trap::Syscall);
        assert_eq!(RFlags::from_bits_truncate(context.rax) & relevant, seen);
    }
    drop(sandbox);
    let _sandbox = Sandbox::new(programs::breakpoint());
    let mut context = thread(0);
    context.set_rflags((not_trap | RFlags::IOPL_HIGH).bits());
    assert_eq!(run(&mut context), Trap::Exception { vector: 3, error: 0 });
    assert!(is_kernel_clean());
    assert_eq!(context.rflags(), (not_trap | RFlags::INTERRUPT_FLAG).bits() | 2);
}

kernel_test! {
    /// Registers after traps, on every CPU.
    #[needs("cpus=1,2,4")]
    async fn registers_are_preserved() {
        cpus::on_each(registers_survive_system_calls).await;
        cpus::on_each(registers_survive_exceptions).await;
    }

    /// Flags at traps, on every CPU.
    #[needs("cpus=1,2,4")]
    async fn flags_do_not_reach_the_kernel() {
        cpus::on_each(flags_stay_in_user_mode).await;
    }

    /// A debugger's single steps get through a program, system calls included.
    async fn single_steps_come_to_an_end() {
        let _sandbox = Sandbox::new(programs::steps());
        let mut context = thread(0);
        context.set_rflags(RFlags::TRAP_FLAG.bits());
        let (mut steps, mut calls) = (0, 0);
        loop {
            let trap = run(&mut context);
            assert!(is_kernel_clean());
            match trap {
                Trap::Exception { vector: 1, .. } => steps += 1,
                Trap::Syscall => calls += 1,
                trap => break assert_eq!(trap, Trap::Exception { vector: 6, error: 0 }),
            }
            assert!(steps < 20 && calls < 3);
        }
        assert!(steps >= 3 && calls == 2, "{steps} {calls}");
    }

    /// A page fault tells where and what, and the program can go on once it is resolved.
    async fn page_faults_are_reported() {
        let sandbox = Sandbox::new(programs::store());
        let (nowhere, data) = (DATA + PAGE_SIZE, image::data().start);
        let mut context = thread(nowhere);
        assert_eq!(run_to_fault(&mut context), fault(nowhere, USER | WRITE));
        assert_eq!(context.rip(), CODE);
        for address in [CODE, data, DIRECT_MAP] {
            let mut context = thread(address);
            let error = USER | WRITE | PROTECTION;
            assert_eq!(run_to_fault(&mut context), fault(address, error));
        }
        context.arguments[0] = DATA + 8;
        assert_eq!(run(&mut context), Trap::Syscall);
        assert_eq!((sandbox.word(0), sandbox.word(8)), (0, 5));
        assert_eq!(run(&mut thread(HOLE)), GENERAL_PROTECTION);
    }

    /// Data and the kernel can not be executed.
    async fn only_code_is_executed() {
        let _sandbox = Sandbox::new(programs::jump());
        let text = image::text().start;
        for address in [DATA, text] {
            let error = USER | EXECUTE | PROTECTION;
            assert_eq!(run_to_fault(&mut thread(address)), fault(address, error));
        }
        let mut context = thread(USER_END);
        assert_eq!(run_to_fault(&mut context), fault(USER_END, USER | EXECUTE));
        assert_eq!(context.rip(), USER_END);
    }

    /// The kernel never returns to an address where that would be its own fault.
    async fn addresses_that_are_not_canonical_are_user_faults() {
        let _sandbox = Sandbox::new(programs::jump());
        for address in [HOLE, 1 << 63, !HOLE] {
            let mut context = thread(address);
            assert_eq!(run(&mut context), GENERAL_PROTECTION, "jump to {address:#x}");
            assert_eq!(run(&mut context), GENERAL_PROTECTION, "jump to {address:#x}, again");
            // QEMU reports the fault at the target. Real CPUs would fault in the kernel on the way there, which
            // QEMU does not, so this looks at how the kernel keeps from that.
            assert!(context.rip() == address && !context.has_lease(), "IRET to {address:#x}");
            assert!(stays_in_the_kernel(&mut UserContext::new(address, 0, 0, 0)), "entry at {address:#x}");
            // Like the registers after a SYSCALL, so that SYSRET is tempting.
            let mut context = thread(0);
            context.set_rip(address);
            (context.rcx, context.r11) = (address, context.rflags());
            assert!(stays_in_the_kernel(&mut context), "return to {address:#x}");
        }
        let mut context = thread(0);
        context.set_rip(DIRECT_MAP);
        (context.rcx, context.r11) = (DIRECT_MAP, context.rflags());
        assert_eq!(run_to_fault(&mut context), fault(DIRECT_MAP, USER | EXECUTE | PROTECTION));
    }

    /// The kernel does not use the stack pointer of user code.
    async fn any_stack_pointer_will_do() {
        let pointers = [0, 1, HOLE, 1 << 63, u64::MAX, DIRECT_MAP + 64, image::data().start + 64];
        for program in [programs::system_calls(), programs::undefined()] {
            let _sandbox = Sandbox::new(program);
            for pointer in pointers {
                let mut context = thread(0);
                context.rsp = pointer;
                assert!(matches!(run(&mut context), Trap::Syscall | Trap::Exception { vector: 6, .. }));
                assert_eq!(context.rsp, pointer);
            }
        }
        let _sandbox = Sandbox::new(programs::push());
        let mut context = thread(0);
        context.rsp = DIRECT_MAP + 64;
        let address = DIRECT_MAP + 56;
        assert_eq!(run_to_fault(&mut context), fault(address, USER | WRITE | PROTECTION));
        context.rsp = HOLE + 64;
        assert!(matches!(run(&mut context), Trap::Exception { vector: 12 | 13, error: 0 }));
    }

    /// What only the kernel may do is an exception.
    async fn privileged_instructions_are_refused() {
        use programs::*;
        let refused = [halt(), interrupts_off(), port_in(), port_out(), rdmsr(), read_cr3(), sysret()];
        let umip = [sgdt(), sidt(), task_register()];
        let umip = umip.iter().filter(|_| control::features().umip);
        for program in refused.iter().chain(umip) {
            let _sandbox = Sandbox::new(program);
            assert_eq!(run(&mut thread(DATA)), GENERAL_PROTECTION, "{program:x?}");
        }
        for program in [interrupt_80(), interrupt_20(), interrupt_2()] {
            let _sandbox = Sandbox::new(program);
            // The error code names the gate; QEMU computes it differently from CPUs.
            assert!(matches!(run(&mut thread(0)), Trap::Exception { vector: 13, error } if error & 7 == 2));
        }
    }

    /// Mistakes are exceptions of their own.
    async fn mistakes_are_reported() {
        for (program, vector) in [(programs::divide(), 0), (programs::undefined(), 6)] {
            let _sandbox = Sandbox::new(program);
            assert_eq!(run(&mut thread(0)), Trap::Exception { vector, error: 0 });
        }
    }
}
