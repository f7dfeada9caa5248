//! What builds with debug assertions watch of their locks, and panic about:
//!
//! - **order**: that one lock was held when another one was waited for is remembered for ever, by class. Two classes that
//!   were ever taken in both orders, be it over a chain of others, could lock up two CPUs, though they need not have.
//!   Of two locks of one class, the one with the lower address comes first;
//! - **twice**: a lock is waited for by who has it;
//! - **time**: a lock was held for more ticks than the [limit](set_limit);
//! - **waits**: a lock is held where none [may be](assert_none_held), such as between two polls.
//!
//! A lock's class is the type of what it guards. Such a build keeps every layout as it is: the class stands nowhere in
//! the lock, and what is held is in a list of each CPU. On a host each thread has such a list.
//!
//! Taking a lock only if it is free waits for nobody, and so puts it behind none. It is held then as any other.

mod classes;
mod held;
mod order;

pub(super) use classes::Class;
pub(super) use held::{about_to_release, before, taken, while_waiting};
pub use held::{assert_none_held, for_each_held, set_limit, start, stop};

/// Whether locks are watched.
pub const ARE_ON: bool = true;

#[cfg(test)]
mod tests;
