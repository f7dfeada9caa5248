//! The other processes of the tour: a companion that answers messages, and a sleeper that waits to be killed.

use alloc::{format, vec, vec::Vec};

use hafnon_user::{
    AsHandle, Channel, Event, EventPair, Mapping, Message, Result, Signals, Startup, Status, Vmo,
    abi::{PA_PROC_SELF, PA_USER0},
    clock::INFINITE,
    info,
    vmar::{PAGE_SIZE, READ_WRITE},
};

/// The argument that makes this program the companion.
pub const ROLE: &str = "companion";
/// The argument that makes this program the sleeper.
pub const SLEEPER_ROLE: &str = "sleeper";
/// The companion's exit code when its channel was closed.
pub const GOODBYE: i64 = 7;
/// What the companion writes into shared memory.
pub const WRITING: &[u8] = b"written by the other process";

/// Length of the transaction identifier that a call's message starts with.
pub const TXID: usize = 4;
/// Request: a reply to a call, with an event of the companion's.
pub const GREET: u8 = b'g';
/// Request: write into the VMO that comes along, then signal the event that comes along.
pub const SHARE: u8 = b's';
/// Request: signal the peer of the event pair that comes along.
pub const NUDGE: u8 = b'n';

/// Answers requests until the other end is closed.
pub fn answer(startup: &mut Startup) -> Result<i64> {
    let channel: Channel = startup.take_object(PA_USER0)?;
    loop {
        let seen = channel.wait(Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED, INFINITE)?;
        if !seen.contains(Signals::CHANNEL_READABLE) {
            return Ok(GOODBYE);
        }
        let message = channel.read()?;
        match message.bytes.get(TXID) {
            Some(&GREET) => greet(startup, &channel, &message.bytes[..TXID])?,
            Some(&SHARE) => share(message)?,
            Some(&NUDGE) => nudge(message)?,
            _ => return Err(Status::INVALID_ARGS),
        }
    }
}

fn greet(startup: &Startup, channel: &Channel, txid: &[u8]) -> Result<()> {
    let process = startup.handle(PA_PROC_SELF).ok_or(Status::NOT_FOUND)?;
    let event = Event::create()?;
    event.signal(Signals::empty(), Signals::USER_SIGNAL_3)?;
    let mut reply = Vec::from(txid);
    reply.extend_from_slice(format!("I am process {}", info::basic(process)?.koid).as_bytes());
    channel.write(&reply, vec![event.into()])
}

fn share(message: Message) -> Result<()> {
    let [vmo, event]: [_; 2] = message.handles.try_into().map_err(|_| Status::INVALID_ARGS)?;
    let mapping = Mapping::new(&Vmo::from(vmo), READ_WRITE, PAGE_SIZE)?;
    let target = core::ptr::with_exposed_provenance_mut::<u8>(mapping.address());
    // SAFETY: the mapping is a writable page, longer than the text; the guide reads it after the signal.
    unsafe { target.copy_from_nonoverlapping(WRITING.as_ptr(), WRITING.len()) };
    Event::from(event).signal(Signals::empty(), Signals::EVENT_SIGNALED)
}

fn nudge(mut message: Message) -> Result<()> {
    let pair = EventPair::from(message.handles.pop().ok_or(Status::INVALID_ARGS)?);
    pair.signal_peer(Signals::empty(), Signals::USER_SIGNAL_0)
}

/// Says that it is about to wait, then waits for something that never happens.
pub fn sleep(startup: &mut Startup) -> Result<i64> {
    let channel: Channel = startup.take_object(PA_USER0)?;
    channel.write(b"about to wait", Vec::new())?;
    Event::create()?.wait(Signals::EVENT_SIGNALED, INFINITE)?;
    Ok(0)
}
