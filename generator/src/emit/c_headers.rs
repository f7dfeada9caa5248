//! C headers: templates for what is fixed, with marks where the declarations go.
//!
//! A line `@generated@` in a template becomes the constants and structures that `syscalls.toml` assigns to that
//! header; other marks stand for the statuses, rights, signals and calls.

use super::{NOTICE, put};
use crate::model::{Abi, Arg, ArgKind, Call, Direction, Returns, Rights, Spec, Struct, Value};
use crate::types::Type;

/// Where the headers go, and the first part of the path by which C includes them.
const DIRECTORY: &str = "user/c/include/zircon";

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/zircon/", $name)))),*]
    };
}

static TEMPLATES: &[(&str, &str)] = templates![
    "assert.h",
    "availability.h",
    "compiler.h",
    "errors.h",
    "features.h",
    "limits.h",
    "process.h",
    "processargs.h",
    "rights.h",
    "status.h",
    "string_view.h",
    "syscalls.h",
    "syscalls/clock.h",
    "syscalls/debug.h",
    "syscalls/exception.h",
    "syscalls/log.h",
    "syscalls/object.h",
    "syscalls/pci.h",
    "syscalls/policy.h",
    "syscalls/port.h",
    "syscalls/profile.h",
    "syscalls/resource.h",
    "syscalls/scheduler.h",
    "syscalls/smc.h",
    "syscalls/system.h",
    "syscalls/types.h",
    "testonly-syscalls.h",
    "thread_annotations.h",
    "threads.h",
    "time.h",
    "tls.h",
    "types.h",
];

/// Path and text of every header.
pub fn emit(spec: &Spec) -> Vec<(String, String)> {
    TEMPLATES
        .iter()
        .map(|(name, template)| (format!("{DIRECTORY}/{name}"), header(spec, name, template)))
        .collect()
}

/// Names under which C programs include the headers.
pub fn names() -> impl Iterator<Item = String> {
    TEMPLATES.iter().map(|(name, _)| format!("zircon/{name}"))
}

fn header(spec: &Spec, name: &str, template: &str) -> String {
    let guard = format!("ZIRCON_{}_", name.to_uppercase().replace(['/', '.', '-'], "_"));
    let mut out = format!("// {NOTICE}\n\n#ifndef {guard}\n#define {guard}\n\n");
    for line in template.lines() {
        match line {
            "@generated@" => generated(&mut out, spec, name),
            "@statuses@" => statuses(&mut out, spec),
            "@rights@" => rights(&mut out, &spec.rights),
            "@signals@" => {
                spec.signals.iter().for_each(|signal| define(&mut out, "ZX_", signal, "zx_signals_t"))
            }
            "@calls@" => calls(&mut out, spec, false),
            "@test-calls@" => calls(&mut out, spec, true),
            line => put!(out, "{line}"),
        }
    }
    put!(out, "\n#endif");
    squeeze(&out)
}

/// Leaves no more than one empty line in a row.
fn squeeze(text: &str) -> String {
    let mut out = text.to_string();
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

fn generated(out: &mut String, spec: &Spec, header: &str) {
    for group in spec.constants.iter().filter(|group| group.header == header) {
        put!(out, "\n// {}", group.about);
        let type_ = group.type_.c("zx");
        group.values.iter().for_each(|value| define(out, &group.prefix, value, &type_));
    }
    for item in spec.structs.iter().filter(|item| item.header == header) {
        structure(out, item);
    }
}

fn define(out: &mut String, prefix: &str, value: &Value, type_: &str) {
    put!(out, "#define {prefix}{} {}", value.name, literal(value.value, type_));
}

/// A constant expression of the type; plain `int`s stay bare so that the preprocessor can use them.
fn literal(value: i128, type_: &str) -> String {
    match value {
        value if value == i128::from(i64::MAX) => "INT64_MAX".to_string(),
        value if value == i128::from(i64::MIN) => "INT64_MIN".to_string(),
        value if value < 0 => format!("(({type_}){value})"),
        value if type_ == "int" => format!("({value:#x})"),
        value if value > i128::from(u32::MAX) => format!("(({type_}){value:#x}ull)"),
        value => format!("(({type_}){value:#x}u)"),
    }
}

fn statuses(out: &mut String, spec: &Spec) {
    for status in &spec.statuses {
        put!(out, "// {}", status.about);
        put!(out, "#define {} ({})", super::status_name(&status.name), status.value);
    }
}

fn rights(out: &mut String, rights: &Rights) {
    rights.values.iter().for_each(|right| define(out, "ZX_RIGHT_", right, "zx_rights_t"));
    put!(out, "\n// Rights that go together.");
    rights.groups.iter().for_each(|group| define(out, "ZX_RIGHTS_", group, "zx_rights_t"));
    put!(out, "\n// Rights of new handles.");
    for Value { name, value } in &rights.defaults {
        put!(out, "#define ZX_DEFAULT_{name}_RIGHTS {}", literal(*value, "zx_rights_t"));
    }
}

fn structure(out: &mut String, item: &Struct) {
    put!(out, "\n// {}", item.about);
    put!(out, "typedef struct zx_{} {{", item.name);
    match &item.c {
        Some(body) => put!(out, "    {}", body.trim()),
        None => item.fields.iter().for_each(|field| {
            let count = field.count.map_or(String::new(), |count| format!("[{count}]"));
            put!(out, "    {} {}{count};", field.type_.c("zx"), field.name);
        }),
    }
    put!(out, "}} zx_{}_t;", item.name);
}

/// The functions; those named `syscall_test_*` are for tests of the calling convention.
fn calls(out: &mut String, spec: &Spec, test: bool) {
    for call in spec.calls.iter().filter(|call| call.abi == Abi::Zircon && (call.family == "test") == test) {
        for underscore in ["", "_"] {
            put!(out, "{};", prototype(call, underscore));
        }
    }
}

fn prototype(call: &Call, underscore: &str) -> String {
    let prefix = call.abi.prefix();
    let returns = match &call.returns {
        Returns::Status => format!("{prefix}_status_t"),
        Returns::Void => "void".to_string(),
        Returns::NoReturn => "__NO_RETURN void".to_string(),
        Returns::Value(type_) => type_.c(prefix),
    };
    let args: Vec<String> =
        call.args.iter().map(|arg| format!("{} {}", argument_type(arg, prefix), arg.name)).collect();
    let args = if args.is_empty() { "void".to_string() } else { args.join(", ") };
    format!("{returns} {underscore}{prefix}_{}({args})", call.name)
}

fn argument_type(arg: &Arg, prefix: &str) -> String {
    let pointer = |target: &Type, constant: bool| {
        let target = target.c(prefix);
        if constant { format!("const {target}*") } else { format!("{target}*") }
    };
    match &arg.kind {
        ArgKind::Scalar(type_) => type_.c(prefix),
        ArgKind::Handle { .. } => format!("{prefix}_handle_t"),
        ArgKind::Pointer { direction, target, .. } => pointer(target, *direction == Direction::In),
        ArgKind::Address { target, constant } => pointer(target, *constant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_fit_their_type() {
        assert_eq!(literal(-1024, "int64_t"), "((int64_t)-1024)");
        assert_eq!(literal(0x10, "int"), "(0x10)");
        assert_eq!(literal(1 << 40, "uint64_t"), "((uint64_t)0x10000000000ull)");
        assert_eq!(literal(i128::from(i64::MIN), "zx_time_t"), "INT64_MIN");
    }
}
