//! Pages of memory: the first touch of one, and mapping one.

use hafnon_user::{
    AsHandle, Mapping, Result, Startup, Status, Vmo,
    startup::root_vmar,
    sys,
    vmar::{PAGE_SIZE, READ_WRITE},
};

use crate::{Measure, all, mean, repeat, report};

/// Pages of one mapping whose pages are touched: 1 MiB.
const PAGES: usize = 256;

pub const FIGURES: &[Measure] = &[("fresh_page", fresh), ("map_unmap_page", map_and_unmap)];

/// Touches every page of new memory. Making, mapping and unmapping that memory are part of it, shared by
/// its pages, as they are in what is measured of Linux.
fn fresh(_: &mut Startup) -> Result<()> {
    let touch_all = || -> Result<()> {
        let memory = Mapping::anonymous(PAGES * PAGE_SIZE, 0)?;
        for address in (memory.address()..memory.end()).step_by(PAGE_SIZE) {
            // SAFETY: the mapping is writable and nobody else uses it.
            unsafe { core::ptr::with_exposed_provenance_mut::<u64>(address).write_volatile(1) };
        }
        Ok(())
    };
    let ticks = mean(4, 16, || touch_all().map_or_else(|status| status.raw(), |()| 0))?;
    report("fresh_page", ticks / PAGES as i64, "instructions");
    Ok(())
}

/// Maps a page of a VMO where the kernel likes, and unmaps it.
fn map_and_unmap(_: &mut Startup) -> Result<()> {
    let (root, page) = (root_vmar().ok_or(Status::BAD_STATE)?, Vmo::create(PAGE_SIZE as u64)?);
    let (root, vmo, mut address) = (root.raw(), page.raw(), 0);
    // SAFETY: the address outlives the calls, and nobody uses the mapping.
    repeat("map_unmap_page", || unsafe {
        all!(
            sys::zx_vmar_map(root, READ_WRITE, 0, vmo, 0, PAGE_SIZE, &mut address),
            sys::zx_vmar_unmap(root, address, PAGE_SIZE),
        )
    })
}
