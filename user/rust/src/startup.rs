//! The bootstrap message: what a program is given when it starts.
//!
//! The message has Zircon's `zx_proc_args_t` layout: a head with offsets, a word for each handle that says
//! what it is for, and NUL-terminated strings. It is read into a static buffer, because the heap works only
//! once the root address region in it is known.

use alloc::{string::String, vec::Vec};
use core::{
    mem::ManuallyDrop,
    sync::atomic::{
        AtomicU32,
        Ordering::{Acquire, Release},
    },
};

use abi::Status;

use crate::{
    Channel, Result,
    channel::{MAX_BYTES, MAX_HANDLES},
    handle::{Handle, check},
    sync::Mutex,
    task::{Job, Process},
    vmar::Vmar,
    vmo::Vmo,
};

/// Offsets of the fields of `zx_proc_args_t`, in 32-bit words.
pub(crate) mod head {
    pub(crate) const PROTOCOL: usize = 0;
    pub(crate) const VERSION: usize = 1;
    pub(crate) const HANDLE_INFO_OFFSET: usize = 2;
    pub(crate) const ARGS_OFFSET: usize = 3;
    pub(crate) const ARGS_COUNT: usize = 4;
    pub(crate) const ENVIRON_OFFSET: usize = 5;
    pub(crate) const ENVIRON_COUNT: usize = 6;
    pub(crate) const WORDS: usize = 9;
}

static ROOT_VMAR: AtomicU32 = AtomicU32::new(Handle::INVALID);
static PROCESS: AtomicU32 = AtomicU32::new(Handle::INVALID);

/// The process's root address region, once the startup message was read. Not closed by its user.
pub fn root_vmar() -> Option<ManuallyDrop<Vmar>> {
    borrowed(&ROOT_VMAR)
}

/// This process, once the startup message was read. Not closed by its user.
pub fn process() -> Option<ManuallyDrop<Process>> {
    borrowed(&PROCESS)
}

fn borrowed<T: From<Handle>>(place: &AtomicU32) -> Option<ManuallyDrop<T>> {
    let raw = place.load(Acquire);
    (raw != Handle::INVALID).then(|| ManuallyDrop::new(Handle::from_raw(raw).into()))
}

/// Arguments, environment and handles of this program.
#[derive(Debug, Default)]
pub struct Startup {
    /// The program's name and its arguments.
    pub arguments: Vec<String>,
    /// Words of the form `NAME=value`.
    pub environment: Vec<String>,
    handles: Vec<(u32, Handle)>,
}

static MESSAGE: Mutex<[u8; MAX_BYTES]> = Mutex::new([0; MAX_BYTES]);

impl Startup {
    /// Reads the message from the bootstrap channel, which is closed afterwards.
    pub(crate) fn receive(bootstrap: Handle) -> Result<Self> {
        let channel = Channel::from(bootstrap);
        let mut handles = [Handle::INVALID; MAX_HANDLES];
        let mut message = MESSAGE.lock();
        let (status, byte_count, handle_count) = channel.read_raw(&mut *message, &mut handles);
        check(status.raw())?;
        Self::parse(&message[..byte_count], &handles[..handle_count]).ok_or(Status::INVALID_ARGS)
    }

    fn parse(message: &[u8], raw: &[u32]) -> Option<Self> {
        if word(message, head::PROTOCOL)? != abi::PROCARGS_PROTOCOL {
            return None;
        }
        let kinds = word(message, head::HANDLE_INFO_OFFSET)? as usize / size_of::<u32>();
        publish(message, kinds, raw)?;
        // From here on there is a heap.
        let handles = raw.iter().enumerate();
        Some(Self {
            arguments: strings(message, head::ARGS_OFFSET, head::ARGS_COUNT)?,
            environment: strings(message, head::ENVIRON_OFFSET, head::ENVIRON_COUNT)?,
            handles: handles
                .map(|(index, &raw)| Some((word(message, kinds + index)?, Handle::from_raw(raw))))
                .collect::<Option<_>>()?,
        })
    }

    /// The program's name: its first argument.
    #[must_use]
    pub fn name(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    /// The handle that came for `kind` (a `PA_*` word), if it is still there.
    #[must_use]
    pub fn handle(&self, kind: u32) -> Option<&Handle> {
        self.handles.iter().find(|(have, _)| *have == kind).map(|(_, handle)| handle)
    }

    /// Takes the handle that came for `kind`.
    pub fn take(&mut self, kind: u32) -> Option<Handle> {
        let index = self.handles.iter().position(|(have, _)| *have == kind)?;
        Some(self.handles.swap_remove(index).1)
    }

    /// Takes the handle for `kind` as an object of type `T`; `NOT_FOUND` if there is none.
    pub fn take_object<T: From<Handle>>(&mut self, kind: u32) -> Result<T> {
        self.take(kind).map(T::from).ok_or(Status::NOT_FOUND)
    }

    /// Takes the job that new processes go into.
    pub fn take_job(&mut self) -> Result<Job> {
        self.take_object(abi::PA_JOB_DEFAULT)
    }

    /// Takes the vDSO's memory, which every new process needs.
    pub fn take_vdso(&mut self) -> Result<Vmo> {
        self.take_object(abi::PA_VMO_VDSO)
    }

    /// Takes the ramdisk's memory.
    pub fn take_ramdisk(&mut self) -> Result<Vmo> {
        self.take_object(abi::PA_VMO_BOOTFS)
    }
}

/// Makes this process and its root region known to the rest of the crate.
fn publish(message: &[u8], kinds: usize, raw: &[u32]) -> Option<()> {
    for (index, &raw) in raw.iter().enumerate() {
        match word(message, kinds + index)? {
            abi::PA_VMAR_ROOT => ROOT_VMAR.store(raw, Release),
            abi::PA_PROC_SELF => PROCESS.store(raw, Release),
            _ => {}
        }
    }
    Some(())
}

fn word(message: &[u8], index: usize) -> Option<u32> {
    let bytes = message.get(index * size_of::<u32>()..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

fn strings(message: &[u8], offset: usize, count: usize) -> Option<Vec<String>> {
    let (offset, count) = (word(message, offset)? as usize, word(message, count)? as usize);
    let mut pieces = message.get(offset..)?.split(|&byte| byte == 0);
    (0..count).map(|_| Some(String::from_utf8_lossy(pieces.next()?).into_owned())).collect()
}
