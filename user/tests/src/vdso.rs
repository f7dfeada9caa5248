//! The vDSO's code is where system calls are taken from: it is mapped whole, once, and stays.

use alloc::vec::Vec;
use core::ops::Range;
use core::ptr::with_exposed_provenance;

use hafnon_user::{
    AsHandle, Process, Status, Vmar, Vmo,
    abi::{
        PROP_PROCESS_VDSO_BASE_ADDRESS, TASK_RETCODE_EXCEPTION_KILL, VM_CAN_MAP_EXECUTE, VM_CAN_MAP_READ,
        VM_CAN_MAP_SPECIFIC, VM_CAN_MAP_WRITE, VM_PERM_EXECUTE, VM_PERM_READ, VM_PERM_WRITE, VM_SPECIFIC,
        VM_SPECIFIC_OVERWRITE,
        zircon::{PROCESS_EXIT, THREAD_LEGACY_YIELD},
    },
    ramdisk::Ramdisk,
    startup::root_vmar,
    vmar::PAGE_SIZE,
};

use crate::{
    harness::{bootfs, call, child, job, process, user_test, vdso},
    property,
};

const PF_X: u32 = 1;
const EXECUTE: u32 = VM_PERM_READ | VM_PERM_EXECUTE;
const WRITE: u32 = VM_PERM_READ | VM_PERM_WRITE;

fn read<T: Copy>(address: usize) -> T {
    // SAFETY: the tests read the vDSO's own headers.
    unsafe { with_exposed_provenance::<T>(address).read_unaligned() }
}

/// Where the code is in the image, as the ELF header of the one that is mapped here says.
fn code() -> Range<usize> {
    let base = base();
    let (table, size, count) = (read::<u64>(base + 32), read::<u16>(base + 54), read::<u16>(base + 56));
    let headers = (0..usize::from(count)).map(|index| base + table as usize + index * usize::from(size));
    let code = headers.into_iter().find(|header| read::<u32>(header + 4) & PF_X != 0).expect("there is code");
    let (start, length) = (read::<u64>(code + 16) as usize, read::<u64>(code + 40) as usize);
    start..(start + length).next_multiple_of(PAGE_SIZE)
}

fn base() -> usize {
    property::get(&process(), PROP_PROCESS_VDSO_BASE_ADDRESS).expect("the base") as usize
}

/// A process without anything in it, and a region of it that the vDSO fits in, which allows `more` than that needs.
fn nursery(more: u32) -> (Process, Vmar) {
    let (process, root) = Process::create(&job(), "nursery").expect("a process");
    let can = VM_CAN_MAP_SPECIFIC | VM_CAN_MAP_READ | VM_CAN_MAP_EXECUTE;
    let (region, _) = root.allocate(can | more, 0, 64 * PAGE_SIZE).expect("a region");
    (process, region)
}

fn map(region: &Vmar, options: u32, at: usize, vmo: &Vmo, part: Range<usize>) -> Result<usize, Status> {
    region.map(options, at, vmo, part.start as u64, part.len())
}

/// Where the SYSCALL of a call is, behind the instruction that puts its number into eax.
fn place_of(number: u32) -> usize {
    let code = code();
    let places = (base() + code.start..base() + code.end - 7).filter(|at| {
        read::<u8>(*at) == 0xb8 && read::<u32>(at + 1) == number && read::<[u8; 2]>(at + 5) == [0x0f, 0x05]
    });
    let places: Vec<_> = places.collect();
    assert_eq!(places.len(), 1, "call {number} has one place");
    places[0] + 5
}

/// Jumps to one call's SYSCALL with the number of another, or the same, one.
pub fn play(role: &str) -> ! {
    let place = if role == "syscall-of-own-place" { PROCESS_EXIT } else { THREAD_LEGACY_YIELD };
    let place = place_of(place);
    let number = if role == "syscall-of-no-number" { u64::MAX } else { PROCESS_EXIT.into() };
    // SAFETY: the call ends this process, or the kernel does.
    unsafe { core::arch::asm!("jmp {}", in(reg) place, in("rax") number, in("rdi") 5, options(noreturn)) };
}

user_test! {
    /// Not by who starts a program either: it has the regions that these things are mapped into.
    fn what_all_processes_share_cannot_be_made_writable() {
        let (_process, region) = nursery(VM_CAN_MAP_WRITE);
        let own = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        map(&region, WRITE, 0, &own, 0..PAGE_SIZE).expect("what is not shared may be written there");
        let (archive, vdso) = (bootfs(), vdso());
        let ramdisk = Ramdisk::map(&archive).expect("the ramdisk");
        for vmo in [ramdisk.shared().expect("programs share it"), &archive, &vdso] {
            assert_eq!(map(&region, WRITE, 0, vmo, 0..PAGE_SIZE), Err(Status::ACCESS_DENIED));
            let address = map(&region, VM_PERM_READ, 0, vmo, 0..PAGE_SIZE).expect("it may be read");
            let status = call!(zx_vmar_protect(region.raw(), WRITE, address, PAGE_SIZE));
            assert_eq!(status, Status::ACCESS_DENIED);
        }
    }

    /// Each call is made from its own place in the code, and no number from the place of another call.
    fn a_call_has_one_place() {
        let exit_code = |role| child(role, |launch| launch).wait_exit();
        assert_eq!(exit_code("syscall-of-own-place"), Ok(5));
        assert_eq!(exit_code("syscall-of-other-place"), Ok(TASK_RETCODE_EXCEPTION_KILL));
        assert_eq!(exit_code("syscall-of-no-number"), Ok(TASK_RETCODE_EXCEPTION_KILL));
    }

    fn the_code_cannot_be_changed() {
        let (code, base) = (code(), base());
        let (first, last) = (base + code.start, base + code.end - PAGE_SIZE);
        let root = root_vmar().expect("a root region");
        for (address, length) in [(first, PAGE_SIZE), (last, PAGE_SIZE), (first - PAGE_SIZE, 64 * PAGE_SIZE)] {
            let status = call!(zx_vmar_unmap(root.raw(), address, length));
            assert_eq!(status, Status::ACCESS_DENIED, "unmap");
            let status = call!(zx_vmar_protect(root.raw(), VM_PERM_READ, address, length));
            assert_eq!(status, Status::ACCESS_DENIED, "protect");
        }
        // As this is reached, calls are still made.
        assert_eq!(self::base(), base);
    }

    fn the_code_cannot_be_overwritten_or_destroyed() {
        let (code, (process, region)) = (code(), nursery(0));
        map(&region, EXECUTE | VM_SPECIFIC, code.start, &vdso(), code.clone()).expect("the code");
        assert!(property::get(&process, PROP_PROCESS_VDSO_BASE_ADDRESS).expect("the base") != 0);
        let other = Vmo::create(PAGE_SIZE as u64).expect("a VMO");
        for at in [code.start, code.end - PAGE_SIZE] {
            let (options, mut address) = (VM_PERM_READ | VM_SPECIFIC_OVERWRITE, 0);
            let status =
                call!(zx_vmar_map(region.raw(), options, at, other.raw(), 0, PAGE_SIZE, &mut address));
            assert_eq!(status, Status::ACCESS_DENIED);
        }
        assert_eq!(call!(zx_vmar_destroy(region.raw())), Status::ACCESS_DENIED);
    }

    fn the_code_is_mapped_whole_and_once() {
        let (code, (process, region)) = (code(), nursery(0));
        let (start, end) = (code.start, code.end);
        for part in [start..end + PAGE_SIZE, start - PAGE_SIZE..end, start..end - PAGE_SIZE, start + PAGE_SIZE..end] {
            if !part.is_empty() {
                assert_eq!(map(&region, EXECUTE, 0, &vdso(), part.clone()), Err(Status::ACCESS_DENIED), "{part:x?}");
            }
        }
        assert_eq!(property::get(&process, PROP_PROCESS_VDSO_BASE_ADDRESS), Ok(0));
        // As data any part may be mapped.
        map(&region, VM_PERM_READ, 0, &vdso(), 0..end).expect("data");
        map(&region, EXECUTE, 0, &vdso(), code.clone()).expect("the code");
        assert_eq!(map(&region, EXECUTE, 0, &vdso(), code), Err(Status::ACCESS_DENIED), "twice");
    }
}
