//! Every call that is done and that a Rust program can make, with what its declaration says of its arguments, and a
//! test for each: the part of the user-space tests that a table can say.
//!
//! The text is included by the module `matrix` of `user/tests`, which has these names in scope:
//!
//! ```text
//! Call { name, number: Option<u32>, returns: Returns, local: bool, creates: bool, adds: bool, options: u64,
//!        errors: &[Status], shown_elsewhere: &[Status], arguments: &[Argument], make: unsafe fn(&[usize; 8]) -> i64 }
//! Argument { name, kind: Kind }
//! Kind::{Scalar { size }, Handle { object, rights: &[Rights], optional }, Pointer { access, element, length, optional }}
//! Access::{In, Out, InOut}, Returns::{Status, Value, Nothing}, check(&Call), Rights, Status, sys, user_test!
//! ```
//!
//! The kinds of objects are there by name: `KINDS` all of them, `TASKS` those of the family of tasks, `NON_TASKS` the others.
//! `made(kind) -> Option<Handle>` makes an object of a kind for which one call does; it finds the handles of a `job()` and of
//! a `resource()` in scope.
//!
//! `size` is that of a scalar and `element` that of what a pointer points to, in bytes, `length` the position of the
//! argument that says how many. An address that the dispatcher passes on as a number is a pointer too.

use super::{NOTICE, put, user};
use crate::model::{Arg, ArgKind, Call, Direction, ObjectKind, Returns, Spec};
use crate::shown::Shown;
use crate::types::Type;

/// The text that the tests' module `matrix` includes.
pub fn emit(spec: &Spec, shown: &Shown) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "pub static CALLS: &[Call] = &[");
    calls(spec).for_each(|call| record(&mut out, spec, call, shown));
    put!(out, "];");
    kinds(&mut out, spec);
    made(&mut out, spec);
    put!(out, "\nuser_test! {{");
    for (index, call) in calls(spec).enumerate() {
        put!(out, "    fn {}() {{\n        check(&CALLS[{index}]);\n    }}", call.full_name());
    }
    put!(out, "}}");
    out
}

/// The kinds of objects that the kernel has, and which of them are tasks.
fn kinds(out: &mut String, spec: &Spec) {
    let is_task = |kind: &&ObjectKind| kind.family.as_deref() == Some("task");
    let present = || spec.objects.iter().filter(|kind| kind.family.is_some());
    let (tasks, others): (Vec<_>, Vec<_>) = present().partition(is_task);
    for (list, what, kinds) in [
        ("KINDS", "Every kind of object", present().collect()),
        ("TASKS", "The kinds that `task` stands for", tasks),
        ("NON_TASKS", "All others", others),
    ] {
        let mut names: Vec<String> = kinds.iter().map(|kind| format!("{:?}", kind.name)).collect();
        names.sort();
        put!(out, "\n/// {what}, by the names of `syscalls.toml`.");
        put!(out, "pub const {list}: [&str; {}] = [{}];", names.len(), names.join(", "));
    }
}

/// The function that makes objects.
fn made(out: &mut String, spec: &Spec) {
    put!(
        out,
        "\n/// A new object of a kind for which one call does; if it has another end, that is open, too."
    );
    put!(out, "pub fn made(kind: &str) -> Option<Handle> {{");
    put!(out, "    let (mut out, mut other) = (Handle::INVALID, Handle::INVALID);");
    put!(out, "    let status = match kind {{");
    for kind in &spec.objects {
        if let (Some(made), Some(_)) = (&kind.made, &kind.family) {
            let args: Vec<String> = made.args.iter().map(|arg| made_argument(arg)).collect();
            let call = format!("{}_{}({})", kind.abi.prefix(), made.call, args.join(", "));
            put!(out, "        {:?} => call!({call}),", kind.name);
        }
    }
    put!(out, "        _ => return None,\n    }};");
    put!(out, "    assert_eq!(status, Status::OK, \"a new {{kind}}\");");
    put!(out, "    Some(Handle::from_raw(out))\n}}");
}

/// A word of `made`, in Rust.
fn made_argument(word: &str) -> String {
    match word {
        "out" | "other" => format!("&mut {word}"),
        "null" => "core::ptr::null()".to_string(),
        number if number.starts_with(|first: char| first.is_ascii_digit()) => number.to_string(),
        constant if constant.to_uppercase() == constant => format!("hafnon_user::abi::{constant} as _"),
        handle => format!("{handle}().raw()"),
    }
}

fn calls(spec: &Spec) -> impl Iterator<Item = &Call> {
    user::imported(spec).filter(|call| call.done)
}

fn record(out: &mut String, spec: &Spec, call: &Call, shown: &Shown) {
    let returns = match call.returns {
        Returns::Status => "Status",
        Returns::Value(_) => "Value",
        Returns::Void | Returns::NoReturn => "Nothing",
    };
    put!(out, "    Call {{");
    put!(out, "        name: \"{}\",", call.full_name());
    put!(out, "        number: {:?},", call.full_number());
    put!(out, "        returns: Returns::{returns},");
    put!(out, "        local: {},", call.vdso);
    put!(out, "        creates: {},", call.creates);
    put!(out, "        adds: {},", call.adds);
    put!(out, "        options: {:#x},", call.options);
    put!(out, "        errors: &[{}],", statuses(call.errors.iter().map(String::as_str)));
    put!(out, "        shown_elsewhere: &[{}],", statuses(shown.of(call)));
    arguments(out, spec, call);
    make(out, call);
    put!(out, "    }},");
}

/// The arguments of a call, with what each is.
pub(super) fn arguments(out: &mut String, spec: &Spec, call: &Call) {
    put!(out, "        arguments: &[");
    for arg in &call.args {
        put!(out, "            Argument {{ name: \"{}\", kind: {} }},", arg.name, kind(spec, call, arg));
    }
    put!(out, "        ],");
}

fn statuses<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("Status::{name}")).collect::<Vec<_>>().join(", ")
}

/// The function that makes the call with these arguments.
pub(super) fn make(out: &mut String, call: &Call) {
    let args: Vec<String> = (0..call.args.len()).map(|index| format!("a[{index}] as _")).collect();
    let parameter = if args.is_empty() { "_" } else { "a" };
    let made = format!("sys::{}_{}({})", call.abi.prefix(), call.name, args.join(", "));
    let result = match &call.returns {
        Returns::Status => format!("i64::from({made})"),
        Returns::NoReturn => made,
        Returns::Value(Type::Scalar(scalar)) => match scalar.rust {
            "i64" => made,
            "u64" => format!("i64::try_from({made}).unwrap_or(i64::MAX)"),
            _ => format!("i64::from({made})"),
        },
        Returns::Value(_) => format!("let _ = {made}; 0"),
        Returns::Void => format!("{made}; 0"),
    };
    put!(out, "        // SAFETY: the caller vouches for the arguments.");
    put!(out, "        make: |{parameter}| unsafe {{ {result} }},");
}

/// What an argument is, as the tests' and the fuzzer's tables have it.
fn kind(spec: &Spec, call: &Call, arg: &Arg) -> String {
    match &arg.kind {
        ArgKind::Scalar(type_) => format!("Kind::Scalar {{ size: {} }}", size(spec, type_)),
        ArgKind::Handle { object, rights, optional, .. } => {
            let rights: Vec<String> = rights.iter().map(|right| format!("Rights::{right}")).collect();
            let rights = rights.join(", ");
            format!("Kind::Handle {{ object: \"{object}\", rights: &[{rights}], optional: {optional} }}")
        }
        ArgKind::Pointer { direction, target, len, optional } => {
            let length = len.as_ref().map(|name| call.position(name));
            pointer(*direction, size(spec, target), length, *optional)
        }
        ArgKind::Address { target, constant } => {
            let direction = if *constant { Direction::In } else { Direction::Out };
            pointer(direction, size(spec, target), None, false)
        }
    }
}

fn pointer(direction: Direction, element: usize, length: Option<usize>, optional: bool) -> String {
    format!(
        "Kind::Pointer {{ access: Access::{direction:?}, element: {element}, length: {length:?}, optional: {optional} }}"
    )
}

/// Size in bytes; what only C knows the inside of counts as nothing.
fn size(spec: &Spec, type_: &Type) -> usize {
    match type_ {
        Type::Scalar(scalar) => scalar.size,
        Type::Struct(name) => spec.structs.iter().find(|item| item.name == *name).map_or(0, |item| item.size),
        Type::Pointer { .. } => size_of::<u64>(),
        Type::Opaque(_) => 0,
    }
}
