//! The half of the C library that is Rust: what a Rust program has too, under its C names.
//!
//! A C program starts as every program of `hafnon-user` does (relocation, the vDSO, the startup message), makes
//! its system calls through the same stubs, and allocates from the same heap; `memcpy` and its family are the
//! compiler's. What is written in C lies beside this file: most of it needs variable arguments or `_Thread_local`,
//! which stable Rust does not have.

#![no_std]
#![allow(unsafe_code, reason = "C calls these functions with raw pointers")]

extern crate alloc;

mod float;
mod heap;
mod startup;
