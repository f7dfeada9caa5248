//! What is unmapped goes away in steps.
//!
//! A call that unmaps takes the mappings and regions out of the tree at once, however many they are: from then on no
//! page fault finds them. Their translations and they themselves go afterwards, a bounded piece at a time with the
//! lock of the address space released in between:
//!
//! ```text
//!   region ──▶ child … child ─── detached at once ──▶ Leaving ── steps ──▶ translations, then the mappings
//!                  ▲
//!                  └── in their place: `Child::Leaving`, which keeps the addresses until no translation is left there,
//!                      or the mapping that has overwritten them
//! ```
//! A page under a new mapping may so have a translation of the old one for a moment: an access finds the old or the
//! new page, never none. That is over when the call returns, and until then no other protection is given to it.
//!
//! The oldest goes first, whoever calls. So a thread that is killed in between leaves nothing behind that the next
//! call, or the end of the address space, does not finish. Each gives back the addresses that were kept for it, and
//! no others: where something was unmapped twice, they are free only when both are done.

use super::Vmar;
use super::tree::{Child, Hit, Region, Tree};
use crate::core::base::Koid;
use crate::core::sorted::{Entry, HasRange, Sorted};
use crate::memory::mapping::{Mapping, Retired};
use crate::memory::{PAGE_SIZE, PageTable, Work};
use abi::Status;
use alloc::boxed::Box;
use core::ops::Range;

/// What the removal of a mapping or a region costs, in the unit of [`Work`].
const COST: u32 = 128;
/// What it costs to give back memory of regions that are gone.
const TRIM: u32 = 1024;
/// How many mappings are removed at once without being detached first.
const FEW: usize = 8;
/// Up to how many bytes a mapping is removed at once, if it is the only one.
const SMALL: u64 = 512 * PAGE_SIZE;

/// What one call has unmapped.
pub(super) struct Leaving {
    /// The region that it was in, if that keeps the addresses for it: not where they were overwritten.
    home: Option<(usize, Koid)>,
    /// The addresses, from which on they are kept still.
    range: Range<u64>,
    /// What is being removed, and what then.
    current: Option<Child>,
    others: Sorted<Child>,
    /// Up to which address the mapping at hand has no translations any more.
    cleared: u64,
}

/// Tells when what a call has unmapped is gone: see [`Vmar::clean_up`].
#[must_use = "clean up until there is none"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket(u64);

impl Ticket {
    /// That of the next to be unmapped in an address space where so many are gone, and so many not yet.
    fn next(cleared: u64, leaving: usize) -> Self {
        Self(cleared + leaving as u64 + 1)
    }
}

/// What a step of unmapping has done.
#[derive(Debug)]
pub struct Step {
    /// What is to be flushed, and then dropped.
    pub retired: Retired,
    /// What is left to do.
    pub left: Option<Ticket>,
}

impl Vmar {
    /// A step of clearing what was unmapped in this address space, until it is done what the ticket is for.
    pub fn clean_up(&self, ticket: Ticket) -> Step {
        let mut retired = Retired::new();
        let mut tree = self.space.tree.lock();
        tree.clean_up(&*self.space.table, &mut Work::step(), &mut retired);
        Step { retired, left: tree.unless_done(ticket) }
    }

    /// What has yet to be cleared of what was unmapped in this address space, if anything has.
    pub fn leaving(&self) -> Option<Ticket> {
        let tree = self.space.tree.lock();
        tree.unless_done(Ticket(tree.cleared + tree.leaving.len() as u64))
    }

    /// Unmaps everything in the address space, for the end of a process: a step, of no more than `work`; whether
    /// nothing is left. From the first one on every call on one of its VMARs fails with `BAD_STATE`.
    pub fn destroy_address_space(&self, work: &mut Work) -> (Retired, bool) {
        let mut retired = Retired::new();
        let mut tree = self.space.tree.lock();
        let table = &*self.space.table;
        tree.is_dead = true;
        let mut cleared = core::mem::take(&mut tree.root_cleared);
        let is_done = tree.clean_up(table, work, &mut retired)
            && (tree.get(Tree::ROOT).is_none()
                || tree.drain(Tree::ROOT, &mut cleared, table, work, &mut retired))
            && tree.trim(work);
        tree.root_cleared = cleared;
        (retired, is_done)
    }
}

impl Tree {
    /// Takes children of a region out, all of which are inside of `range`, and puts `instead` in their place, if
    /// there is one. What is left to do afterwards; on failure nothing has changed.
    pub fn detach(
        &mut self,
        index: usize,
        hit: Hit,
        range: &Range<u64>,
        instead: &mut Option<Box<Mapping>>,
        table: &dyn PageTable,
        retired: &mut Retired,
    ) -> Result<Option<Ticket>, Status> {
        let (mut translated, mut work) = (range.clone(), Work::step());
        table.unmap(&mut translated, &mut work);
        if translated.is_empty() && self.region(index).has_few_mappings(hit, range) {
            self.remove_few(index, hit, range, instead, retired);
            return Ok(None);
        }
        self.leaving.try_reserve(1).map_err(|_| Status::NO_MEMORY)?;
        let ticket = Ticket::next(self.cleared, self.leaving.len());
        let region = self.region(index);
        let home = instead.is_none().then(|| (index, region.koid()));
        let others = region.children.take(region.children.next(hit.from), hit.to)?;
        let stand_in = instead.take().map_or_else(|| Child::Leaving(ticket, range.clone()), Child::Mapping);
        let added = if let Child::Mapping(mapping) = &stand_in { mapping.length } else { 0 };
        let current = region.children.change(hit.from, |child| core::mem::replace(child, stand_in));
        self.mapped_bytes += added;
        self.entries += 1;
        self.leaving.push_back(Leaving { home, range: range.clone(), current, others, cleared: 0 });
        self.clean_up(table, &mut work, retired);
        Ok(self.unless_done(ticket))
    }

    /// Removes the mapping that takes up just this range, if there is one, if that is one step, and if nobody has left
    /// anything; whether it did. The short way for what is most common.
    pub fn remove_whole(
        &mut self,
        index: usize,
        range: &Range<u64>,
        table: &dyn PageTable,
        retired: &mut Retired,
    ) -> bool {
        let Some(region) = self.regions.get(index) else { return false };
        let children = &region.children;
        let at = children.seek(|child| child.range().end <= range.start);
        let is_whole = matches!(children.get(at), Some(Child::Mapping(mapping)) if mapping.range() == *range);
        if !is_whole || range.end - range.start > SMALL || !self.leaving.is_empty() {
            return false;
        }
        let mut translated = range.clone();
        table.unmap(&mut translated, &mut Work::step());
        if !translated.is_empty() {
            return false;
        }
        if let Some(Child::Mapping(mapping)) = self.region(index).children.remove(at) {
            self.entries -= 1;
            self.retire(mapping, retired);
        }
        true
    }

    fn unless_done(&self, ticket: Ticket) -> Option<Ticket> {
        (self.cleared < ticket.0).then_some(ticket)
    }

    /// Removes a few mappings that have no translations any more, and puts `instead` in their place.
    fn remove_few(
        &mut self,
        index: usize,
        hit: Hit,
        range: &Range<u64>,
        instead: &mut Option<Box<Mapping>>,
        retired: &mut Retired,
    ) {
        let children = &mut self.region(index).children;
        let Some(first) = children.get(hit.from).map(Child::key) else { return };
        let mut removed = [const { None }; FEW];
        for place in &mut removed[1..] {
            // Each that goes may move others.
            let second = children.seek(|child| child.key() <= first);
            *place = match children.get(second) {
                Some(child) if child.key() < range.end => children.remove(second),
                _ => break,
            };
        }
        let at = children.seek(|child| child.key() < first);
        let added = instead.as_ref().map_or(0, |mapping| mapping.length);
        removed[0] = match instead.take() {
            Some(mapping) => children.change(at, |child| core::mem::replace(child, Child::Mapping(mapping))),
            None => children.remove(at),
        };
        self.mapped_bytes += added;
        self.entries += usize::from(added > 0);
        for child in removed.into_iter().flatten() {
            self.entries -= 1;
            if let Child::Mapping(mapping) = child {
                self.retire(mapping, retired);
            }
        }
    }

    /// Clears what is leaving, the oldest first; whether nothing is left.
    pub fn clean_up(&mut self, table: &dyn PageTable, work: &mut Work, retired: &mut Retired) -> bool {
        while let Some(mut oldest) = self.leaving.pop_front() {
            if !self.clear(&mut oldest, table, work, retired) || !self.give_back(&mut oldest, work) {
                self.leaving.push_front(oldest);
                return false;
            }
            self.cleared += 1;
        }
        true
    }

    /// Clears one; whether it is done.
    fn clear(
        &mut self,
        leaving: &mut Leaving,
        table: &dyn PageTable,
        work: &mut Work,
        retired: &mut Retired,
    ) -> bool {
        while let Some(current) = leaving.current.take() {
            if work.is_spent() {
                leaving.current = Some(current);
                return false;
            }
            work.spend(1);
            match current {
                Child::Mapping(mapping) => {
                    if !clear_translations(&mapping, &mut leaving.cleared, table, work) {
                        leaving.current = Some(Child::Mapping(mapping));
                        return false;
                    }
                    self.retire(mapping, retired);
                }
                Child::Region(index, range) => {
                    if !self.drain(index, &mut leaving.cleared, table, work, retired) {
                        leaving.current = Some(Child::Region(index, range));
                        return false;
                    }
                }
                Child::Leaving(..) => {}
            }
            self.entries -= 1;
            leaving.current = leaving.others.pop();
        }
        true
    }

    /// The addresses of the oldest, which has left, can be used again, but for those that others have unmapped since, or
    /// use; whether that is done.
    fn give_back(&mut self, oldest: &mut Leaving, work: &mut Work) -> bool {
        let own = Ticket(self.cleared + 1);
        let Some((index, koid)) = oldest.home else { return true };
        let Some(region) = self.regions.get_mut(index).filter(|region| region.koid() == koid) else {
            return true;
        };
        let children = &mut region.children;
        loop {
            // Each that goes may move others.
            let at = children.seek(|child| child.range().end <= oldest.range.start);
            let Some(child) = children.get(at).filter(|child| child.key() < oldest.range.end) else {
                return true;
            };
            if work.is_spent() {
                return false;
            }
            work.spend(COST);
            oldest.range.start = child.range().end;
            if matches!(child, Child::Leaving(ticket, _) if *ticket == own) {
                children.remove(at);
                self.entries -= 1;
            }
        }
    }

    /// Removes a region, which nobody refers to as a child any more, with all that is in it: whether that is done.
    fn drain(
        &mut self,
        top: usize,
        cleared: &mut u64,
        table: &dyn PageTable,
        work: &mut Work,
        retired: &mut Retired,
    ) -> bool {
        while !work.is_spent() {
            let at = self.innermost_last(top);
            let Some(region) = self.get(at) else { return true };
            match region.children.last() {
                Some(Child::Mapping(mapping)) if !clear_translations(mapping, cleared, table, work) => {
                    return false;
                }
                Some(_) => {
                    self.entries -= 1;
                    if let Some(Child::Mapping(mapping)) = self.region(at).children.pop() {
                        self.retire(mapping, retired);
                    }
                }
                None => {
                    work.spend(COST);
                    let parent = region.parent;
                    self.regions.remove(at);
                    if at == top {
                        return true;
                    }
                    parent.map(|parent| self.region(parent).children.pop());
                    self.entries -= 1;
                }
            }
        }
        false
    }

    /// Gives back the memory of the regions, when all are gone: whether that is done.
    fn trim(&mut self, work: &mut Work) -> bool {
        while self.regions.len() == 0 && self.regions.trim() {
            if work.is_spent() {
                return false;
            }
            work.spend(TRIM);
        }
        true
    }

    /// From a region always to the last child, as long as that is a region.
    fn innermost_last(&self, top: usize) -> usize {
        let mut at = top;
        while let Some(Child::Region(child, _)) = self.get(at).and_then(|region| region.children.last()) {
            at = *child;
        }
        at
    }

    fn retire(&mut self, mapping: Box<Mapping>, retired: &mut Retired) {
        self.mapped_bytes -= mapping.length;
        retired.push_mapping(mapping);
    }
}

impl Region {
    /// Whether the children that were hit are no more than a few, and all of them mappings.
    fn has_few_mappings(&self, hit: Hit, range: &Range<u64>) -> bool {
        let mut hit = self.children.iter_from(hit.from).take_while(|child| child.key() < range.end);
        hit.by_ref().take(FEW).all(|child| matches!(child, Child::Mapping(_))) && hit.next().is_none()
    }
}

/// Clears the translations of a mapping, from `cleared` on: whether that is done.
fn clear_translations(mapping: &Mapping, cleared: &mut u64, table: &dyn PageTable, work: &mut Work) -> bool {
    if work.is_spent() {
        return false;
    }
    work.spend(COST);
    let mut range = mapping.address.max(*cleared).min(mapping.end())..mapping.end();
    table.unmap(&mut range, work);
    *cleared = if range.is_empty() { 0 } else { range.start };
    range.is_empty()
}
