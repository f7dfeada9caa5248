//! Starting another program: a new process, its image, its stack, its bootstrap message.

use alloc::{string::String, vec::Vec};

use abi::{Rights, Status};

use crate::{
    Channel, Result,
    elf::{Image, map_vdso},
    handle::{AsHandle, Handle},
    startup::head,
    task::{Job, Process, Thread},
    vmar::{PAGE_SIZE, READ_WRITE, Vmar},
    vmo::Vmo,
};

/// Stack of a program's first thread, in bytes.
const STACK_SIZE: usize = 256 * 1024;

/// The file of a program: a static position-independent executable.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    pub(crate) bytes: &'a [u8],
    /// Memory that has the same bytes from this offset on, never changes, and may be mapped into the program.
    pub(crate) memory: Option<(&'a Vmo, u64)>,
}

impl<'a> From<&'a [u8]> for Program<'a> {
    /// All of it is copied.
    fn from(bytes: &'a [u8]) -> Self {
        Self { bytes, memory: None }
    }
}

/// A program to be started.
#[derive(Debug)]
pub struct Launch<'a> {
    job: &'a Job,
    vdso: &'a Vmo,
    arguments: Vec<String>,
    environment: Vec<String>,
    handles: Vec<(u32, Handle)>,
}

impl<'a> Launch<'a> {
    /// A program called `name`, to be started in `job`, that makes its system calls through `vdso`.
    #[must_use]
    pub fn new(job: &'a Job, vdso: &'a Vmo, name: &str) -> Self {
        let arguments = [name.into()].into();
        Self { job, vdso, arguments, environment: Vec::new(), handles: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds a word `NAME=value` of the environment.
    #[must_use]
    pub fn environment(mut self, word: &str) -> Self {
        self.environment.push(word.into());
        self
    }

    /// Gives the program a handle under the name `kind` (a `PA_*` word). Process, thread, root region and
    /// vDSO need not be named; job and ramdisk it gets only if named.
    #[must_use]
    pub fn handle(mut self, kind: u32, handle: impl Into<Handle>) -> Self {
        self.handles.push((kind, handle.into()));
        self
    }

    /// Starts the program.
    ///
    /// Errors: `INVALID_ARGS` if it is no static position-independent executable, else those of the calls this takes.
    pub fn start<'p>(self, program: impl Into<Program<'p>>) -> Result<Process> {
        let image = Image::parse(program.into())?;
        let name = self.arguments.first().map_or("", String::as_str);
        let (process, root) = Process::create(self.job, name)?;
        let thread = Thread::create(&process, name)?;
        let entry = image.load(&root)?;
        let vdso = map_vdso(self.vdso, &root)?;
        let stack = map_stack(&root)?;
        let bootstrap = self.send_bootstrap(&process, &thread, root)?;
        process.start(&thread, entry, stack, bootstrap.into(), vdso)?;
        Ok(process)
    }

    /// Writes the bootstrap message; the end of the channel that the program is to get.
    fn send_bootstrap(mut self, process: &Process, thread: &Thread, root: Vmar) -> Result<Channel> {
        let vdso = self.vdso.duplicate_handle(Rights::SAME_RIGHTS)?;
        let mut handles = alloc::vec![
            (abi::PA_PROC_SELF, process.duplicate_handle(Rights::SAME_RIGHTS)?),
            (abi::PA_THREAD_SELF, thread.duplicate_handle(Rights::SAME_RIGHTS)?),
            (abi::PA_VMAR_ROOT, root.into()),
            (abi::PA_VMO_VDSO, vdso),
        ];
        handles.append(&mut self.handles);
        let kinds: Vec<u32> = handles.iter().map(|(kind, _)| *kind).collect();
        let message = bootstrap_message(&kinds, &self.arguments, &self.environment);
        let (ours, theirs) = Channel::create()?;
        ours.write(&message, handles.into_iter().map(|(_, handle)| handle).collect())?;
        Ok(theirs)
    }
}

/// Maps a stack below `root`; the stack pointer to start with, as after a call.
fn map_stack(root: &Vmar) -> Result<usize> {
    let can = abi::VM_CAN_MAP_SPECIFIC | abi::VM_CAN_MAP_READ | abi::VM_CAN_MAP_WRITE;
    let (region, base) = root.allocate(can, 0, STACK_SIZE + PAGE_SIZE)?;
    let vmo = Vmo::create(STACK_SIZE as u64)?;
    region.map(READ_WRITE | abi::VM_SPECIFIC, PAGE_SIZE, &vmo, 0, STACK_SIZE)?;
    base.checked_add(PAGE_SIZE + STACK_SIZE - size_of::<usize>()).ok_or(Status::INTERNAL)
}

/// A message in the layout of `zx_proc_args_t`.
fn bootstrap_message(kinds: &[u32], arguments: &[String], environment: &[String]) -> Vec<u8> {
    const WORD: usize = size_of::<u32>();
    let kinds_offset = head::WORDS * WORD;
    let arguments_offset = kinds_offset + kinds.len() * WORD;
    let length = |strings: &[String]| strings.iter().map(|string| string.len() + 1).sum::<usize>();
    let environment_offset = arguments_offset + length(arguments);
    let mut words = [0; head::WORDS];
    words[head::PROTOCOL] = abi::PROCARGS_PROTOCOL;
    words[head::VERSION] = abi::PROCARGS_VERSION;
    words[head::HANDLE_INFO_OFFSET] = kinds_offset as u32;
    words[head::ARGS_OFFSET] = arguments_offset as u32;
    words[head::ARGS_COUNT] = arguments.len() as u32;
    words[head::ENVIRON_OFFSET] = environment_offset as u32;
    words[head::ENVIRON_COUNT] = environment.len() as u32;
    let mut message: Vec<u8> = words.iter().chain(kinds).flat_map(|word| word.to_le_bytes()).collect();
    for string in arguments.iter().chain(environment) {
        message.extend_from_slice(string.as_bytes());
        message.push(0);
    }
    message
}
