//! The part of the C headers that is declared: constants, structures and functions.
//!
//! The headers are written by hand, in `user/c/include`. All that `syscalls.toml` says stands in one file there, with a
//! section for each header that has a part in it. A header takes its section by its name:
//!
//! ```c
//! #define HAFNON_DECLARED_ZIRCON_RIGHTS_H
//! #include <hafnon/declared.h>
//! ```

use super::{NOTICE, put};
use crate::model::{Abi, Arg, ArgKind, Call, Direction, Returns, Rights, Spec, Struct, Value};
use crate::types::Type;
use std::collections::BTreeMap;

/// Where the headers are.
pub const DIRECTORY: &str = "user/c/include";

/// Path and text of the file.
pub fn emit(spec: &Spec) -> (String, String) {
    let mut out = format!("// {NOTICE}\n// Each header takes the section that is named after it.\n");
    for (header, text) in sections(spec) {
        let name = section(&header);
        put!(out, "\n#ifdef {name}\n#undef {name}\n\n{}\n\n#endif", text.trim());
    }
    (format!("{DIRECTORY}/hafnon/declared.h"), out)
}

/// What a header defines to get its section.
pub fn section(header: &str) -> String {
    format!("HAFNON_DECLARED_{}", header.to_uppercase().replace(['/', '.', '-'], "_"))
}

/// What is declared of each header, by their paths below the directory.
pub fn sections(spec: &Spec) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::new();
    let mut add =
        |header: &str, text: &dyn Fn(&mut String)| text(sections.entry(header.to_string()).or_default());
    add("zircon/errors.h", &|out| statuses(out, spec));
    add("magenta/errors.h", &|out| magenta_statuses(out, spec));
    for (directory, numbers_of, abi) in
        [("zircon", "zx-syscall-numbers", Abi::Zircon), ("magenta", "mx-syscall-numbers", Abi::Magenta)]
    {
        add(&format!("{directory}/rights.h"), &|out| rights(out, &spec.rights, abi));
        add(&format!("{directory}/types.h"), &|out| signals(out, &spec.signals, abi));
        add(&format!("{directory}/syscalls.h"), &|out| {
            calls(out, spec, |call| call.abi == abi && call.family != "test");
        });
        add(&format!("{directory}/{numbers_of}.h"), &|out| numbers(out, spec, abi));
    }
    // For tests of the calling convention.
    add("zircon/testonly-syscalls.h", &|out| {
        calls(out, spec, |call| call.abi == Abi::Zircon && call.family == "test");
    });
    for group in &spec.constants {
        let prefix = Abi::of_header(&group.header).prefix();
        add(&path(&group.header), &|out| {
            put!(out, "\n// {}", group.about);
            let type_ = group.type_.c(prefix);
            group.values.iter().for_each(|value| define(out, &group.prefix, value, &type_));
        });
    }
    for item in &spec.structs {
        add(&path(&item.header), &|out| structure(out, item, Abi::of_header(&item.header).prefix()));
    }
    sections
}

/// The path of a header that `syscalls.toml` names.
fn path(header: &str) -> String {
    if Abi::of_header(header) == Abi::Zircon { format!("zircon/{header}") } else { header.to_string() }
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
