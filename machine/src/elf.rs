//! What the host reads of a program before it boots one: the lines that the program keeps in a section, such as
//! a list of its tests.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use object::{Object, ObjectSection};

/// The lines of the section `name` of the ELF file `file`, without empty ones and the space around each; none
/// when it has no such section.
///
/// # Errors
/// The file can not be read or parsed, or the section is no text.
pub fn lines(file: &Path, name: &str) -> Result<Vec<String>> {
    let path = file.display();
    let bytes = fs::read(file).with_context(|| format!("cannot read {path}"))?;
    let elf = object::File::parse(bytes.as_slice()).with_context(|| format!("cannot parse {path}"))?;
    let Some(section) = elf.section_by_name(name) else {
        return Ok(Vec::new());
    };
    let text =
        std::str::from_utf8(section.data()?).with_context(|| format!("{name} of {path} is no text"))?;
    // The linker may pad between two pieces of the section.
    let lines = text.split(['\n', '\0']).map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_this_program_are_read() {
        let program = std::env::current_exe().unwrap();
        assert_eq!(lines(&program, ".of_nobody").unwrap(), Vec::<String>::new());
        // Compilers name themselves there.
        assert!(!lines(&program, ".comment").unwrap().is_empty());
        assert!(lines(&program, ".text").unwrap_err().to_string().starts_with(".text of "));
    }

    #[test]
    fn what_is_no_program_is_named() {
        let missing = lines(Path::new("/nowhere/at-all"), ".a").unwrap_err();
        assert_eq!(missing.to_string(), "cannot read /nowhere/at-all");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(lines(&source, ".a").unwrap_err().to_string().starts_with("cannot parse "));
    }
}
