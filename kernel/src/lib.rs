//! The kernel of hafnon as a library: a kernel binary is a crate of a dozen lines that
//! names the personalities and services it contains (see [`kernel!`]).
//!
//! ```text
//! boot ─▶ kernel_main ─▶ arch (CPUs, traps, time) + mm (memory) ─▶ one executor per CPU
//! ```
#![no_std]

extern crate alloc;

pub mod arch;
pub mod boot;
pub mod config;
pub mod console;
mod figures;
pub mod machine;
pub mod mm;
pub mod overview;
pub mod panic;
pub mod personality;
pub mod sched;
pub mod service;
pub mod testing;
mod userboot;

use bootloader_api::BootInfo;
use core::future::poll_fn;
use executor::TaskOptions;
use machine::{log, pressure};
use mm::layout::PAGE_SIZE;
use mm::{frames, payers};
use sched::{closing, run, unfinished, waiter_pool};
use waitq::sync::checks;

/// How many bytes each thing takes at least that is to be discarded some time: a message or a handle.
const SMALLEST_THING: usize = 32;

/// Where every way of booting arrives, on the first CPU, interrupts off, traps and panics
/// reported.
pub fn kernel_main(info: &'static mut BootInfo) -> ! {
    let info: &'static BootInfo = info;
    run::note_entry();
    checks::start(arch::cpu::index, arch::time::ticks);
    mm::init(info);
    arch::start(info.rsdp_addr.into_option(), cpu_main)
}

/// What each CPU does, once all are there.
fn cpu_main() -> ! {
    if arch::cpu::index() == 0 {
        run::init();
        start_tasks();
    }
    run::cpu_loop()
}

/// Starts the kernel's own tasks, the services that the kernel binary names, and then its tests, if it has
/// any, or the first user process.
fn start_tasks() {
    let spawn = |name, mut task: service::Running| {
        let life = poll_fn(move |context| {
            let poll = payers::free_of_charge(|| task.as_mut().poll(context));
            // What a task of the kernel has left is not the next thread's.
            closing::give_up();
            poll
        });
        run::executor().spawn_detached(TaskOptions::new(name), life).expect("memory at boot");
    };
    machine::devices::init();
    objects::closing::set_clock(arch::stretch::is_late);
    objects::closing::set_most(frames::total_frames() * (PAGE_SIZE as usize / SMALLEST_THING));
    objects::room::set_may_fail(|step| mm::stock::spare(step));
    waiter_pool::prepare();
    spawn("waiter pool", service::start(waiter_pool::make()));
    spawn("closing", service::start(objects::closing::close_what_is_left()));
    spawn("freeing pages", service::start(objects::vmo::free_what_is_left()));
    spawn("unfinished calls", service::start(unfinished::finish()));
    spawn("console output", service::start(console::drain()));
    spawn("console input", service::start(console::listen()));
    spawn("log", service::start(log::tell_readers()));
    spawn("waking", service::start(objects::wake_the_rest()));
    spawn("memory pressure", service::start(pressure::watch()));
    for service in service::all() {
        spawn(service.name, (service.start)());
    }
    match testing::all().is_empty() {
        true => spawn("userboot", service::start(userboot::main())),
        false => spawn("tests", service::start(testing::run())),
    }
}

/// Makes the crate that calls it a kernel, with these personalities, the one that processes get by default last, and these
/// services: `async fn`s without arguments. Either list may be left out.
///
/// ```ignore
/// #![no_std]
/// #![no_main]
///
/// use hafnon_magenta::Magenta;
/// use hafnon_zircon::Zircon;
///
/// hafnon_kernel::kernel!(personalities: [Zircon, Magenta], services: [heartbeat]);
///
/// async fn heartbeat() {
///     hafnon_kernel::println!("alive");
/// }
/// ```
#[macro_export]
macro_rules! kernel {
    (services: [$($service:path),* $(,)?] $(,)? $(personalities: [$($personality:path),* $(,)?] $(,)?)?) => {
        $crate::kernel!(personalities: [$($($personality),*)?], services: [$($service),*]);
    };
    ($(personalities: [$($personality:path),* $(,)?])? $(,)? $(services: [$($service:path),* $(,)?])? $(,)?) => {
        #[allow(unsafe_code, reason = "the library finds the lists by their symbols")]
        const _: () = {
            // SAFETY: no other symbol has this name, since a program is one kernel.
            #[unsafe(export_name = "hafnon_personalities")]
            static PERSONALITIES: &[&dyn $crate::personality::AnyPersonality] = &[$($(&$personality),*)?];
            // SAFETY: as above.
            #[unsafe(export_name = "hafnon_services")]
            static SERVICES: &[$crate::service::Service] = &[$($(
                $crate::service::Service {
                    name: stringify!($service),
                    start: || $crate::service::start($service()),
                },
            )*)?];
        };
    };
    ($($other:tt)*) => {
        compile_error!(
            "it is kernel!(personalities: [Zircon, ...], services: [heartbeat, ...]), or one of the two lists: \
             types of personalities, and names of async functions without arguments"
        );
    };
}
