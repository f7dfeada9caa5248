//! One file per output. An emitter is a function from the model to text.

pub mod abi;
pub mod c_headers;
pub mod c_status;
pub mod dispatcher;
pub mod docs;
pub mod fuzz;
pub mod matrix;
pub mod user;
pub mod vdso;

/// What every generated file begins with, after the comment sign of its language.
pub const NOTICE: &str = "Generated from syscalls.toml by generator/; edit that file instead.";

/// What C calls a status.
fn status_name(name: &str) -> String {
    if name == "OK" { "ZX_OK".to_string() } else { format!("ZX_ERR_{name}") }
}

/// Appends one formatted line to a `String`.
macro_rules! put {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($format:tt)*) => {{
        use std::fmt::Write;
        writeln!($out, $($format)*).expect("writing to a String succeeds")
    }};
}
pub(crate) use put;
