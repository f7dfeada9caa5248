//! The calls that are done, generated from their declaration, and the kinds of objects that they name.

use alloc::vec::Vec;

use hafnon_user::{Rights, sys};

/// A call, as it is declared.
pub struct Call {
    /// Name as in C.
    pub name: &'static str,
    /// It does not come back, or not always.
    pub ends_the_caller: bool,
    /// It writes to the console.
    pub prints: bool,
    /// The vDSO answers it with the program's own instructions.
    pub local: bool,
    /// The bits of its argument `options` that mean something.
    pub options: u64,
    pub arguments: &'static [Argument],
    /// Makes the call.
    pub make: unsafe fn(&[usize; 8]) -> i64,
}

/// An argument, as it is declared.
pub struct Argument {
    pub name: &'static str,
    pub kind: Kind,
}

/// What an argument is.
#[allow(dead_code, reason = "the table says more of arguments than the fuzzer asks for")]
pub enum Kind {
    /// A number of `size` bytes.
    Scalar { size: usize },
    /// A handle to an object of this kind.
    Handle { object: &'static str, rights: &'static [Rights], optional: bool },
    /// The address of elements of this size, as many as the argument at the position `length` says, or one.
    Pointer { access: Access, element: usize, length: Option<usize>, optional: bool },
}

/// What the kernel does with memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    In,
    Out,
    InOut,
}

include!(concat!(env!("OUT_DIR"), "/calls.rs"));

/// The kinds of objects that calls take, each once.
pub fn kinds() -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for argument in CALLS.iter().flat_map(|call| call.arguments) {
        if let Kind::Handle { object, .. } = argument.kind
            && !["any", "task"].contains(&object)
            && !kinds.contains(&object)
        {
            kinds.push(object);
        }
    }
    kinds
}
