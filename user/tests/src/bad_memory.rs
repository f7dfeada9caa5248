//! Addresses that a system call must refuse, of every kind.

use hafnon_user::{Mapping, Vmo, abi::VM_PERM_READ, vmar::PAGE_SIZE};

/// The first address of the kernel's half.
const KERNEL: usize = 0xffff_8000_0000_0000;
/// The first address that is in no half: not canonical.
const NON_CANONICAL: usize = 0x0000_8000_0000_0000;

/// Memory of so many bytes, of which the second half is not mapped.
pub fn half_mapped(bytes: usize) -> Mapping {
    let memory = Mapping::anonymous(bytes, 0).expect("memory");
    let root = hafnon_user::startup::root_vmar().expect("a root region");
    // SAFETY: nobody uses these pages.
    unsafe { root.unmap(memory.address() + bytes / 2, bytes / 2) }.expect("the second half goes");
    memory
}

/// Memory with edges: a writable page that nothing follows, and a page that can only be read.
pub struct BadMemory {
    edge: Mapping,
    read_only: Mapping,
    page: Vmo,
    hole: usize,
}

impl BadMemory {
    pub fn new() -> Self {
        let page = Vmo::create(PAGE_SIZE as u64).expect("a page");
        // Two pages, of which the second is unmapped again.
        let edge = Mapping::anonymous(2 * PAGE_SIZE, 0).expect("two pages");
        let root = hafnon_user::startup::root_vmar().expect("a root region");
        let hole = edge.address() + PAGE_SIZE;
        // SAFETY: nobody uses that page.
        unsafe { root.unmap(hole, PAGE_SIZE) }.expect("the second page goes");
        let read_only = Mapping::new(&page, VM_PERM_READ, PAGE_SIZE).expect("a page to read");
        Self { edge, read_only, page, hole }
    }

    /// Addresses at which no `length` bytes can be read, with a name each. `length` is at least 2.
    pub fn unreadable(&self, length: usize) -> [(&'static str, usize); 6] {
        [
            ("null", 0),
            ("unmapped", self.hole),
            ("kernel", KERNEL),
            ("non-canonical", NON_CANONICAL),
            ("wrapping", usize::MAX - (length - 2)),
            ("straddling", self.hole - (length - 1)),
        ]
    }

    /// Addresses at which no `length` bytes can be written.
    pub fn unwritable(&self, length: usize) -> [(&'static str, usize); 7] {
        let [a, b, c, d, e, f] = self.unreadable(length);
        [a, b, c, d, e, f, ("read-only", self.read_only.address())]
    }

    /// Puts these bytes, at least 2, where the read-only address points to, and as many of them as there
    /// is room for where the straddling one does.
    pub fn fill(&self, bytes: &[u8]) {
        self.page.write(bytes, 0).expect("the page is written");
        let part = &bytes[..bytes.len() - 1];
        let edge = core::ptr::with_exposed_provenance_mut::<u8>(self.hole - part.len());
        // SAFETY: the part ends where the writable page does.
        unsafe { core::ptr::copy_nonoverlapping(part.as_ptr(), edge, part.len()) };
    }

    /// A page that can be read and written.
    pub fn good(&self) -> usize {
        self.edge.address()
    }
}
