//! Services: `async fn`s that a kernel binary adds, started at boot.

use alloc::boxed::Box;
use core::future::Future;
use core::pin::Pin;

/// A service that has been started.
pub type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A service of the kernel binary.
#[derive(Debug)]
pub struct Service {
    /// Its path in the binary's source.
    pub name: &'static str,
    /// Starts it.
    pub start: fn() -> Running,
}

/// The services that the kernel binary names.
#[allow(unsafe_code, reason = "the list is in another crate, which depends on this one")]
pub fn all() -> &'static [Service] {
    unsafe extern "Rust" {
        #[link_name = "hafnon_services"]
        static SERVICES: &'static [Service];
    }
    // SAFETY: only `kernel!` defines the symbol, with this type; it is a constant.
    unsafe { SERVICES }
}

/// Puts a service that starts on the heap.
pub fn start(service: impl Future<Output = ()> + Send + 'static) -> Running {
    Box::pin(service)
}

/// Makes the crate that calls it a kernel, with these services: `async fn`s without arguments.
///
/// ```ignore
/// #![no_std]
/// #![no_main]
///
/// hafnon_kernel::kernel!(heartbeat);
///
/// async fn heartbeat() {
///     hafnon_kernel::println!("alive");
/// }
/// ```
#[macro_export]
macro_rules! kernel {
    ($($service:path),* $(,)?) => {
        #[allow(unsafe_code, reason = "the library finds the list by its symbol")]
        const _: () = {
            // SAFETY: no other symbol has this name, since a program is one kernel.
            #[unsafe(export_name = "hafnon_services")]
            static SERVICES: &[$crate::service::Service] = &[$(
                $crate::service::Service {
                    name: stringify!($service),
                    start: || $crate::service::start($service()),
                },
            )*];
        };
    };
}
