//! The first instructions of a program: relocate itself, bind to the vDSO, read the startup message, run.
//!
//! The kernel (or [`crate::launch`]) enters `_start` with the bootstrap channel's handle in the first
//! argument register and the vDSO's base address in the second, as Zircon does. The program is a static
//! position-independent executable that nobody has relocated, so until `relocate` is done no code may
//! read a pointer from memory.

use core::arch::naked_asm;

use crate::{Startup, handle::Handle, import, sys};

unsafe extern "Rust" {
    fn hafnon_main(startup: &mut Startup) -> i64;
}

/// The program's entry point.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start(bootstrap: u32, vdso: usize) -> ! {
    naked_asm!(
        "xor ebp, ebp",
        "and rsp, -16",
        "lea rdx, [rip + __ehdr_start]",
        "lea rcx, [rip + _DYNAMIC]",
        "call {enter}",
        "ud2",
        enter = sym enter,
    )
}

unsafe extern "C" fn enter(bootstrap: u32, vdso: usize, base: usize, dynamic: *const Dynamic) -> ! {
    // SAFETY: `_start` passes this image's own base and dynamic section, and nothing ran before.
    unsafe { relocate(base, dynamic) };
    // SAFETY: whoever starts a process maps the vDSO and passes its base.
    unsafe { import::bind(vdso) };
    run(bootstrap)
}

fn run(bootstrap: u32) -> ! {
    let code = match Startup::receive(Handle::from_raw(bootstrap)) {
        Ok(mut startup) => {
            // SAFETY: `main!` defines the function with this signature; a program without it does not link.
            unsafe { hafnon_main(&mut startup) }
        }
        Err(status) => {
            crate::println!("hafnon-user: no startup message: {status:?}");
            crate::panic::EXIT_CODE
        }
    };
    exit(code)
}

/// Ends this process with `code`.
pub fn exit(code: i64) -> ! {
    // SAFETY: the call takes no pointer.
    unsafe { sys::zx_process_exit(code) }
}

/// One entry of an ELF dynamic section.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Dynamic {
    pub(crate) tag: u64,
    pub(crate) value: usize,
}

const DT_NULL: u64 = 0;
const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;
const R_X86_64_RELATIVE: u64 = 8;

#[repr(C)]
struct Rela {
    offset: usize,
    info: u64,
    addend: usize,
}

/// The value of `tag` in the dynamic section, if it has one.
///
/// # Safety
/// `dynamic` must point to a dynamic section that ends with `DT_NULL`.
#[inline(always)]
pub(crate) unsafe fn dynamic_value(mut dynamic: *const Dynamic, tag: u64) -> Option<usize> {
    loop {
        // SAFETY: not past `DT_NULL` yet.
        let entry = unsafe { dynamic.read() };
        if entry.tag == tag {
            return Some(entry.value);
        }
        if entry.tag == DT_NULL {
            return None;
        }
        // SAFETY: this entry was not the last.
        dynamic = unsafe { dynamic.add(1) };
    }
}

/// Applies the image's relative relocations; a static executable has no others.
///
/// # Safety
/// To be called once, before any other code, with the image's base address and dynamic section.
#[inline(always)]
unsafe fn relocate(base: usize, dynamic: *const Dynamic) {
    // SAFETY: the caller passes the image's own dynamic section.
    let (table, size) = unsafe { (dynamic_value(dynamic, DT_RELA), dynamic_value(dynamic, DT_RELASZ)) };
    let (Some(table), Some(size)) = (table, size) else { return };
    let first = (base + table) as *const Rela;
    for index in 0..size / size_of::<Rela>() {
        // SAFETY: the linker wrote `size` bytes of entries at `table`, each naming a place in this image.
        unsafe {
            let entry = &*first.add(index);
            if entry.info as u32 as u64 == R_X86_64_RELATIVE {
                ((base + entry.offset) as *mut usize).write_unaligned(base + entry.addend);
            }
        }
    }
}
