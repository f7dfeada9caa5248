//! The boot tour, and a person's own program as the first process.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use hafnon::{
    guest::{self, LONGEST_COMMAND_LINE, word},
    ramdisk,
};
use machine::{Boot, End, Listener, Machine, Outcome};

use super::{Built, build};
use crate::{
    options::{MachineOptions, Usage},
    output::{Background, Unread},
};

/// Seconds without a word after which the guest is taken for hung.
const SILENCE: u64 = 60;

/// Bytes of a line of the console that are looked at.
const LONGEST_LINE: usize = 1024;

/// The first process of the tour.
const TOUR: &str = "bin/tour";

/// Boots the tour.
pub fn tour(options: &MachineOptions) -> Result<u8> {
    // Whatever is wrong with the machine asked for is said before minutes of building.
    let built = prepared(options)?;
    boot(options, &built, TOUR, vec![word("run", TOUR)])
}

/// Boots with `file` as the first process, under `kernel` if that is not to be the usual one.
pub fn program(
    options: &MachineOptions,
    file: &Path,
    arguments: &[String],
    kernel: Option<&Path>,
) -> Result<u8> {
    let unusable = |error| Usage(format!("{error:#}"));
    guest::check_program(file).map_err(unusable)?;
    kernel.map_or(Ok(()), guest::check_kernel).map_err(unusable)?;
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
    built.kernel = kernel.map_or(built.kernel, Path::to_owned);
    boot(options, &built, &name, words)
}

fn prepared(options: &MachineOptions) -> Result<Built> {
    options.check()?;
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
    let (name, program) = (name.to_owned(), machine.program.clone());
    let patience = machine.silence.unwrap_or(Duration::MAX);
    let out = Background::to(io::stdout(), io::stderr());
    let mut terminal = Terminal { name, program, out, ..Terminal::default() };
    let outcome = machine.run(&mut terminal);
    terminal.end(outcome, patience, &mut io::stderr())
}

/// Runs `machine`, and tells on standard error how it ended unless it ended well.
pub fn follow(machine: Machine, listener: &mut dyn Listener) -> Result<u8> {
    let outcome = machine.run(listener)?;
    eprint!("{}", last_words(&outcome));
    Ok(outcome.end.status())
}

/// How a machine ended, unless it ended well; for a person.
fn last_words(outcome: &Outcome) -> String {
    match outcome.end {
        End::Exited(0) | End::Unheard => String::new(),
        End::Silent(_) => format!("hafnon: {}hafnon: `--timeout 0` lets it be silent\n", outcome.describe()),
        _ => format!("hafnon: {}", outcome.describe()),
    }
}

/// Shows the guest's console as it comes.
#[derive(Default)]
struct Terminal {
    /// The first process's name, and its program.
    name: String,
    program: Option<PathBuf>,
    /// A carriage return came last, and is held back: it may be half of a line's end.
    returned: bool,
    /// The line that is not complete.
    line: Vec<u8>,
    /// Where it is shown.
    out: Background,
}

impl Terminal {
    /// The guest's bytes as those of a file: a UART's lines end as a terminal's do, with a carriage return that
    /// the kernel adds. Others are the program's own.
    fn text(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len() + 1);
        for &byte in bytes {
            if self.returned && byte != b'\n' {
                text.push(b'\r');
            }
            self.returned = byte == b'\r';
            if !self.returned {
                text.push(byte);
            }
        }
        text
    }

    /// Keeps the lines that are complete from now on, and tells where the program was that crashed.
    fn look_for_crash(&mut self, text: &[u8]) {
        for &byte in text {
            if byte != b'\n' {
                self.line.push(byte);
                // Nothing that the kernel says is so long.
                self.line.truncate(LONGEST_LINE);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let place = crash(&String::from_utf8_lossy(&line), &self.name);
            if let (Some(place), Some(program)) = (place, &self.program) {
                guest::symbols(program)
                    .frames(place)
                    .iter()
                    .for_each(|frame| self.out.note(&format!("hafnon: it was in {frame}\n")));
            }
        }
    }

    /// Shows all that the guest printed, unless nobody has read for `patience`, and only then tells in `notes` how its
    /// machine ended; the exit status.
    fn end(self, outcome: Result<Outcome>, patience: Duration, notes: &mut impl Write) -> Result<u8> {
        if self.returned {
            self.out.put(b"\r");
        }
        let shown = self.out.end(patience);
        // Where notes can not be written, there is nobody to tell that.
        let mut note = |text: &[u8]| drop(notes.write_all(text));
        note(&self.out.take_notes());
        let outcome = outcome?;
        note(last_words(&outcome).as_bytes());
        let status = outcome.end.status();
        let Err(Unread(time)) = shown? else { return Ok(status) };
        let end = End::Unread(time);
        if status != end.status() {
            note(format!("hafnon: {end}\n").as_bytes());
        }
        Ok(end.status())
    }
}

impl Listener for Terminal {
    fn console(&mut self, bytes: &[u8]) {
        let text = self.text(bytes);
        self.out.put(&text);
        self.look_for_crash(&text);
    }

    /// Results and figures have commands of their own.
    fn control(&mut self, _line: &str) {}

    fn listens(&self) -> bool {
        !self.out.has_failed()
    }

    fn waiting(&self) -> usize {
        self.out.waiting()
    }
}

/// Where in the program of the process `name` a thread crashed, if the kernel's line says that:
/// `process 1040 "bin/NAME", thread 1042, rip 0x… (image + 0x1234): page fault at 0x10: …: killed`.
fn crash(line: &str, name: &str) -> Option<u64> {
    let line = line.strip_prefix("process ").filter(|line| line.trim_end().ends_with(": killed"))?;
    let (has, rest) = line.split_once('"')?.1.split_once("\", thread ")?;
    // A process's name has room for less than a program's.
    let rest = name.starts_with(has).then_some(rest)?;
    let (_, rest) = rest.split_once("(image + 0x")?;
    u64::from_str_radix(rest.split_once(')')?.0, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufReader, Read, pipe},
        thread,
    };

    /// More than a pipe keeps.
    const MUCH: usize = 1 << 18;

    /// What arrives in one pipe, read slowly, from a guest that prints much, of which `outcome` is told, and after
    /// which the command says its error.
    fn arrives(outcome: Result<Outcome>) -> String {
        let (reader, writer) = pipe().unwrap();
        let mut notes = writer.try_clone().unwrap();
        let out = Background::to(writer.try_clone().unwrap(), writer);
        let mut terminal = Terminal { out, ..Terminal::default() };
        terminal.console(&[b'x'; MUCH]);
        terminal.console(b"\r\nlast\r");
        let end = thread::spawn(move || {
            if let Err(error) = terminal.end(outcome, Duration::MAX, &mut notes) {
                writeln!(notes, "{error}").unwrap();
            }
            notes.write_all(b"\0").unwrap();
        });
        let reader = BufReader::with_capacity(64, reader);
        let read: Vec<u8> = reader.bytes().map(Result::unwrap).take_while(|byte| *byte != 0).collect();
        end.join().unwrap();
        String::from_utf8(read).unwrap()
    }

    #[test]
    fn what_the_guest_printed_comes_before_what_is_said_of_its_end() {
        let outcome = Outcome {
            end: End::Panicked("why".into()),
            told: false,
            stacks: Vec::new(),
            symbols: None,
            program: None,
            sources: None,
            complaints: String::new(),
        };
        let printed = "x".repeat(MUCH) + "\nlast\r";
        assert!(arrives(Ok(outcome)) == format!("{printed}hafnon: the kernel panicked: why\n"));
        assert!(arrives(Err(anyhow::anyhow!("no QEMU"))) == format!("{printed}no QEMU\n"));
    }

    #[test]
    fn only_the_kernels_carriage_returns_go() {
        let mut terminal = Terminal::default();
        let text = ["a\r\nb\r", "\nc\rd\r", "\r\ne\r"].map(|piece| terminal.text(piece.as_bytes())).concat();
        assert_eq!(String::from_utf8(text).unwrap(), "a\nb\nc\rd\r\ne");
        assert!(terminal.returned);
    }

    #[test]
    fn a_crash_is_read_from_the_kernels_line() {
        let line = "process 1040 \"bin/x\", thread 1042, rip 0x7f12 (image + 0x1f2a): page fault at 0x10: NotFound: killed";
        assert_eq!(crash(line, "bin/x"), Some(0x1f2a));
        assert_eq!(crash(line, "bin/y"), None);
        assert_eq!(crash("a program said (image + 0x10)", "bin/x"), None);
        let without = "process 1040 \"bin/x\", thread 1042, rip 0x7f12: page fault at 0x10: killed";
        assert_eq!(crash(without, "bin/x"), None);
    }
}
