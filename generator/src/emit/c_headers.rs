//! C headers: templates for what is fixed, with marks where the declarations go.
//!
//! A line `@generated@` in a template becomes the constants and structures that `syscalls.toml` assigns to that
//! header; other marks stand for the statuses, rights, signals and calls.

use super::{NOTICE, put};
use crate::model::{Abi, Arg, ArgKind, Call, Direction, Returns, Rights, Spec, Struct, Value};
use crate::types::Type;

/// Where the headers go.
const DIRECTORY: &str = "user/c/include";

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

static TEMPLATES: &[(&str, &str)] = templates![
    "magenta/errors.h",
    "magenta/mx-syscall-numbers.h",
    "magenta/rights.h",
    "magenta/syscalls.h",
    "magenta/syscalls/datapipe.h",
    "magenta/syscalls/log.h",
    "magenta/syscalls/object.h",
    "magenta/syscalls/port.h",
    "magenta/types.h",
    "zircon/assert.h",
    "zircon/availability.h",
    "zircon/compiler.h",
    "zircon/dlfcn.h",
    "zircon/errors.h",
    "zircon/features.h",
    "zircon/limits.h",
    "zircon/process.h",
    "zircon/processargs.h",
    "zircon/rights.h",
    "zircon/status.h",
    "zircon/string_view.h",
    "zircon/syscalls-ddk.h",
    "zircon/syscalls.h",
    "zircon/syscalls/clock.h",
    "zircon/syscalls/debug.h",
    "zircon/syscalls/exception.h",
    "zircon/syscalls/log.h",
    "zircon/syscalls/object.h",
    "zircon/syscalls/pci.h",
    "zircon/syscalls/policy.h",
    "zircon/syscalls/port.h",
    "zircon/syscalls/profile.h",
    "zircon/syscalls/resource.h",
    "zircon/syscalls/scheduler.h",
    "zircon/syscalls/smc.h",
    "zircon/syscalls/system.h",
    "zircon/syscalls/types.h",
    "zircon/testonly-syscalls.h",
    "zircon/thread_annotations.h",
    "zircon/threads.h",
    "zircon/time.h",
    "zircon/tls.h",
    "zircon/types.h",
    "zircon/zx-syscall-numbers.h",
];

/// Path and text of every header.
pub fn emit(spec: &Spec) -> Vec<(String, String)> {
    TEMPLATES
        .iter()
        .map(|(name, template)| (format!("{DIRECTORY}/{name}"), header(spec, name, template)))
        .collect()
}

fn header(spec: &Spec, name: &str, template: &str) -> String {
    let guard = format!("{}_", name.to_uppercase().replace(['/', '.', '-'], "_"));
    let abi = Abi::of_header(name);
    let mut out = format!("// {NOTICE}\n\n#ifndef {guard}\n#define {guard}\n\n");
    for line in template.lines() {
        match line {
            "@generated@" => generated(&mut out, spec, name),
            "@statuses@" => statuses(&mut out, spec),
            "@magenta-statuses@" => magenta_statuses(&mut out, spec),
            "@rights@" => rights(&mut out, &spec.rights, abi),
            "@signals@" => signals(&mut out, &spec.signals, abi),
            "@calls@" => calls(&mut out, spec, |call| call.abi == abi && call.family != "test"),
            // For tests of the calling convention.
            "@test-calls@" => calls(&mut out, spec, |call| call.abi == abi && call.family == "test"),
            "@numbers@" => numbers(&mut out, spec, abi),
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
    let abi = Abi::of_header(header);
    let header = header.trim_start_matches("zircon/");
    for group in spec.constants.iter().filter(|group| group.header == header) {
        put!(out, "\n// {}", group.about);
        let type_ = group.type_.c(abi.prefix());
        group.values.iter().for_each(|value| define(out, &group.prefix, value, &type_));
    }
    for item in spec.structs.iter().filter(|item| item.header == header) {
        structure(out, item, abi.prefix());
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

/// The statuses by the two names that Magenta had for them, one after the other.
fn magenta_statuses(out: &mut String, spec: &Spec) {
    for status in &spec.statuses {
        let [old, new] = match status.name.as_str() {
            "OK" => ["NO_ERROR".to_string(), "MX_OK".to_string()],
            name => [format!("ERR_{name}"), format!("MX_ERR_{name}")],
        };
        put!(out, "#define {new} ({})\n#define {old} {new}", status.value);
    }
}

fn signals(out: &mut String, signals: &[Value], abi: Abi) {
    let (upper, lower) = (abi.prefix().to_uppercase(), abi.prefix());
    let (prefix, type_) = (format!("{upper}_"), format!("{lower}_signals_t"));
    signals.iter().for_each(|signal| define(out, &prefix, signal, &type_));
}

fn rights(out: &mut String, rights: &Rights, abi: Abi) {
    let (upper, lower) = (abi.prefix().to_uppercase(), abi.prefix());
    let (right, group, type_) =
        (format!("{upper}_RIGHT_"), format!("{upper}_RIGHTS_"), format!("{lower}_rights_t"));
    rights.values.iter().for_each(|value| define(out, &right, value, &type_));
    put!(out, "\n// Rights that go together.");
    rights.groups.iter().for_each(|value| define(out, &group, value, &type_));
    put!(out, "\n// Rights of new handles.");
    for Value { name, value } in &rights.defaults {
        put!(out, "#define {upper}_DEFAULT_{name}_RIGHTS {}", literal(*value, &type_));
    }
}

fn structure(out: &mut String, item: &Struct, prefix: &str) {
    put!(out, "\n// {}", item.about);
    put!(out, "typedef struct {prefix}_{} {{", item.name);
    match &item.c {
        Some(body) => put!(out, "    {}", body.trim()),
        None => item.fields.iter().for_each(|field| {
            let count = field.count.map_or(String::new(), |count| format!("[{count}]"));
            put!(out, "    {} {}{count};", field.type_.c(prefix), field.name);
        }),
    }
    put!(out, "}} {prefix}_{}_t;", item.name);
}

/// The functions that are `wanted` here.
fn calls(out: &mut String, spec: &Spec, wanted: impl Fn(&Call) -> bool) {
    for call in spec.calls.iter().filter(|call| wanted(call)) {
        for underscore in ["", "_"] {
            put!(out, "{};", prototype(call, underscore));
        }
    }
}

/// What user code of this ABI puts into rax for each call.
fn numbers(out: &mut String, spec: &Spec, abi: Abi) {
    let prefix = abi.prefix().to_uppercase();
    for call in spec.calls.iter().filter(|call| call.abi == abi) {
        if let Some(number) = call.full_number() {
            put!(out, "#define {prefix}_SYS_{} {number}", call.name);
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
