//! Entry points of the vDSO: the only code that may enter the kernel.
//!
//! A call is made as a C function (rdi rsi rdx rcx r8 r9, then the stack) and enters the kernel with its number in eax
//! and arguments in rdi rsi rdx r10 r8 r9 r12 r13. SYSCALL overwrites rcx and r11, which belong to the callee in C
//! anyway; r12 and r13 belong to the caller, so the calls that need them save and restore them.
//!
//! Calls that the vDSO answers itself are functions of the crate that includes this text.

use super::{NOTICE, put};
use crate::model::{Call, Returns, Spec};

/// One `global_asm!` with a function for every numbered Zircon and Magenta call.
pub fn emit(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "core::arch::global_asm!(r#\"");
    for call in &spec.calls {
        if let (true, Some(number)) = (call.abi.has_functions(), call.full_number()) {
            stub(&mut out, call, number);
        }
    }
    put!(out, "\"#);");
    out
}

fn stub(out: &mut String, call: &Call, number: u32) {
    let name = format!("{}_{}", call.abi.prefix(), call.name);
    put!(out, ".pushsection .text.{name}, \"ax\", @progbits");
    put!(out, ".globl {name}");
    put!(out, ".type {name}, @function");
    put!(out, ".balign 16");
    put!(out, "{name}:");
    enter(call.args.len()).iter().for_each(|line| put!(out, "    {line}"));
    put!(out, "    mov eax, {number:#x}");
    put!(out, "    syscall");
    let leave = if call.returns == Returns::NoReturn { &["ud2"][..] } else { leave(call.args.len()) };
    leave.iter().for_each(|line| put!(out, "    {line}"));
    put!(out, ".size {name}, . - {name}");
    put!(out, ".popsection");
}

/// Moves the arguments from where C puts them to where the kernel expects them.
fn enter(args: usize) -> &'static [&'static str] {
    match args {
        0..=3 => &[],
        4..=6 => &["mov r10, rcx"],
        7 => &["push r12", "mov r10, rcx", "mov r12, [rsp + 16]"],
        _ => &["push r12", "push r13", "mov r10, rcx", "mov r12, [rsp + 24]", "mov r13, [rsp + 32]"],
    }
}

fn leave(args: usize) -> &'static [&'static str] {
    match args {
        0..=6 => &["ret"],
        7 => &["pop r12", "ret"],
        _ => &["pop r13", "pop r12", "ret"],
    }
}
