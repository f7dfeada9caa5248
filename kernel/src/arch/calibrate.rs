//! Measures how fast the time stamp counter and the local APIC's timer run, against a
//! device of known rate: the ACPI timer, or else the PC's interval timer (8254).

use super::{apic, time};
use x86_64::instructions::port::Port;

/// What [`measure`] found out.
pub(super) struct Rates {
    pub ticks_per_second: u64,
    pub timer_ticks_per_second: u64,
}

/// How long to measure: long enough for an error well below one in a thousand.
const MICROSECONDS: u64 = 1_800;

/// Ticks a second of the ACPI timer.
const ACPI_RATE: u64 = 3_579_545;
/// Every ACPI timer has at least this many bits.
const ACPI_MASK: u32 = 0xff_ffff;

/// Ticks a second of the interval timer.
const INTERVAL_RATE: u64 = 1_193_182;
const INTERVAL_COMMAND: u16 = 0x43;
const INTERVAL_CHANNEL_0: u16 = 0x40;
/// Channel 0, low then high byte, counting down from a value and on past 0.
const INTERVAL_COUNT_DOWN: u8 = 0x30;
/// Keep channel 0's count for reading.
const INTERVAL_LATCH: u8 = 0x00;

/// Time stamps after which a timer that stands still is given up: seconds.
const PATIENCE: u64 = 20_000_000_000;

/// Counters at one moment.
struct Moment {
    ticks: u64,
    timer: u32,
}

impl Moment {
    fn now() -> Self {
        Moment { ticks: time::ticks(), timer: apic::timer_count() }
    }
}

/// Measures for about [`MICROSECONDS`]. It leaves the local APIC's timer stopped.
pub(super) fn measure(acpi_timer: Option<u16>) -> Rates {
    apic::start_timer(u32::MAX);
    let (start, end, reference, rate) = match acpi_timer {
        Some(port) => against_acpi(Port::new(port)),
        None => against_interval_timer(),
    };
    apic::start_timer(0);
    let per_second = |count: u64| (u128::from(count) * u128::from(rate) / u128::from(reference)) as u64;
    Rates {
        ticks_per_second: per_second(end.ticks - start.ticks).max(1),
        timer_ticks_per_second: per_second(u64::from(start.timer - end.timer)).max(1),
    }
}

/// Moments before and after, how far the reference ran meanwhile, and its rate.
type Measurement = (Moment, Moment, u64, u64);

fn against_acpi(mut port: Port<u32>) -> Measurement {
    // SAFETY: reading the ACPI timer has no effect.
    let read = || unsafe { port.read() };
    against(read, ACPI_MASK, ACPI_RATE)
}

fn against_interval_timer() -> Measurement {
    let mut command = Port::<u8>::new(INTERVAL_COMMAND);
    let mut data = Port::<u8>::new(INTERVAL_CHANNEL_0);
    // SAFETY: these ports belong to the interval timer, which nothing else uses, and whose
    // interrupt is masked.
    unsafe {
        command.write(INTERVAL_COUNT_DOWN);
        data.write(0);
        data.write(0);
    }
    let read = || {
        // SAFETY: as above.
        let [low, high] = unsafe {
            command.write(INTERVAL_LATCH);
            [data.read(), data.read()]
        };
        // It counts down; the others count up.
        u32::from(u16::from_le_bytes([low, high])).wrapping_neg()
    };
    against(read, u32::from(u16::MAX), INTERVAL_RATE)
}

/// Measures against a counter of this rate, of which `mask` says the valid bits.
fn against(mut read: impl FnMut() -> u32, mask: u32, rate: u64) -> Measurement {
    // Begin where the counter just ticked.
    let before = read();
    let begin = time::ticks();
    let mut first = read();
    while first == before {
        assert!(time::ticks() - begin < PATIENCE, "the timer of known rate stands still");
        first = read();
    }
    let start = Moment::now();
    loop {
        let passed = u64::from(read().wrapping_sub(first) & mask);
        if passed * 1_000_000 >= rate * MICROSECONDS {
            return (start, Moment::now(), passed, rate);
        }
    }
}
