//! Placing an ELF image into another process's address space.

use alloc::vec::Vec;
use core::ops::Range;

use abi::Status;
use elf::{
    abi::{EI_NIDENT, PT_LOAD},
    endian::LittleEndian,
    file::{ELF64_EHDR_TAILSIZE, FileHeader, parse_ident},
    segment::{ProgramHeader, SegmentTable},
};

use crate::{
    Result,
    launch::Program,
    vmar::{PAGE_SIZE, Vmar, page_align},
    vmo::Vmo,
};

/// Rights that a region for programs allows its mappings.
const CAN_MAP: u32 =
    abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_EXECUTE;

/// How much of a program that is not copied is mapped before it is touched, in bytes: in a small one each page saves a
/// fault, of a large one many are never needed.
const MAPPED_AT_ONCE: usize = 128 << 10;

/// A position-independent executable, of which only the program headers count.
pub(crate) struct Image<'a> {
    entry: usize,
    /// Those that are loaded.
    segments: Vec<ProgramHeader>,
    program: Program<'a>,
}

impl<'a> Image<'a> {
    /// `INVALID_ARGS` if the file does not start with an ELF header and the program headers it names.
    pub(crate) fn parse(program: Program<'a>) -> Result<Self> {
        Self::try_parse(program).ok_or(Status::INVALID_ARGS)
    }

    fn try_parse(program: Program<'a>) -> Option<Self> {
        let bytes = program.bytes;
        let (ident, rest) = bytes.split_at_checked(EI_NIDENT)?;
        let ident = parse_ident::<LittleEndian>(ident).ok()?;
        let header = FileHeader::parse_tail(ident, rest.get(..ELF64_EHDR_TAILSIZE)?).ok()?;
        let length = usize::from(header.e_phentsize) * usize::from(header.e_phnum);
        let table = bytes.get(header.e_phoff as usize..)?.get(..length)?;
        let all = SegmentTable::new(header.endianness, header.class, table).iter();
        let segments = all.filter(|segment| segment.p_type == PT_LOAD && segment.p_memsz != 0).collect();
        Some(Self { entry: header.e_entry as usize, segments, program })
    }

    /// Bytes of address space from the image's base to its end, in pages.
    fn span(&self) -> Result<usize> {
        let ends = self.segments.iter().map(|segment| segment.p_vaddr.checked_add(segment.p_memsz));
        let end = ends.reduce(|one, other| Some(one?.max(other?))).flatten().ok_or(Status::INVALID_ARGS)?;
        Ok(page_align(usize::try_from(end).map_err(|_| Status::INVALID_ARGS)?))
    }

    /// Maps the image below `root`: what may not be written as it is in the program's memory, the rest copied into new
    /// memory. The address of its entry point.
    pub(crate) fn load(&self, root: &Vmar) -> Result<usize> {
        let (region, base) = root.allocate(CAN_MAP, 0, self.span()?)?;
        for piece in self.segments.chunk_by(are_one_piece) {
            self.load_piece(&region, piece)?;
        }
        Ok(base + self.entry)
    }

    /// Maps one segment, or some that are one piece.
    fn load_piece(&self, region: &Vmar, segments: &[ProgramHeader]) -> Result<()> {
        let [first, ..] = segments else { return Ok(()) };
        let pages = segments.iter().map(pages).reduce(|all, next| all.start..next.end);
        let Range { start, end } = pages.unwrap_or_default();
        let (options, length) = (permissions(first) | abi::VM_SPECIFIC, end - start);
        if let Some((memory, offset)) = self.shared(first) {
            let at_once = if length <= MAPPED_AT_ONCE { abi::VM_MAP_RANGE } else { 0 };
            region.map(options | at_once, start, memory, offset, length)?;
            return Ok(());
        }
        let mut vmo = Vmo::create(length as u64)?;
        for segment in segments {
            vmo.write(self.content(segment)?, segment.p_vaddr - start as u64)?;
        }
        if first.p_flags & elf::abi::PF_X != 0 {
            vmo = vmo.into_executable()?;
        }
        region.map(options, start, &vmo, 0, length)?;
        Ok(())
    }

    /// Where in the program's memory the pages of a segment are, if they can be mapped from there: if nobody writes to
    /// them, and all that is in them is of the program's file.
    fn shared(&self, segment: &ProgramHeader) -> Option<(&'a Vmo, u64)> {
        const PAGE: u64 = PAGE_SIZE as u64;
        let (memory, at) = self.program.memory?;
        let end = segment.p_offset.checked_add(segment.p_filesz)?.checked_next_multiple_of(PAGE)?;
        let offset = at.checked_add(segment.p_offset.checked_sub(segment.p_vaddr % PAGE)?)?;
        let is_whole = segment.p_filesz == segment.p_memsz && end <= self.program.bytes.len() as u64;
        (!is_writable(segment) && is_whole && offset.is_multiple_of(PAGE)).then_some((memory, offset))
    }

    /// What the file has of a segment.
    fn content(&self, segment: &ProgramHeader) -> Result<&'a [u8]> {
        let start = segment.p_offset as usize;
        let end = start.checked_add(segment.p_filesz as usize).ok_or(Status::INVALID_ARGS)?;
        self.program.bytes.get(start..end).ok_or(Status::INVALID_ARGS)
    }
}

/// The pages of a segment, which ends at a number: see [`Image::span`].
fn pages(segment: &ProgramHeader) -> Range<usize> {
    let start = segment.p_vaddr as usize;
    start / PAGE_SIZE * PAGE_SIZE..page_align(start + segment.p_memsz as usize)
}

fn is_writable(segment: &ProgramHeader) -> bool {
    segment.p_flags & elf::abi::PF_W != 0
}

/// Whether both can be in one piece of memory, mapped in one call: data, page by page behind each other.
fn are_one_piece(one: &ProgramHeader, next: &ProgramHeader) -> bool {
    is_writable(one) && one.p_flags == next.p_flags && pages(one).end == pages(next).start
}

/// In so many bytes of the vDSO's beginning are its program headers.
const VDSO_HEAD: usize = 512;

/// Maps the vDSO as it is, shared by all processes; its base address.
pub(crate) fn map_vdso(vdso: &Vmo, root: &Vmar) -> Result<usize> {
    let mut head = [0; VDSO_HEAD];
    vdso.read(&mut head, 0)?;
    let image = Image::parse(head.as_slice().into())?;
    let (region, base) = root.allocate(CAN_MAP, 0, image.span()?)?;
    for segment in &image.segments {
        let (start, length) = (segment.p_vaddr as usize, page_align(segment.p_memsz as usize));
        let options = permissions(segment) | abi::VM_SPECIFIC;
        region.map(options, start, vdso, segment.p_offset, length)?;
    }
    Ok(base)
}

/// The mapping rights that a segment asks for.
fn permissions(segment: &ProgramHeader) -> u32 {
    let pairs = [
        (elf::abi::PF_R, abi::VM_PERM_READ),
        (elf::abi::PF_W, abi::VM_PERM_WRITE),
        (elf::abi::PF_X, abi::VM_PERM_EXECUTE),
    ];
    pairs.iter().filter(|(flag, _)| segment.p_flags & flag != 0).map(|(_, option)| option).sum()
}
