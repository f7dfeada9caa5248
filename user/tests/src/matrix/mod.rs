//! What the declaration of a call says about its arguments, tried from user space: a test for each call that
//! is done, generated with the table of calls from `syscalls.toml`.
//!
//! For each argument of a call, one after the other, something is wrong with it and with no other:
//!
//! ```text
//! handle    none (0), closed, a value that never was one      BAD_HANDLE
//!           a handle to an object of each other kind          WRONG_TYPE
//!           lacking one of the rights that it must have       ACCESS_DENIED
//! pointer   null, unmapped, the kernel's, not canonical,      INVALID_ARGS
//!           wrapping around the end of the address space,
//!           straddling a mapping's end; read-only if the kernel writes
//! options   each bit that means nothing                       INVALID_ARGS
//! ```
//!
//! First the call is made with nothing wrong, so that the answer is known to come from the one argument.
//! After an error, the process must have the handles it had before, except those that the call is documented
//! to consume. [`scene`] and [`prepare`] make arguments with which a call succeeds, [`attempt`] lists what to
//! try and says which answer is right, [`exceptions`] where another one is, and why.

mod attempt;
mod exceptions;
mod objects;
mod prepare;
mod refused;
mod run;
mod scene;
mod variants;

use hafnon_user::{AsHandle, Handle, Rights, Status, sys};

use crate::harness::{call, job, resource, user_test};

pub use refused::play as play_refused;
pub use run::play;
use run::{check, check_handles, check_memory};

/// What the names of Magenta's calls begin with; those of Zircon's are the plain ones.
const MAGENTA: &str = "mx_";

/// A call, as it is declared.
pub struct Call {
    name: &'static str,
    /// What the kernel knows it by, if it does.
    number: Option<u32>,
    returns: Returns,
    /// The vDSO answers it in user mode.
    local: bool,
    /// It creates objects.
    creates: bool,
    /// It puts handles into a table.
    adds: bool,
    /// The bits of its argument `options` that mean something.
    options: u64,
    /// What it is documented to fail with; nothing where that is not declared yet.
    errors: &'static [Status],
    /// Those of them that another test shows, or nothing can.
    shown_elsewhere: &'static [Status],
    arguments: &'static [Argument],
    /// Makes the call. Each argument must be what the call can take, or something that it must refuse.
    make: unsafe fn(&[usize; 8]) -> i64,
}

/// What comes back from a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Returns {
    Status,
    Value,
    Nothing,
}

/// An argument, as it is declared.
struct Argument {
    name: &'static str,
    kind: Kind,
}

enum Kind {
    /// A number of `size` bytes.
    Scalar { size: usize },
    /// A handle to an object of this kind, with all these rights; an optional one may be 0.
    Handle { object: &'static str, rights: &'static [Rights], optional: bool },
    /// The address of elements of this size in bytes, as many as the argument at the position `length` says, or
    /// one; an optional one may be null.
    Pointer { access: Access, element: usize, length: Option<usize>, optional: bool },
}

/// What the kernel does with memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    In,
    Out,
    InOut,
}

impl Call {
    /// Whether it is Magenta's.
    fn is_magenta(&self) -> bool {
        self.name.starts_with(MAGENTA)
    }

    /// Its name without what Magenta's begin with.
    fn plain_name(&self) -> &'static str {
        self.name.strip_prefix(MAGENTA).unwrap_or(self.name)
    }

    /// The position of an argument.
    fn position(&self, name: &str) -> usize {
        let found = self.arguments.iter().position(|argument| argument.name == name);
        found.unwrap_or_else(|| panic!("{} has no argument {name}", self.name))
    }
}

include!(concat!(env!("OUT_DIR"), "/matrix.rs"));

user_test! {
    fn creating_objects_needs_memory() {
        check_memory();
    }

    fn a_job_limits_the_handles_that_calls_add() {
        check_handles();
    }

    #[needs("with=kernel.trials=on cpus=1 timeout=600")]
    fn no_refused_request_for_memory_does_harm() {
        refused::check_refused();
    }

    fn exceptions_are_about_what_is_tried() {
        for (call, argument, case) in exceptions::all() {
            let found = CALLS.iter().find(|other| other.name == call);
            let found = found.unwrap_or_else(|| panic!("{call} is not done"));
            let position = found.position(argument);
            let tried = attempt::attempts(found).into_iter().any(|attempt| attempt.is(position, case));
            assert!(tried, "{call}: {argument} is never {case}");
        }
    }
}
