//! Whether a file is a program that the kernel can load, or a kernel, which the host says before it boots one.

use std::{fs, ops::Range, path::Path};

use anyhow::{Context, Result, bail, ensure};
use object::{
    Architecture, Endianness, Object,
    elf::{ET_DYN, ET_EXEC, ET_REL, PF_X, PT_INTERP, PT_LOAD, PT_NOTE},
    read::elf::{ElfFile64, ProgramHeader},
};

/// Where programs lie in hafnon; those that are not position-independent have to say an address in here.
const USER_ADDRESSES: Range<u64> = 0x100_0000..0x7fff_ffff_f000;

/// The first of the addresses that `kernel/link.ld` gives a kernel.
const KERNEL_ADDRESSES: u64 = 0xffff_ffff_8000_0000;

/// Checks that `file` is a program for x86_64 that the kernel can load by itself.
///
/// # Errors
/// It can not be read, is no ELF file, or is one for something else; the error says what.
pub fn check_program(file: &Path) -> Result<()> {
    let name = file.display();
    let bytes = read(file)?;
    let elf = parse(file, &bytes)?;
    if is_kernel(&elf) {
        bail!("{name} is a kernel, not a program: `cargo run -- run --kernel {name} PROGRAM.elf` boots it");
    }
    if !imports_calls(&elf) && is_for_linux(&elf) {
        bail!(
            "{name} is a Linux program, and hafnon does not run those: compile its source for hafnon, with \
             `cargo run -- cc` or as user/README.md says"
        );
    }
    match obstacle(&elf, bytes.len() as u64) {
        Some(obstacle) => bail!("{name} is a program that hafnon can not load: {obstacle}"),
        None => Ok(()),
    }
}

/// Checks that `file` is a kernel, linked with `kernel/link.ld`.
///
/// # Errors
/// It can not be read, is no ELF file, or is one for something else; the error says what.
pub fn check_kernel(file: &Path) -> Result<()> {
    let (name, bytes) = (file.display(), read(file)?);
    let elf = parse(file, &bytes)?;
    ensure!(is_kernel(&elf), "{name} is not a kernel: kernel/README.md says how one is linked");
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The linked ELF file for x86_64 that the bytes of `file` are.
fn parse<'bytes>(file: &Path, bytes: &'bytes [u8]) -> Result<ElfFile64<'bytes, Endianness>> {
    let name = file.display();
    if !bytes.starts_with(b"\x7fELF") {
        bail!("{name} is not an ELF file");
    }
    let Ok(elf) = object::File::parse(bytes) else {
        bail!("{name} is a damaged ELF file");
    };
    let object::File::Elf64(elf) = elf else {
        bail!("{name} is an ELF file, but not a program for x86_64");
    };
    let kind = elf.elf_header().e_type.get(elf.endian());
    if elf.architecture() == Architecture::X86_64 && kind == ET_REL {
        bail!("{name} is an object file that is not linked yet");
    }
    if elf.architecture() != Architecture::X86_64 || ![ET_EXEC, ET_DYN].contains(&kind) {
        bail!("{name} is an ELF file, but not a program for x86_64");
    }
    Ok(elf)
}

/// Whether all of it lies where `kernel/link.ld` puts a kernel.
fn is_kernel(elf: &ElfFile64<Endianness>) -> bool {
    let endian = elf.endian();
    let segments = elf.elf_program_headers().iter();
    let mut loads = segments.filter(|segment| segment.p_type(endian) == PT_LOAD).peekable();
    let fixed = elf.elf_header().e_type.get(endian) == ET_EXEC && loads.peek().is_some();
    fixed && loads.all(|segment| segment.p_vaddr(endian) >= KERNEL_ADDRESSES)
}

/// Whether a program imports calls of the vDSO, whose stubs leave a record of each (`user/rust/src/import.rs`).
fn imports_calls(elf: &ElfFile64<Endianness>) -> bool {
    elf.section_by_name("hafnon_imports").is_some()
}

/// Whether a program was made for Linux: it names one of Linux's dynamic loaders, says so in a note, or enters a kernel
/// by itself, which a program for hafnon leaves to the vDSO. The kind of ABI in its header says nothing: linkers write
/// GNU's there for any program with a section to be kept.
fn is_for_linux(elf: &ElfFile64<Endianness>) -> bool {
    let endian = elf.endian();
    elf.elf_program_headers().iter().any(|segment| {
        let bytes = segment.data(endian, elf.data()).unwrap_or_default();
        match segment.p_type(endian) {
            PT_INTERP => [&b"/lib/ld-"[..], b"/lib64/ld-"].iter().any(|loader| bytes.starts_with(loader)),
            PT_NOTE => LINUX_NOTES.iter().any(|note| bytes.windows(note.len()).any(|window| window == *note)),
            PT_LOAD if segment.p_flags(endian).contains(PF_X) => calls_linux(bytes),
            _ => false,
        }
    })
}

/// The beginnings of notes that programs for Linux have: glibc's `ABI-tag` with the number of Linux, and that of Go.
const LINUX_NOTES: [&[u8]; 2] =
    [b"\x04\0\0\0\x10\0\0\0\x01\0\0\0GNU\0\0\0\0\0", b"\x04\0\0\0\x53\0\0\0\x04\0\0\0Go\0\0"];

/// Whether code calls Linux: `SYSCALL`, soon after a number was put in EAX.
fn calls_linux(code: &[u8]) -> bool {
    /// The bytes of `mov eax, NUMBER`, and how far before the call it stands, at most.
    const NUMBER: usize = 5;
    const NEAR: usize = 32;
    let calls = code.windows(2).enumerate().filter(|(_, bytes)| *bytes == [0x0f, 0x05]);
    let numbered = calls.filter(|(at, _)| {
        let before = &code[at.saturating_sub(NEAR)..*at];
        before.windows(NUMBER).any(|word| word[0] == 0xb8 && word[2] < 2 && word[3..] == [0, 0])
    });
    numbered.count() > 1
}

/// Why the kernel's loader could not load a program of `length` bytes.
fn obstacle(elf: &ElfFile64<Endianness>, length: u64) -> Option<&'static str> {
    let (header, endian) = (elf.elf_header(), elf.endian());
    let segments = elf.elf_program_headers();
    if segments.iter().any(|segment| segment.p_type(endian) == PT_INTERP) {
        return Some("it needs a dynamic loader; link it with -static-pie");
    }
    let loads: Vec<_> = segments.iter().filter(|segment| segment.p_type(endian) == PT_LOAD).collect();
    let inside = |range: &Range<u64>, start: u64, size: u64| {
        start.checked_add(size).is_some_and(|end| start >= range.start && end <= range.end)
    };
    let whole = loads.iter().all(|segment| {
        inside(&(0..length), segment.p_offset(endian), segment.p_filesz(endian))
            && segment.p_filesz(endian) <= segment.p_memsz(endian)
    });
    if !whole {
        return Some("it is not whole");
    }
    let entry = header.e_entry.get(endian);
    let starts = loads.iter().any(|segment| {
        let (start, size) = (segment.p_vaddr(endian), segment.p_memsz(endian));
        segment.p_flags(endian).contains(PF_X) && entry.wrapping_sub(start) < size
    });
    if !starts {
        return Some("no code is where it says that it starts");
    }
    let addresses = if header.e_type.get(endian) == ET_EXEC { USER_ADDRESSES } else { 0..USER_ADDRESSES.end };
    let fits =
        loads.iter().all(|segment| inside(&addresses, segment.p_vaddr(endian), segment.p_memsz(endian)));
    if fits { None } else { Some("it is to lie at addresses that programs can not have") }
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
    fn a_program_of_this_machine_is_one_for_linux() {
        let refused = check_program(&std::env::current_exe().unwrap()).unwrap_err().to_string();
        assert!(refused.contains(" is a Linux program, and hafnon does not run those"), "{refused}");
        assert!(refused.contains("`cargo run -- cc`"), "{refused}");
    }

    #[test]
    fn kernels_are_known_by_their_addresses() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, program(ET_EXEC, KERNEL_ADDRESSES, KERNEL_ADDRESSES, 120)).unwrap();
        check_kernel(&file).expect("a kernel");
        fs::write(&file, program(ET_DYN, 0, 0, 120)).unwrap();
        let refused = check_kernel(&file).unwrap_err().to_string();
        assert!(refused.contains(" is not a kernel: "), "{refused}");
    }

    #[test]
    fn who_calls_linux_is_for_linux() {
        let exit = [&[0xb8, 60, 0, 0, 0][..], &[0x31, 0xff], &[0x0f, 0x05]].concat();
        assert!(!calls_linux(&exit), "once may be chance");
        assert!(calls_linux(&[exit.clone(), exit].concat()));
        assert!(!calls_linux(&[0x0f, 0x05, 0x0f, 0x05, 0xb8, 60, 0, 0, 0]));
    }

    /// A program of one segment, readable and executable, at `address`, that starts at `entry` and is `size`
    /// bytes long in the file.
    fn program(kind: object::elf::FileType, address: u64, entry: u64, size: u64) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(16, 0);
        let word = |value: u16| value.to_le_bytes();
        bytes.extend([word(kind.0), word(object::elf::EM_X86_64.0)].concat());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend([entry, 64, 0].map(u64::to_le_bytes).concat());
        bytes.extend(0u32.to_le_bytes());
        bytes.extend([64, 56, 1, 64, 0, 0].map(word).concat());
        bytes.extend([PT_LOAD.0, 5].map(u32::to_le_bytes).concat());
        bytes.extend([0, address, address, size, size, 4096].map(u64::to_le_bytes).concat());
        bytes
    }

    #[test]
    fn a_header_with_gnus_kind_of_abi_is_no_sign_of_linux() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        let mut bytes = program(ET_DYN, 0, 0, 120);
        bytes[7] = object::elf::ELFOSABI_GNU.0;
        fs::write(&file, bytes).unwrap();
        check_program(&file).expect("a program");
    }

    #[test]
    fn programs_that_the_kernel_could_not_load_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        for (kind, address, entry, size, says) in [
            (ET_DYN, 0, 0, 120, ""),
            (ET_EXEC, 0x20_0000_0000, 0x20_0000_0010, 120, ""),
            (ET_DYN, 0, 120, 120, "no code is where it says that it starts"),
            (ET_DYN, 0, 0, 121, "it is not whole"),
            (ET_DYN, 0, 0, u64::MAX, "it is not whole"),
            (ET_EXEC, 0x40_0000, 0x40_0000, 120, "it is to lie at addresses that programs can not have"),
            (ET_EXEC, 1 << 63, 1 << 63, 120, "it is to lie at addresses that programs can not have"),
            (ET_DYN, u64::MAX, u64::MAX, 120, "it is to lie at addresses that programs can not have"),
            (ET_REL, 0, 0, 120, "is an object file that is not linked yet"),
            (object::elf::ET_CORE, 0, 0, 120, "is an ELF file, but not a program for x86_64"),
            (ET_EXEC, KERNEL_ADDRESSES, KERNEL_ADDRESSES, 120, "file PROGRAM.elf` boots it"),
        ] {
            fs::write(&file, program(kind, address, entry, size)).unwrap();
            let said = check_program(&file).map_or_else(|error| error.to_string(), |()| String::new());
            assert!(said.ends_with(says) && said.is_empty() == says.is_empty(), "{says}: {said}");
        }
    }
}
