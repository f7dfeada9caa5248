//! FPU and vector registers are a thread's own: no other process reads or writes them, whatever its first FPU
//! instruction is. Programs are built without vector instructions, so only the assembly here touches them.

use alloc::{boxed::Box, vec};
use core::arch::{asm, x86_64::__cpuid};

use hafnon_user::{
    AsHandle, Channel, Signals, Startup,
    abi::PA_USER0,
    clock::{self, INFINITE},
    thread,
};

use crate::harness::{child, user_test};

/// What the child keeps in its registers.
const SECRET: u64 = 0x5ec2_e75e_c2e7_5ec2;
/// What the others load.
const OTHER: u64 = 0x0bad_0bad_0bad_0bad;

/// Offsets in an XSAVE area: two registers of 16 bytes, MXCSR, which parts there are, the upper half of ymm7.
const XMM: [usize; 2] = [160 + 5 * 16, 160 + 6 * 16];
const MXCSR: usize = 24;
const XSTATE_BV: usize = 512;
const UPPER_YMM7: usize = 576 + 7 * 16;
const SSE_AND_AVX: u64 = 0b110;
const DEFAULT_MXCSR: u64 = 0x1f80;

/// Room for an XSAVE area of every CPU there is.
#[repr(C, align(64))]
struct Area([u64; 512]);

impl Area {
    fn new() -> Box<Self> {
        Box::new(Self([0; 512]))
    }

    fn set(&mut self, offset: usize, value: u64) {
        self.0[offset / 8] = value;
    }

    /// xmm5, xmm6 and the upper half of ymm7.
    fn registers(&self) -> [u64; 3] {
        [XMM[0], XMM[1], UPPER_YMM7].map(|offset| self.0[offset / 8])
    }

    /// One with these registers.
    fn filled(value: u64) -> Box<Self> {
        let mut area = Self::new();
        [XMM[0], XMM[1], UPPER_YMM7].into_iter().for_each(|offset| area.set(offset, value));
        area.set(MXCSR, DEFAULT_MXCSR);
        area.set(XSTATE_BV, SSE_AND_AVX);
        area
    }

    fn save(&mut self) {
        // SAFETY: the area is aligned and large enough for what CPUs without AMX have.
        unsafe { asm!("xsave [{}]", in(reg) &mut self.0, in("eax") -1, in("edx") -1, options(nostack)) };
    }

    fn restore(&self) {
        // SAFETY: as above; compiled code has nothing in these registers.
        unsafe { asm!("xrstor [{}]", in(reg) &self.0, in("eax") -1, in("edx") -1, options(nostack)) };
    }
}

/// Whether there is XSAVE, switched on, and AVX.
fn has_avx() -> bool {
    const OSXSAVE_AND_AVX: u32 = 1 << 27 | 1 << 28;
    __cpuid(1).ecx & OSXSAVE_AND_AVX == OSXSAVE_AND_AVX
}

/// The child's part: it keeps its registers until it is told to end; 0 if they were its own all the time.
pub fn keep(startup: &mut Startup) -> i64 {
    let channel: Channel = startup.take_object(PA_USER0).expect("a channel");
    // The first FPU instruction that traps gives the thread an area.
    // SAFETY: changes no register that compiled code uses.
    unsafe { asm!("fninit", options(nomem, nostack)) };
    Area::filled(SECRET).restore();
    channel.write(b"kept", vec![]).expect("the test is told");
    let mut area = Area::new();
    while channel.wait(Signals::CHANNEL_READABLE, 0).is_err() {
        area.save();
        if area.registers() != [SECRET; 3] {
            return 1;
        }
        clock::yield_now();
    }
    0
}

/// A thread whose first FPU instruction is XSAVE finds the registers that a new thread has.
fn save_first() {
    let mut area = Area::new();
    area.save();
    assert_eq!(area.registers(), [0; 3], "of another thread");
}

/// A thread whose first FPU instruction is XRSTOR has what it loaded, once it uses it.
fn restore_first() {
    Area::filled(OTHER).restore();
    let xmm6: u64;
    // SAFETY: changes no register that compiled code uses.
    unsafe { asm!("movq {}, xmm6", out(reg) xmm6, options(nomem, nostack)) };
    assert_eq!(xmm6, OTHER);
}

/// A thread that loads registers, and yields before it uses any.
fn restore_only() {
    Area::filled(OTHER).restore();
    clock::yield_now();
}

user_test! {
    #[needs("cpus=1,2")]
    fn no_process_reads_or_writes_anothers() {
        if !has_avx() {
            return;
        }
        let (ours, theirs) = Channel::create().expect("a channel");
        let keeper = child("keep-registers", |launch| launch.handle(PA_USER0, theirs));
        ours.wait(Signals::CHANNEL_READABLE, INFINITE).expect("it has filled its registers");
        for _ in 0..50 {
            for part in [save_first, restore_first, restore_only] {
                assert_eq!(thread::spawn("without registers", part).expect("a thread").join(), Some(()));
                clock::yield_now();
            }
        }
        ours.write(b"end", vec![]).expect("it is told");
        assert_eq!(keeper.wait_exit(), Ok(0), "its registers were changed");
    }
}
