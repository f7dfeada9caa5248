//! The boot tour, and a person's own program as the first process.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::Result;
use hafnon::{
    elf,
    machine::{Boot, End, Listener, Machine, word},
    qemu, ramdisk,
    symbols::Symbols,
};

use super::{Built, build};
use crate::options::{MachineOptions, Usage};

/// Seconds without a word after which the guest is taken for hung.
const SILENCE: u64 = 60;

/// Bytes of a command line that the kernel keeps: `boot::COMMAND_LINE_CAPACITY` there.
const LONGEST_COMMAND_LINE: usize = 4096;

/// The first process of the tour.
const TOUR: &str = "bin/tour";

/// Boots the tour.
pub fn tour(options: &MachineOptions) -> Result<u8> {
    // Whatever is wrong with the machine asked for is said before minutes of building.
    let built = prepared(options)?;
    boot(options, &built, TOUR, vec![word("run", TOUR)])
}

/// Boots with `file` as the first process.
pub fn program(options: &MachineOptions, file: &Path, arguments: &[String]) -> Result<u8> {
    elf::check_program(file).map_err(|error| Usage(error.to_string()))?;
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Err(Usage(format!("{} has no name that fits a ramdisk", file.display())).into());
    };
    let name = format!("bin/{name}");
    if name.len() > ramdisk::LONGEST_NAME {
        let most = ramdisk::LONGEST_NAME - "bin/".len();
        return Err(Usage(format!("the name of {} has more than {most} bytes", file.display())).into());
    }
    let mut words = vec![word("run", &name)];
    words.extend(arguments.iter().map(|argument| word("arg", argument)));
    let length: usize = words.iter().map(|word| word.len() + 1).sum();
    if length > LONGEST_COMMAND_LINE {
        let most = LONGEST_COMMAND_LINE;
        return Err(Usage(format!("the arguments have {length} bytes; there is room for {most}")).into());
    }
    let mut built = prepared(options)?;
    built.programs = ramdisk::with(built.programs, &name, file);
    boot(options, &built, &name, words)
}

fn prepared(options: &MachineOptions) -> Result<Built> {
    options.check()?;
    qemu::ensure()?;
    build()
}

/// Boots with the program `name` of the ramdisk as the first process.
fn boot(options: &MachineOptions, built: &Built, name: &str, words: Vec<String>) -> Result<u8> {
    let kernel = built.kernel.clone();
    let ramdisk = Some(ramdisk::temporary(&built.programs)?);
    let mut machine = options.machine(Boot::Direct { kernel, ramdisk, words }, SILENCE)?;
    machine.input = true;
    let program = built.programs.iter().find(|program| program.name == name);
    machine.program = program.map(|program| program.file.clone());
    follow(machine, &mut Terminal)
}

/// Runs `machine`, and tells on standard error how it ended unless it ended well.
pub fn follow(machine: Machine, listener: &mut dyn Listener) -> Result<u8> {
    let symbols = machine.symbols.clone();
    let outcome = machine.run(listener)?;
    if !matches!(outcome.end, End::Exited(0)) {
        let symbols = symbols.map(|file| Symbols::of(&file)).unwrap_or_default();
        eprint!("hafnon: {}", outcome.describe(&symbols));
    }
    Ok(outcome.end.status())
}

/// Shows the guest's console as it comes.
struct Terminal;

impl Listener for Terminal {
    fn console(&mut self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        // A UART's lines end as a terminal's do; those of this program's output do not.
        let mut lines = bytes.split(|byte| *byte == b'\r');
        // A reader that has gone does not stop the guest: its exit code still counts.
        let _ = lines.try_for_each(|piece| out.write_all(piece)).and_then(|()| out.flush());
    }

    /// Results and figures have commands of their own.
    fn control(&mut self, _line: &str) {}
}
