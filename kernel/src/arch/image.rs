//! Where the kernel image lies: the borders that `link.ld` draws.

use core::ops::Range;

/// Virtual address of the kernel image minus its load address (`KERNEL_BASE` of `link.ld`).
const KERNEL_BASE: u64 = 0xffff_ffff_8000_0000;

macro_rules! borders {
    ($($(#[$doc:meta])* $name:ident: $start:ident .. $end:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> Range<u64> {
            unsafe extern "C" {
                static $start: u8;
                static $end: u8;
            }
            // link.ld defines both symbols; only their addresses are taken.
            &raw const $start as u64..&raw const $end as u64
        }
    )*};
}

borders! {
    /// The whole image.
    whole: __kernel_start .. __kernel_end;
    /// Code: read and execute.
    text: __text_start .. __text_end;
    /// Constants: read only.
    rodata: __rodata_start .. __rodata_end;
    /// Variables, zeroed ones included: read and write.
    data: __data_start .. __data_end;
    /// Table of instructions that may fault, see `traps`.
    fixups: __fixups_start .. __fixups_end;
}

/// Physical addresses of the image where it was loaded as one piece, as PVH does.
pub fn physical_when_contiguous() -> (u64, u64) {
    let image = whole();
    (image.start - KERNEL_BASE, image.end - KERNEL_BASE)
}
