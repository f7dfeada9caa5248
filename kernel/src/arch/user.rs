//! User mode as a function call: [`enter_user`] goes there and returns at the next trap.
//!
//! ```text
//!             save callee-saved registers,            SYSCALL: system_call_entry ┐
//! enter_user ──▶ load the user's ──▶ SYSRET or IRET ──▶ user code                ├─▶ save the
//!        ▲                                            other traps: trap_entry ───┘   user's
//!        └────────────────────────── restore callee-saved, return vector ◀───────────────┘
//! ```
//!
//! System calls that can not block take a short cut: from system_call_entry into a closure and
//! straight back, see [`enter_user_with`].
//!
//! One kernel stack per CPU is enough: while user code runs it holds enter_user's callers.
//!
//! SYSRET is quicker than IRET but always leaves rcx = rip and r11 = rflags. SYSCALL has
//! just done the same, so contexts that come from it, and only such, satisfy
//! `rcx == rip && r11 == rflags`: that is the test.
//!
//! IRET and SYSRET to a non-canonical rip would fault in ring 0. A context that holds one has
//! no lease (see `bases`), and [`enter_user`] checks those that have none. No SYSCALL ends
//! at one, because the last page below the hole is never mapped.

use super::context::{UserContext, canonical};
use super::cpu::{
    self, Cpu, KERNEL_STACK_POINTER, SCRATCH, STRETCH_LIMIT, STRETCH_START, TURNS, USER_CONTEXT,
};
use super::fpu::{self, Refused};
use super::traps::vector;
use super::{bases, gdt, interrupts, stretch};
use core::arch::global_asm;
use core::mem::{MaybeUninit, offset_of};
use core::task::Poll;
use x86_64::VirtAddr;
use x86_64::registers::control::Cr2;
use x86_64::registers::rflags::RFlags;

/// What `enter_user_mode` returns as vector for a system call.
const SYSTEM_CALL: u64 = 0x100;
/// The number for a system call that was answered, and whose thread does not go on at once.
const ANSWERED: u64 = 0x101;

/// Why user code stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// It executed SYSCALL: number in rax, arguments in rdi, rsi, rdx, r10, r8, r9, r12, r13.
    Syscall,
    /// It executed SYSCALL and has its answer in rax, but shall not go on at once: see [`hold_back`].
    Answered,
    /// A timer or another CPU interrupted it. The interrupt is already handled.
    Interrupt,
    /// It accessed memory that its page tables do not allow.
    PageFault {
        /// The address that was accessed.
        address: u64,
        /// How.
        error: PageFaultError,
    },
    /// It executed its first FPU instruction, and there is no memory for its registers.
    NoMemory,
    /// Any other exception.
    Exception {
        /// Number of the exception in the CPU manual.
        vector: u8,
        /// Its error code, 0 for those that have none.
        error: u64,
    },
}

/// The CPU's error code for a page fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageFaultError(pub u64);

impl PageFaultError {
    /// The access was a write.
    pub fn is_write(self) -> bool {
        self.0 & 2 != 0
    }

    /// User code made the access, and not the CPU on its behalf.
    pub fn is_user(self) -> bool {
        self.0 & 4 != 0
    }

    /// The access was an instruction fetch.
    pub fn is_execute(self) -> bool {
        self.0 & 16 != 0
    }
}

/// A system call that user code has just made, before anything is decided about it.
#[repr(transparent)]
pub struct SystemCall(UserContext);

impl SystemCall {
    /// The number of the call.
    #[inline(always)]
    pub fn number(&self) -> u64 {
        self.0.rax
    }

    /// The address of the instruction after the SYSCALL.
    #[inline(always)]
    pub fn return_address(&self) -> u64 {
        self.0.rip
    }

    /// The arguments, in their order.
    #[inline(always)]
    pub fn arguments(&self) -> &[u64; 8] {
        &self.0.arguments
    }
}

/// What [`call`] answers, in rax and rdx.
#[repr(C)]
struct Answer {
    /// 0 if the call is finished: then `result` goes to rax.
    unfinished: u64,
    /// There if the call is finished. So it may stay in rdx as it is, and need not be made 0 if not.
    result: MaybeUninit<u64>,
}

/// Lets the closure that `enter_user_with` was given try a system call.
///
/// # Safety
///
/// Only for `user.s`: with the context that it runs, and the closure that it was entered with.
unsafe extern "C" fn call<F>(context: *mut UserContext, closure: *mut F) -> Answer
where
    F: FnMut(&SystemCall) -> Poll<u64>,
{
    // SAFETY: (1) `enter_user_with` borrows both exclusively until user.s returns to it; (2)
    // SystemCall has the layout of UserContext.
    let (closure, call) = unsafe { (&mut *closure, &*context.cast::<SystemCall>()) };
    match closure(call) {
        Poll::Ready(result) => Answer { unfinished: 0, result: MaybeUninit::new(result) },
        Poll::Pending => Answer { unfinished: 1, result: MaybeUninit::uninit() },
    }
}

/// The thread whose system call is being answered, or has been, shall not go on at once, because it ends, or because the
/// call has left something to others that has to be over first: it comes back as [`Trap::Answered`].
///
/// Of a step of a call, behind which other tasks run, [`was_held_back`] tells.
pub fn hold_back() {
    stretch::hold_back();
}

/// Whether what ran on this CPU has asked to [`hold_back`] since this was asked last, or a thread entered user mode.
#[inline]
pub fn was_held_back() -> bool {
    stretch::was_held_back()
}

/// Runs user code with these registers until it traps; then they hold its state.
#[inline]
pub fn enter_user(context: &mut UserContext) -> Trap {
    enter_user_with(context, |_| Poll::Pending)
}

/// As [`enter_user`], but each system call is first offered to `immediate`. If that answers
/// with a result, user code goes on at once; this is the short way for calls that cannot block.
/// If it is pending, the call is returned as [`Trap::Syscall`].
///
/// `immediate` runs on this CPU's kernel stack with interrupts off.
#[inline]
pub fn enter_user_with<F>(context: &mut UserContext, mut immediate: F) -> Trap
where
    F: FnMut(&SystemCall) -> Poll<u64>,
{
    loop {
        let cpu = cpu::current();
        // (No CPU has the lease 0.)
        if cpu.lease.get() != context.lease {
            if canonical(context.rip).is_err() {
                return Trap::Exception { vector: vector::GENERAL_PROTECTION, error: 0 };
            }
            bases::switch_to(cpu, context);
        }
        let closure = (&raw mut immediate).cast();
        // SAFETY: (1) this CPU is set up: traps and SYSCALL lead to the entries below; (2) rip
        // is canonical, since the context has a lease; the flags are fixed; (3) `call` fits the
        // closure, and both it and the context are borrowed exclusively.
        let exit = unsafe { enter_user_mode(context, closure, call::<F> as *const ()) };
        bases::save(cpu, context);
        if let Some(area) = &mut context.fpu {
            fpu::save(cpu, area);
        }
        if exit.vector == SYSTEM_CALL {
            return Trap::Syscall;
        }
        if let Some(trap) = decode(cpu, exit, context) {
            return trap;
        }
    }
}

/// Turns a vector into a [`Trap`]; `None` if user code can go on at once.
#[inline(always)] // reason: fresh_page, 34 instructions, as each personality has a copy of its caller
fn decode(cpu: &Cpu, exit: Exit, context: &mut UserContext) -> Option<Trap> {
    if exit.vector == ANSWERED {
        return Some(Trap::Answered);
    }
    let vector = exit.vector as u8;
    if canonical(context.rip).is_err() {
        // It jumped there: some CPUs report that at the target.
        context.lease = 0;
    }
    if vector == vector::DEBUG {
        // After single stepping over a SYSCALL, SYSRET would trap again before the next
        // instruction, for ever. A flag that rcx and r11 do not have leads to IRET.
        context.rflags |= RFlags::RESUME_FLAG.bits();
    }
    match vector {
        vector::PAGE_FAULT => {
            Some(Trap::PageFault { address: Cr2::read_raw(), error: PageFaultError(exit.error) })
        }
        vector::DEVICE_NOT_AVAILABLE if context.fpu.is_none() => {
            fpu::first_use(cpu, context).err().map(|refused| match refused {
                Refused::NoMemory => Trap::NoMemory,
                Refused::Limit => Trap::Exception { vector, error: exit.error },
            })
        }
        vector if vector >= vector::FIRST_INTERRUPT => {
            interrupts::handle(vector);
            Some(Trap::Interrupt)
        }
        vector => Some(Trap::Exception { vector, error: exit.error }),
    }
}

/// Why `enter_user_mode` returned.
#[repr(C)]
struct Exit {
    vector: u64,
    error: u64,
}

/// Where the context has the register of an argument.
const fn argument(index: usize) -> usize {
    offset_of!(UserContext, arguments) + index * size_of::<u64>()
}

global_asm!(
    include_str!("user.s"),
    RAX = const offset_of!(UserContext, rax),
    RBX = const offset_of!(UserContext, rbx),
    RCX = const offset_of!(UserContext, rcx),
    RDX = const argument(2),
    RSI = const argument(1),
    RDI = const argument(0),
    RBP = const offset_of!(UserContext, rbp),
    RSP = const offset_of!(UserContext, rsp),
    R8 = const argument(4),
    R9 = const argument(5),
    R10 = const argument(3),
    R11 = const offset_of!(UserContext, r11),
    R12 = const argument(6),
    R13 = const argument(7),
    R14 = const offset_of!(UserContext, r14),
    R15 = const offset_of!(UserContext, r15),
    RIP = const offset_of!(UserContext, rip),
    RFLAGS = const offset_of!(UserContext, rflags),
    CONTEXT = const USER_CONTEXT,
    KERNEL_RSP = const KERNEL_STACK_POINTER,
    SCRATCH = const SCRATCH,
    STRETCH_START = const STRETCH_START,
    STRETCH_LIMIT = const STRETCH_LIMIT,
    TURNS = const TURNS,
    answered = sym stretch::answered,
    entering = sym stretch::entering,
    USER_CODE = const gdt::USER_CODE.0,
    USER_DATA = const gdt::USER_DATA.0,
    SYSTEM_CALL = const SYSTEM_CALL,
    ANSWERED = const ANSWERED,
);

#[allow(improper_ctypes)] // reason: user.s only touches the fields before `lease`
unsafe extern "C" {
    /// Loads the context's registers and goes to user mode; returns at the next trap that is no
    /// system call which `call(context, closure)` finishes.
    fn enter_user_mode(context: *mut UserContext, closure: *mut (), call: *const ()) -> Exit;
    /// Where SYSCALL arrives. Not callable.
    fn user_system_call_entry();
}

/// The address where SYSCALL arrives.
pub(super) fn system_call_entry() -> VirtAddr {
    VirtAddr::from_ptr(user_system_call_entry as *const ())
}
