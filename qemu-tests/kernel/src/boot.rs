//! What boot leaves behind on every CPU.
#![allow(unsafe_code, reason = "memory and registers as a boot loader leaves them are raw")]

use crate::cpus;
use alloc::vec::Vec;
use core::arch::asm;
use hafnon_kernel::arch::{control, cpu};
use hafnon_kernel::mm::layout::{DIRECT_MAP, PAGE_SIZE};
use hafnon_kernel::mm::{PhysAddr, frames};
use hafnon_kernel::{boot, kernel_test};
use x86_64::registers::control::{Cr0, Cr0Flags, Cr4, Cr4Flags, Efer, EferFlags};
use x86_64::registers::debug::Dr7;
use x86_64::registers::model_specific::Msr;
use x86_64::registers::rflags::{self, RFlags};

/// So many CPUs have started, under numbers of their own, with APICs of their own.
fn are_online(count: usize) {
    assert_eq!(cpu::all().len(), count);
    assert!(cpu::all().iter().all(|cpu| cpu.is_online()));
    for (number, cpu) in cpu::all().iter().enumerate() {
        assert_eq!(cpu.index(), number);
        assert!(cpu::all()[..number].iter().all(|other| other.apic_id() != cpu.apic_id()));
    }
}

/// What protects the kernel from user code, and from itself, is on, where the CPU has it.
fn is_protected() {
    let (features, cr0, cr4, efer) = (control::features(), Cr0::read(), Cr4::read(), Efer::read());
    assert!(cr0.contains(Cr0Flags::WRITE_PROTECT));
    assert_eq!(cr4.contains(Cr4Flags::SUPERVISOR_MODE_EXECUTION_PROTECTION), features.smep);
    assert_eq!(cr4.contains(Cr4Flags::SUPERVISOR_MODE_ACCESS_PREVENTION), features.smap);
    assert_eq!(cr4.contains(Cr4Flags::USER_MODE_INSTRUCTION_PREVENTION), features.umip);
    assert_eq!(efer.contains(EferFlags::NO_EXECUTE_ENABLE), features.no_execute);
    assert!(!cr4.intersects(Cr4Flags::FSGSBASE | Cr4Flags::PERFORMANCE_MONITOR_COUNTER));
    assert_eq!(Dr7::read_raw() | control::DR7_OFF, control::DR7_OFF, "no breakpoint");
    assert!(!rflags::read().intersects(RFlags::INTERRUPT_FLAG | RFlags::ALIGNMENT_CHECK));
}

/// Breakpoints and branch tracing that firmware, or a kernel before this one, has left on are off once the control
/// registers are set. (QEMU's translator has no branch tracing: there its register reads 0 whatever happens.)
fn debugging_is_switched_off() {
    const DEBUGCTL: u32 = 0x1d9;
    const LAST_BRANCH: u64 = 1;
    const GLOBAL_BREAKPOINT_0: u64 = 1 << 1;
    let dr7 = control::DR7_OFF | GLOBAL_BREAKPOINT_0;
    // SAFETY: (1) nothing is ever executed at address 0; (2) every CPU has these registers; (3) the control
    // registers get the values that they have already.
    unsafe {
        asm!("mov dr0, {zero}", "mov dr7, {dr7}", zero = in(reg) 0_u64, dr7 = in(reg) dr7, options(nomem, nostack));
        Msr::new(DEBUGCTL).write(LAST_BRANCH);
        control::init();
        assert_eq!((Dr7::read_raw(), Msr::new(DEBUGCTL).read()), (control::DR7_OFF, 0));
    }
}

kernel_test! {
    /// A machine with one CPU.
    #[needs("cpus=1")]
    async fn one_cpu_is_online() {
        are_online(1);
    }

    /// A machine with two CPUs.
    #[needs("cpus=2")]
    async fn two_cpus_are_online() {
        are_online(2);
    }

    /// A machine with four CPUs, all of which run tasks.
    #[needs("cpus=4")]
    async fn four_cpus_are_online() {
        are_online(4);
        cpus::on_each(|| assert!(cpu::current().is_online())).await;
    }

    /// Control registers are the same on all CPUs.
    #[needs("cpus=1,2,4")]
    async fn every_cpu_is_protected() {
        cpus::on_each(is_protected).await;
    }

    /// What a kernel before this one may have left on is switched off, on every CPU.
    #[needs("cpus=1,2")]
    async fn debugging_registers_are_not_left_as_found() {
        cpus::on_each(debugging_is_switched_off).await;
    }

    /// The models of CPU that tests run on have everything there is to be switched on.
    async fn the_cpu_has_all_protections() {
        let features = control::features();
        assert!(features.smep && features.smap && features.umip && features.no_execute);
    }

    /// A ramdisk that begins in the middle of a page is moved to its start, and nothing is behind it in its last
    /// page.
    async fn an_unaligned_ramdisk_is_aligned() {
        for (offset, length) in [(0, 5000), (1, 1), (123, 4096), (4095, 4097), (77, 8192)] {
            let mut taken: Vec<_> = (0..100).map(|_| frames::allocate().expect("memory")).collect();
            taken.sort();
            let run = taken.windows(4).find(|run| is_contiguous(run)).expect("four frames in a row");
            let start = run[0].as_u64();
            let pages = 4 * PAGE_SIZE as usize;
            let memory = (DIRECT_MAP + start) as *mut u8;
            // SAFETY: these frames are this test's alone.
            unsafe {
                (0..pages).for_each(|index| memory.add(index).write((index % 251) as u8 | 1));
                let expected: Vec<u8> = (offset..offset + length).map(|index| memory.add(index).read()).collect();
                let moved = boot::move_to_page_start(start + offset as u64, length as u64);
                assert_eq!(moved, (start, length as u64));
                assert!((0..length).all(|index| memory.add(index).read() == expected[index]), "{offset}");
                let end = (offset + length).next_multiple_of(PAGE_SIZE as usize);
                assert!((length..end).all(|index| memory.add(index).read() == 0), "{offset}");
                assert!((end..pages).all(|index| memory.add(index).read() == (index % 251) as u8 | 1));
            }
            taken.into_iter().for_each(frames::free);
        }
    }
}

fn is_contiguous(run: &[PhysAddr]) -> bool {
    run.windows(2).all(|pair| pair[0].as_u64() + PAGE_SIZE == pair[1].as_u64())
}
