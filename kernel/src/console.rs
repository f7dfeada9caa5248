//! The console beyond its device: the kernel tasks that send what the serial ports did not take at once, and take in what
//! somebody types.

use crate::arch::serial::{CONSOLE, CONTROL};
use crate::arch::time;
use crate::machine::devices::Devices;
use crate::overview::{self, KEY};
use crate::sched::run;
use alloc::sync::Arc;
use core::mem;
use objects::device::{InterruptSource, Interrupts, Line, Trigger};
use objects::wait::{self, Deadline};
use spin::Once;
use waitq::WaitQueue;
use waitq::sync::Mutex;

/// How long to wait between two goes, in nanoseconds: less than a UART takes for what its FIFO holds.
const PAUSE: i64 = 1_000_000;

/// Where the task waits, and whether it was called.
static CALLED: WaitQueue<(), bool> = WaitQueue::new(false);

/// Has the task send what is left.
#[cold]
pub fn call() {
    CALLED.with(|called, waiters| {
        *called = true;
        waiters.wake_all();
    });
}

/// The life of the task that sends.
pub async fn drain() {
    loop {
        CALLED.wait_unless((), |called, ()| mem::take(called)).await;
        while !(CONSOLE.pump() & CONTROL.pump()) {
            pause().await;
        }
    }
}

async fn pause() {
    wait::sleep_until(Deadline { at: time::now() + PAUSE, timers: run::timers() }).await;
}

/// Prints lines, each as soon as there is room for it.
pub async fn write(text: &str) {
    for line in text.split_inclusive('\n') {
        while !CONSOLE.write_text(line.as_bytes()) {
            pause().await;
        }
    }
}

/// Bytes that are kept for a program that does not read yet. What has no room waits in the device.
const ROOM: usize = 1024;

/// What was typed and nobody has read.
struct Typed {
    bytes: [u8; ROOM],
    first: usize,
    count: usize,
    /// Somebody wants to know what goes on.
    asked: bool,
}

static TYPED: Mutex<Typed> = Mutex::new(Typed { bytes: [0; ROOM], first: 0, count: 0, asked: false });

/// Where the console's interrupts arrive.
static ARRIVED: Once<Arc<Line>> = Once::new();

impl Typed {
    /// Takes in what has arrived, as far as there is room, but for the key that asks what goes on.
    fn take_in(&mut self) {
        while self.count < ROOM
            && let Some(byte) = CONSOLE.read_byte()
        {
            if byte == KEY {
                self.asked = true;
                continue;
            }
            self.bytes[(self.first + self.count) % ROOM] = byte;
            self.count += 1;
        }
    }

    fn take_first(&mut self) -> Option<u8> {
        let byte = (self.count > 0).then_some(self.bytes[self.first])?;
        (self.first, self.count) = ((self.first + 1) % ROOM, self.count - 1);
        Some(byte)
    }
}

/// The next byte that somebody typed, if there is one.
pub fn read_byte() -> Option<u8> {
    let mut typed = TYPED.lock();
    typed.take_in();
    let (byte, asked) = (typed.take_first(), typed.asked);
    drop(typed);
    if asked && let Some(line) = ARRIVED.get() {
        line.raise(time::now());
    }
    byte
}

/// The life of the task that takes in what is typed, and tells what goes on when somebody asks.
pub async fn listen() {
    let line = ARRIVED.call_once(Arc::default);
    let (number, trigger) = (CONSOLE.wire(), Trigger::Edge);
    let source = InterruptSource::Wire { number, trigger, active_low: false };
    // Where the wire leads nowhere, the key is noticed when a program reads.
    if let Ok(interrupt) = Devices.connect(source, line.clone()) {
        Devices.unmask(interrupt);
        CONSOLE.interrupt_on_input();
    }
    loop {
        let asked = {
            let mut typed = TYPED.lock();
            typed.take_in();
            mem::take(&mut typed.asked)
        };
        match asked {
            true => overview::tell().await,
            false => drop(line.next().await),
        }
    }
}
