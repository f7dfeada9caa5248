//! The CPUs, and what each has of its own. A CPU finds its [`Cpu`] through the GS base.

use super::context::UserContext;
use super::gdt::{self, DescriptorTables, TrapStackEnds};
use core::arch::asm;
use core::cell::{Cell, UnsafeCell};
use core::mem::offset_of;
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use x86_64::VirtAddr;
use x86_64::registers::model_specific::GsBase;

/// The lease of a CPU that holds no context's state: no context has it.
const NO_LEASE: u64 = u64::MAX;

/// CPUs beyond this many are left halted.
pub const MAX_CPUS: usize = 64;

/// State of one CPU. Fields in a [`Cell`] belong to that CPU alone; trap handlers run with
/// interrupts off, so they never see them half changed.
#[repr(C, align(64))]
pub struct Cpu {
    /// Address of this very struct, so that `gs:[0]` finds it.
    this: Cell<*const Cpu>,
    index: Cell<usize>,
    /// Where registers go at the next trap from user mode.
    pub(super) user_context: Cell<*mut UserContext>,
    /// Kernel stack pointer while in user mode.
    pub(super) kernel_stack_pointer: Cell<u64>,
    /// Room for one register during system call entry.
    pub(super) scratch: Cell<u64>,
    /// The lease of the context whose FS and GS bases this CPU holds, see [`UserContext`].
    pub(super) lease: Cell<u64>,
    /// Leases handed out by this CPU.
    pub(super) lease_count: Cell<u64>,
    /// The FS and GS bases of that context: user code may have changed them since it was loaded.
    pub(super) bases: [Cell<u64>; 2],
    /// Stamp of the FPU state in this CPU's registers, see [`fpu`](super::fpu).
    pub(super) fpu_stamp: Cell<u64>,
    /// Stamps handed out by this CPU.
    pub(super) fpu_stamp_count: Cell<u64>,
    /// For when the timer interrupt is armed; too late a time is never wrong, only a second arming.
    pub(super) armed: Cell<u64>,
    /// When the stretch began that is going on, see [`stretch`](super::stretch).
    pub(super) stretch_start: Cell<u32>,
    /// The longest so far; at first so long that none is longer.
    pub(super) longest_stretch: AtomicU32,
    /// Beyond how many ticks `user.s` calls `stretch` before it goes to user mode: as the longest, or 0 when there
    /// is something else to see to.
    pub(super) stretch_limit: AtomicU32,
    /// Whether the thread whose system call this CPU answers shall not go back to user mode.
    pub(super) held_back: Cell<bool>,
    /// How many polls there may be before the next window, less one.
    pub(super) turns: Cell<i32>,
    /// The task whose poll was long, if one was in the stretch that is going on.
    pub(super) long_poll: Cell<Option<&'static str>>,
    /// The kernel-mode trap that is being handled: instruction and frame pointer.
    pub(super) fault: Cell<Option<(u64, u64)>>,
    /// The stack that the kernel runs on here: lowest and highest address.
    stack: Cell<(u64, u64)>,
    trap_stacks: Cell<TrapStackEnds>,
    apic_id: AtomicU32,
    online: AtomicBool,
    pub(super) tables: UnsafeCell<DescriptorTables>,
}

// SAFETY: the Cells and `tables` are only touched by the CPU itself, or before it starts, or
// (stack and fault, reading) after it stopped for good; everything else is atomic.
unsafe impl Sync for Cpu {}

pub(super) const USER_CONTEXT: usize = offset_of!(Cpu, user_context);
pub(super) const KERNEL_STACK_POINTER: usize = offset_of!(Cpu, kernel_stack_pointer);
pub(super) const SCRATCH: usize = offset_of!(Cpu, scratch);
pub(super) const STRETCH_START: usize = offset_of!(Cpu, stretch_start);
pub(super) const STRETCH_LIMIT: usize = offset_of!(Cpu, stretch_limit);
pub(super) const TURNS: usize = offset_of!(Cpu, turns);

static CPUS: [Cpu; MAX_CPUS] = [const { Cpu::new() }; MAX_CPUS];
static COUNT: AtomicUsize = AtomicUsize::new(1);

/// The CPU that executes this.
#[inline(always)]
pub fn current() -> &'static Cpu {
    let this: *const Cpu;
    // SAFETY: (1) `Cpu::install` ran before anything else on this CPU; (2) GS base is the
    // kernel's in all Rust code, see traps.rs; (3) it points into CPUS, which is static.
    unsafe {
        asm!("mov {}, gs:[0]", out(reg) this, options(nostack, preserves_flags, readonly, pure));
        &*this
    }
}

/// Number of the CPU that executes this: 0 is the one that booted.
#[inline(always)]
pub fn index() -> usize {
    let index: usize;
    // SAFETY: as in `current`; `add` numbers no CPU beyond the array.
    unsafe {
        asm!("mov {}, gs:[{offset}]", out(reg) index, offset = const offset_of!(Cpu, index),
            options(nostack, preserves_flags, readonly, pure));
        core::hint::assert_unchecked(index < MAX_CPUS);
    }
    index
}

/// How many CPUs there are. It grows only while the first CPU starts the others.
pub fn count() -> usize {
    COUNT.load(Ordering::Acquire)
}

/// All CPUs, in the order of their numbers.
pub fn all() -> &'static [Cpu] {
    &CPUS[..count()]
}

/// Makes CPU number [`count`] ready to be started with this APIC id; `None` beyond [`MAX_CPUS`].
pub(super) fn add(apic_id: u32) -> Option<&'static Cpu> {
    let index = count();
    let cpu = CPUS.get(index)?;
    cpu.index.set(index);
    cpu.apic_id.store(apic_id, Ordering::Relaxed);
    Some(cpu)
}

/// Counts the CPU that [`add`] made, once it runs.
pub(super) fn admit() {
    COUNT.fetch_add(1, Ordering::Release);
}

/// The first CPU.
pub(super) fn first() -> &'static Cpu {
    &CPUS[0]
}

impl Cpu {
    const fn new() -> Self {
        Cpu {
            this: Cell::new(ptr::null()),
            index: Cell::new(0),
            user_context: Cell::new(ptr::null_mut()),
            kernel_stack_pointer: Cell::new(0),
            scratch: Cell::new(0),
            lease: Cell::new(NO_LEASE),
            lease_count: Cell::new(0),
            bases: [const { Cell::new(0) }; 2],
            fpu_stamp: Cell::new(0),
            fpu_stamp_count: Cell::new(0),
            armed: Cell::new(u64::MAX),
            stretch_start: Cell::new(0),
            longest_stretch: AtomicU32::new(u32::MAX),
            stretch_limit: AtomicU32::new(0),
            held_back: Cell::new(false),
            turns: Cell::new(0),
            long_poll: Cell::new(None),
            fault: Cell::new(None),
            stack: Cell::new((0, 0)),
            trap_stacks: Cell::new([0; gdt::TRAP_STACKS]),
            apic_id: AtomicU32::new(0),
            online: AtomicBool::new(false),
            tables: UnsafeCell::new(DescriptorTables::new()),
        }
    }

    /// Makes this the struct that [`current`] finds on the executing CPU.
    ///
    /// # Safety
    ///
    /// The executing CPU is the only one that ever installs it.
    pub(super) unsafe fn install(&'static self) {
        self.this.set(self);
        GsBase::write(VirtAddr::from_ptr(self));
    }

    /// This CPU's number.
    pub fn index(&self) -> usize {
        self.index.get()
    }

    /// How many times this CPU has turned to a context, to go to user mode with it.
    pub fn leases(&self) -> u64 {
        self.lease_count.get()
    }

    /// The id of this CPU's local APIC.
    pub fn apic_id(&self) -> u32 {
        self.apic_id.load(Ordering::Relaxed)
    }

    pub(super) fn set_apic_id(&self, id: u32) {
        self.apic_id.store(id, Ordering::Relaxed);
    }

    /// Whether it has reached the kernel.
    pub fn is_online(&self) -> bool {
        self.online.load(Ordering::Acquire)
    }

    pub(super) fn set_online(&self) {
        self.online.store(true, Ordering::Release);
    }

    /// The addresses of the stack that the kernel runs on here.
    pub(super) fn stack(&self) -> Range<u64> {
        let (bottom, top) = self.stack.get();
        bottom..top
    }

    pub(super) fn set_stack(&self, stack: Range<u64>) {
        self.stack.set((stack.start, stack.end));
    }

    pub(super) fn trap_stacks(&self) -> TrapStackEnds {
        self.trap_stacks.get()
    }

    pub(super) fn set_trap_stacks(&self, ends: TrapStackEnds) {
        self.trap_stacks.set(ends);
    }

    /// The stack of this CPU that `address` is on, be it for traps or the kernel's usual one.
    pub(super) fn stack_of(&self, address: u64) -> Option<Range<u64>> {
        let usual = self.stack();
        if usual.contains(&address) {
            Some(usual)
        } else {
            gdt::trap_stack_of(&self.trap_stacks.get(), address)
        }
    }
}
