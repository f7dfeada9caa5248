//! A call from one process to another and back.

use hafnon_user::{
    AsHandle, Channel, Result, Startup, Status,
    abi::{ChannelCallArgs, PA_USER0},
    clock::INFINITE,
    launch::Launch,
    ramdisk::Ramdisk,
    sys,
};

use crate::{
    Measure, repeat,
    threads::{receive, send},
};

/// The argument that makes this program the other process.
pub const ROLE: &str = "echo";

const PATH: &str = "bin/bench";
const SIZE: usize = 64;

pub const FIGURES: &[Measure] = &[("channel_call_round_trip_64", call)];

fn call(startup: &mut Startup) -> Result<()> {
    let (job, vdso) = (startup.take_job()?, startup.take_vdso()?);
    let ramdisk = Ramdisk::map(&startup.take_ramdisk()?)?;
    let (ours, theirs) = Channel::create()?;
    let other = Launch::new(&job, &vdso, "bench")
        .argument(ROLE)
        .handle(PA_USER0, theirs)
        .start(ramdisk.file(PATH)?)?;
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
