//! The instructions that touch user memory, and what becomes of their faults.
//!
//! Each of them is listed in the section `.fixups` as (start, end, landing): when it faults, the trap
//! handler goes on at the landing, which is right behind it, with the faulting address in rax.

use super::layout::is_user_range;
use core::arch::asm;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use objects::memory::vmar::FaultError;
use spin::Once;

/// What rax holds if nothing faulted: no access faults at this address.
const NO_FAULT: u64 = u64::MAX;

/// Whether supervisor mode access prevention is on, which `stac` and `clac` suspend.
static ACCESS_PREVENTION: AtomicBool = AtomicBool::new(false);
static FAULT_HANDLER: Once<FaultHandler> = Once::new();

/// What resolves a fault, so that another attempt is worth it, or tells why it can not.
pub type FaultHandler = fn(address: u64, write: bool) -> Result<(), FaultError>;

/// An access to user memory that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The address that could not be accessed.
    pub address: u64,
    /// Whether it was to be written.
    pub write: bool,
}

/// Looks whether this machine has supervisor mode access prevention.
pub(super) fn init(access_prevention: bool) {
    ACCESS_PREVENTION.store(access_prevention, Relaxed);
}

/// Sets what resolves faults of user copies: it is called in the task whose thread made the system call,
/// without any lock of mm. Can be set once.
pub fn set_fault_handler(handler: FaultHandler) {
    FAULT_HANDLER.call_once(|| handler);
}

/// Resolves a fault, so that the access can be tried again, or tells why it can not be.
#[cold]
pub(super) fn resolve(fault: Fault) -> Result<(), FaultError> {
    match FAULT_HANDLER.get() {
        Some(handler) if is_user_range(fault.address, 1) => handler(fault.address, fault.write),
        _ => Err(FaultError::NotMapped),
    }
}

/// Calls `access` until it does not fault, or the fault can not be resolved.
#[inline(always)]
pub(super) fn retry<R>(access: impl Fn() -> Result<R, Fault>) -> Result<R, FaultError> {
    match access() {
        Ok(value) => Ok(value),
        Err(fault) => retry_after(fault, access),
    }
}

#[cold]
#[inline(never)]
fn retry_after<R>(mut fault: Fault, access: impl Fn() -> Result<R, Fault>) -> Result<R, FaultError> {
    loop {
        resolve(fault)?;
        match access() {
            Ok(value) => return Ok(value),
            Err(again) => fault = again,
        }
    }
}

/// Lets `access` reach user memory.
#[inline(always)]
fn with_user_memory<R>(access: impl FnOnce() -> R) -> R {
    let prevention = ACCESS_PREVENTION.load(Relaxed);
    if prevention {
        // SAFETY: the CPU has the instruction; the flag only concerns user memory, and is cleared below.
        unsafe { asm!("stac", options(nostack)) };
    }
    let result = access();
    if prevention {
        // SAFETY: as above.
        unsafe { asm!("clac", options(nostack)) };
    }
    result
}

macro_rules! fixup {
    ($($instruction:literal),+) => {
        concat!("20: ", $($instruction, "\n",)+ "21:\n",
            ".pushsection .fixups, \"a\"\n.balign 8\n.quad 20b, 21b, 21b\n.popsection")
    };
}

macro_rules! single_access {
    ($load:ident, $store:ident, $type:ty, $load_instruction:literal, $store_instruction:literal) => {
        /// Reads in one access.
        #[inline]
        pub(super) fn $load(address: u64) -> Result<$type, Fault> {
            check(address, size_of::<$type>(), false)?;
            // SAFETY: the address is a user address, so nothing of the kernel is accessed, and a fault
            // has a landing.
            let (value, fault) = with_user_memory(|| unsafe {
                let (value, fault);
                asm!(fixup!($load_instruction), address = in(reg) address, value = out(reg) value,
                    inout("rax") NO_FAULT => fault, options(nostack, readonly, preserves_flags));
                (value, fault)
            });
            if fault == NO_FAULT { Ok(value) } else { Err(Fault { address: fault, write: false }) }
        }

        /// Writes in one access.
        #[inline]
        pub(super) fn $store(address: u64, value: $type) -> Result<(), Fault> {
            check(address, size_of::<$type>(), true)?;
            // SAFETY: as above.
            let fault = with_user_memory(|| unsafe {
                let fault;
                asm!(fixup!($store_instruction), address = in(reg) address, value = in(reg) value,
                    inout("rax") NO_FAULT => fault, options(nostack, preserves_flags));
                fault
            });
            if fault == NO_FAULT { Ok(()) } else { Err(Fault { address: fault, write: true }) }
        }
    };
}

single_access!(load_u32, store_u32, u32, "mov {value:e}, [{address}]", "mov [{address}], {value:e}");
single_access!(load_u64, store_u64, u64, "mov {value}, [{address}]", "mov [{address}], {value}");

/// Fills a kernel buffer from user memory. On an error, a part of it may have been filled.
#[inline]
pub(super) fn copy_from_user(address: u64, buffer: &mut [MaybeUninit<u8>]) -> Result<(), FaultError> {
    let (to, length) = (buffer.as_mut_ptr() as u64, buffer.len());
    // SAFETY: the buffer is writable, and as long.
    unsafe { copy(to, address, length, Fault { address, write: false }) }
}

/// Copies a kernel buffer to user memory. On an error, a part of it may have been copied.
#[inline]
pub(super) fn copy_to_user(address: u64, bytes: &[u8]) -> Result<(), FaultError> {
    // SAFETY: the buffer is readable, and as long.
    unsafe { copy(address, bytes.as_ptr() as u64, bytes.len(), Fault { address, write: true }) }
}

/// Copies between user memory, where `user` begins, and the kernel.
///
/// # Safety
/// One of `to` and `from` is `user.address`; the other one is valid for `length` bytes.
unsafe fn copy(to: u64, from: u64, length: usize, user: Fault) -> Result<(), FaultError> {
    if check(user.address, length, user.write).is_err() {
        return if length == 0 { Ok(()) } else { Err(FaultError::NotMapped) };
    }
    // SAFETY: the user range was checked, and the caller promises the other one.
    match with_user_memory(|| unsafe { move_bytes(to, from, length) }) {
        Ok(()) => Ok(()),
        // SAFETY: as above; the copy goes on where it stopped.
        Err((moved, address)) => unsafe {
            go_on(to + moved as u64, from + moved as u64, length - moved, Fault { address, ..user })
        },
    }
}

/// Resolves a fault of a copy, and the following ones, until all is copied.
///
/// # Safety
/// The rest of a copy that was checked.
#[cold]
unsafe fn go_on(mut to: u64, mut from: u64, mut length: usize, mut fault: Fault) -> Result<(), FaultError> {
    loop {
        assert!(is_user_range(fault.address, 1), "a user copy had a {fault:x?}");
        resolve(fault)?;
        // SAFETY: the caller promises that both ranges are good.
        let Err((moved, address)) = with_user_memory(|| unsafe { move_bytes(to, from, length) }) else {
            return Ok(());
        };
        (to, from, length) = (to + moved as u64, from + moved as u64, length - moved);
        fault.address = address;
    }
}

/// Moves bytes, eight at a time. At a fault: how many bytes were moved before, and its address.
///
/// # Safety
/// 1. One side is user memory; the kernel's side is valid for `length` bytes.
/// 2. User memory may be accessed.
#[inline(always)]
unsafe fn move_bytes(to: u64, from: u64, length: usize) -> Result<(), (usize, u64)> {
    let (end, fault): (u64, u64);
    // SAFETY: the caller promises both sides; a fault has a landing, with rdi where it stopped.
    unsafe {
        asm!(fixup!("rep movsq", "mov ecx, {tail:e}", "rep movsb"), tail = in(reg) length % 8,
            inout("rcx") length / 8 => _, inout("rdi") to => end, inout("rsi") from => _,
            inout("rax") NO_FAULT => fault, options(nostack, preserves_flags));
    }
    if fault == NO_FAULT { Ok(()) } else { Err(((end - to) as usize, fault)) }
}

/// Copies between memory of the kernel and frames that user code may be writing to. The bytes are then any mixture
/// of old and new ones. In Rust such a copy would be a data race; an instruction may do it.
///
/// # Safety
/// Both ranges are valid for `length` bytes, and do not overlap.
#[inline]
pub(super) unsafe fn move_shared(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: the caller promises it.
    unsafe {
        asm!("rep movsq", "mov ecx, {tail:e}", "rep movsb", tail = in(reg) length % 8, inout("rcx") length / 8 => _,
            inout("rdi") to => _, inout("rsi") from => _, options(nostack, preserves_flags));
    }
}

/// Clears frames that user code may be writing to; see [`move_shared`].
///
/// # Safety
/// The range is valid for `length` bytes.
#[inline]
pub(super) unsafe fn clear_shared(to: *mut u8, length: usize) {
    // SAFETY: the caller promises it.
    unsafe {
        asm!("rep stosq", "mov ecx, {tail:e}", "rep stosb", tail = in(reg) length % 8, in("rax") 0,
            inout("rcx") length / 8 => _, inout("rdi") to => _, options(nostack, preserves_flags));
    }
}

/// Whether a range may hold user memory at all.
#[inline(always)]
fn check(address: u64, length: usize, write: bool) -> Result<(), Fault> {
    if is_user_range(address, length as u64) { Ok(()) } else { Err(Fault { address: Fault::NOWHERE, write }) }
}

impl Fault {
    /// The address in faults that can not be resolved.
    pub(super) const NOWHERE: u64 = u64::MAX;
}
