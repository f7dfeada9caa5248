//! Addresses of a guest turned into functions, files and lines.
//!
//! The guest sends raw addresses and the host looks them up in the ELF file, so
//! that the kernel carries no symbol table and a panic needs no memory.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use addr2line::Loader;

/// The symbols of one ELF file; by default, of none.
#[derive(Default)]
pub struct Symbols {
    loader: Option<Loader>,
    /// Files below it are named by their paths in it.
    sources: Option<PathBuf>,
}

impl Symbols {
    /// Those of `file`; a file without any still gives addresses.
    pub fn of(file: &Path) -> Self {
        Self { loader: Loader::new(file).ok(), sources: None }
    }

    /// The same, with files below `sources` named by their paths in it; all others keep their whole paths.
    #[must_use]
    pub fn below(self, sources: &Path) -> Self {
        Self { sources: Some(sources.to_owned()), ..self }
    }

    /// A stack, innermost call first, one frame a line. All addresses but the first are
    /// return addresses.
    pub fn backtrace(&self, addresses: &[u64]) -> String {
        self.backtrace_from(0, addresses)
    }

    /// The same for a file that lies `start` bytes from where it was linked for.
    pub fn backtrace_from(&self, start: u64, addresses: &[u64]) -> String {
        let mut text = String::new();
        for (depth, &address) in addresses.iter().enumerate() {
            // A return address is that of the instruction after the call, which may
            // already belong to another line or function.
            let call = if depth == 0 { address } else { address.saturating_sub(1) };
            for line in self.frames(call.wrapping_sub(start)) {
                // Writing to a string can not fail.
                let _ = writeln!(text, "  {depth:>2}: {address:#018x} {line}");
            }
        }
        text
    }

    /// Every function at `address`, inlined ones first, each with its place; `?` when nothing is known.
    pub fn frames(&self, address: u64) -> Vec<String> {
        let Some(loader) = &self.loader else {
            return vec!["?".into()];
        };
        let mut lines = Vec::new();
        if let Ok(mut frames) = loader.find_frames(address) {
            while let Ok(Some(frame)) = frames.next() {
                let place = frame.location.map(|place| {
                    let file = Path::new(place.file.unwrap_or("?"));
                    let sources = self.sources.as_deref();
                    let file = sources.and_then(|root| file.strip_prefix(root).ok()).unwrap_or(file);
                    format!(" at {}:{}", file.display(), place.line.unwrap_or(0))
                });
                let name = frame.function.and_then(|function| Some(demangle(&function.raw_name().ok()?)));
                // Code without a description of its functions may have a symbol, and has its lines.
                let name = name.or_else(|| loader.find_symbol(address).map(demangle));
                if name.is_some() || place.is_some() {
                    lines.push(name.unwrap_or_else(|| "?".into()) + &place.unwrap_or_default());
                }
            }
        }
        if lines.is_empty() {
            let symbol = loader.find_symbol(address);
            lines.push(symbol.map_or_else(|| "?".into(), demangle));
        }
        lines
    }
}

/// A Rust symbol as it was written, without its hash.
fn demangle(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_are_readable() {
        let mangled = "_ZN6kernel5panic5start17h0123456789abcdefE";
        assert_eq!(demangle(mangled), "kernel::panic::start");
    }

    #[test]
    fn an_address_without_symbols_is_still_printed() {
        let text = Symbols::of(Path::new("/nowhere")).backtrace(&[0xffff_ffff_8020_0000]);
        assert_eq!(text, "   0: 0xffffffff80200000 ?\n");
    }
}
