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
