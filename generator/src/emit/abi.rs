//! The `abi` crate: statuses, rights, signals, constants, structures, call numbers.

use super::{NOTICE, put};
use crate::model::{Abi, Call, Choice, ConstantGroup, Field, ObjectKind, Spec, Struct, Value};
use crate::types::camel;

/// The text that `abi/src/lib.rs` includes.
pub fn emit(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    statuses(&mut out, spec);
    let rights = [("", &spec.rights.values), ("", &spec.rights.groups), ("DEFAULT_", &spec.rights.defaults)];
    flags(&mut out, "Rights", &rights);
    flags(&mut out, "Signals", &[("", &spec.signals)]);
    spec.constants.iter().for_each(|group| constants(&mut out, group));
    spec.structs.iter().for_each(|item| structure(&mut out, item));
    kinds(&mut out, &spec.objects);
    abis(&mut out);
    Abi::ALL.iter().for_each(|abi| numbers(&mut out, *abi, &spec.calls));
    table(&mut out, &spec.calls);
    out
}

fn statuses(out: &mut String, spec: &Spec) {
    put!(out, "impl Status {{");
    for status in &spec.statuses {
        put!(out, "    /// {}", status.about);
        put!(out, "    pub const {}: Status = Status({});", status.name, status.value);
    }
    put!(
        out,
        "\n    /// Every status with its name, as it is called here and, after `ZX_` or `ZX_ERR_`, in C."
    );
    put!(out, "    pub const ALL: &[(Status, &str)] = &[");
    for status in &spec.statuses {
        put!(out, "        (Status::{0}, \"{0}\"),", status.name);
    }
    put!(out, "    ];");
    put!(out, "}}");
}

fn flags(out: &mut String, type_: &str, lists: &[(&str, &Vec<Value>)]) {
    put!(out, "\nbitflags::bitflags! {{");
    put!(out, "    impl {type_}: u32 {{");
    for (prefix, values) in lists {
        for Value { name, value } in *values {
            put!(out, "        #[allow(missing_docs, reason = \"the names are the interface's own\")]");
            put!(out, "        const {prefix}{name} = {value:#x};");
        }
    }
    put!(out, "    }}");
    put!(out, "}}");
}

fn constants(out: &mut String, group: &ConstantGroup) {
    for Value { name, value } in &group.values {
        put!(out, "/// {}", group.about);
        put!(out, "pub const {name}: {} = {value};", group.type_.rust());
    }
}

fn structure(out: &mut String, item: &Struct) {
    let name = camel(&item.name);
    put!(out, "\n/// {}", item.about);
    put!(out, "#[allow(missing_docs, reason = \"the fields are the interface's own\")]");
    put!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]");
    put!(out, "#[repr(C)]");
    put!(out, "pub struct {name} {{");
    item.fields.iter().for_each(|field| put!(out, "    pub {}: {},", field_name(field), field_type(field)));
    put!(out, "}}");
    put!(out, "const _: () = assert!(core::mem::size_of::<{name}>() == {});", item.size);
    put!(out, "impl Default for {name} {{");
    put!(out, "    fn default() -> Self {{\n        Self::new_zeroed()\n    }}\n}}");
}

/// The C name, but `kind` for what C calls `type`.
fn field_name(field: &Field) -> &str {
    if field.name == "type" { "kind" } else { &field.name }
}

fn field_type(field: &Field) -> String {
    match field.count {
        Some(count) => format!("[{}; {count}]", field.type_.rust()),
        None => field.type_.rust(),
    }
}

/// A macro that hands the kinds of objects that the kernel has to another macro, in the order of their names in Rust.
fn kinds(out: &mut String, objects: &[ObjectKind]) {
    put!(
        out,
        "\n/// `kinds!(with)` is `with! {{ ... }}` with a line for each kind of object that the kernel has: its family, its type in"
    );
    put!(
        out,
        "/// Rust, the constant of its type, and the default rights of handles. `family Type OBJ_TYPE_NAME DEFAULT_NAME;`"
    );
    put!(out, "#[macro_export]");
    put!(out, "macro_rules! kinds {{\n    ($with:ident) => {{\n        $with! {{");
    let mut present: Vec<_> =
        objects.iter().filter_map(|kind| Some((&kind.rust, kind.family.as_ref()?, kind))).collect();
    present.sort_by_key(|(rust, ..)| *rust);
    for (rust, family, kind) in present {
        put!(out, "            {family} {rust} {} DEFAULT_{};", kind.type_name(), kind.rights);
    }
    put!(out, "        }}\n    }};\n}}");
}

/// Whose calls there are.
fn abis(out: &mut String) {
    let variants: Vec<&str> = Abi::ALL.iter().map(|abi| abi.variant()).collect();
    put!(out, "\n/// A family of calls with numbers of their own.");
    put!(out, "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]");
    put!(out, "pub enum Abi {{");
    variants.iter().for_each(|name| put!(out, "    /// Calls of {name}.\n    {name},"));
    put!(out, "}}\n\nimpl Abi {{");
    put!(out, "    /// Every ABI.");
    put!(out, "    pub const ALL: [Abi; {}] = [Abi::{}];", variants.len(), variants.join(", Abi::"));
    put!(out, "\n    /// Its name in lower case, as on the command line.");
    put!(out, "    pub const fn name(self) -> &'static str {{\n        match self {{");
    Abi::ALL.iter().for_each(|abi| put!(out, "            Abi::{} => {:?},", abi.variant(), abi.name()));
    put!(out, "        }}\n    }}\n}}");
}

fn numbers(out: &mut String, abi: Abi, calls: &[Call]) {
    let numbered =
        calls.iter().filter(|call| call.abi == abi).filter_map(|call| Some((call, call.full_number()?)));
    put!(out, "\n/// What {} calls put into rax.", abi.variant());
    put!(out, "pub mod {} {{", abi.name());
    for (call, number) in numbered {
        put!(out, "    /// Number of `{}`.", call.name);
        put!(out, "    pub const {}: u32 = {};", call.name.to_uppercase(), number);
    }
    put!(out, "}}");
}

fn choices(call: &Call) -> String {
    let choice = |choice: &Choice| format!("Choice {{ name: {:?}, done: {} }}", choice.name, choice.done);
    call.choices.iter().map(choice).collect::<Vec<_>>().join(", ")
}

fn table(out: &mut String, calls: &[Call]) {
    put!(out, "\n/// Every declared call, in the order of its ABI's documentation.");
    put!(out, "pub static CALLS: &[CallInfo] = &[");
    for call in calls {
        put!(
            out,
            "    CallInfo {{ abi: Abi::{}, name: {:?}, number: {:?}, done: {}, blocking: {}, vdso: {}, via: {:?}, choices: &[{}] }},",
            call.abi.variant(),
            call.name,
            call.full_number(),
            call.done,
            call.blocking,
            call.vdso,
            call.via,
            choices(call)
        );
    }
    put!(out, "];");
}
