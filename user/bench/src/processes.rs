//! A call from one process to another and back, and a process from its beginning to its end.

use hafnon_user::{
    AsHandle, Channel, Job, Result, Rights, Startup, Status, Vmo,
    abi::{ChannelCallArgs, PA_JOB_DEFAULT, PA_USER0, PA_VMO_BOOTFS, PA_VMO_VDSO},
    clock::INFINITE,
    launch::Launch,
    ramdisk::Ramdisk,
    sys,
};

use crate::{
    Measure, mean, repeat, report,
    threads::{receive, send},
};

/// The argument that makes this program the other process.
pub const ECHO: &str = "echo";
/// The argument that makes this program end at once.
pub const END: &str = "end";

const PATH: &str = "bin/bench";
const SIZE: usize = 64;

pub const FIGURES: &[Measure] =
    &[("channel_call_round_trip_64", call), ("process_create_exit", create_and_exit)];

/// What starting a process takes.
fn surroundings(startup: &Startup) -> Result<(Job, Vmo, Ramdisk)> {
    let copy = |kind| startup.handle(kind).ok_or(Status::NOT_FOUND)?.duplicate_handle(Rights::SAME_RIGHTS);
    let ramdisk = Ramdisk::map(&copy(PA_VMO_BOOTFS)?.into())?;
    Ok((copy(PA_JOB_DEFAULT)?.into(), copy(PA_VMO_VDSO)?.into(), ramdisk))
}

/// Loads this program into a new process, where it ends at once.
fn create_and_exit(startup: &mut Startup) -> Result<()> {
    let (job, vdso, ramdisk) = surroundings(startup)?;
    let image = ramdisk.program(PATH)?;
    let round = || Launch::new(&job, &vdso, "bench").argument(END).start(image)?.wait_exit();
    let ticks = mean(10, 50, || round().map_or_else(|status| status.raw(), |code| code as i32))?;
    report("process_create_exit", ticks, "instructions");
    Ok(())
}

fn call(startup: &mut Startup) -> Result<()> {
    let (job, vdso, ramdisk) = surroundings(startup)?;
    let (ours, theirs) = Channel::create()?;
    let other = Launch::new(&job, &vdso, "bench")
        .argument(ECHO)
        .handle(PA_USER0, theirs)
        .start(ramdisk.program(PATH)?)?;
    let (request, mut reply) = ([0u8; SIZE], [0u8; SIZE]);
    let arguments = ChannelCallArgs {
        wr_bytes: request.as_ptr().expose_provenance() as u64,
        wr_handles: 0,
        rd_bytes: reply.as_mut_ptr().expose_provenance() as u64,
        rd_handles: 0,
        wr_num_bytes: SIZE as u32,
        wr_num_handles: 0,
        rd_num_bytes: SIZE as u32,
        rd_num_handles: 0,
    };
    let (raw, mut bytes, mut handles) = (ours.raw(), 0, 0);
    // SAFETY: the buffers named in the arguments outlive the calls.
    repeat("channel_call_round_trip_64", || unsafe {
        sys::zx_channel_call(raw, 0, INFINITE, &arguments, &mut bytes, &mut handles)
    })?;
    drop(ours);
    other.wait_exit().map(drop)
}

/// The other process: sends every message back until its channel closes.
pub fn echo(startup: &mut Startup) -> Result<()> {
    let channel: Channel = startup.take_object(PA_USER0)?;
    let (raw, mut bytes) = (channel.raw(), [0; SIZE]);
    loop {
        let status = match receive(raw, &mut bytes) {
            0 => send(raw, &bytes),
            failed => failed,
        };
        match Status::from_raw(status) {
            Status::OK => {}
            Status::PEER_CLOSED => return Ok(()),
            status => return Err(status),
        }
    }
}
