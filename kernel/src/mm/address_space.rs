//! The page tables of one process.
//!
//! The lower half of the tree belongs to the process, the upper half is the kernel's, entry by entry.
//! Tables come from the frames that user memory comes from, and are charged to the process; a table whose last entry goes is retired,
//! and so is what is left of them when the address space is dropped: little, as all pages have been unmapped
//! before, in steps. The pages themselves belong to whoever mapped them.

use super::layout::{PAGE_SIZE, USER_END};
use super::table::{self, ENTRIES, Entry, Slot, TOP_LEVEL, Table};
use super::{frames, paging, shootdown};
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use objects::account::Charge;
use objects::memory::vmar::FaultError;
use objects::memory::{Frame, NoMemory, PageTable, Protection, Work};
use waitq::sync::Mutex;
use x86_64::PhysAddr;
use x86_64::structures::paging::PageTableFlags as Flags;

/// An address space. Translations are changed under its lock, and walked by CPUs without it.
pub struct AddressSpace {
    root: PhysAddr,
    /// The lock.
    tables: Mutex<Tables>,
}

/// How many tables an address space has, and who pays for them.
struct Tables {
    count: u64,
    charge: Charge,
}

/// How many page tables there are in all address spaces.
static TABLES: AtomicUsize = AtomicUsize::new(0);

/// What it costs, in the unit of [`Work`], to walk to a page, and to free a table.
const WALK: u32 = 4;
const FREE_TABLE: u32 = 32;

const TABLE_FLAGS: Flags = Flags::PRESENT.union(Flags::WRITABLE).union(Flags::USER_ACCESSIBLE);

/// How many frames the page tables of all address spaces take.
pub fn page_tables() -> usize {
    TABLES.load(Relaxed)
}

impl Tables {
    /// A frame for another one.
    fn allocate(&mut self) -> Result<PhysAddr, FaultError> {
        let charged = self.charge.cover(self.count + 1, u64::MAX);
        charged.map_err(|NoMemory| FaultError::OverLimit)?;
        let frame = frames::allocate_user_zeroed().ok_or(NoMemory)?;
        self.count += 1;
        TABLES.fetch_add(1, Relaxed);
        Ok(frame)
    }

    /// So many are to be retired.
    fn remove(&mut self, tables: &frames::Retired) {
        if tables.count() > 0 {
            self.count -= tables.count() as u64;
            self.charge.reduce(self.count);
        }
    }
}

impl AddressSpace {
    /// An address space without mappings, whose page tables are charged as `charge` says.
    ///
    /// # Errors
    /// `NoMemory`, `OverLimit`.
    pub fn new(charge: Charge) -> Result<Self, FaultError> {
        let mut tables = Tables { count: 0, charge };
        let root = tables.allocate()?;
        paging::copy_kernel_half(root);
        Ok(Self { root, tables: Mutex::new(tables) })
    }

    /// Makes this the address space of this CPU, until another is. It must be kept alive meanwhile only
    /// while user code or user copies run in it.
    #[inline]
    pub fn activate(&self) {
        shootdown::activate(self.root);
    }

    /// The physical address of the topmost table, by which hardware tells address spaces apart.
    pub fn root(&self) -> u64 {
        self.root.as_u64()
    }

    /// The translation of one page.
    pub fn query(&self, address: u64) -> Option<(Frame, Protection)> {
        if address >= USER_END {
            return None;
        }
        let _tables = self.tables.lock();
        let entry = self.leaf(address).ok()?.get();
        entry.is_present().then(|| (Frame(entry.address().as_u64()), protection(entry)))
    }

    /// The slot for the page at `address`, or the level at which no table leads to it.
    fn leaf(&self, address: u64) -> Result<&Slot, usize> {
        let mut frame = self.root;
        for level in (1..=TOP_LEVEL).rev() {
            // SAFETY: the tables of this tree live as long as it, or until they are unlinked, for which
            // the lock is needed that the caller holds.
            let entry = unsafe { table::at(frame) }[table::index(address, level)].get();
            if !entry.is_present() {
                return Err(level);
            }
            frame = entry.address();
        }
        // SAFETY: as above.
        Ok(&unsafe { table::at(frame) }[table::index(address, 0)])
    }

    /// The slot for the page at `address`, counted as live.
    fn leaf_or_create(&self, address: u64, tables: &mut Tables) -> Result<&Slot, FaultError> {
        let mut parent: Option<&Slot> = None;
        let mut frame = self.root;
        for level in (1..=TOP_LEVEL).rev() {
            // SAFETY: as in `leaf`.
            let slot = &unsafe { table::at(frame) }[table::index(address, level)];
            if !slot.get().is_present() {
                let new = tables.allocate()?;
                slot.set(Entry::new(new, TABLE_FLAGS));
                parent.inspect(|parent| parent.add_to_count(1));
            }
            parent = Some(slot);
            frame = slot.get().address();
        }
        // SAFETY: as in `leaf`.
        let slot = &unsafe { table::at(frame) }[table::index(address, 0)];
        if !slot.get().is_present() {
            parent.inspect(|parent| parent.add_to_count(1));
        }
        Ok(slot)
    }
}

impl PageTable for AddressSpace {
    /// Maps a page, also in the place of another one.
    ///
    /// Where nothing was mapped, or the same frame with fewer rights, no CPU has to forget anything: a
    /// stale translation faults, and the CPU then drops it by itself.
    ///
    /// # Panics
    /// When the address is no user address: the caller checks what user code asks for.
    fn map(&self, address: u64, frame: Frame, protection: Protection) -> Result<(), FaultError> {
        assert!(address < USER_END && address.is_multiple_of(PAGE_SIZE));
        let mut tables = self.tables.lock();
        let slot = self.leaf_or_create(address, &mut tables)?;
        let was_present = slot.get().is_present();
        if change(slot, page(PhysAddr::new_truncate(frame.0), protection)) && was_present {
            shootdown::flush(self.root, address..address + PAGE_SIZE);
        }
        Ok(())
    }

    /// Removes what is mapped in the range: a step. The frames may be [retired](frames::retire) at once; await
    /// [`shootdown::barrier`] before telling anybody that the range is unmapped.
    fn unmap(&self, range: &mut Range<u64>, work: &mut Work) {
        let inside = clip(range.clone());
        let mut removal = Removal { tables: frames::Retired::NONE, changed: None, work };
        let mut reached = inside.end;
        if !inside.is_empty() {
            let mut tables = self.tables.lock();
            // SAFETY: this tree's root is a table, and the lock is held.
            let root = unsafe { table::at(self.root) };
            (_, reached) = clear(root, TOP_LEVEL, inside.clone(), u64::MAX, &mut removal);
            if let Some(changed) = removal.changed {
                shootdown::flush(self.root, changed);
            }
            tables.remove(&removal.tables);
        }
        range.start = if reached == inside.end { range.end } else { reached };
        retire(removal.tables);
    }

    /// Changes what may be done with the pages that are mapped in the range, a step; no protection at all is
    /// the same as not being mapped. As for [`Self::unmap`], await [`shootdown::barrier`].
    fn protect(&self, range: &mut Range<u64>, protection: Protection, work: &mut Work) {
        if protection == Protection::default() {
            return self.unmap(range, work);
        }
        let inside = clip(range.clone());
        let _tables = self.tables.lock();
        let (mut address, mut weakened) = (inside.start, None);
        while address < inside.end {
            match self.leaf(address) {
                Ok(slot) => {
                    let old = slot.get();
                    if old.is_present() && change(slot, page(old.address(), protection)) {
                        extend(&mut weakened, address..address + PAGE_SIZE);
                    }
                    address += PAGE_SIZE;
                }
                Err(level) => address = (address | (table::span(level) - 1)) + 1,
            }
            work.spend(WALK);
            if work.is_spent() {
                break;
            }
        }
        if let Some(weakened) = weakened {
            shootdown::flush(self.root, weakened);
        }
        range.start = if address >= inside.end { range.end } else { address };
    }
}

impl Drop for AddressSpace {
    fn drop(&mut self) {
        shootdown::forget_root(self.root);
        // SAFETY: nobody else has this tree any more; its frames stay as they are in quarantine while
        // another CPU may walk it.
        let root = unsafe { table::at(self.root) };
        let mut tables = frames::Retired::NONE;
        // As a rule, none is left but this one.
        if self.tables.get_mut().count > 1 {
            gather(&root[..ENTRIES / 2], TOP_LEVEL, u64::MAX, &mut tables);
        }
        tables.push(self.root);
        retire(tables);
    }
}

/// What [`clear`] has removed, and how much more it may do.
struct Removal<'a> {
    tables: frames::Retired,
    /// From the first page or table that was removed to the end of the last; to forget any page is
    /// also to forget all tables.
    changed: Option<Range<u64>>,
    work: &'a mut Work,
}

/// Empties the slots of a table of `level` for `range`, which is not empty and within the table. How many
/// entries it has less; of its `live` ones, below which nothing is left to look for. And up to where it came.
fn clear(table: &Table, level: usize, range: Range<u64>, live: u64, removal: &mut Removal<'_>) -> (u64, u64) {
    let mut removed = 0;
    let span = table::span(level);
    let slots = &table[table::index(range.start, level)..=table::index(range.end - 1, level)];
    let bases = (range.start & !(span - 1)..).step_by(span as usize);
    for (slot, base) in slots.iter().zip(bases) {
        let part = base.max(range.start)..(base + span).min(range.end);
        if removed == live {
            break;
        }
        if removal.work.is_spent() && part.start > range.start {
            return (removed, part.start);
        }
        removal.work.spend(1);
        if !slot.get().is_present() {
            continue;
        }
        let (emptied, reached) = clear_slot(slot, level, part.clone(), removal);
        if emptied {
            removed += 1;
            extend(&mut removal.changed, part.clone());
        }
        if reached < part.end {
            return (removed, reached);
        }
    }
    (removed, range.end)
}

/// Empties a slot of a table of `level`, or a `part` of what is below it. Whether the slot is empty now, and up to
/// where it came.
fn clear_slot(slot: &Slot, level: usize, part: Range<u64>, removal: &mut Removal<'_>) -> (bool, u64) {
    let whole = part.end - part.start == table::span(level);
    let (emptied, reached) = match level {
        0 => (true, part.end),
        // A table of pages that all go is not looked at.
        1 if whole => (true, part.end),
        _ => clear_below(slot, level, part, removal),
    };
    if emptied {
        if level > 0 {
            removal.work.spend(FREE_TABLE);
            removal.tables.push(slot.get().address());
        }
        slot.set(Entry::EMPTY);
    }
    (emptied, reached)
}

/// Clears `range` in the table that `slot` names. Whether that table is empty now, and up to where it came.
fn clear_below(slot: &Slot, level: usize, range: Range<u64>, removal: &mut Removal<'_>) -> (bool, u64) {
    let entry = slot.get();
    // SAFETY: an entry above level 0 names a table of this tree, whose lock the caller holds.
    let table = unsafe { table::at(entry.address()) };
    let (removed, reached) = clear(table, level - 1, range, entry.count(), removal);
    (slot.subtract_from_count(removed) == 0, reached)
}

/// Retires tables.
fn retire(tables: frames::Retired) {
    TABLES.fetch_sub(tables.count(), Relaxed);
    tables.retire();
}

/// Collects all tables below the given slots of a table of `level` that has `live` entries in them.
fn gather(slots: &[Slot], level: usize, live: u64, tables: &mut frames::Retired) {
    let present = slots.iter().map(Slot::get).filter(|entry| entry.is_present());
    for entry in present.take(live.min(ENTRIES as u64) as usize) {
        if level > 1 {
            // SAFETY: an entry above level 0 names a table of this tree, which the caller has to itself.
            gather(unsafe { table::at(entry.address()) }, level - 1, entry.count(), tables);
        }
        tables.push(entry.address());
    }
}

/// Adds a part to a range.
fn extend(range: &mut Option<Range<u64>>, part: Range<u64>) {
    let start = range.as_ref().map_or(part.start, |range| range.start.min(part.start));
    *range = Some(start..part.end);
}

/// The part of a range in user space.
fn clip(range: Range<u64>) -> Range<u64> {
    range.start.min(USER_END)..range.end.min(USER_END)
}

/// Replaces an entry. Whether something is no longer allowed.
fn change(slot: &Slot, new: Entry) -> bool {
    let old = slot.get();
    slot.set(new);
    is_weaker(old, new)
}

/// Whether something was allowed by `old` that `new` does not allow.
fn is_weaker(old: Entry, new: Entry) -> bool {
    old.address() != new.address() || !protection(new).allows(protection(old))
}

/// The entry for a page. The CPU lets what may be written or executed be read as well.
fn page(frame: PhysAddr, protection: Protection) -> Entry {
    let mut flags = Flags::PRESENT | Flags::USER_ACCESSIBLE;
    flags.set(Flags::WRITABLE, protection.write);
    flags.set(Flags::NO_EXECUTE, !protection.execute);
    Entry::new(frame, flags)
}

fn protection(entry: Entry) -> Protection {
    let flags = entry.flags();
    let (write, execute) = (flags.contains(Flags::WRITABLE), !flags.contains(Flags::NO_EXECUTE));
    Protection { read: true, write, execute }
}
