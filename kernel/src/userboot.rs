//! Starts the first user process, with the root job, the root resource and the ramdisk in its bootstrap
//! channel, and ends the machine when that process ends.
//!
//! Command line: `run=bin/NAME` names the program in the ramdisk (the tour by default), `arg=TEXT`, as
//! often as needed, its arguments (see [`config::bytes_of`]).

use crate::arch::power::{self, Outcome};
use crate::arch::stretch;
use crate::machine::{loader, pressure, process, vdso};
use crate::mm::DirectMap;
use crate::sched::run;
use crate::sched::thread::{self, Beginning};
use crate::{boot, config, control, figures, personality, println};
use abi::{ProcArgs, Signals, Status};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use objects::memory::Frame;
use objects::wait::{self, Deadline};
use objects::{Channel, Handle, HandleId, Job, KernelObject, Message, Process, Resource, Thread, Vmo};
use tar_no_std::TarArchiveRef;
use zerocopy::IntoBytes;

/// Where the vDSO image is in the ramdisk.
const VDSO: &str = "lib/libzircon.so";
/// The program that runs when the command line names none.
const DEFAULT_PROGRAM: &str = "bin/tour";

/// The exit code when there is no first process: what the machine was told to run can not be run.
const UNUSABLE: i64 = 2;

/// Starts the first process, waits for its end, and reports its return code to the host.
pub async fn main() {
    let process = match start() {
        Ok(process) => process,
        Err(problem) => {
            println!("hafnon: no first process: {problem}");
            control!("hafnon: exit {UNUSABLE}");
            power::exit(Outcome::Regular)
        }
    };
    if config::value("figures").is_some() {
        figures::report();
    }
    let forever = Deadline { at: i64::MAX, timers: run::timers() };
    let signals = &process.base().signals;
    let _ = wait::wait_on(signals, Signals::PROCESS_TERMINATED, HandleId::KERNEL, || true, forever).await;
    let (_, code) = process.progress();
    stretch::report();
    control!("hafnon: exit {}", code.unwrap_or_default());
    power::exit(Outcome::Regular)
}

/// What is wrong with the ramdisk or the program in it.
#[derive(Debug)]
enum Problem {
    NoRamdisk,
    NotFound(&'static str),
    NoPersonality,
    Refused(Status),
}

impl core::fmt::Display for Problem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoRamdisk => write!(f, "there is no ramdisk"),
            Self::NotFound(name) => write!(f, "{} is not in the ramdisk", text(name)),
            Self::NoPersonality => {
                write!(f, "this kernel has no personality, which `kernel!(personalities: [...])` names")
            }
            Self::Refused(status) => write!(f, "{status}"),
        }
    }
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        Self::Refused(status)
    }
}

fn start() -> Result<Arc<Process>, Problem> {
    let ramdisk = boot::ramdisk().ok_or(Problem::NoRamdisk)?;
    let files = TarArchiveRef::new(ramdisk.bytes).map_err(|_| Problem::NoRamdisk)?;
    vdso::init(find(&files, VDSO)?)?;
    let vdso = vdso::get().ok_or(Problem::NotFound(VDSO))?;
    let name = config::value("run").unwrap_or(DEFAULT_PROGRAM);
    let program = find(&files, name)?;
    if personality::bits() == 0 {
        return Err(Problem::NoPersonality);
    }
    let job = Job::root();
    pressure::protect_by_killing_in(&job);
    let process = process::create(job.clone(), text(name).as_bytes())?;
    let thread = Thread::new(process.clone(), b"main")?;
    let archive = Vmo::from_frames(&DirectMap, Frame(ramdisk.physical), ramdisk.bytes.len() as u64)?;
    archive.name().set(b"ramdisk");
    let offset = (program.as_ptr().addr() - ramdisk.bytes.as_ptr().addr()) as u64;
    let file = loader::File { bytes: program, archive: &archive, offset };
    let loaded = loader::load(process.root(), &file, vdso)?;
    let (ours, theirs) = Channel::new();
    let handles = [
        (abi::PA_PROC_SELF, Handle::to_new(process.clone())?),
        (abi::PA_THREAD_SELF, Handle::to_new(thread.clone())?),
        (abi::PA_JOB_DEFAULT, Handle::to_new(job)?),
        (abi::PA_VMAR_ROOT, Handle::new(process.root().clone(), process::ROOT_VMAR_RIGHTS)?),
        (abi::PA_RESOURCE, Handle::to_new(Resource::root())?),
        (abi::PA_VMO_BOOTFS, Handle::new(archive, READ_ONLY)?),
        (abi::PA_VMO_VDSO, Handle::new(vdso.vmo.clone(), READ_ONLY.union(abi::Rights::EXECUTE))?),
    ];
    ours.write(bootstrap(name, handles)).map_err(|(_, status)| status)?;
    let ends = Handle::to_new(theirs)?;
    drop(Handle::to_new(ours)?); // the message stays; the other end sees that no more will come
    let value = process.handles.add(ends).map_err(|(_, status)| status)?;
    let arguments = [u64::from(value), loaded.vdso];
    let beginning = Beginning { entry: loaded.entry, stack: loaded.stack, arguments };
    control!("hafnon: user after {}", run::ticks_since_entry());
    stretch::measure();
    thread::start(&thread, true, beginning)?;
    Ok(process)
}

const READ_ONLY: abi::Rights =
    abi::Rights::BASIC.union(abi::Rights::READ).union(abi::Rights::MAP).union(abi::Rights::GET_PROPERTY);

/// What a word of the command line stands for, as far as it is text.
fn text(word: &str) -> String {
    String::from_utf8_lossy(&config::bytes_of(word).collect::<Vec<u8>>()).into_owned()
}

/// The file that a word of the command line names.
#[inline(never)] // reason: a test stops the kernel here
fn find(files: &TarArchiveRef<'static>, name: &'static str) -> Result<&'static [u8], Problem> {
    let mut entries = files.entries();
    let is_it = |have: &str| have.bytes().eq(config::bytes_of(name));
    let entry = entries.find(|entry| entry.filename().as_str().is_ok_and(is_it));
    entry.map(|entry| entry.data()).ok_or(Problem::NotFound(name))
}

/// The bootstrap message: `zx_proc_args_t`, a word for each handle, the arguments.
fn bootstrap<const N: usize>(name: &'static str, handles: [(u32, Handle); N]) -> Message {
    let arguments = || core::iter::once(name).chain(config::values("arg"));
    let words = size_of::<ProcArgs>() as u32;
    let args_off = words + 4 * N as u32;
    let mut bytes = Vec::new();
    let head = ProcArgs {
        protocol: abi::PROCARGS_PROTOCOL,
        version: abi::PROCARGS_VERSION,
        handle_info_off: words,
        args_off,
        args_num: arguments().count() as u32,
        ..Default::default()
    };
    bytes.extend_from_slice(head.as_bytes());
    for (kind, _) in &handles {
        bytes.extend_from_slice(&kind.to_ne_bytes());
    }
    for argument in arguments() {
        bytes.extend(config::bytes_of(argument));
        bytes.push(0);
    }
    Message { bytes: bytes.into(), handles: handles.into_iter().map(|(_, handle)| handle).collect() }
}
