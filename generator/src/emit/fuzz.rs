//! Every call that is done and that a Rust program can make, as the fuzzer needs it: what each argument is, and how to
//! make the call with eight words. Also the numbers that only some calls understand: topics and properties.
//!
//! The text is included by the module `table` of `user/fuzz`, which has these names in scope:
//!
//! ```text
//! Call { name, ends_the_caller, prints, local, options: u64, arguments: &[Argument], make: unsafe fn(&[usize; 8]) -> i64 }
//! Argument { name, kind: Kind }, Kind::{Scalar, Handle, Pointer}, Access::{In, Out, InOut}, Rights, sys
//! ```

use super::matrix::{arguments, make};
use super::{NOTICE, put, user};
use crate::model::{Call, Returns, Spec};

/// Calls whose text goes to the console, where the fuzzer reports.
const PRINTING: [&str; 3] = ["debug_write", "debuglog_write", "log_write"];

/// The text that the fuzzer's module `table` includes.
pub fn emit(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "pub static CALLS: &[Call] = &[");
    user::imported(spec).filter(|call| call.done).for_each(|call| record(&mut out, spec, call));
    put!(out, "];");
    numbers(&mut out, spec, "TOPICS", "INFO_");
    numbers(&mut out, spec, "PROPERTIES", "PROP_");
    out
}

fn record(out: &mut String, spec: &Spec, call: &Call) {
    let ends = call.returns == Returns::NoReturn || call.name.ends_with("_thread_exit");
    put!(out, "    Call {{");
    put!(out, "        name: \"{}_{}\",", call.abi.prefix(), call.name);
    put!(out, "        ends_the_caller: {ends},");
    put!(out, "        prints: {},", PRINTING.contains(&call.name.as_str()));
    put!(out, "        local: {},", call.vdso);
    put!(out, "        options: {:#x},", call.options);
    arguments(out, spec, call);
    make(out, call);
    put!(out, "    }},");
}

/// A list of the constants whose names begin with `prefix`.
fn numbers(out: &mut String, spec: &Spec, list: &str, prefix: &str) {
    let values = spec.constants.iter().flat_map(|group| &group.values);
    let values: Vec<String> =
        values.filter(|value| value.name.starts_with(prefix)).map(|value| value.value.to_string()).collect();
    put!(out, "pub static {list}: &[u64] = &[{}];", values.join(", "));
}
