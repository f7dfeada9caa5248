//! The kernel's dispatcher: from a call's number and registers to its handler with typed arguments.
//!
//! The text is included by the module `table` of a personality's crate and relies on these names:
//!
//! ```text
//! hafnon_kernel::sched::{Caller, Args}       Args = [u64; 8]: rdi rsi rdx r10 r8 r9 r12 r13
//! hafnon_kernel::sched::Blocked              the waits that a thread keeps; the last argument of calls that park
//! hafnon_kernel::sched::HandleArgument       a handle that is not looked up yet; it can be once
//!   Caller::object::<T>(&self, HandleArgument, Rights) -> Result<Arc<T>, Status>  T = objects::Channel, ...
//!   Caller::any(&self, HandleArgument, Rights) -> Result<objects::Object, Status> kinds `any` and `task`
//!   Caller::held, Caller::any_held                                                the same in objects::Held
//!   Caller::is_admitted(&self) -> bool                before calls that create objects: whether they may, at once
//!   async Caller::admit(&self) -> Result<(), Status>  whether they may, at once or when memory came back
//! hafnon_kernel::mm::user::{In, Out, InOut}::<T>::new(address: u64)
//! hafnon_kernel::mm::user::{InSlice, OutSlice}::<T>::new(address: u64, len: usize)
//! hafnon_kernel::personality::{Doors, Entry, entry}
//! crate::<family>::<call>(&Caller, arguments ...) -> Result<(), Status>, or the plain value it returns
//! ```
//!
//! Magenta's table contains Zircon's, `hafnon_zircon::table`: its processes may make both kinds of calls.
//!
//! A call that is `long` has two handlers: the first answers `Poll<Result<(), Status>>` at the trap, `Pending` where
//! the work is more than one step, of which it has done nothing then; the second, an async fn with `_long` behind its
//! name and the same arguments, does it all, and yields between its steps.
//!
//! A handler's arguments are those of the declaration, in order, without the lengths that went into a slice:
//!
//! ```text
//! handle<kind, ...>        Arc<objects::Kind>; flag `held`: Held<Arc<Kind>>; flag `late`: Result<Arc<..>, Status>;
//!                          flag `raw`: HandleArgument
//! in<T>, out<T>, inout<T>  In<T>, Out<T>, InOut<T>; with `?` the handler treats null as absent
//! in<T>[len], out<T>[len]  InSlice<T>, OutSlice<T>; null is good for an empty one only
//! inout<T>[len]            two arguments, InSlice<T> and OutSlice<T> of the same memory
//! ptr<T>, const_ptr<T>     u64
//! ```

use super::{NOTICE, put};
use crate::model::{Abi, Arg, ArgKind, Call, Direction, Lookup, Returns, Spec};
use crate::types::Type;

const HEAD: &str = "
use abi::*;
use core::pin::Pin;
use core::sync::atomic::AtomicU64;
use core::task::Poll;
use hafnon_kernel::mm::user;
use hafnon_kernel::personality::entry::{asynchronous, creating, missing, status, unknown};
use hafnon_kernel::personality::{Doors, Entry};
use hafnon_kernel::sched::{Args, Blocked, Caller, HandleArgument};
";

/// The table that this one contains, as Rust names it.
fn base(abi: Abi) -> Option<(Abi, &'static str)> {
    (abi == Abi::Magenta).then_some((Abi::Zircon, "hafnon_zircon::table"))
}

/// The text that the module `table` of this personality includes.
pub fn emit(spec: &Spec, abi: Abi) -> String {
    let mut out = format!("// {NOTICE}\n{HEAD}");
    table(&mut out, &spec.calls, abi);
    blocking_match(&mut out, &spec.calls, abi);
    for call in present(abi, &spec.calls) {
        if !is_async(call) {
            entry(&mut out, call);
        }
        wrapper(&mut out, spec, call, "");
        if call.long {
            wrapper(&mut out, spec, call, LONG);
        }
    }
    out
}

/// The calls of an ABI that the kernel handles.
fn present(abi: Abi, calls: &[Call]) -> impl Iterator<Item = &Call> {
    calls.iter().filter(move |call| call.abi == abi && call.done && call.number.is_some())
}

/// Whether its handler is an async function, and nothing else.
fn is_async(call: &Call) -> bool {
    call.blocking && !call.parks
}

fn wrapper_name(call: &Call) -> String {
    format!("{}_{}", call.abi.name(), call.name)
}

/// How many numbers the table of an ABI has.
fn count(calls: &[Call], abi: Abi) -> u32 {
    let own = calls.iter().filter(|call| call.abi == abi);
    own.filter_map(Call::full_number).max().map_or(0, |number| number + 1)
}

fn table(out: &mut String, calls: &[Call], abi: Abi) {
    let count_of_base = base(abi).map_or(0, |(base, _)| count(calls, base));
    let all = count(calls, abi).max(count_of_base);
    put!(out, "\n/// What answers each call that the vDSO makes, by what it puts into rax.");
    put!(out, "pub const ENTRIES: [Entry; {all}] = [");
    for number in 0..all {
        let own = calls.iter().find(|call| call.abi == abi && call.full_number() == Some(number));
        match (own, base(abi)) {
            (None, Some((_, base))) if number < count_of_base => put!(out, "    {base}::ENTRIES[{number}],"),
            (None, _) => put!(out, "    unknown,"),
            (Some(call), _) if !call.done => put!(out, "    missing,"),
            (Some(call), _) if is_async(call) => put!(out, "    asynchronous,"),
            (Some(call), _) => put!(out, "    {},", entry_name(call)),
        }
    }
    put!(out, "];");
    put!(out, "\nstatic ANSWERS: [Entry; {all}] = ENTRIES;");
    put!(out, "static RETURNS: [AtomicU64; {all}] = [const {{ AtomicU64::new(Doors::NOWHERE) }}; {all}];");
    put!(out, "\n/// These, and where the vDSO makes each of the calls.");
    put!(out, "pub static DOORS: Doors = Doors::new(&ANSWERS, &RETURNS);");
}

/// The name of a call's entry.
fn entry_name(call: &Call) -> String {
    format!("enter_{}", wrapper_name(call))
}

/// The function of an entry that answers at once, begins a wait, or leaves it to an async function.
fn entry(out: &mut String, call: &Call) {
    let (blocked, handler) = match call.parks {
        true => ("blocked", format!("{}(caller, args, blocked)", wrapper_name(call))),
        false => ("_", format!("{}(caller, args)", wrapper_name(call))),
    };
    let answer = match call.parks || call.long {
        true => format!("{handler}.map(status)"),
        false => format!("Poll::Ready({})", raw(call, &handler)),
    };
    let answer = if call.creates { format!("creating(caller, || {answer})") } else { answer };
    let name = entry_name(call);
    put!(out, "\nfn {name}(caller: &Caller, args: &Args, {blocked}: Pin<&mut Blocked>) -> Poll<i64> {{");
    put!(out, "    {answer}\n}}");
}

/// What a handler returns, in raw form.
fn raw(call: &Call, answer: &str) -> String {
    if call.returns == Returns::Status { format!("status({answer})") } else { answer.to_string() }
}

/// A match over the numbers that user code has; and what it awaits before calls that create objects.
fn blocking_match(out: &mut String, calls: &[Call], abi: Abi) {
    let all = || present(abi, calls);
    let number = |call: &Call| format!("abi::{}::{}", call.abi.name(), call.name.to_uppercase());
    let creating: Vec<String> = all().filter(|call| call.creates).map(number).collect();
    put!(out, "\n/// Runs the call whose entry does not answer; `number` is what user code has in rax.");
    put!(out, "pub async fn blocking(number: u32, caller: &Caller, args: &Args) -> i64 {{");
    if !creating.is_empty() {
        put!(out, "    if let {} = number", creating.join(" | "));
        put!(out, "        && let Err(refused) = caller.admit().await");
        put!(out, "    {{");
        put!(out, "        return i64::from(refused.raw());");
        put!(out, "    }}");
    }
    put!(out, "    match number {{");
    let asynchronous = |call: &&Call| call.long || call.creates || is_async(call);
    for call in all().filter(asynchronous) {
        let (long, wait) = match (call.long, call.blocking) {
            (true, _) => (LONG, ".await"),
            (false, true) => ("", ".await"),
            (false, false) => ("", ""),
        };
        let answer = raw(call, &format!("{}{long}(caller, args){wait}", wrapper_name(call)));
        put!(out, "        {} => {answer},", number(call));
    }
    match base(abi) {
        Some((_, base)) => put!(out, "        _ => {base}::blocking(number, caller, args).await,"),
        None => put!(out, "        _ => i64::from(Status::BAD_SYSCALL.raw()),"),
    }
    put!(out, "    }}");
    put!(out, "}}");
}

/// What is behind the name of the second handler of a long call.
const LONG: &str = "_long";

/// Decodes the registers and calls the handler.
fn wrapper(out: &mut String, spec: &Spec, call: &Call, which: &str) {
    let asynchronous = which == LONG || is_async(call);
    let parks = call.parks && which != LONG;
    let (asynchronous, wait) = if asynchronous { ("async ", ".await") } else { ("", "") };
    let args = if call.args.is_empty() { "_args" } else { "args" };
    let result = match call.returns {
        _ if parks || (call.long && which != LONG) => "Poll<Result<(), Status>>",
        Returns::Status => "Result<(), Status>",
        _ => "i64",
    };
    let blocked = if parks { ", blocked: Pin<&mut Blocked>" } else { "" };
    let name = wrapper_name(call);
    put!(out, "\n{asynchronous}fn {name}{which}(caller: &Caller, {args}: &Args{blocked}) -> {result} {{");
    lookups(out, spec, call);
    let handler = handler_call(spec, call, which);
    match &call.returns {
        Returns::Status => put!(out, "    {handler}{wait}"),
        Returns::Void | Returns::NoReturn => put!(out, "    {handler}{wait};\n    0"),
        Returns::Value(_) => put!(out, "    {handler}{wait} as i64"),
    }
    put!(out, "}}");
}

/// Handles are looked up first, in the order of the arguments, so that the first bad one decides the error.
fn lookups(out: &mut String, spec: &Spec, call: &Call) {
    for (index, arg) in call.args.iter().enumerate() {
        if let ArgKind::Handle { lookup: Lookup::Early | Lookup::Held, .. } = arg.kind {
            put!(out, "    let {} = {}?;", arg.name, lookup(spec, arg, index));
        }
    }
}

/// The expression that looks up a handle argument.
fn lookup(spec: &Spec, arg: &Arg, index: usize) -> String {
    let ArgKind::Handle { object, rights, lookup, .. } = &arg.kind else {
        unreachable!("only handles are looked up")
    };
    let bits: Vec<String> = rights.iter().map(|right| format!("Rights::{right}.bits()")).collect();
    let rights = match rights.as_slice() {
        [] => "Rights::NONE".to_string(),
        [right] => format!("Rights::{right}"),
        _ => format!("Rights::from_bits_retain({})", bits.join(" | ")),
    };
    let held = *lookup == Lookup::Held;
    let function = match object.as_str() {
        "any" | "task" => if held { "any_held" } else { "any" }.to_string(),
        kind => format!("{}::<objects::{}>", if held { "held" } else { "object" }, object_type(spec, kind)),
    };
    format!("caller.{function}({}, {rights})", handle_argument(index))
}

/// A handle as it comes from user code.
fn handle_argument(index: usize) -> String {
    format!("HandleArgument::new(args[{index}] as RawHandle)")
}

/// The type of the `objects` crate for a kind of object.
fn object_type<'a>(spec: &'a Spec, kind: &str) -> &'a str {
    &spec.objects.iter().find(|object| object.name == kind).expect("validated when parsed").rust
}

fn handler_call(spec: &Spec, call: &Call, which: &str) -> String {
    let args: Vec<String> = call
        .args
        .iter()
        .enumerate()
        .filter(|(_, arg)| !call.is_length(arg))
        .map(|(index, arg)| argument(spec, call, arg, index))
        .collect();
    let mut args: String = args.iter().map(|arg| format!(", {arg}")).collect();
    if call.parks && which != LONG {
        args += ", blocked";
    }
    format!("crate::{}::{}{which}(caller{args})", call.family, call.name)
}

/// The expression that a handler gets for an argument.
fn argument(spec: &Spec, call: &Call, arg: &Arg, index: usize) -> String {
    match &arg.kind {
        ArgKind::Scalar(type_) => scalar(type_, index),
        ArgKind::Address { .. } => format!("args[{index}]"),
        ArgKind::Handle { lookup: Lookup::Early | Lookup::Held, .. } => arg.name.clone(),
        ArgKind::Handle { lookup: Lookup::Late, .. } => lookup(spec, arg, index),
        ArgKind::Handle { lookup: Lookup::Raw, .. } => handle_argument(index),
        ArgKind::Pointer { direction, target, len: None, .. } => {
            format!("user::{}::<{}>::new(args[{index}])", access(*direction), target.rust())
        }
        ArgKind::Pointer { direction: Direction::InOut, target, len: Some(len), .. } => {
            let both =
                [Direction::In, Direction::Out].map(|direction| slice(call, direction, target, len, index));
            both.join(", ")
        }
        ArgKind::Pointer { direction, target, len: Some(len), .. } => {
            slice(call, *direction, target, len, index)
        }
    }
}

fn scalar(type_: &Type, index: usize) -> String {
    match type_.rust().as_str() {
        "u64" => format!("args[{index}]"),
        rust @ ("Rights" | "Signals") => format!("{rust}::from_bits_retain(args[{index}] as u32)"),
        "Status" => format!("Status::from_raw(args[{index}] as i32)"),
        rust => format!("args[{index}] as {rust}"),
    }
}

fn access(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "In",
        Direction::Out => "Out",
        Direction::InOut => "InOut",
    }
}

fn slice(call: &Call, direction: Direction, target: &Type, len: &str, index: usize) -> String {
    let position = call.position(len);
    let ArgKind::Scalar(type_) = &call.args[position].kind else { unreachable!("lengths are numbers") };
    let len = scalar(type_, position);
    let len = if type_.rust() == "usize" { len } else { format!("{len} as usize") };
    format!("user::{}Slice::<{}>::new(args[{index}], {len})", access(direction), target.rust())
}
