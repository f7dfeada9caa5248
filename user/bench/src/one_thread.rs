//! Operations of one thread with nobody else ready.

use core::ptr;

use hafnon_user::{
    AsHandle, Channel, Event, Port, Result, Signals, Startup, clock::INFINITE, port::Packet, sys,
};

use crate::{Measure, all, repeat};

/// Bytes of a message, as in the table of figures.
const SIZE: usize = 64;

pub const FIGURES: &[Measure] = &[
    ("null_syscall", null),
    ("yield_alone", yield_alone),
    ("event_signal_wait", event),
    ("channel_write_read_64", channel),
    ("port_queue_wait", port),
];

fn null(_: &mut Startup) -> Result<()> {
    // SAFETY: the call takes nothing and does nothing.
    repeat("null_syscall", || unsafe { sys::zx_syscall_test_0() })
}

fn yield_alone(_: &mut Startup) -> Result<()> {
    // SAFETY: the call takes no pointer.
    repeat("yield_alone", || unsafe { sys::zx_nanosleep(0) })
}

fn event(_: &mut Startup) -> Result<()> {
    let event = Event::create()?;
    let raw = event.raw();
    let signal = Signals::EVENT_SIGNALED.bits();
    let mut seen = 0;
    // SAFETY: `seen` outlives the calls.
    repeat("event_signal_wait", || unsafe {
        all!(sys::zx_object_signal(raw, 0, signal), sys::zx_object_wait_one(raw, signal, INFINITE, &mut seen),)
    })
}

fn channel(_: &mut Startup) -> Result<()> {
    let ends = Channel::create()?;
    let (near, far) = (ends.0.raw(), ends.1.raw());
    let (mut bytes, mut count) = ([0u8; SIZE], 0);
    // SAFETY: the buffers outlive the calls and have the lengths passed.
    repeat("channel_write_read_64", || unsafe {
        all!(
            sys::zx_channel_write(near, 0, bytes.as_ptr().cast(), SIZE as u32, ptr::null(), 0),
            sys::zx_channel_read(
                far,
                0,
                bytes.as_mut_ptr().cast(),
                ptr::null_mut(),
                SIZE as u32,
                0,
                &mut count,
                ptr::null_mut(),
            ),
        )
    })
}

fn port(_: &mut Startup) -> Result<()> {
    let port = Port::create()?;
    let raw = port.raw();
    let mut packet = Packet::user(1, [0; 4]);
    // SAFETY: the packet outlives the calls.
    repeat("port_queue_wait", || unsafe {
        all!(sys::zx_port_queue(raw, &packet), sys::zx_port_wait(raw, INFINITE, &mut packet))
    })
}
