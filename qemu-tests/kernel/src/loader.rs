//! How the kernel loads the first program.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use hafnon_kernel::machine::loader::{File, load};
use hafnon_kernel::machine::vdso::Vdso;
use hafnon_kernel::mm::{AddressSpace, DirectMap, layout};
use hafnon_kernel::{kernel_test, machine::entropy};
use objects::account::Charge;
use objects::memory::{PAGE_SIZE, Protection};
use objects::vmar::EntryKind;
use objects::{Vmar, Vmo};

/// A program of one page, which is read and executed.
fn program() -> Vec<u8> {
    const ELF_HEADER: u64 = 64;
    const SEGMENT: [u64; 7] = [1 | 5 << 32, 0, 0, 0, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE];
    let mut file = vec![0; PAGE_SIZE as usize];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\x7fELF\x02\x01\x01");
    put(16, &[3, 0, 62, 0, 1]); // position-independent, x86-64, version 1
    put(32, &ELF_HEADER.to_le_bytes());
    put(52, &[64, 0, 56, 0, 1]); // one segment
    SEGMENT.iter().enumerate().for_each(|(index, word)| put(64 + 8 * index, &word.to_le_bytes()));
    file
}

fn memory(pages: u64) -> Arc<Vmo> {
    Vmo::create(&DirectMap, pages * PAGE_SIZE, 0).expect("memory")
}

kernel_test! {
    /// Whoever may have a handle to the region in which it lies.
    async fn what_is_shared_can_never_be_made_writable() {
        let table = AddressSpace::new(Charge::default()).expect("memory");
        let root = Vmar::root(layout::USER_BASE..layout::USER_END, Arc::new(table), &entropy::SOURCE);
        let (bytes, archive) = (program(), memory(1));
        let vdso = Vdso { vmo: memory(2), size: 2 * PAGE_SIZE, code: PAGE_SIZE..2 * PAGE_SIZE };
        let loaded = load(&root, &File { bytes: &bytes, archive: &archive, offset: 0 }, &vdso).expect("a program");
        let mut shared = Vec::new();
        root.visit(0, |entry| {
            if let EntryKind::Mapping { vmo, .. } = &entry.kind
                && [&archive, &vdso.vmo].into_iter().any(|one| Arc::ptr_eq(one, vmo))
            {
                shared.push(entry.range.start);
            }
            true
        });
        let mut expected = [loaded.entry, loaded.vdso, loaded.vdso + PAGE_SIZE];
        expected.sort_unstable();
        assert_eq!(shared, expected);
        let read_execute = Protection { read: true, write: false, execute: true };
        for address in shared {
            assert_eq!(root.limits_at(address), Some(read_execute), "{address:#x}");
        }
    }
}
