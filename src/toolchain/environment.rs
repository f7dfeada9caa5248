//! The environment for another cargo.
//!
//! `cargo run` and `cargo test` start this program with the variables of the
//! cargo that built it. A cargo of another toolchain that inherited them would
//! call the wrong compiler, so they are taken out; what a person set on purpose
//! (proxies, registries, credentials' places, jobs, colours) stays.

use std::{env, process::Command};

/// Prefixes of variables that belong to the cargo that started this program.
const INHERITED: [&str; 9] = [
    "CARGO",
    "__CARGO",
    "RUSTC",
    "RUSTDOC",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
    "LD_LIBRARY_PATH",
    "NEXTEST",
];

/// Prefixes of settings that a person makes for every cargo.
const SETTINGS: [&str; 10] = [
    "CARGO_HOME",
    "CARGO_NET_",
    "CARGO_HTTP_",
    "CARGO_REGISTRY_",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
    "CARGO_TERM_",
    "CARGO_BUILD_JOBS",
    "CARGO_RESOLVER_",
    "CARGO_CACHE_",
];

/// Whether a variable would mislead another cargo.
fn misleads(name: &str) -> bool {
    INHERITED.iter().any(|prefix| name.starts_with(prefix))
        && !SETTINGS.iter().any(|prefix| name.starts_with(prefix))
}

/// Takes the variables of the cargo that started this program out of `command`.
pub fn scrub(command: &mut Command) -> &mut Command {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(misleads) {
            command.env_remove(name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::misleads;

    #[test]
    fn variables_of_the_outer_cargo_go_and_settings_stay() {
        for gone in ["CARGO", "CARGO_PKG_NAME", "RUSTC", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"] {
            assert!(misleads(gone), "{gone}");
        }
        for kept in ["CARGO_HOME", "CARGO_NET_OFFLINE", "RUSTUP_HOME", "PATH", "RUST_LOG"] {
            assert!(!misleads(kept), "{kept}");
        }
    }
}
