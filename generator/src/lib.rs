//! Turns `syscalls.toml` into everything that must agree with it: one declaration, no second copy by hand.
//!
//! ```text
//! syscalls.toml ──parse──▶ model::Spec ──emit──▶ abi crate          statuses, rights, structures, numbers
//!                                                kernel             dispatcher: tables and argument decoding
//!                                                user/vdso          entry points
//!                                                user/rust          import stubs
//!                                                user/tests         calls with their arguments, a test for each
//!                                                user/fuzz          calls with their arguments, topics, properties
//!                                                user/c             what headers declare, names of statuses (committed)
//!                                                docs/syscalls.md   reference (committed)
//! ```
//!
//! Crates take their part through the shared `build.rs` ([`build_script`]); what is committed is written by
//! `cargo run -- generate` ([`write_committed`]) and checked by a test.

pub mod emit;
pub mod model;
mod outputs;
pub mod parse;
pub mod shown;
pub mod types;

pub use outputs::{build_script, committed, load, load_shown, write_committed};
