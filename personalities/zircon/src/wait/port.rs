//! Ports.

use abi::{PortPacket, RawHandle, Rights, Status};
use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use executor::Sleep;
use hafnon_kernel::mm::user::{In, Out};
use hafnon_kernel::sched::steps::next_step;
use hafnon_kernel::sched::{Blocked, Caller, HandleArgument, Wait};
use objects::{Handle, PacketWaiter, Port};
use pin_project_lite::pin_project;

pin_project! {
    /// A wait for a packet, and where that goes.
    struct PacketWait {
        #[pin]
        waiter: PacketWaiter,
        to: Out<PortPacket>,
    }
}

impl Wait for PacketWait {
    fn poll(
        self: Pin<&mut Self>,
        _caller: &Caller,
        deadline: Pin<&mut Option<Sleep<'static>>>,
        task: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        let this = self.project();
        let packet = ready!(Port::poll_wait(this.waiter, deadline, task));
        Poll::Ready(packet.and_then(|packet| this.to.write(&packet)))
    }
}

/// A new port. The only option is binding to interrupts, which any port may be.
pub fn port_create(caller: &Caller, options: u32, out: Out<RawHandle>) -> Result<(), Status> {
    if options & !abi::PORT_BIND_TO_INTERRUPT != 0 {
        return Err(Status::INVALID_ARGS);
    }
    caller.install(Handle::to_new(Port::new())?, out)
}

/// Queues a packet of user code.
pub fn port_queue(_caller: &Caller, port: Arc<Port>, packet: In<PortPacket>) -> Result<(), Status> {
    let mut packet = packet.read()?;
    packet.kind = u32::from(abi::PKT_TYPE_USER);
    port.queue(packet)
}

/// Waits for a packet.
pub fn port_wait(
    caller: &Caller,
    port: Arc<Port>,
    deadline: i64,
    to: Out<PortPacket>,
    blocked: Pin<&mut Blocked>,
) -> Poll<Result<(), Status>> {
    let mut begun = blocked.keep(|| PacketWait { waiter: PacketWaiter::new(()), to });
    let (wait, waker) = begun.parts();
    let mut wait = wait.project();
    *wait.to = to;
    let mut packet = None;
    match port.begin_wait(wait.waiter.as_mut(), &mut packet, waker) {
        Poll::Ready(taken) => taken?,
        Poll::Pending => match caller.deadline(deadline) {
            past if past.is_past() => packet = Some(Port::end_wait(wait.waiter)?),
            deadline => return begun.suspend(deadline),
        },
    }
    Poll::Ready(packet.ok_or(Status::INTERNAL).and_then(|packet| to.write(&packet)))
}

/// How many waits are withdrawn between yields.
const STEP: usize = 16;

/// Withdraws what `object_wait_async` asked for, through a handle with the right that it needed too.
pub async fn port_cancel(
    caller: &Caller,
    port: Arc<Port>,
    source: HandleArgument,
    key: u64,
) -> Result<(), Status> {
    let (_, through) = caller.any_to_wait(source, |_| Rights::WAIT)?;
    let mut found = 0;
    while port.cancel_one(through.handle, key) {
        found += 1;
        if found % STEP == 0 {
            next_step().await;
        }
    }
    if found == 0 { Err(Status::NOT_FOUND) } else { Ok(()) }
}
