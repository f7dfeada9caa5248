//! Import stubs: how a program reaches the vDSO without a dynamic linker. The same assembly serves Rust and C.
//!
//! A stub jumps through a record of its own, which the program's start code fills in before anything else runs:
//!
//! ```text
//! section hafnon_imports, between __start_hafnon_imports and __stop_hafnon_imports:
//!   struct { void* address;          zero, until the start code stores the vDSO's function here
//!            int32_t name_offset;    distance from the start of this record to its NUL-terminated name
//!            uint32_t hash; }        of that name, as in the vDSO's symbol hash table
//! ```
//!
//! Each stub has its own section, and its record is tied to it (`SHF_LINK_ORDER`), so that the linker drops the
//! records of the calls that a program never makes. Names are relative, so that no relocation is needed.

use super::{NOTICE, put};
use crate::model::{Arg, ArgKind, Call, Direction, Returns, Spec};
use crate::types::Type;

/// Declarations of every Zircon and Magenta call, and the stubs behind them.
pub fn emit(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "unsafe extern \"C\" {{");
    imported(spec).for_each(|call| declaration(&mut out, call));
    put!(out, "}}");
    put!(out, "\ncore::arch::global_asm!(r#\"{}\"#);", stubs(spec));
    out
}

/// The stubs of every call, in Intel syntax.
pub fn stubs(spec: &Spec) -> String {
    let mut out = String::new();
    imported(spec).for_each(|call| stub(&mut out, call));
    out
}

/// The calls that Rust programs can make.
pub(super) fn imported(spec: &Spec) -> impl Iterator<Item = &Call> {
    spec.calls.iter().filter(|call| call.abi.has_functions())
}

/// The stub of a call, under both names that C has for it, and its record.
fn stub(out: &mut String, call: &Call) {
    let name = format!("{}_{}", call.abi.prefix(), call.name);
    put!(out, ".pushsection .text.{name}, \"ax\", @progbits");
    put!(out, ".globl {name}");
    put!(out, ".hidden {name}");
    put!(out, ".type {name}, @function");
    put!(out, "{name}:");
    put!(out, "    jmp qword ptr [rip + .Limport_{name}]");
    put!(out, ".size {name}, . - {name}");
    put!(out, ".globl _{name}");
    put!(out, ".hidden _{name}");
    put!(out, ".set _{name}, {name}");
    put!(out, ".Lname_{name}:");
    put!(out, "    .asciz \"{name}\"");
    put!(out, ".popsection");
    put!(out, ".pushsection hafnon_imports, \"awo\", @progbits, .text.{name}");
    put!(out, ".balign 8");
    put!(out, ".Limport_{name}:");
    put!(out, "    .quad 0");
    put!(out, "    .long .Lname_{name} - .Limport_{name}");
    put!(out, "    .long {:#x}", symbol_hash(&name));
    put!(out, ".popsection");
}

/// The System V ABI's hash of a symbol's name.
fn symbol_hash(name: &str) -> u32 {
    name.bytes().fold(0, |hash: u32, byte| {
        let hash = (hash << 4).wrapping_add(u32::from(byte));
        (hash ^ ((hash >> 24) & 0xf0)) & 0x0fff_ffff
    })
}

fn declaration(out: &mut String, call: &Call) {
    let args: Vec<String> =
        call.args.iter().map(|arg| format!("{}: {}", argument_name(arg), argument_type(arg))).collect();
    let returns = match &call.returns {
        Returns::Status => " -> i32".to_string(),
        Returns::Void => String::new(),
        Returns::NoReturn => " -> !".to_string(),
        Returns::Value(type_) => format!(" -> {}", plain(type_)),
    };
    let prefix = call.abi.prefix();
    put!(out, "    pub fn {prefix}_{}({}){returns};", call.name, args.join(", "));
}

/// The C name, but `kind` for what C calls `type`.
fn argument_name(arg: &Arg) -> &str {
    if arg.name == "type" { "kind" } else { &arg.name }
}

fn argument_type(arg: &Arg) -> String {
    match &arg.kind {
        ArgKind::Scalar(type_) => plain(type_),
        ArgKind::Handle { .. } => "abi::RawHandle".to_string(),
        ArgKind::Pointer { direction: Direction::In, target, .. }
        | ArgKind::Address { target, constant: true } => {
            format!("*const {}", plain(target))
        }
        ArgKind::Pointer { target, .. } | ArgKind::Address { target, .. } => {
            format!("*mut {}", plain(target))
        }
    }
}

/// The type as a function takes it: numbers bare, structures of the `abi` crate.
fn plain(type_: &Type) -> String {
    match type_.rust().as_str() {
        "Rights" | "Signals" | "RawHandle" => "u32".to_string(),
        "Status" => "i32".to_string(),
        rust if matches!(type_, Type::Struct(_)) => format!("abi::{rust}"),
        _ if *type_ == Type::Opaque("string_view") => "abi::StringView".to_string(),
        rust => rust.to_string(),
    }
}
