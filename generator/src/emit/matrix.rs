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
//! `size` is that of a scalar and `element` that of what a pointer points to, in bytes, `length` the position of the
//! argument that says how many. An address that the dispatcher passes on as a number is a pointer too.

use super::{NOTICE, put, user};
use crate::model::{Arg, ArgKind, Call, Direction, Returns, Spec};
use crate::shown::Shown;
use crate::types::Type;

/// The text that the tests' module `matrix` includes.
pub fn emit(spec: &Spec, shown: &Shown) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "pub static CALLS: &[Call] = &[");
    calls(spec).for_each(|call| record(&mut out, spec, call, shown));
    put!(out, "];");
    put!(out, "\nuser_test! {{");
    for (index, call) in calls(spec).enumerate() {
        put!(out, "    fn {}() {{\n        check(&CALLS[{index}]);\n    }}", call.full_name());
    }
    put!(out, "}}");
    out
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
