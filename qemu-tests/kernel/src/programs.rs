//! Programs of a few instructions, and an address space to run one in.
#![allow(unsafe_code, reason = "the programs are in the test kernel's own image, between symbols")]

use core::arch::global_asm;
use core::slice;
use hafnon_kernel::arch::{Trap, UserContext, enter_user};
use hafnon_kernel::mm::{AddressSpace, DirectMap};
use objects::account::Charge;
use objects::memory::{Frame, PAGE_SIZE, PageFrames, PageTable, Protection, Work};

/// Where the program is: it may be read and executed.
pub const CODE: u64 = 0x100_0000;
/// A page that may be read and written. The stack pointer starts at its end.
pub const DATA: u64 = 0x200_0000;

/// Adds 1 to every register but the stack pointer.
macro_rules! count {
    () => {
        ".irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        inc \\register
        .endr"
    };
}

macro_rules! programs {
    ($($name:ident: $($line:expr),+;)*) => { $(
        global_asm!(
            ".pushsection .rodata.programs, \"a\"",
            concat!(".global program_", stringify!($name), ", program_", stringify!($name), "_end"),
            concat!("program_", stringify!($name), ":"),
            $($line,)+
            concat!("program_", stringify!($name), "_end:"),
            ".popsection",
        );

        pub fn $name() -> &'static [u8] {
            unsafe extern "C" {
                #[link_name = concat!("program_", stringify!($name))]
                static FIRST: u8;
                #[link_name = concat!("program_", stringify!($name), "_end")]
                static END: u8;
            }
            let (first, end) = (&raw const FIRST, &raw const END);
            // SAFETY: the assembler puts the symbols around these instructions, in constant memory.
            unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) }
        }
    )* };
}

programs! {
    system_calls: "2: syscall", "jmp 2b";
    count_and_call: "2:", count!(), "syscall", "jmp 2b";
    count_and_break: "2:", count!(), "int3", "jmp 2b";
    spin: "2: jmp 2b";
    store: "mov qword ptr [rdi], 5", "syscall";
    jump: "jmp rdi";
    push: "push rax", "syscall";
    flags: "push rdi", "popfq", "syscall", "pushfq", "pop rax", "syscall";
    steps: "nop", "syscall", "nop", "syscall", "nop", "ud2";
    breakpoint: "int3";
    undefined: "ud2";
    halt: "hlt";
    interrupts_off: "cli";
    port_in: "in al, dx";
    port_out: "mov edx, 0xf4", "out dx, eax";
    divide: "xor ecx, ecx", "div ecx";
    interrupt_80: "int 0x80";
    interrupt_20: "int 0x20";
    interrupt_2: "int 2";
    sgdt: "sgdt [rdi]", "ud2";
    sidt: "sidt [rdi]", "ud2";
    task_register: "str eax", "ud2";
    rdmsr: "mov ecx, 0x1b", "rdmsr";
    read_cr3: "mov rax, cr3";
    sysret: "sysretq";
    fpu: "movq xmm0, rdi", "2: syscall", "movq rax, xmm0", "jmp 2b";
    vectors: "movq xmm0, rdi", "vinsertf128 ymm0, ymm0, xmm0, 1", "2: syscall",
        "vextractf128 xmm1, ymm0, 1", "movq rax, xmm1", "jmp 2b";
    save: "mov eax, -1", "mov edx, -1", "xsave [rdi]", "mov rax, [rdi + 240]", "mov rbx, [rdi + 576]", "syscall";
    restore: "mov eax, -1", "mov edx, -1", "xrstor [rdi]", "syscall", "xsave [rdi]", "syscall";
    restore_and_use: "mov eax, -1", "mov edx, -1", "xrstor [rdi]", "movq rax, xmm5", "syscall";
    fill: "movq xmm5, rdi", "vinsertf128 ymm0, ymm0, xmm5, 1", "fld1", "2: syscall", "movq rax, xmm5",
        "vextractf128 xmm1, ymm0, 1", "movq rbx, xmm1", "jmp 2b";
    environment: "fnstenv [rdi]", "mov eax, [rdi + 12]", "mov ebx, [rdi + 20]", "syscall";
    local_table: "lsl eax, edi", "jz 2f", "syscall", "2: ud2";
    bases: "2: mov rax, fs:[0]", "mov rbx, gs:[0]", "syscall", "jmp 2b";
    selectors: "mov eax, edi", "mov ds, eax", "mov es, eax", "mov fs, eax", "mov gs, eax", "syscall";
    read_selectors: "mov eax, ds", "mov ebx, es", "mov edx, fs", "mov esi, gs", "syscall";
}

/// An address space with a program and a page of data.
pub struct Sandbox {
    space: AddressSpace,
    frames: [Frame; 2],
}

impl Sandbox {
    /// It is active on this CPU.
    pub fn new(program: &[u8]) -> Self {
        let space = AddressSpace::new(Charge::default()).expect("memory");
        let frames = [(); 2].map(|()| DirectMap.allocate_zeroed().expect("memory"));
        DirectMap.write(frames[0], 0, program);
        let code = Protection { read: true, write: false, execute: true };
        let data = Protection { read: true, write: true, execute: false };
        space.map(CODE, frames[0], code).expect("memory");
        space.map(DATA, frames[1], data).expect("memory");
        space.activate();
        Self { space, frames }
    }

    /// Makes it the address space of this CPU.
    pub fn activate(&self) {
        self.space.activate();
    }

    /// The word at `offset` of the data.
    pub fn word(&self, offset: usize) -> u64 {
        let mut bytes = [0; 8];
        DirectMap.read(self.frames[1], offset, &mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// Sets the word at `offset` of the data.
    pub fn set_word(&self, offset: usize, value: u64) {
        DirectMap.write(self.frames[1], offset, &value.to_le_bytes());
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.space.unmap(&mut (CODE..DATA + PAGE_SIZE), &mut Work::unlimited());
        self.frames.into_iter().for_each(|frame| DirectMap.free(frame));
    }
}

/// A thread at the start of the program, with `argument` in rdi.
pub fn thread(argument: u64) -> UserContext {
    UserContext::new(CODE, DATA + PAGE_SIZE, argument, 0)
}

/// Runs the thread to its next trap that is no interrupt.
pub fn run(context: &mut UserContext) -> Trap {
    loop {
        let trap = enter_user(context);
        if trap != Trap::Interrupt {
            return trap;
        }
    }
}
