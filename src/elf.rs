//! What the host reads of an ELF file before it boots one: whether it is one
//! that can run, and which tests are in it.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use object::{Architecture, Object, ObjectKind, ObjectSection};

/// The section in which a program lists its tests, one a line.
pub const TESTS_SECTION: &str = ".hafnon_tests";

/// Checks that `file` is a program for x86_64.
///
/// # Errors
/// It can not be read, is no ELF file, or is one for something else.
pub fn check_program(file: &Path) -> Result<()> {
    let name = file.display();
    let bytes = fs::read(file).with_context(|| format!("cannot read {name}"))?;
    if !bytes.starts_with(b"\x7fELF") {
        bail!("{name} is not an ELF file");
    }
    let Ok(elf) = object::File::parse(bytes.as_slice()) else {
        bail!("{name} is a damaged ELF file");
    };
    let is_program = matches!(elf.kind(), ObjectKind::Executable | ObjectKind::Dynamic);
    if elf.architecture() != Architecture::X86_64 || !is_program {
        bail!("{name} is an ELF file, but not a program for x86_64");
    }
    Ok(())
}

/// The lines of the tests section of `file`; none when it has no such section.
///
/// # Errors
/// The file can not be read or parsed, or the section is no text.
pub fn tests(file: &Path) -> Result<Vec<String>> {
    let name = file.display();
    let bytes = fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let elf = object::File::parse(bytes.as_slice()).with_context(|| format!("cannot parse {name}"))?;
    let Some(section) = elf.section_by_name(TESTS_SECTION) else {
        return Ok(Vec::new());
    };
    let text = std::str::from_utf8(section.data()?)
        .with_context(|| format!("{TESTS_SECTION} of {name} is no text"))?;
    // The linker may pad between two pieces of the section.
    let lines = text.split(['\n', '\0']).map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(content: &[u8]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, content).unwrap();
        check_program(&file).unwrap_err().to_string()
    }

    #[test]
    fn other_files_are_refused_in_one_sentence() {
        assert!(refused(b"#!/bin/sh").ends_with("is not an ELF file"));
        assert!(refused(b"\x7fELF").ends_with("is a damaged ELF file"));
        let missing = check_program(Path::new("/nowhere/at-all")).unwrap_err();
        assert_eq!(missing.to_string(), "cannot read /nowhere/at-all");
    }

    #[test]
    fn this_program_is_one() {
        check_program(&std::env::current_exe().unwrap()).unwrap();
    }
}
