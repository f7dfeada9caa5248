//! Binding to the vDSO: each system call that was linked in has a record, filled in once at start.
//!
//! The generated stubs (`sys`) put a record into the section `hafnon_imports` beside each stub and tie the
//! two together, so the linker drops the records of calls that the program does not make. A record names
//! its symbol; `bind` looks it up in the vDSO's symbol hash table and stores the address.

use crate::start::{Dynamic, dynamic_value};

/// One imported system call.
#[repr(C)]
pub struct Import {
    /// Where the stub jumps to; zero until bound.
    pub address: usize,
    /// Distance from this record's start to its NUL-terminated name.
    pub name_offset: i32,
    /// Of that name: the System V ABI's symbol hash.
    pub hash: u32,
}

unsafe extern "C" {
    #[link_name = "__start_hafnon_imports"]
    static mut FIRST: Import;
    #[link_name = "__stop_hafnon_imports"]
    static mut END: Import;
}

/// Binds every record of this program.
///
/// # Safety
/// `vdso` must be the base of a mapped vDSO image; no system call may have been made before.
pub(crate) unsafe fn bind(vdso: usize) {
    // SAFETY: the caller vouches for the image.
    let Some(table) = (unsafe { SymbolTable::of_image(vdso) }) else { return };
    let (mut record, end) = (&raw mut FIRST, &raw mut END);
    while record < end {
        // SAFETY: the linker puts whole records between the two symbols, and each name beside the stubs.
        unsafe {
            let name = record.cast::<u8>().offset((*record).name_offset as isize);
            (*record).address = table.find(name, (*record).hash).unwrap_or(missing as *const () as usize);
            record = record.add(1);
        }
    }
}

/// Stands in for a call that this vDSO does not have.
extern "C" fn missing() -> i32 {
    abi::Status::NOT_SUPPORTED.raw()
}

#[repr(C)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: usize,
    size: usize,
}

/// The dynamic symbols of a mapped image, with their System V hash table.
struct SymbolTable {
    base: usize,
    buckets: *const u32,
    bucket_count: u32,
    chains: *const u32,
    symbols: *const Symbol,
    names: *const u8,
}

const PT_DYNAMIC: u32 = 2;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;

impl SymbolTable {
    /// # Safety
    /// `base` must be the address of a mapped ELF image whose addresses count from its start.
    unsafe fn of_image(base: usize) -> Option<Self> {
        // SAFETY: the caller vouches for the image, so its own offsets stay inside it.
        unsafe {
            let dynamic = dynamic_section(base)?;
            let hash = (base + dynamic_value(dynamic, DT_HASH)?) as *const u32;
            let bucket_count = hash.read();
            let buckets = hash.add(2);
            Some(Self {
                base,
                buckets,
                bucket_count,
                chains: buckets.add(bucket_count as usize),
                symbols: (base + dynamic_value(dynamic, DT_SYMTAB)?) as *const Symbol,
                names: (base + dynamic_value(dynamic, DT_STRTAB)?) as *const u8,
            })
        }
    }

    /// The address of the symbol called `name` (NUL-terminated), which has this hash.
    ///
    /// # Safety
    /// `name` must point to a NUL-terminated string.
    unsafe fn find(&self, name: *const u8, hash: u32) -> Option<usize> {
        // SAFETY: the hash table's indices stay inside the image's tables; names end with NUL.
        unsafe {
            let mut index = *self.buckets.add((hash % self.bucket_count) as usize);
            while index != 0 {
                let symbol = &*self.symbols.add(index as usize);
                if symbol.section != 0 && same(self.names.add(symbol.name as usize), name) {
                    return Some(self.base + symbol.value);
                }
                index = *self.chains.add(index as usize);
            }
        }
        None
    }
}

/// # Safety
/// `base` must be the address of a mapped ELF image.
unsafe fn dynamic_section(base: usize) -> Option<*const Dynamic> {
    // Offsets of e_phoff, e_phentsize and e_phnum, and of p_vaddr in a program header.
    const TABLE: usize = 0x20;
    const ENTRY_SIZE: usize = 0x36;
    const COUNT: usize = 0x38;
    const ADDRESS: usize = 0x10;
    // SAFETY: the header and its program headers are mapped with the image.
    unsafe {
        let table = base + ((base + TABLE) as *const usize).read();
        let size = ((base + ENTRY_SIZE) as *const u16).read() as usize;
        let count = ((base + COUNT) as *const u16).read() as usize;
        (0..count).map(|index| table + index * size).find_map(|header| {
            (*(header as *const u32) == PT_DYNAMIC)
                .then(|| (base + *((header + ADDRESS) as *const usize)) as *const Dynamic)
        })
    }
}

/// Whether two NUL-terminated strings are equal.
///
/// # Safety
/// Both must point to NUL-terminated strings.
unsafe fn same(left: *const u8, right: *const u8) -> bool {
    let mut at = 0;
    // SAFETY: both are read up to the first difference or the common NUL.
    unsafe {
        while *left.add(at) == *right.add(at) {
            if *left.add(at) == 0 {
                return true;
            }
            at += 1;
        }
    }
    false
}
