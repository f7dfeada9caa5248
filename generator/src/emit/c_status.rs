//! The part of the C library that follows from `syscalls.toml`: the names of statuses.

use super::{NOTICE, put, status_name};
use crate::model::Spec;

/// Path and text of the file.
pub fn emit(spec: &Spec) -> (String, String) {
    ("user/c/src/status.c".to_string(), statuses(spec))
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
