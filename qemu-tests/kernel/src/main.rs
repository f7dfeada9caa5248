//! The kernel with tests in it: the same library as the ordinary kernel, and one
//! service, which runs the test that the command line names.
#![no_std]
#![no_main]

extern crate alloc;

mod ends;
mod memory;
mod paging;
mod processors;
mod user_memory;

hafnon_kernel::kernel!(hafnon_kernel::testing::run);
