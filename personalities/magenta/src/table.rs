//! The dispatcher: generated from `syscalls.toml` by `generator/src/emit/dispatcher.rs`.
#![allow(missing_docs, clippy::all, unused_imports)] // reason: generated; its comments are for its readers

include!(concat!(env!("OUT_DIR"), "/table.rs"));
