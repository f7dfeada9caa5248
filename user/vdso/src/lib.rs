//! The vDSO's constants page: what the kernel writes once at boot and user space reads without a call.
//!
//! The kernel maps the image `libzircon` (this package's binary) into every process. Its page at
//! [`CONSTANTS_OFFSET`] holds a [`Constants`]; the kernel fills it in before the first process starts.

#![no_std]

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Offset of the constants page in the image, in the file and in memory alike (see `image.ld`).
pub const CONSTANTS_OFFSET: usize = 0x1000;

/// Longest version string, the closing NUL included.
pub const VERSION_CAPACITY: usize = 64;

/// What user space may read without entering the kernel. All integers little-endian, no padding.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Constants {
    /// Ticks of the time stamp counter per second.
    pub ticks_per_second: u64,
    /// The time stamp counter's value at monotonic time zero.
    pub tick_base: u64,
    /// Nanoseconds per tick, as a fraction: `nanoseconds = ticks * multiplier >> shift`.
    pub multiplier: u64,
    /// See [`Constants::multiplier`]; at most 63.
    pub shift: u32,
    /// Processors that run user threads.
    pub cpu_count: u32,
    /// Physical memory, in bytes.
    pub physical_memory: u64,
    /// Smallest data cache line, in bytes.
    pub data_cache_line: u32,
    /// `ZX_FEATURE_KIND_CPU`: a bit set, of which x86-64 sets only bit 0 ("features are known": use CPUID).
    pub cpu_features: u32,
    /// `ZX_FEATURE_KIND_HW_BREAKPOINT_COUNT`.
    pub hardware_breakpoints: u32,
    /// `ZX_FEATURE_KIND_HW_WATCHPOINT_COUNT`.
    pub hardware_watchpoints: u32,
    /// Length of the version string, without its NUL.
    pub version_length: u64,
    /// The version string, NUL-terminated.
    pub version: [u8; VERSION_CAPACITY],
}

const _: () = assert!(size_of::<Constants>() == 128, "the kernel writes this layout byte for byte");

impl Constants {
    /// Monotonic nanoseconds at the time stamp counter's value `ticks`; zero before the base.
    #[must_use]
    pub const fn monotonic(&self, ticks: u64) -> i64 {
        scale(ticks.saturating_sub(self.tick_base), self.multiplier, self.shift)
    }

    /// Stores the version string, cut to what fits.
    pub fn set_version(&mut self, version: &str) {
        let length = version.len().min(VERSION_CAPACITY - 1);
        self.version = [0; VERSION_CAPACITY];
        self.version[..length].copy_from_slice(&version.as_bytes()[..length]);
        self.version_length = length as u64;
    }
}

/// `ticks * multiplier >> shift`, without overflow in between.
#[must_use]
#[inline(always)] // reason: a call from another crate would go through a table that is writable
pub const fn scale(ticks: u64, multiplier: u64, shift: u32) -> i64 {
    ((ticks as u128 * multiplier as u128) >> shift) as i64
}
