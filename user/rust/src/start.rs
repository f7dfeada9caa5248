//! The first instructions of a program: relocate itself, bind to the vDSO, read the startup message, run.
//!
//! The kernel (or [`crate::launch`]) enters `_start` with the bootstrap channel's handle in the first
//! argument register and the vDSO's base address in the second, as Zircon does. The program is a static
//! position-independent executable that nobody has relocated, so until that is done no code may read a pointer
//! from memory. A compiler promises no such thing: without optimisation even a call of the smallest function of
//! the core library goes through a table of addresses. Therefore the relocation is written in assembly.

use core::{arch::naked_asm, mem::offset_of};

use crate::{Startup, handle::Handle, import, sys};

unsafe extern "Rust" {
    fn hafnon_main(startup: &mut Startup) -> i64;
}

/// The program's entry point: applies the image's relative relocations (a static executable has no others), and
/// goes on in Rust. Both arguments stay in their registers.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start(bootstrap: u32, vdso: usize) -> ! {
    naked_asm!(
        "xor ebp, ebp",
        "and rsp, -16",
        "lea rdx, [rip + __ehdr_start]", // rdx: the image's base
        "lea rcx, [rip + _DYNAMIC]",     // rcx: an entry of the dynamic section
        "xor r8d, r8d",                  // r8: where the relocations are, from the base
        "xor r9d, r9d",                  // r9: their bytes
        "2:",
        "mov rax, [rcx]",
        "test rax, rax", // DT_NULL
        "jz 5f",
        "cmp rax, {rela}",
        "jne 3f",
        "mov r8, [rcx + 8]",
        "3:",
        "cmp rax, {rela_size}",
        "jne 4f",
        "mov r9, [rcx + 8]",
        "4:",
        "add rcx, 16",
        "jmp 2b",
        "5:",
        "add r8, rdx", // r8: a relocation
        "add r9, r8",  // r9: the end of them
        "6:",
        "cmp r8, r9",
        "jae 8f",
        "cmp dword ptr [r8 + {info}], {relative}",
        "jne 7f",
        "mov rax, [r8]",
        "mov rcx, [r8 + {addend}]",
        "add rcx, rdx",
        "mov [rax + rdx], rcx",
        "7:",
        "add r8, {size}",
        "jmp 6b",
        "8:",
        "call {enter}",
        "ud2",
        rela = const DT_RELA,
        rela_size = const DT_RELASZ,
        info = const offset_of!(Rela, info),
        addend = const offset_of!(Rela, addend),
        size = const size_of::<Rela>(),
        relative = const R_X86_64_RELATIVE,
        enter = sym enter,
    )
}

unsafe extern "C" fn enter(bootstrap: u32, vdso: usize) -> ! {
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

/// A relocation.
#[repr(C)]
#[allow(dead_code, reason = "only the assembly reads it")]
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
