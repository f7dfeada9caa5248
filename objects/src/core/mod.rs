//! What every object is made of, whatever it is: the families stand on this, and none of them is named here.
//!
//! An object of any kind is [`object::Object`](crate::object::Object) here: a counted reference that is told of its last
//! handle, of what it has to discard and so on. Which kinds there are is known to `object.rs` alone.
//!
//! - `base`: what is inside each object: id, [`signals`], count of handles
//! - `handle`, `handles`, `table`: references with rights, several of them, and those of a process by their values
//! - `closing`: what is left to do when a last handle is gone
//! - `account`: who pays for what user code has the kernel hold
//! - `name`, `secret`: what objects are called; what hashes are mixed with
//! - `room`, `sorted`, `slab`, `listing`: data that grows as user code likes, in bounded steps, and may be refused memory

pub mod account;
pub(crate) mod base;
pub mod closing;
pub(crate) mod handle;
pub(crate) mod handles;
pub(crate) mod listing;
pub mod name;
pub mod room;
pub(crate) mod secret;
pub(crate) mod signals;
pub(crate) mod slab;
pub(crate) mod sorted;
pub(crate) mod table;
