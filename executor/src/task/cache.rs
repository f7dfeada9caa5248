//! Memory of tasks that have ended on a CPU, kept for the next ones of the same layout: threads come and
//! go, and so do the tasks of services.

use crate::executor::Platform;
use alloc::alloc::{Layout, alloc, dealloc};
use core::cell::Cell;
use core::ptr::NonNull;

/// How many layouts have a shelf.
const SHELVES: usize = 8;
/// How many blocks a shelf holds.
const KEPT: usize = 32;

/// The blocks of one layout: a list through their first words.
struct Shelf {
    layout: Cell<Layout>,
    first: Cell<Option<NonNull<Block>>>,
    count: Cell<usize>,
}

struct Block {
    next: Option<NonNull<Block>>,
}

/// The shelves of a CPU, which nobody else touches.
pub(crate) struct Cache {
    shelves: [Shelf; SHELVES],
}

// SAFETY: only the executor's own CPU gets to the shelves, and nothing there is entered twice.
unsafe impl Sync for Cache {}
// SAFETY: the blocks on the shelves are the cache's alone.
unsafe impl Send for Cache {}

impl Shelf {
    const fn new() -> Self {
        Self { layout: Cell::new(Layout::new::<()>()), first: Cell::new(None), count: Cell::new(0) }
    }

    #[inline(always)]
    fn take(&self, layout: Layout) -> Option<NonNull<u8>> {
        let block = self.first.get().filter(|_| self.layout.get() == layout)?;
        // SAFETY: a block on the shelf is the shelf's alone, and begins with the link.
        self.first.set(unsafe { block.as_ref() }.next);
        self.count.set(self.count.get() - 1);
        Some(block.cast())
    }

    /// Whether the block is kept; if not, it is the caller's still.
    ///
    /// # Safety
    /// The block was allocated with this layout, and is nobody else's.
    #[inline(always)]
    unsafe fn keep(&self, memory: NonNull<u8>, layout: Layout) -> bool {
        let count = self.count.get();
        if count == 0 {
            self.layout.set(layout);
        } else if self.layout.get() != layout || count == KEPT {
            return false;
        }
        let block = memory.cast::<Block>();
        // SAFETY: a task is larger than a link, as well aligned, and the memory is ours.
        unsafe { block.write(Block { next: self.first.get() }) };
        self.first.set(Some(block));
        self.count.set(count + 1);
        true
    }
}

impl Cache {
    pub(crate) const fn new() -> Self {
        Self { shelves: [const { Shelf::new() }; SHELVES] }
    }

    #[inline(always)]
    fn shelf(&self, layout: Layout) -> &Shelf {
        &self.shelves[layout.size() / align_of::<usize>() % SHELVES]
    }

    /// Memory for a task: the caller's. `None` if there is none.
    #[inline(always)]
    pub(crate) fn allocate<P: Platform>(&self, platform: &P, layout: Layout) -> Option<NonNull<u8>> {
        let kept = platform.is_current().then(|| self.shelf(layout).take(layout)).flatten();
        // SAFETY: a task is not of size zero.
        kept.or_else(|| NonNull::new(unsafe { alloc(layout) }))
    }

    /// Takes the memory of a task back.
    ///
    /// # Safety
    /// It was allocated with this layout, here or by another executor's cache, and nobody knows it any more.
    #[inline(always)]
    pub(crate) unsafe fn free<P: Platform>(&self, platform: &P, memory: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe {
            if !platform.is_current() || !self.shelf(layout).keep(memory, layout) {
                dealloc(memory.as_ptr(), layout);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Cache, KEPT, SHELVES, Shelf};
    use alloc::alloc::{Layout, alloc, dealloc};
    use alloc::vec::Vec;
    use core::ptr::NonNull;

    fn layout(words: usize) -> Layout {
        Layout::array::<usize>(words).expect("small")
    }

    fn block(layout: Layout) -> NonNull<u8> {
        // SAFETY: the layout is of several words.
        NonNull::new(unsafe { alloc(layout) }).expect("memory")
    }

    #[test]
    fn blocks_are_kept_for_those_of_their_layout_last_one_first() {
        let (shelf, kind) = (Shelf::new(), layout(16));
        let blocks: Vec<_> = (0..=KEPT).map(|_| block(kind)).collect();
        for (number, memory) in blocks.iter().enumerate() {
            // SAFETY: it is of this layout, and nobody else's.
            assert_eq!(unsafe { shelf.keep(*memory, kind) }, number < KEPT, "block {number}");
        }
        let other = block(layout(24));
        // SAFETY: as above.
        assert!(!unsafe { shelf.keep(other, layout(24)) }, "the shelf is another layout's");
        assert_eq!(shelf.take(layout(24)), None);
        let kept = blocks[..KEPT].iter().rev().copied().map(Some);
        kept.for_each(|memory| assert_eq!(shelf.take(kind), memory));
        assert_eq!(shelf.take(kind), None, "it is empty");
        // SAFETY: as above; an empty shelf is anybody's.
        assert!(unsafe { shelf.keep(other, layout(24)) });
        assert_eq!(shelf.take(layout(24)), Some(other));
        // SAFETY: they were allocated so, and nobody has them.
        unsafe {
            blocks.iter().for_each(|memory| dealloc(memory.as_ptr(), kind));
            dealloc(other.as_ptr(), layout(24));
        }
    }

    #[test]
    fn layouts_have_shelves_in_turn() {
        let cache = Cache::new();
        for words in 8..8 + 2 * SHELVES {
            let shelf = core::ptr::from_ref(cache.shelf(layout(words)));
            assert_eq!(shelf, &raw const cache.shelves[words % SHELVES]);
        }
    }
}
