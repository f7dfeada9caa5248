//! What happens when the kernel itself is wrong: one CPU reports, all others are stopped,
//! and the machine ends. The console gets text for people, the control channel the same for
//! the host command, which turns addresses into names.

use crate::arch::backtrace::Backtrace;
use crate::arch::cpu;
use crate::arch::power::{self, Outcome};
use crate::arch::serial::{CONSOLE, CONTROL};
use crate::arch::stop::{self, Claim};
use crate::{control, println};
use core::fmt::{self, Display, Write};
use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let trace = Backtrace::here();
    match stop::claim() {
        Claim::First => report(info, &trace),
        Claim::Again => power::exit(Outcome::Panic),
        Claim::Late => stop::stop_here(trace),
    }
}

fn report(info: &PanicInfo<'_>, trace: &Backtrace) -> ! {
    let this = cpu::index();
    let mut others = [None; cpu::MAX_CPUS];
    stop::stop_others(|cpu, trace| others[cpu] = Some(*trace));
    CONSOLE.break_lock();
    CONTROL.break_lock();
    println!("\nhafnon: panic on CPU {this}: {info}");
    println!("backtrace: {trace}");
    control!("hafnon: panic {}", OneLine(info));
    control!("hafnon: backtrace {trace}");
    for (cpu, trace) in others.iter().enumerate() {
        if let Some(trace) = trace {
            println!("CPU {cpu} was at: {trace}");
            control!("hafnon: backtrace of CPU {cpu}: {trace}");
        }
    }
    power::exit(Outcome::Panic)
}

/// Text with its line ends replaced: a message on the control channel is one line.
struct OneLine<T>(T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Filter<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl Write for Filter<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                text.split('\n').enumerate().try_for_each(|(number, line)| {
                    self.0.write_str(if number > 0 { " " } else { "" })?;
                    self.0.write_str(line)
                })
            }
        }
        write!(Filter(formatter), "{}", self.0)
    }
}
