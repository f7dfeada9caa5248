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
use spin::Once;
use waitq::sync::checks;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let trace = Backtrace::here();
    // A report takes what locks it needs, whoever has them.
    checks::stop();
    match stop::claim() {
        Claim::First => report(info, &trace),
        Claim::Again => power::exit(Outcome::Panic),
        Claim::Late => stop::stop_here(trace),
    }
}

/// What a test looks at between what people get and what the host gets of a report.
static AFTER_PRINTING: Once<fn()> = Once::new();

/// Has `check` called on the panicking CPU once a panic was printed, before the host hears of it: a test that ends
/// the machine there shows the host no panic. Can be set once.
pub fn after_printing(check: fn()) {
    AFTER_PRINTING.call_once(|| check);
}

/// Reports, possibly on a trap stack: so nothing large is on the stack here.
fn report(info: &PanicInfo<'_>, trace: &Backtrace) -> ! {
    let this = cpu::index();
    stop::stop_others();
    CONSOLE.break_lock();
    CONTROL.break_lock();
    println!("\nhafnon: panic on CPU {this}: {info}");
    println!("backtrace: {trace}");
    stop::for_each_stopped(|cpu, trace| println!("CPU {cpu} was at: {trace}"));
    if let Some(check) = AFTER_PRINTING.get() {
        check();
    }
    control!("hafnon: panic {}", OneLine(info));
    control!("hafnon: backtrace {trace}");
    stop::for_each_stopped(|cpu, trace| control!("hafnon: backtrace of CPU {cpu}: {trace}"));
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
