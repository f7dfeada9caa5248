//! The debug console, and the debug log: a ring of records for user programs.

use crate::no_options;
use abi::{LogRecord, RawHandle, Rights, Status};
use hafnon_kernel::config;
use hafnon_kernel::console;
use hafnon_kernel::machine::CONSOLE;
use hafnon_kernel::machine::log::log;
use hafnon_kernel::machine::now;
use hafnon_kernel::mm::user::{InSlice, Out, OutSlice};
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::{Caller, HandleArgument};
use objects::{Debuglog, Handle, Resource, wait};
use spin::Once;
use zerocopy::IntoBytes;

/// A view of the log. The root resource is the permission to read it, and every resource is the root resource.
/// Without any, it can be written.
pub fn debuglog_create(
    caller: &Caller,
    resource: HandleArgument,
    options: u32,
    out: Out<RawHandle>,
) -> Result<(), Status> {
    if !resource.is_none() || options == abi::LOG_FLAG_READABLE as u32 {
        caller.object::<Resource>(resource, Rights::NONE)?;
    }
    view(caller, options, out)
}

/// A view of the log, one to be read with `LOG_FLAG_READABLE`.
pub fn view(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    let read = options == abi::LOG_FLAG_READABLE as u32;
    if options != 0 && !read {
        return Err(Status::INVALID_ARGS);
    }
    let view = Debuglog::new(log(), read)?;
    let read_right = if read { Rights::READ } else { Rights::NONE };
    caller.install(Handle::new(view, Rights::DEFAULT_LOG | read_right)?, out)
}

/// Writes a record; text that is too long is cut.
pub fn debuglog_write(
    caller: &Caller,
    view: HandleArgument,
    options: u32,
    text: InSlice<u8>,
) -> Result<(), Status> {
    no_options(options)?;
    let view = caller.object::<Debuglog>(view, Rights::WRITE)?;
    write(caller, &view, (abi::LOG_INFO as u8, 0), text)
}

/// Writes a record with this severity and these flags.
pub fn write(
    caller: &Caller,
    view: &Debuglog,
    (severity, flags): (u8, u8),
    text: InSlice<u8>,
) -> Result<(), Status> {
    let mut data = [0; abi::LOG_RECORD_DATA_MAX];
    let part = text.part(0, data.len());
    let data = &mut data[..part.len()];
    part.read_into(data)?;
    let head = LogRecord {
        severity,
        flags,
        timestamp: now(),
        pid: caller.process.koid(),
        tid: caller.thread.koid(),
        ..Default::default()
    };
    view.log().write(head, data)
}

/// Reads a record, as much of it as fits. The record is consumed also when it can not be written.
///
/// # Errors
/// What the call returns instead of `OK` is, if positive, no error but the number of bytes.
pub fn debuglog_read(
    caller: &Caller,
    view: HandleArgument,
    options: u32,
    buffer: OutSlice<u8>,
) -> Result<(), Status> {
    no_options(options)?;
    read(&*caller.object::<Debuglog>(view, Rights::READ)?, buffer)
}

/// Reads a record as [`debuglog_read`] does.
pub fn read(view: &Debuglog, buffer: OutSlice<u8>) -> Result<(), Status> {
    let (head, text) = view.read()?;
    let mut record = [0; abi::LOG_RECORD_MAX];
    let (front, data) = record.split_at_mut(size_of::<LogRecord>());
    front.copy_from_slice(head.as_bytes());
    data.copy_from_slice(&text);
    let length = (front.len() + usize::from(head.datalen)).min(buffer.len());
    buffer.write_slice(&record[..length])?;
    Err(Status::from_raw(length as i32))
}

/// How much text is written in one go, and read.
const STEP: usize = 256;

/// How long a thread that waits for input sleeps between two looks, in nanoseconds: in this time no more bytes come than the
/// console's FIFO holds.
const LOOK: i64 = 1_000_000;

/// What the command line's `kernel.enable-serial-syscalls` leaves user code of the console: `true` (both ways,
/// and so it is if nothing is said), `output-only`, or else nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Serial {
    Disabled,
    OutputOnly,
    Enabled,
}

/// # Errors
/// `NOT_SUPPORTED` if user code may do less than `needed`.
fn check_serial(needed: Serial) -> Result<(), Status> {
    static SERIAL: Once<Serial> = Once::new();
    let allowed = *SERIAL.call_once(|| match config::value("kernel.enable-serial-syscalls") {
        None | Some("true") => Serial::Enabled,
        Some("output-only") => Serial::OutputOnly,
        Some(_) => Serial::Disabled,
    });
    if allowed >= needed { Ok(()) } else { Err(Status::NOT_SUPPORTED) }
}

/// Reads from the console what is there, once there is something. Every resource is the root resource, which
/// is the permission.
pub async fn debug_read(
    caller: &Caller,
    resource: HandleArgument,
    buffer: OutSlice<u8>,
    actual: Out<usize>,
) -> Result<(), Status> {
    check_serial(Serial::Enabled)?;
    caller.object::<Resource>(resource, Rights::NONE)?;
    if buffer.is_null() {
        return Err(Status::INVALID_ARGS);
    }
    // Bad pointers are noticed now, and not when something has been read.
    let mut bytes = [0; STEP];
    let buffer = buffer.part(0, STEP);
    let bytes = &mut bytes[..buffer.len()];
    actual.write(&0)?;
    buffer.write_slice(bytes)?;
    while !bytes.is_empty() {
        let count = receive(bytes);
        if count != 0 {
            buffer.part(0, count).write_slice(&bytes[..count])?;
            return actual.write(&count);
        }
        wait::sleep_until(caller.deadline(now() + LOOK)).await;
    }
    Ok(())
}

/// Takes bytes from the console, as many as there are and fit; how many. A carriage return, which is what
/// terminals send, is a line feed to programs.
fn receive(bytes: &mut [u8]) -> usize {
    let received = core::iter::from_fn(console::read_byte);
    let places = bytes.iter_mut().zip(received);
    places.map(|(place, byte)| *place = if byte == b'\r' { b'\n' } else { byte }).count()
}

/// Writes text to the console, which may have to wait for that to be sent which others have written.
pub async fn debug_write(caller: &Caller, text: InSlice<u8>) -> Result<(), Status> {
    check_serial(Serial::OutputOnly)?;
    for start in (0..text.len()).step_by(STEP) {
        if start != 0 {
            next_step().await;
        }
        while !write_part(text.part(start, STEP))? {
            wait::sleep_until(caller.deadline(now() + LOOK)).await;
        }
    }
    Ok(())
}

/// Whether there was room for it.
fn write_part(text: InSlice<u8>) -> Result<bool, Status> {
    let mut chunk = [0; STEP];
    let bytes = &mut chunk[..text.len()];
    text.read_into(bytes)?;
    Ok(CONSOLE.write_text(bytes))
}
