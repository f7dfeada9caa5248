//! What calls do with any object, and with handles.

pub mod handle;
mod info;
pub mod object;
mod property;
