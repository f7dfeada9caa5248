//! Placing an ELF image into another process's address space.

use abi::Status;
use elf::{
    abi::{EI_NIDENT, PT_LOAD},
    endian::LittleEndian,
    file::{ELF64_EHDR_TAILSIZE, FileHeader, parse_ident},
    segment::{ProgramHeader, SegmentTable},
};

use crate::{
    Result,
    vmar::{PAGE_SIZE, Vmar, page_align},
    vmo::Vmo,
};

/// Rights that a region for programs allows its mappings.
const CAN_MAP: u32 =
    abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_EXECUTE;

/// A position-independent executable, of which only the program headers count.
pub(crate) struct Image<'a> {
    entry: usize,
    segments: SegmentTable<'a, LittleEndian>,
    bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// `INVALID_ARGS` if `bytes` do not start with an ELF header and the program headers it names.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        Self::try_parse(bytes).ok_or(Status::INVALID_ARGS)
    }

    fn try_parse(bytes: &'a [u8]) -> Option<Self> {
        let (ident, rest) = bytes.split_at_checked(EI_NIDENT)?;
        let ident = parse_ident::<LittleEndian>(ident).ok()?;
        let header = FileHeader::parse_tail(ident, rest.get(..ELF64_EHDR_TAILSIZE)?).ok()?;
        let length = usize::from(header.e_phentsize) * usize::from(header.e_phnum);
        let table = bytes.get(header.e_phoff as usize..)?.get(..length)?;
        let segments = SegmentTable::new(header.endianness, header.class, table);
        Some(Self { entry: header.e_entry as usize, segments, bytes })
    }

    fn segments(&self) -> impl Iterator<Item = ProgramHeader> {
        self.segments.iter().filter(|segment| segment.p_type == PT_LOAD && segment.p_memsz != 0)
    }

    /// Bytes of address space from the image's base to its end, in pages.
    fn span(&self) -> Result<usize> {
        let ends = self.segments().map(|segment| segment.p_vaddr.checked_add(segment.p_memsz));
        let end = ends.max().flatten().ok_or(Status::INVALID_ARGS)?;
        Ok(page_align(usize::try_from(end).map_err(|_| Status::INVALID_ARGS)?))
    }

    /// Copies the image into new memory mapped below `root`; the address of its entry point.
    pub(crate) fn load(&self, root: &Vmar) -> Result<usize> {
        let (region, base) = root.allocate(CAN_MAP, 0, self.span()?)?;
        for segment in self.segments() {
            self.load_segment(&region, &segment)?;
        }
        Ok(base + self.entry)
    }

    fn load_segment(&self, region: &Vmar, segment: &ProgramHeader) -> Result<()> {
        let skew = segment.p_vaddr as usize % PAGE_SIZE;
        let length = page_align(skew + segment.p_memsz as usize);
        let vmo = self.segment_memory(segment, skew, length)?;
        let start = segment.p_vaddr as usize - skew;
        region.map(permissions(segment) | abi::VM_SPECIFIC, start, &vmo, 0, length)?;
        Ok(())
    }

    fn segment_memory(&self, segment: &ProgramHeader, skew: usize, length: usize) -> Result<Vmo> {
        let start = segment.p_offset as usize;
        let end = start.checked_add(segment.p_filesz as usize);
        let content = end.and_then(|end| self.bytes.get(start..end)).ok_or(Status::INVALID_ARGS)?;
        let vmo = Vmo::create(length as u64)?;
        vmo.write(content, skew as u64)?;
        if segment.p_flags & elf::abi::PF_X == 0 { Ok(vmo) } else { vmo.into_executable() }
    }
}

/// Maps the vDSO as it is, shared by all processes; its base address.
pub(crate) fn map_vdso(vdso: &Vmo, root: &Vmar) -> Result<usize> {
    let head = vdso.read_to_vec(0, PAGE_SIZE)?;
    let image = Image::parse(&head)?;
    let (region, base) = root.allocate(CAN_MAP, 0, image.span()?)?;
    for segment in image.segments() {
        let (start, length) = (segment.p_vaddr as usize, page_align(segment.p_memsz as usize));
        let options = permissions(&segment) | abi::VM_SPECIFIC;
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
