//! Loads an ELF program into a new process, for the first one; later ones are loaded by user code.

use crate::machine::process;
use crate::machine::vdso::Vdso;
use crate::mm::DirectMap;
use abi::Status;
use alloc::sync::Arc;
use elf::ElfBytes;
use elf::abi::{EM_X86_64, ET_DYN, ET_EXEC, PF_R, PF_W, PF_X, PT_LOAD};
use elf::endian::LittleEndian;
use elf::file::Class;
use elf::segment::ProgramHeader;
use objects::memory::{PAGE_SIZE, Protection};
use objects::vmar::MapRequest;
use objects::{Vmar, Vmo};

/// Bytes of the first thread's stack.
const STACK_SIZE: u64 = 256 << 10;
/// What the kernel, as the loader, may do.
const EVERYTHING: Protection = Protection { read: true, write: true, execute: true };
/// What may ever be done with what a program shares with its file, and with the vDSO.
const READ_EXECUTE: Protection = Protection { read: true, write: false, execute: true };

/// A program's file in the ramdisk.
pub struct File<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// The ramdisk.
    pub archive: &'a Arc<Vmo>,
    /// Where the file begins in it.
    pub offset: u64,
}

/// Where a loaded program starts.
pub struct Loaded {
    /// Its first instruction.
    pub entry: u64,
    /// The end of its stack.
    pub stack: u64,
    /// Where the vDSO lies.
    pub vdso: u64,
}

/// Maps the program, a stack and the vDSO. What may not be written of the program is the ramdisk's.
///
/// # Errors
/// `INVALID_ARGS` when it is no ELF program for this machine; those of [`Vmar::map`].
pub fn load(root: &Arc<Vmar>, program: &File<'_>, vdso: &Vdso) -> Result<Loaded, Status> {
    let file = ElfBytes::<LittleEndian>::minimal_parse(program.bytes).map_err(|_| Status::INVALID_ARGS)?;
    if file.ehdr.class != Class::ELF64 || file.ehdr.e_machine != EM_X86_64 {
        return Err(Status::INVALID_ARGS);
    }
    let segments = file.segments().ok_or(Status::INVALID_ARGS)?;
    let loads = || segments.iter().filter(|segment| segment.p_type == PT_LOAD && segment.p_memsz != 0);
    let start = loads().map(|segment| page_floor(segment.p_vaddr)).min().ok_or(Status::INVALID_ARGS)?;
    let end = loads().map(|segment| segment.p_vaddr.saturating_add(segment.p_memsz)).max().unwrap_or(start);
    let size = end.checked_next_multiple_of(PAGE_SIZE).ok_or(Status::INVALID_ARGS)? - start;
    let can =
        abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE | abi::VM_CAN_MAP_EXECUTE;
    let image = match file.ehdr.e_type {
        ET_DYN => root.allocate(can, 0, size, EVERYTHING)?,
        ET_EXEC => {
            let offset = start.checked_sub(root.address()).ok_or(Status::INVALID_ARGS)?;
            root.allocate(can | abi::VM_SPECIFIC, offset, size, EVERYTHING)?
        }
        _ => return Err(Status::INVALID_ARGS),
    };
    let bias = image.address().wrapping_sub(start);
    for segment in loads() {
        map_segment(&image, program, &segment, start)?;
    }
    Ok(Loaded {
        entry: file.ehdr.e_entry.wrapping_add(bias),
        stack: map_stack(root)?,
        vdso: map_vdso(root, vdso)?,
    })
}

fn page_floor(address: u64) -> u64 {
    address & !(PAGE_SIZE - 1)
}

fn map_segment(image: &Vmar, program: &File<'_>, segment: &ProgramHeader, start: u64) -> Result<(), Status> {
    let first = page_floor(segment.p_vaddr);
    let length = (segment.p_vaddr + segment.p_memsz - first).next_multiple_of(PAGE_SIZE);
    let flag = |bit: u32, permission: u32| if segment.p_flags & bit != 0 { permission } else { 0 };
    let permissions =
        flag(PF_R, abi::VM_PERM_READ) | flag(PF_W, abi::VM_PERM_WRITE) | flag(PF_X, abi::VM_PERM_EXECUTE);
    let (vmo, offset, rights) = match shared(program, segment, segment.p_vaddr - first) {
        Some(offset) => (program.archive.clone(), offset, READ_EXECUTE),
        None => (copy(program, segment, segment.p_vaddr - first, length)?, 0, EVERYTHING),
    };
    map(image, permissions | abi::VM_SPECIFIC, first - start, (&vmo, rights), offset, length).map(drop)
}

/// Where in the ramdisk the pages of a segment are, if they can be mapped from there: if nobody writes to them, and
/// all that is in them is of the program's file.
fn shared(program: &File<'_>, segment: &ProgramHeader, skew: u64) -> Option<u64> {
    let end = segment.p_offset.checked_add(segment.p_filesz)?.checked_next_multiple_of(PAGE_SIZE)?;
    let offset = program.offset.checked_add(segment.p_offset.checked_sub(skew)?)?;
    let is_whole = segment.p_filesz == segment.p_memsz && end <= program.bytes.len() as u64;
    (segment.p_flags & PF_W == 0 && is_whole && offset.is_multiple_of(PAGE_SIZE)).then_some(offset)
}

/// A segment in memory of its own.
fn copy(program: &File<'_>, segment: &ProgramHeader, skew: u64, length: u64) -> Result<Arc<Vmo>, Status> {
    let from = usize::try_from(segment.p_offset).map_err(|_| Status::INVALID_ARGS)?;
    let bytes = program.bytes.get(from..).and_then(|rest| rest.get(..segment.p_filesz as usize));
    let vmo = Vmo::create(&DirectMap, length, 0)?;
    vmo.write(skew, bytes.ok_or(Status::INVALID_ARGS)?)?;
    Ok(vmo)
}

/// Maps a stack below which nothing is mapped; its end.
fn map_stack(root: &Arc<Vmar>) -> Result<u64, Status> {
    let can = abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE;
    let region = root.allocate(can, 0, STACK_SIZE + PAGE_SIZE, EVERYTHING)?;
    let vmo = Vmo::create(&DirectMap, STACK_SIZE, 0)?;
    vmo.name().set(b"initial-stack");
    let options = abi::VM_PERM_READ | abi::VM_PERM_WRITE | abi::VM_SPECIFIC;
    let address = map(&region, options, PAGE_SIZE, (&vmo, EVERYTHING), 0, STACK_SIZE)?;
    Ok(address + STACK_SIZE)
}

/// Maps the vDSO; its address.
fn map_vdso(root: &Arc<Vmar>, vdso: &Vdso) -> Result<u64, Status> {
    let can = abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_EXECUTE;
    let region = root.allocate(can, 0, vdso.size, EVERYTHING)?;
    let data = abi::VM_PERM_READ | abi::VM_SPECIFIC;
    let base = map(&region, data, 0, (&vdso.vmo, READ_EXECUTE), 0, vdso.code.start)?;
    let code = MapRequest {
        options: data | abi::VM_PERM_EXECUTE,
        vmar_offset: vdso.code.start,
        vmo: &vdso.vmo,
        vmo_offset: vdso.code.start,
        length: vdso.code.end - vdso.code.start,
        vmar_rights: EVERYTHING,
        vmo_rights: READ_EXECUTE,
        seal: true,
    };
    let start = region.map(&code)?.range.start;
    process::of_vmar(root).inspect(|machine| machine.set_vdso(base, start));
    Ok(base)
}

fn map(
    vmar: &Vmar,
    options: u32,
    vmar_offset: u64,
    (vmo, vmo_rights): (&Arc<Vmo>, Protection),
    vmo_offset: u64,
    length: u64,
) -> Result<u64, Status> {
    let request = MapRequest {
        options,
        vmar_offset,
        vmo,
        vmo_offset,
        length,
        vmar_rights: EVERYTHING,
        vmo_rights,
        seal: false,
    };
    // Nothing was mapped there before, so nothing has to be flushed.
    vmar.map(&request).map(|mapped| mapped.range.start)
}
