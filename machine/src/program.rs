//! Where in its address space a user program lies, found out from outside: programs are
//! position-independent, and the kernel puts them at an address of its own choice. Of a page of code that is
//! being executed it is certain that it is in memory, and code is the same wherever it lies.

use std::{fs, path::Path};

use object::{Object, ObjectSegment, SegmentFlags, elf};

/// Bytes in a page.
pub const PAGE: usize = 4096;

/// A program that a CPU may be in.
pub struct Program {
    /// Each page of its code: the address it was linked for, and what is in it.
    code: Vec<(u64, Vec<u8>)>,
}

impl Program {
    /// The program in `file`, if it can be read.
    pub fn of(file: &Path) -> Option<Self> {
        let bytes = fs::read(file).ok()?;
        let elf = object::File::parse(bytes.as_slice()).ok()?;
        let segments = elf.segments().filter(|segment| is_code(segment.flags()));
        let code = segments.flat_map(|segment| pages(segment.address(), segment.data().unwrap_or_default()));
        Some(Self { code: code.collect() })
    }

    /// How far the program lies from where it was linked for, given a page of its code and its address.
    pub fn moved_by(&self, address: u64, page: &[u8]) -> Option<u64> {
        let (linked_for, _) = self.code.iter().find(|(_, code)| code == page)?;
        Some(address.wrapping_sub(*linked_for))
    }
}

fn is_code(flags: SegmentFlags) -> bool {
    matches!(flags, SegmentFlags::Elf { p_flags, .. } if p_flags.0 & elf::PF_X.0 != 0)
}

/// The pages of a segment, with zeros around it.
fn pages(address: u64, data: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let before = address as usize % PAGE;
    let first = address - before as u64;
    let mut all = vec![0; before];
    all.extend_from_slice(data);
    all.resize(all.len().next_multiple_of(PAGE), 0);
    let page = |(index, page): (usize, &[u8])| (first + (index * PAGE) as u64, page.to_owned());
    all.chunks(PAGE).enumerate().map(page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_code_tells_where_the_program_lies() {
        let code = [vec![1; PAGE], vec![2; 3]].concat();
        let program = Program { code: pages(0x1ffe, &code) };
        let pages: Vec<u64> = program.code.iter().map(|(address, _)| *address).collect();
        assert_eq!(pages, [0x1000, 0x2000, 0x3000]);
        let mut last = vec![0; PAGE];
        last[0] = 1;
        assert_eq!(program.moved_by(0x9000, &last), None);
        let second = program.code[1].1.clone();
        assert_eq!(program.moved_by(0x9000, &second), Some(0x7000));
    }
}
