//! The types that `syscalls.toml` may use, and what each is called in C and in Rust.

/// A type by its name in `syscalls.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// One of [`SCALARS`].
    Scalar(&'static Scalar),
    /// A structure declared under `[structs]`.
    Struct(String),
    /// One of [`OPAQUE`]: known to C by name only, used behind pointers.
    Opaque(&'static str),
    /// A pointer field of a structure: the address of something in the user's memory.
    Pointer {
        /// What it points to.
        target: Box<Type>,
        /// It points to constant data in C.
        constant: bool,
    },
}

/// A type that fits a register.
#[derive(Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Name in `syscalls.toml`.
    pub name: &'static str,
    /// Name in C; a `*` stands for the ABI's prefix.
    pub c: &'static str,
    /// Name in Rust, where `Rights`, `Signals`, `Status` and `RawHandle` are those of the `abi` crate.
    pub rust: &'static str,
    /// Size in bytes.
    pub size: usize,
}

const fn scalar(name: &'static str, c: &'static str, rust: &'static str, size: usize) -> Scalar {
    Scalar { name, c, rust, size }
}

/// Types that fit a register.
pub static SCALARS: &[Scalar] = &[
    scalar("u8", "uint8_t", "u8", 1),
    scalar("u16", "uint16_t", "u16", 2),
    scalar("u32", "uint32_t", "u32", 4),
    scalar("u64", "uint64_t", "u64", 8),
    scalar("i32", "int32_t", "i32", 4),
    scalar("i64", "int64_t", "i64", 8),
    scalar("int", "int", "i32", 4),
    scalar("bool", "bool", "u8", 1),
    scalar("char", "char", "u8", 1),
    scalar("void", "void", "u8", 1),
    scalar("size", "size_t", "usize", 8),
    scalar("uintptr", "uintptr_t", "usize", 8),
    scalar("handle", "*_handle_t", "RawHandle", 4),
    scalar("status", "*_status_t", "Status", 4),
    scalar("rights", "*_rights_t", "Rights", 4),
    scalar("signals", "*_signals_t", "Signals", 4),
    scalar("koid", "*_koid_t", "u64", 8),
    scalar("time", "*_time_t", "i64", 8),
    scalar("duration", "*_duration_t", "i64", 8),
    scalar("ticks", "*_ticks_t", "i64", 8),
    scalar("vaddr", "*_vaddr_t", "usize", 8),
    scalar("paddr", "*_paddr_t", "usize", 8),
    scalar("off", "*_off_t", "u64", 8),
    scalar("futex", "*_futex_t", "i32", 4),
    scalar("clock", "*_clock_t", "u32", 4),
    scalar("vm_option", "*_vm_option_t", "u32", 4),
    scalar("obj_type", "*_obj_type_t", "u32", 4),
    scalar("obj_props", "*_obj_props_t", "u32", 4),
    scalar("handle_op", "*_handle_op_t", "u32", 4),
    scalar("stream_seek_origin", "*_stream_seek_origin_t", "u32", 4),
    scalar("system_event_type", "*_system_event_type_t", "u32", 4),
    scalar("object_info_topic", "*_object_info_topic_t", "u32", 4),
    scalar("thread_state", "*_thread_state_t", "u32", 4),
    scalar("info_maps_type", "*_info_maps_type_t", "u32", 4),
    scalar("excp_type", "*_excp_type_t", "u32", 4),
    scalar("rsrc_kind", "*_rsrc_kind_t", "u32", 4),
    scalar("rsrc_flags", "*_rsrc_flags_t", "u32", 4),
];

/// Types that only C knows.
pub static OPAQUE: &[&str] = &[
    "pci_bar",
    "pci_init_arg",
    "pcie_device_info",
    "smc_parameters",
    "smc_result",
    "string_view",
    "timespec",
];

impl Type {
    /// The type of this name; `structs` are the names declared under `[structs]`.
    pub fn named(name: &str, structs: &[String]) -> Option<Type> {
        if let Some(scalar) = SCALARS.iter().find(|scalar| scalar.name == name) {
            return Some(Type::Scalar(scalar));
        }
        if let Some(opaque) = OPAQUE.iter().find(|opaque| **opaque == name) {
            return Some(Type::Opaque(opaque));
        }
        structs.iter().any(|known| known == name).then(|| Type::Struct(name.to_string()))
    }

    /// Its name in C.
    pub fn c(&self, prefix: &str) -> String {
        match self {
            Type::Scalar(scalar) => scalar.c.replace('*', prefix),
            Type::Struct(name) => format!("{prefix}_{name}_t"),
            Type::Opaque("timespec") => "struct timespec".to_string(),
            Type::Opaque(name) => format!("{prefix}_{name}_t"),
            Type::Pointer { target, constant: true } => format!("const {}*", target.c(prefix)),
            Type::Pointer { target, constant: false } => format!("{}*", target.c(prefix)),
        }
    }

    /// Its name in Rust. Addresses are numbers: the kernel must never follow them unchecked.
    pub fn rust(&self) -> String {
        match self {
            Type::Scalar(scalar) => scalar.rust.to_string(),
            Type::Struct(name) => camel(name),
            Type::Opaque(_) => "core::ffi::c_void".to_string(),
            Type::Pointer { .. } => "u64".to_string(),
        }
    }

    /// Whether it is the given scalar.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Type::Scalar(scalar) if scalar.name == name)
    }
}

/// `wait_item` as `WaitItem`.
pub fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_language() {
        let structs = ["wait_item".to_string()];
        let item = Type::named("wait_item", &structs).unwrap();
        assert_eq!((item.c("zx"), item.rust()), ("zx_wait_item_t".to_string(), "WaitItem".to_string()));
        let time = Type::named("time", &structs).unwrap();
        assert_eq!((time.c("mx"), time.rust()), ("mx_time_t".to_string(), "i64".to_string()));
        assert_eq!(Type::named("nonsense", &structs), None);
    }
}
