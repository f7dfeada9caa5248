//! The registers of a thread of a user program, as [`enter_user`](super::enter_user) loads
//! and stores them.

use super::fpu::FpuArea;
use x86_64::registers::rflags::RFlags;

/// Flags that user code may set; the rest of rflags is fixed.
const USER_FLAGS: RFlags = RFlags::CARRY_FLAG
    .union(RFlags::PARITY_FLAG)
    .union(RFlags::AUXILIARY_CARRY_FLAG)
    .union(RFlags::ZERO_FLAG)
    .union(RFlags::SIGN_FLAG)
    .union(RFlags::TRAP_FLAG)
    .union(RFlags::DIRECTION_FLAG)
    .union(RFlags::OVERFLOW_FLAG)
    .union(RFlags::NESTED_TASK)
    .union(RFlags::ALIGNMENT_CHECK)
    .union(RFlags::ID);
/// Interrupts are always on in user mode; bit 1 of rflags is always set.
const FIXED_FLAGS: u64 = RFlags::INTERRUPT_FLAG.bits() | 2;

/// The registers of a thread of a user program.
///
/// What could fault in the kernel, or break it, is behind methods.
#[repr(C)]
#[derive(Debug, Default)]
#[allow(missing_docs)] // reason: the fields are the registers of these names
pub struct UserContext {
    /// Those that hold the arguments of a system call, in their order: rdi, rsi, rdx, r10, r8, r9, r12,
    /// r13. Handlers read them in place.
    pub arguments: [u64; 8],
    pub rax: u64,
    pub rbx: u64,
    pub rcx: u64,
    pub rbp: u64,
    pub rsp: u64,
    pub r11: u64,
    pub r14: u64,
    pub r15: u64,
    pub(super) rip: u64,
    pub(super) rflags: u64,
    pub(super) fs_base: u64,
    pub(super) gs_base: u64,
    /// The CPU state that is loaded per context rather than per trap belongs to this context
    /// where the CPU holds the same lease. A new one is made whenever a CPU loads it; 0 is none.
    pub(super) lease: u64,
    pub(super) fpu: Option<FpuArea>,
}

/// The address is not canonical: its bits 63 to 47 are not all equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotCanonical;

/// The address, if it is canonical.
pub(super) fn canonical(address: u64) -> Result<u64, NotCanonical> {
    let extended = ((address << 16) as i64 >> 16) as u64;
    if extended == address { Ok(address) } else { Err(NotCanonical) }
}

impl UserContext {
    /// A thread about to execute its first instruction, at `entry`, with two arguments in rdi
    /// and rsi, and all other registers zero.
    #[inline(always)] // reason: thread_create_join: it is made where it stays
    pub fn new(entry: u64, stack: u64, argument1: u64, argument2: u64) -> Self {
        UserContext {
            arguments: [argument1, argument2, 0, 0, 0, 0, 0, 0],
            rsp: stack,
            rip: entry,
            rflags: FIXED_FLAGS,
            ..Default::default()
        }
    }

    /// The address of the next instruction.
    pub fn rip(&self) -> u64 {
        self.rip
    }

    /// Whether a CPU may hold state of this context, so that [`enter_user`](super::enter_user) goes to user mode
    /// there without looking at the instruction pointer.
    pub fn has_lease(&self) -> bool {
        self.lease != 0
    }

    /// Sets the address of the next instruction. If it is not canonical, the thread will get
    /// a general protection exception.
    pub fn set_rip(&mut self, rip: u64) {
        self.rip = rip;
        self.lease = 0;
    }

    /// The flags.
    pub fn rflags(&self) -> u64 {
        self.rflags & !RFlags::RESUME_FLAG.bits()
    }

    /// Sets the flags that user code may set; ignores the others.
    pub fn set_rflags(&mut self, rflags: u64) {
        self.rflags = rflags & USER_FLAGS.bits() | FIXED_FLAGS;
    }

    /// The base of the FS segment: thread-local storage, by convention.
    pub fn fs_base(&self) -> u64 {
        self.fs_base
    }

    /// Sets the base of the FS segment.
    pub fn set_fs_base(&mut self, base: u64) -> Result<(), NotCanonical> {
        self.fs_base = canonical(base)?;
        self.lease = 0;
        Ok(())
    }

    /// The base of the GS segment.
    pub fn gs_base(&self) -> u64 {
        self.gs_base
    }

    /// Sets the base of the GS segment.
    pub fn set_gs_base(&mut self, base: u64) -> Result<(), NotCanonical> {
        self.gs_base = canonical(base)?;
        self.lease = 0;
        Ok(())
    }
}
