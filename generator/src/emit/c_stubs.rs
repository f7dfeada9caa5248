//! The parts of the C library that follow from `syscalls.toml`: import stubs in assembly, and the names of statuses.

use super::{NOTICE, put, status_name, user};
use crate::model::{Abi, Spec};

/// Path and text of each file.
pub fn emit(spec: &Spec) -> Vec<(String, String)> {
    vec![
        ("user/c/src/imports.S".to_string(), imports(spec)),
        ("user/c/src/status.c".to_string(), statuses(spec)),
    ]
}

fn imports(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}");
    put!(out, "//");
    put!(
        out,
        "// Stubs that jump into the vDSO through records which start.c fills in. Link with --gc-sections (and, for"
    );
    put!(out, "// GNU ld, -z start-stop-gc) to keep only the records of the calls that the program makes.");
    put!(out, "\n.intel_syntax noprefix");
    for call in spec.calls.iter().filter(|call| call.abi == Abi::Zircon) {
        user::stub(&mut out, call);
        let name = format!("zx_{}", call.name);
        put!(out, ".globl _{name}");
        put!(out, ".hidden _{name}");
        put!(out, ".set _{name}, {name}");
    }
    put!(out, "\n.section .note.GNU-stack, \"\", @progbits");
    out
}

fn statuses(spec: &Spec) -> String {
    let mut out = String::new();
    put!(out, "// {NOTICE}\n");
    put!(out, "#include <zircon/status.h>\n");
    put!(out, "const char* zx_status_get_string(zx_status_t status) {{");
    put!(out, "    switch (status) {{");
    for status in &spec.statuses {
        let name = status_name(&status.name);
        put!(out, "    case {name}:\n        return \"{name}\";");
    }
    put!(out, "    default:\n        return \"(UNKNOWN)\";");
    put!(out, "    }}\n}}");
    out
}
