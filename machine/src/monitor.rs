//! QEMU's monitor (QMP): why the machine stopped, and where its CPUs are.
//!
//! Stacks are read from outside, by frame pointers, if the guest was compiled
//! with them. So they are there also when the guest can not run another
//! instruction: after a triple fault, or in a loop with interrupts off.

use std::{
    io::{self, BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    dialect::address,
    events::Event,
    outcome::Stack,
    program::{PAGE, Program},
};

/// How long QEMU may take for an answer: on a host with other work, it may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most frames of one stack that are read.
const DEEPEST: usize = 64;

/// The lowest address of the upper half, in which a kernel with user mode lies. The stack of a CPU in the kernel
/// is read as far as that.
const KERNEL: u64 = 0xffff_8000_0000_0000;

/// A conversation with QEMU.
pub struct Monitor {
    stream: UnixStream,
    answers: Receiver<Value>,
}

/// What matters of a CPU's registers.
#[derive(Debug, PartialEq, Eq)]
struct Registers {
    instruction: u64,
    frame: u64,
    user: bool,
    halted: bool,
}

impl Monitor {
    /// Opens the conversation; what QEMU tells unasked goes to `events`.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn start(stream: UnixStream, events: Sender<Event>) -> io::Result<Self> {
        let (answered, answers) = mpsc::channel();
        let lines = BufReader::new(stream.try_clone()?).lines();
        thread::spawn(move || {
            for message in lines.map_while(Result::ok) {
                sort(&message, &answered, &events);
            }
        });
        let mut monitor = Self { stream, answers };
        // An answer is awaited where one is needed; QEMU may still be starting.
        monitor.send(&json!({"execute": "qmp_capabilities"}))?;
        Ok(monitor)
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        writeln!(self.stream, "{message}")
    }

    fn ask(&mut self, message: &Value) -> Option<Value> {
        while self.answers.try_recv().is_ok() {}
        self.send(message).ok()?;
        self.answers.recv_timeout(PATIENCE).ok()
    }

    /// A command of the monitor for people, asked of one CPU; its text.
    fn ask_as_person(&mut self, cpu: u32, command: &str) -> Option<String> {
        let arguments = json!({"command-line": command, "cpu-index": cpu});
        let message = json!({"execute": "human-monitor-command", "arguments": arguments});
        Some(self.ask(&message)?["return"].as_str()?.to_owned())
    }

    /// Tells QEMU to end; its streams end with it.
    pub fn quit(&mut self) {
        // One that can not be told has ended.
        let _ = self.send(&json!({"execute": "quit"}));
    }

    /// Interrupts all of the guest's CPUs, also where they take no interrupts.
    pub fn interrupt(&mut self) {
        // One that can not be told has ended.
        let _ = self.ask(&json!({"execute": "inject-nmi"}));
    }

    /// Stops the machine and reads the stack of each of its CPUs, those in user mode that run the
    /// program in `file` included.
    pub fn stacks(&mut self, cpus: u32, file: Option<&Path>) -> Vec<Stack> {
        let stopped = self.ask(&json!({"execute": "stop"}));
        let cpus = if stopped.is_some() { cpus } else { 0 };
        let program = file.and_then(Program::of);
        (0..cpus).filter_map(|cpu| self.stack(cpu, program.as_ref())).collect()
    }

    fn stack(&mut self, cpu: u32, program: Option<&Program>) -> Option<Stack> {
        let registers = Registers::parse(&self.ask_as_person(cpu, "info registers")?)?;
        let at = registers.instruction;
        let title = match (registers.user, registers.halted) {
            (true, _) => format!("CPU {cpu}, in user mode at {at:#x}"),
            (false, true) => format!("CPU {cpu}, halted"),
            (false, false) => format!("CPU {cpu}, running"),
        };
        let program_at = program.filter(|_| registers.user).and_then(|program| {
            let page = at - at % PAGE as u64;
            let memory = self.ask_as_person(cpu, &format!("x /{}gx {page:#x}", PAGE / 8))?;
            program.moved_by(page, &bytes(&memory)?)
        });
        let known = !registers.user || program_at.is_some();
        let addresses = if known { self.walk(cpu, &registers) } else { Vec::new() };
        Some(Stack { title, addresses, program_at })
    }

    /// Follows the chain of frames: at each, the caller's frame and the return address.
    fn walk(&mut self, cpu: u32, registers: &Registers) -> Vec<u64> {
        let mut addresses = vec![registers.instruction];
        let mut frame = registers.frame;
        let lowest = if registers.user { 1 } else { KERNEL };
        while frame >= lowest && frame.is_multiple_of(8) && addresses.len() < DEEPEST {
            let memory = self.ask_as_person(cpu, &format!("x /2gx {frame:#x}"));
            let Some((caller, back)) = memory.as_deref().and_then(pair) else { break };
            if back < lowest {
                break;
            }
            addresses.push(back);
            if caller <= frame {
                break;
            }
            frame = caller;
        }
        addresses
    }
}

/// Gives an answer to who asked, and an event to who follows the machine.
fn sort(message: &str, answers: &Sender<Value>, events: &Sender<Event>) {
    let Ok(message) = serde_json::from_str::<Value>(message) else { return };
    // A receiver that is gone has what it wanted.
    if message["event"] == "SHUTDOWN" {
        let reason = message["data"]["reason"].as_str().unwrap_or_default();
        // That QEMU does what it was told to is no news.
        if !reason.starts_with("host-") {
            let _ = events.send(Event::Stopped(reason.to_owned()));
        }
    } else if message.get("return").or(message.get("error")).is_some() {
        let _ = answers.send(message);
    }
}

impl Registers {
    /// Reads the text of `info registers`: words such as `RIP=ffffffff80200000`.
    fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let mut words = text.split_whitespace();
            address(words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))?)
        };
        Some(Self {
            instruction: value("RIP").or_else(|| value("EIP"))?,
            frame: value("RBP").or_else(|| value("EBP"))?,
            user: value("CPL") == Some(3),
            halted: value("HLT") == Some(1),
        })
    }
}

/// The two numbers of `ADDRESS: 0x… 0x…`.
fn pair(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.split_once(':')?.1.split_whitespace().map(address);
    Some((numbers.next()??, numbers.next()??))
}

/// The bytes of lines of `ADDRESS: 0x… 0x…`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let words =
        text.lines().filter_map(|line| line.split_once(':')).flat_map(|line| line.1.split_whitespace());
    words.map(|word| Some(address(word)?.to_le_bytes())).collect::<Option<Vec<_>>>().map(|all| all.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_as_qemu_prints_them() {
        let text = "CPU#0\nRAX=0 RBX=1\nRSI=0 RDI=0 RBP=ffff800000001ff0 RSP=ffff800000001f00\n\
                    RIP=ffffffff80201234 RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\n";
        let expected = Registers {
            instruction: 0xffff_ffff_8020_1234,
            frame: 0xffff_8000_0000_1ff0,
            user: false,
            halted: true,
        };
        assert_eq!(Registers::parse(text), Some(expected));
    }

    #[test]
    fn memory_as_qemu_prints_it() {
        let text = "ffff800000001ff0: 0x0000000000000010 0xffffffff80201234\r\n";
        assert_eq!(pair(text), Some((0x10, 0xffff_ffff_8020_1234)));
        assert_eq!(pair("Cannot access memory"), None);
        assert_eq!(bytes(text).unwrap()[..9], [0x10, 0, 0, 0, 0, 0, 0, 0, 0x34]);
        assert_eq!(bytes("Cannot access memory"), Some(Vec::new()));
    }
}
