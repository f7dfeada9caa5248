//! What `syscalls.toml` says, once parsed and checked: the form that every emitter works from.

use crate::types::Type;

/// The whole declaration.
#[derive(Debug)]
pub struct Spec {
    /// Statuses, in the order of the file.
    pub statuses: Vec<StatusValue>,
    /// Rights, groups of rights and default rights of objects.
    pub rights: Rights,
    /// Kinds of objects, in the order of the file.
    pub objects: Vec<ObjectKind>,
    /// Signals by their name without prefix.
    pub signals: Vec<Value>,
    /// Constants, by group.
    pub constants: Vec<ConstantGroup>,
    /// Structures that cross the boundary.
    pub structs: Vec<Struct>,
    /// Calls of each ABI, in the order of [`Abi::ALL`].
    pub calls: Vec<Call>,
}

/// A status: its name without prefix, number and meaning.
#[derive(Debug)]
pub struct StatusValue {
    /// Name, such as `BAD_HANDLE`.
    pub name: String,
    /// Number, zero or negative.
    pub value: i64,
    /// One sentence.
    pub about: String,
}

/// A named number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Name without the `ZX_` prefix.
    pub name: String,
    /// Number, evaluated.
    pub value: i128,
}

/// Rights of handles.
#[derive(Debug)]
pub struct Rights {
    /// Single rights (`ZX_RIGHT_*`).
    pub values: Vec<Value>,
    /// Groups of rights (`ZX_RIGHTS_*`).
    pub groups: Vec<Value>,
    /// What new handles get (`ZX_DEFAULT_*_RIGHTS`).
    pub defaults: Vec<Value>,
}

/// A kind of kernel object.
#[derive(Debug)]
pub struct ObjectKind {
    /// Name, such as `datapipe_producer`.
    pub name: String,
    /// Whose it is: its type has the prefix of that, and so has the call that makes one.
    pub abi: Abi,
    /// What `object_get_info` tells of it.
    pub type_: u32,
    /// Whose default rights a new handle has: `CHANNEL` for `DEFAULT_CHANNEL`.
    pub rights: String,
    /// The family of `objects` that has it; none if the kernel has no such object yet.
    pub family: Option<String>,
    /// Its type in Rust.
    pub rust: String,
    /// How tests make one, if that is a matter of one call.
    pub made: Option<Made>,
}

impl ObjectKind {
    /// The constant that is its type, without prefix.
    pub fn type_name(&self) -> String {
        format!("OBJ_TYPE_{}", self.name.to_uppercase())
    }
}

/// A call that makes an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name without prefix.
    pub call: String,
    /// What is passed to it; see `syscalls.toml`.
    pub args: Vec<String>,
}

/// Constants of one type and purpose.
#[derive(Debug)]
pub struct ConstantGroup {
    /// What they are for, in one sentence.
    pub about: String,
    /// C header that holds them: under `zircon/`, unless it begins with `magenta/`.
    pub header: String,
    /// Their type.
    pub type_: Type,
    /// What C puts before each name.
    pub prefix: String,
    /// Names and numbers.
    pub values: Vec<Value>,
    /// The calls that do something else for each of them.
    pub chooses: Vec<String>,
    /// Those for which these calls do nothing yet.
    pub missing: Vec<String>,
}

/// A structure that crosses the boundary.
#[derive(Debug)]
pub struct Struct {
    /// Name without prefix and suffix, such as `wait_item`.
    pub name: String,
    /// What it is, in one sentence.
    pub about: String,
    /// C header that holds it: see [`ConstantGroup::header`].
    pub header: String,
    /// Size in bytes, checked by both languages.
    pub size: usize,
    /// Fields in order; together they name every byte.
    pub fields: Vec<Field>,
    /// C body, where it is not the plain fields.
    pub c: Option<String>,
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name as in C.
    pub name: String,
    /// Type of the field, or of its elements.
    pub type_: Type,
    /// Number of elements, if it is an array.
    pub count: Option<usize>,
}

/// Numbers of an ABI's calls are below this: small enough for a table.
pub const MAX_NUMBER: u32 = 512;

/// A family of calls with numbers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Abi {
    /// `zx_*`.
    Zircon,
    /// `mx_*`.
    Magenta,
    /// `SYS_*` of VeridianOS.
    Veridian,
    /// Linux on x86-64.
    Linux,
}

impl Abi {
    /// Every ABI.
    pub const ALL: [Abi; 4] = [Abi::Zircon, Abi::Magenta, Abi::Veridian, Abi::Linux];

    /// Name in `syscalls.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Abi::Zircon => "zircon",
            Abi::Magenta => "magenta",
            Abi::Veridian => "veridian",
            Abi::Linux => "linux",
        }
    }

    /// Name of the variant in Rust.
    pub fn variant(self) -> &'static str {
        match self {
            Abi::Zircon => "Zircon",
            Abi::Magenta => "Magenta",
            Abi::Veridian => "Veridian",
            Abi::Linux => "Linux",
        }
    }

    /// The ABI whose C headers `header` is one of, as it is named in `syscalls.toml`.
    pub fn of_header(header: &str) -> Self {
        if header.starts_with("magenta/") { Abi::Magenta } else { Abi::Zircon }
    }

    /// Whether it is made of C functions, which processes of this kernel call through the vDSO.
    pub fn has_functions(self) -> bool {
        matches!(self, Abi::Zircon | Abi::Magenta)
    }

    /// What C names of this ABI begin with; only Zircon and Magenta have C functions here.
    pub fn prefix(self) -> &'static str {
        if self == Abi::Magenta { "mx" } else { "zx" }
    }

    /// What is added to a call's number in rax. Zircon and Magenta calls are made by the same processes through
    /// the same vDSO, so they share one table; a process of another ABI makes no calls but its own.
    pub fn base(self) -> u32 {
        if self == Abi::Magenta { MAX_NUMBER } else { 0 }
    }
}

/// A system call.
#[derive(Debug)]
pub struct Call {
    /// Whose call it is.
    pub abi: Abi,
    /// Group it belongs to, and module of its handler.
    pub family: String,
    /// Name without prefix.
    pub name: String,
    /// Number; none for calls that the vDSO answers itself and for names reached through another call.
    pub number: Option<u32>,
    /// Whether a handler exists.
    pub done: bool,
    /// The thread may wait in it.
    pub blocking: bool,
    /// It does so in one of the waits that the thread keeps.
    pub parks: bool,
    /// Some of its calls are long: see [`crate::emit::dispatcher`].
    pub long: bool,
    /// It creates kernel objects.
    pub creates: bool,
    /// It puts handles into a table.
    pub adds: bool,
    /// Answered in user mode.
    pub vdso: bool,
    /// The call by which this name is reached on this architecture.
    pub via: Option<String>,
    /// What it returns.
    pub returns: Returns,
    /// Arguments in order.
    pub args: Vec<Arg>,
    /// The bits that the argument `options` may have.
    pub options: u64,
    /// Names of the statuses that it is documented to fail with.
    pub errors: Vec<String>,
    /// What one of its arguments chooses among, if each of that is work by itself.
    pub choices: Vec<Choice>,
}

/// A constant that chooses what a call does, such as a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Name without the `ZX_` prefix.
    pub name: String,
    /// Whether the call does it.
    pub done: bool,
}

impl Call {
    /// "done", "partly" or "missing".
    pub fn state(&self) -> &'static str {
        match self.done {
            true if self.choices.iter().all(|choice| choice.done) => "done",
            true => "partly",
            false => "missing",
        }
    }

    /// Name without prefix for calls of Zircon, which are most, and with it for others.
    pub fn full_name(&self) -> String {
        if self.abi == Abi::Zircon {
            self.name.clone()
        } else {
            format!("{}_{}", self.abi.prefix(), self.name)
        }
    }

    /// Number as user code puts it into rax.
    pub fn full_number(&self) -> Option<u32> {
        self.number.map(|number| number + self.abi.base())
    }

    /// Whether this argument is the length of another one, which the handler gets within that one.
    pub fn is_length(&self, arg: &Arg) -> bool {
        self.args
            .iter()
            .any(|other| matches!(&other.kind, ArgKind::Pointer { len: Some(len), .. } if *len == arg.name))
    }

    /// Position of an argument.
    pub fn position(&self, name: &str) -> usize {
        self.args.iter().position(|arg| arg.name == name).expect("validated when parsed")
    }
}

/// What a call returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returns {
    /// `zx_status_t`.
    Status,
    /// Nothing.
    Void,
    /// It does not return.
    NoReturn,
    /// A plain value.
    Value(Type),
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Name as in C.
    pub name: String,
    /// Type.
    pub kind: ArgKind,
}

/// Kinds of arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// A number.
    Scalar(Type),
    /// A handle.
    Handle {
        /// Kind of object it must refer to: `channel`, `any`, ...
        object: String,
        /// Rights it must have.
        rights: Vec<String>,
        /// What the wrapper does with it.
        lookup: Lookup,
        /// `HANDLE_INVALID` is allowed, and means none.
        optional: bool,
    },
    /// Memory that the handler reads or writes through checked access.
    Pointer {
        /// Which way data goes.
        direction: Direction,
        /// Type of what it points to.
        target: Type,
        /// The argument that says how many; one if there is none.
        len: Option<String>,
        /// Null is allowed.
        optional: bool,
    },
    /// An address that is passed on as a number.
    Address {
        /// Type of what it points to in C.
        target: Type,
        /// It points to constant data in C.
        constant: bool,
    },
}

/// What the wrapper does with a handle argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Looks it up and fails the call if that fails.
    Early,
    /// As `Early`, and gives the handler the rights that the handle has with its object.
    Held,
    /// Looks it up and gives the handler the outcome.
    Late,
    /// Gives the handler the value, which it can look up once.
    Raw,
}

/// Direction of a pointer's data, seen from the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The kernel reads.
    In,
    /// The kernel writes.
    Out,
    /// Both.
    InOut,
}
