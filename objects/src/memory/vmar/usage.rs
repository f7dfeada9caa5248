//! How much memory an address space uses, and whether others do, too.

use super::Vmar;
use super::tree::{Child, Tree};
use crate::core::sorted::HasRange;
use crate::memory::mapping::Mapping;
use crate::memory::{PAGE_SIZE, Work};

/// What it costs to look at a mapping, and at one of its pages, in the unit of [`Work`].
const MAPPING: u32 = 128;
const PAGE: u32 = 8;

/// Committed memory that is mapped, in bytes. What is mapped twice counts twice.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Usage {
    /// Of VMOs that no other address space has mapped.
    pub private: u64,
    /// Of VMOs that others have mapped, too.
    pub shared: u64,
    /// The same, divided by the number of those who have.
    pub scaled: u64,
}

/// What lies at or behind an address.
enum Next<'a> {
    Mapping(&'a Mapping),
    /// Nothing up to this address.
    Nothing(u64),
    End,
}

impl Vmar {
    /// Adds up what the mappings of the address space use, from an address on: a step, which moves the address on.
    /// Whether that was all.
    pub fn add_usage(&self, from: &mut u64, usage: &mut Usage) -> bool {
        let mut work = Work::step();
        let tree = self.space.tree.lock();
        while !work.is_spent() {
            work.spend(MAPPING);
            match tree.next_mapping(*from) {
                Next::End => return true,
                Next::Nothing(end) => *from = end,
                Next::Mapping(mapping) => {
                    let (pages, taken) = count_pages(mapping, from);
                    work.spend(taken as u32 * PAGE);
                    usage.add(pages * PAGE_SIZE, mapping.vmo.info().spaces);
                }
            }
        }
        false
    }
}

impl Usage {
    fn add(&mut self, bytes: u64, spaces: usize) {
        match spaces {
            0 | 1 => self.private += bytes,
            many => {
                self.shared += bytes;
                self.scaled += bytes / many as u64;
            }
        }
    }
}

impl Tree {
    /// The first mapping that ends behind `from`.
    fn next_mapping(&self, from: u64) -> Next<'_> {
        let mut index = Self::ROOT;
        loop {
            let Some(region) = self.get(index).filter(|_| !self.is_dead) else { return Next::End };
            let at = region.children.seek(|child| child.range().end <= from);
            match region.children.get(at) {
                Some(Child::Mapping(mapping)) => return Next::Mapping(mapping),
                Some(Child::Region(child, _)) => index = *child,
                Some(Child::Leaving(_, range)) => return Next::Nothing(range.end),
                None if index == Self::ROOT => return Next::End,
                None => return Next::Nothing(region.range.end),
            }
        }
    }
}

/// Counts committed pages of a mapping, from `from` on, which moves on: as many as there are in one step; and as how many
/// side by side that took.
fn count_pages(mapping: &Mapping, from: &mut u64) -> (u64, u64) {
    let mut bytes = mapping.offset_of(mapping.address.max(*from))..mapping.offset_of(mapping.end());
    let mut pages = 0;
    let counted = mapping.vmo.for_each_committed(&mut bytes, |_, _| {
        pages += 1;
        Ok(())
    });
    let Ok(taken) = counted else { unreachable!("counting takes no memory") };
    *from = mapping.address + (bytes.start - mapping.offset);
    (pages, taken)
}
