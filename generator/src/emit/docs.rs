//! The reference of every call, in Markdown: `docs/syscalls.md`.

use super::{NOTICE, put};
use crate::model::{Abi, Arg, ArgKind, Call, Direction, Lookup, Returns, Spec};
use crate::types::Type;

const INTRODUCTION: &str = "
# System calls

Every declared call of the four ABIs: what it takes, what it returns, and whether it works. A call that is *missing*
answers `ERR_NOT_SUPPORTED` (Linux: `-ENOSYS`); one that works *partly* does not do all that an argument can choose, and
its notes say what. `cargo run -- syscalls` prints the same list.

Zircon and Magenta programs make calls as C functions of the vDSO (`zx_NAME`, `mx_NAME`), which alone enters the
kernel. Signatures are those of `syscalls.toml`: `handle<channel, WRITE>` is a handle to a channel with that right,
`in`, `out` and `inout` are pointers to what the kernel reads, writes, or both, `[n]` tells how many, and `?` that
null or, for a handle, `HANDLE_INVALID` is allowed. Notes: *waits*: the thread may block; *vDSO*: answered without
entering the kernel.
";

/// The text of `docs/syscalls.md`.
pub fn emit(spec: &Spec) -> String {
    let mut out = format!("<!-- {NOTICE} -->\n{INTRODUCTION}");
    counts(&mut out, &spec.calls);
    Abi::ALL.iter().for_each(|abi| section(&mut out, *abi, &spec.calls));
    statuses(&mut out, spec);
    out
}

fn of(abi: Abi, calls: &[Call]) -> impl Iterator<Item = &Call> {
    calls.iter().filter(move |call| call.abi == abi)
}

fn counts(out: &mut String, calls: &[Call]) {
    put!(out, "\n| ABI | done | partly | missing |\n|---|---:|---:|---:|");
    for abi in Abi::ALL {
        let count = |state: &str| of(abi, calls).filter(|call| call.state() == state).count();
        let [done, partly, missing] = ["done", "partly", "missing"].map(count);
        put!(out, "| [{0}](#{1}) | {done} | {partly} | {missing} |", title(abi), title(abi).to_lowercase());
    }
}

fn title(abi: Abi) -> &'static str {
    match abi {
        Abi::Zircon => "Zircon",
        Abi::Magenta => "Magenta",
        Abi::Veridian => "VeridianOS",
        Abi::Linux => "Linux",
    }
}

fn section(out: &mut String, abi: Abi, calls: &[Call]) {
    put!(out, "\n## {}", title(abi));
    let mut family = "";
    for call in of(abi, calls) {
        if call.family != family {
            family = &call.family;
            put!(out, "\n### {}: {family}\n", title(abi));
            put!(out, "| call | number | state | signature | errors | notes |\n|---|---:|---|---|---|---|");
        }
        let number = call.full_number().map_or(String::new(), |number| number.to_string());
        put!(
            out,
            "| {} | {number} | {} | `{}` | {} | {} |",
            call.name,
            call.state(),
            signature(call),
            call.errors.join(" "),
            notes(call)
        );
    }
}

fn signature(call: &Call) -> String {
    let args: Vec<String> = call.args.iter().map(|arg| format!("{}: {}", arg.name, kind(arg))).collect();
    let returns = match &call.returns {
        Returns::Status => "status".to_string(),
        Returns::Void => "void".to_string(),
        Returns::NoReturn => "!".to_string(),
        Returns::Value(type_) => name(type_).to_string(),
    };
    format!("({}) -> {returns}", args.join(", "))
}

fn kind(arg: &Arg) -> String {
    match &arg.kind {
        ArgKind::Scalar(type_) => name(type_).to_string(),
        ArgKind::Handle { object, rights, optional, .. } => {
            let rights = if rights.is_empty() { String::new() } else { format!(", {}", rights.join(" ")) };
            format!("handle<{object}{rights}>{}", if *optional { "?" } else { "" })
        }
        ArgKind::Address { target, constant: true } => format!("const_ptr<{}>", name(target)),
        ArgKind::Address { target, constant: false } => format!("ptr<{}>", name(target)),
        ArgKind::Pointer { direction, target, len, optional } => {
            let direction = match direction {
                Direction::In => "in",
                Direction::Out => "out",
                Direction::InOut => "inout",
            };
            let len = len.as_ref().map_or(String::new(), |len| format!("[{len}]"));
            format!("{direction}<{}>{len}{}", name(target), if *optional { "?" } else { "" })
        }
    }
}

/// The name of a type in `syscalls.toml`.
fn name(type_: &Type) -> &str {
    match type_ {
        Type::Scalar(scalar) => scalar.name,
        Type::Struct(name) => name,
        Type::Opaque(name) => name,
        Type::Pointer { .. } => "ptr",
    }
}

fn notes(call: &Call) -> String {
    let mut notes = Vec::new();
    if call.blocking {
        notes.push("waits".to_string());
    }
    if call.vdso {
        notes.push("vDSO".to_string());
    }
    if let Some(via) = &call.via {
        notes.push(format!("through {via}"));
    }
    let late = |arg: &Arg| matches!(arg.kind, ArgKind::Handle { lookup: Lookup::Late, .. });
    if call.args.iter().any(late) {
        notes.push("consumes handles also when it fails".to_string());
    }
    let missing: Vec<&str> =
        call.choices.iter().filter(|choice| !choice.done).map(|choice| choice.name.as_str()).collect();
    if call.done && !missing.is_empty() {
        notes.push(format!("not yet: {}", missing.join(" ")));
    }
    notes.join(", ")
}

fn statuses(out: &mut String, spec: &Spec) {
    put!(out, "\n## Statuses\n\n| name | number | meaning |\n|---|---:|---|");
    for status in &spec.statuses {
        put!(out, "| {} | {} | {} |", super::status_name(&status.name), status.value, status.about);
    }
}
