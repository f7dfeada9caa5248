//! User-space tests: every documented answer of the system calls, asked from a process.
//!
//! `tests NAME` runs one test and reports it on the console, `tests` alone all of them, each in a process
//! `tests silently NAME`; `tests child ROLE` is a process that a test starts. A test passes when it returns
//! and leaves as many handles as there were; the exit code is 0 then. The names stand, one a line, in the ELF
//! section `.hafnon_tests`, where the host finds them without a boot.

#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "tests make system calls with arguments that no typed wrapper would pass")]

extern crate alloc;

mod accounts;
mod bad_memory;
mod channel;
mod channel_call;
mod channel_call_etc;
mod channel_errors;
mod channel_etc;
mod channel_rings;
mod children;
mod clock;
mod closing;
mod console;
mod crowds;
mod deadlines;
mod debuglog;
mod event;
mod eventpair;
mod fairness;
mod fifo;
mod full_channels;
mod futex;
mod futex_owner;
mod get_child;
mod handle;
mod handle_limit;
mod harness;
mod hunger;
mod info;
mod info_tasks;
mod job;
mod last_calls;
mod latency;
mod limits;
mod long_lists;
mod magenta;
mod many;
mod matrix;
mod message_limits;
mod one;
mod payers;
mod personalities;
mod pointers;
mod port;
mod port_async;
mod pressure;
mod pressure_errors;
mod process;
mod programs;
mod property;
mod registers;
mod scarcity;
mod signals;
mod socket;
mod socket_state;
mod stress;
mod stress_futexes;
mod stress_handles;
mod stress_kills;
mod stress_ports;
mod stress_rights;
mod stress_values;
mod system_event;
mod task_runtime;
mod thread;
mod thread_bases;
mod time;
mod timer;
mod unfinished;
mod vdso;
mod vmar;
mod vmar_regions;
mod vmo;

use hafnon_user::Startup;

hafnon_user::main!(tests);

fn tests(startup: &mut Startup) -> i64 {
    let arguments = startup.arguments.clone();
    match arguments.iter().map(|argument| argument.as_str()).collect::<alloc::vec::Vec<_>>()[..] {
        [_, "child", "refused", name, number, lasting] => {
            harness::play(startup, || matrix::play_refused(name, number, lasting))
        }
        [_, "child", "matrix", name, number] => harness::play(startup, || matrix::play(name, number)),
        [_, "child", "observe-too-much"] => crowds::observe_too_much(),
        [_, "child", role, ..] => children::play(startup, role),
        [_, "silently", name, ..] => harness::run_silently(startup, name),
        [_, name, ..] => harness::run_one(startup, name),
        _ => harness::run_all(startup),
    }
}
