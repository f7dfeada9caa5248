//! The ramdisk: an ordinary `ustar` archive, so that `tar tf` shows what a
//! guest sees and the guest needs a dozen lines to read it.
//!
//! Each file begins with a page, so that a guest can map a program from the ramdisk instead of copying it. What comes
//! before it to that end is an extended header with a comment, which every reader of archives passes over. A guest
//! takes any other archive too, and copies then.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context, Result};
use tar::{Builder, EntryType, Header};

use crate::compile::Program;

/// Bytes that a name in a ramdisk may have: what a `ustar` header has room for in one piece.
pub const LONGEST_NAME: usize = 99;

/// What an archive is made of, in bytes.
const BLOCK: u64 = 512;
/// What a guest's memory is made of, in bytes.
const PAGE: u64 = 4096;

/// Writes an archive of `programs` to `out`.
///
/// The bytes depend on the programs alone: no times, no owners.
///
/// # Errors
/// A program can not be read, or `out` not be written.
pub fn write(programs: &[Program], out: impl Write) -> Result<()> {
    let mut archive = Builder::new(out);
    let mut at = 0;
    for program in programs {
        let content = std::fs::read(&program.file)
            .with_context(|| format!("cannot read {}", program.file.display()))?;
        let padding = padding(at);
        if padding > 0 {
            // A block for its header, and as many as are left for the comment, filled but for less than a block.
            let comment = vec![b' '; (padding - BLOCK - 16) as usize];
            archive.append_pax_extensions([("comment", comment.as_slice())])?;
        }
        at += padding + BLOCK + (content.len() as u64).next_multiple_of(BLOCK);
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_mtime(0);
        archive
            .append_data(&mut header, &program.name, content.as_slice())
            .with_context(|| format!("cannot put {} in the ramdisk", program.name))?;
    }
    archive.into_inner()?.flush().context("cannot write the ramdisk")
}

/// How many bytes have to come before the header of a file, if that would be at `at`, for the file to begin with a page:
/// none, or two blocks and more.
fn padding(at: u64) -> u64 {
    let missing = (at + BLOCK).next_multiple_of(PAGE) - (at + BLOCK);
    if missing == BLOCK { missing + PAGE } else { missing }
}

/// An archive of `programs` in a file without a name, at its beginning.
///
/// # Errors
/// As [`write()`]; or there is no room for temporary files.
pub fn temporary(programs: &[Program]) -> Result<File> {
    let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
    write(programs, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// The programs with one more, or another of the same name, that is `file`.
pub fn with(mut programs: Vec<Program>, name: &str, file: &Path) -> Vec<Program> {
    programs.retain(|program| program.name != name);
    programs.push(Program { name: name.into(), file: file.into() });
    programs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("program");
        std::fs::write(&file, "content").unwrap();
        let programs = with(Vec::new(), "bin/program", &file);
        let mut bytes = Vec::new();
        write(&programs, &mut bytes).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut entries = archive.entries().unwrap();
        let mut entry = entries.next().unwrap().unwrap();
        assert_eq!(entry.path().unwrap().to_str(), Some("bin/program"));
        let mut content = String::new();
        std::io::Read::read_to_string(&mut entry, &mut content).unwrap();
        assert_eq!(content, "content");
        assert_eq!(&bytes[257..262], b"ustar");
    }

    #[test]
    fn every_file_begins_with_a_page_whatever_comes_before() {
        let directory = tempfile::tempdir().unwrap();
        let programs: Vec<_> = (0..24)
            .map(|number| {
                let file = directory.path().join(number.to_string());
                std::fs::write(&file, vec![number as u8; number * 300]).unwrap();
                Program { name: format!("bin/{number}"), file }
            })
            .collect();
        let mut bytes = Vec::new();
        write(&programs, &mut bytes).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let files = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            assert_eq!(entry.raw_file_position() % PAGE, 0);
            (entry.path().unwrap().display().to_string(), entry.size())
        });
        let expected = (0..24).map(|number| (format!("bin/{number}"), number * 300));
        assert!(files.eq(expected));
    }

    #[test]
    fn a_program_given_replaces_the_one_of_its_name() {
        let programs = with(Vec::new(), "bin/a", Path::new("one"));
        let programs = with(programs, "bin/a", Path::new("two"));
        assert_eq!(programs.len(), 1);
        assert_eq!(programs[0].file, Path::new("two"));
    }
}
