//! The raw system calls: generated stubs that jump into the vDSO through the records of [`crate::import`].

#![allow(missing_docs, clippy::missing_safety_doc, reason = "docs/syscalls.md describes each call")]

include!(concat!(env!("OUT_DIR"), "/imports.rs"));
