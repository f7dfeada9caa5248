//! Tests that run inside the kernel, each an ordinary `async fn` on an executor of
//! the kernel, with the machine as it is after boot.
//!
//! ```text
//! kernel_test! {
//!     /// Frames that are freed can be had again.
//!     async fn frames_come_back() { … }
//!
//!     #[needs("cpus=1,2,4 timeout=30")]
//!     async fn every_cpu_answers() { … }
//! }
//! ```
//!
//! A test passes when it returns and fails when it panics. [`kernel_test!`](crate::kernel_test)
//! writes a line for the host into the ELF section `.hafnon_tests`, which it reads
//! without a boot (`qemu-tests`), and a [`Test`] into the table between two symbols of
//! `link.ld`. The word `test=NAME` of the command line says which one [`run`] runs;
//! without it all run, one after the other. Results go to the host as KTAP.
#![allow(unsafe_code, reason = "the table of tests is made by the linker")]

use core::slice;

use crate::{arch, config, control, println, service::Running};

/// One test.
#[derive(Debug)]
#[repr(C)]
pub struct Test {
    /// `MODULE::NAME`, and what it needs, up to a line feed: its line in `.hafnon_tests`.
    pub line: &'static str,
    /// Starts it.
    pub start: fn() -> Running,
}

impl Test {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.line.split_ascii_whitespace().next().unwrap_or_default()
    }
}

/// Every test of this kernel.
pub fn all() -> &'static [Test] {
    unsafe extern "Rust" {
        #[link_name = "__tests_start"]
        static FIRST: Test;
        #[link_name = "__tests_end"]
        static END: Test;
    }
    let (first, end) = (&raw const FIRST, &raw const END);
    // SAFETY: link.ld defines both symbols, in this order and aligned to 8, and puts nothing
    // but whole `Test` values between them.
    unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) }
}

/// Runs the test that the command line names, or all, and ends the machine.
pub async fn run() {
    let named = config::value("test");
    let chosen = || all().iter().filter(|test| named.is_none_or(|name| name == test.name()));
    if named.is_none() {
        println!("this kernel runs its {} tests, and no first process", all().len());
    }
    control!("KTAP version 1");
    control!("1..{}", chosen().count());
    for (index, test) in chosen().enumerate() {
        control!("# start {}", test.name());
        (test.start)().await;
        control!("ok {} {}", index + 1, test.name());
    }
    control!("hafnon: exit 0");
    arch::power::exit(arch::power::Outcome::Regular)
}

/// `crate::module::name` without the crate.
pub const fn without_crate(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut index = 0;
    while bytes[index] != b':' {
        index += 1;
    }
    path.split_at(index + 2).1
}

/// The bytes of a text whose length is known to be `N`.
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("the text is shorter than its own length"),
    }
}

/// Declares tests: `async fn`s without arguments, each with what it needs, if anything
/// (see the module's text).
#[macro_export]
macro_rules! kernel_test {
    ($($(#[doc = $doc:literal])* $(#[needs($needs:literal)])? async fn $name:ident() $body:block)*) => { $(
        $(#[doc = $doc])*
        #[allow(unsafe_code, reason = "a section has to be named")]
        const _: () = {
            const LINE: &str = $crate::testing::without_crate(
                concat!(module_path!(), "::", stringify!($name) $(, " ", $needs)?, "\n"),
            );
            // SAFETY: link.ld keeps the section for such lines.
            #[used]
            #[unsafe(link_section = ".hafnon_tests")]
            static LISTED: [u8; LINE.len()] = $crate::testing::bytes(LINE);
            // SAFETY: link.ld keeps the section for such values.
            #[used]
            #[unsafe(link_section = ".test_table")]
            static TEST: $crate::testing::Test =
                $crate::testing::Test { line: LINE, start: || $crate::service::start($name()) };
            async fn $name() $body
        };
    )* };
}
