//! The command with a debugger on it: `--gdb` announces a port that speaks gdb's protocol, and through it
//! the ends of the real kernel that no program can bring about: a panic and a triple fault.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};

use hafnon::compile;
use object::{Object, ObjectSymbol};

/// Numbers of registers in gdb's protocol, for x86_64.
const RIP: usize = 16;
const CR3: usize = 29;

/// The command, stopped before the first instruction of its guest, and a debugger on that.
struct Debugged {
    command: Child,
    complaints: BufReader<ChildStderr>,
    debugger: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Debugged {
    fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"))
            .args(["--gdb", "--accel", "tcg"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut complaints = BufReader::new(command.stderr.take().unwrap());
        let port = address(&mut complaints);
        let debugger = TcpStream::connect(port).unwrap();
        debugger.set_read_timeout(Some(Duration::from_secs(600))).unwrap();
        let answers = BufReader::new(debugger.try_clone().unwrap());
        Self { command, complaints, debugger, answers }
    }

    /// Sends a packet.
    fn send(&mut self, packet: &str) {
        let sum = packet.bytes().fold(0, u8::wrapping_add);
        write!(self.debugger, "${packet}#{sum:02x}").unwrap();
    }

    /// The next packet, without its frame.
    fn receive(&mut self) -> String {
        let bytes = (&mut self.answers).bytes().map(Result::unwrap);
        let packet: Vec<u8> =
            bytes.skip_while(|&byte| byte != b'$').skip(1).take_while(|&byte| byte != b'#').collect();
        let mut sum = [0; 2];
        self.answers.read_exact(&mut sum).unwrap();
        self.debugger.write_all(b"+").unwrap();
        String::from_utf8(packet).unwrap()
    }

    fn ask(&mut self, packet: &str) -> String {
        self.send(packet);
        self.receive()
    }

    /// Lets the guest run to `function` of the kernel.
    fn run_to(&mut self, function: &str) {
        assert_eq!(self.ask(&format!("Z1,{:x},1", address_of(function))), "OK");
        let stop = self.ask("c");
        assert!(stop.starts_with("T05"), "{stop}");
    }

    /// Sets a register of the CPU that stopped, and lets the guest go on without the debugger.
    fn set_and_leave(&mut self, register: usize, value: u64) {
        // Who has not asked what registers there are may set none.
        assert!(self.ask("qXfer:features:read:target.xml:0,fff").contains("target"));
        let bytes: String = value.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(self.ask(&format!("P{register:x}={bytes}")), "OK");
        assert_eq!(self.ask("D"), "OK");
    }

    /// The command's status, and what it and its guest said.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut console, mut complaint) = (String::new(), String::new());
        self.command.stdout.take().unwrap().read_to_string(&mut console).unwrap();
        self.complaints.read_to_string(&mut complaint).unwrap();
        (self.command.wait().unwrap().code(), console, complaint)
    }
}

/// Where the command says that a debugger is to connect.
fn address(complaints: &mut impl BufRead) -> String {
    let mut lines = complaints.lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("waiting for a debugger")).unwrap();
    line.rsplit_once(' ').unwrap().1.trim_end_matches('\'').to_owned()
}

/// Where the kernel's function of this name begins.
fn address_of(function: &str) -> u64 {
    let bytes = fs::read(compile::kernel_file(compile::KERNEL)).unwrap();
    let elf = object::File::parse(bytes.as_slice()).unwrap();
    let name = |mangled: &str| format!("{:#}", rustc_demangle::demangle(mangled));
    let symbol = elf.symbols().find(|symbol| symbol.name().is_ok_and(|mangled| name(mangled) == function));
    symbol.unwrap_or_else(|| panic!("the kernel has no {function}")).address()
}

/// What looks for the first program. No closure: compilers differ in what they call those.
const USERBOOT: &str = "hafnon_kernel::userboot::find";

#[test]
fn a_debugger_sees_the_first_instruction_and_lets_the_guest_go() {
    let mut guest = Debugged::new(&["--cpus", "1"]);
    assert!(guest.ask("?").starts_with("T05"));
    // Where every PC starts.
    let registers = guest.ask("g");
    assert_eq!(&registers[RIP * 16..][..16], "f0ff000000000000");
    assert_eq!(guest.ask("D"), "OK");
    let (status, console, complaint) = guest.end();
    assert_eq!(status, Some(0), "{complaint}");
    assert!(console.contains("left behind: handles none"), "{console}");
}

#[test]
fn a_panic_of_the_kernel_ends_the_command_with_101_and_names() {
    let mut guest = Debugged::new(&[]);
    guest.run_to(USERBOOT);
    guest.set_and_leave(RIP, 0);
    let (status, _, complaint) = guest.end();
    assert_eq!(status, Some(101), "{complaint}");
    assert!(
        complaint.contains("the kernel panicked: ") && complaint.contains("in the kernel, error"),
        "{complaint}"
    );
    // The CPU that panicked, whichever runs the first task, and the other one, which sleeps.
    assert!(complaint.contains("cpu_loop at kernel/src/sched/run.rs:"), "{complaint}");
    let others = ["CPU 0", "CPU 1"].map(|cpu| complaint.lines().filter(|line| *line == cpu).count());
    assert!(others == [0, 1] || others == [1, 0], "{complaint}");
}

#[test]
fn a_triple_fault_of_the_kernel_ends_the_command_with_102_and_names() {
    let mut guest = Debugged::new(&[]);
    guest.run_to(USERBOOT);
    guest.set_and_leave(CR3, 0);
    let (status, _, complaint) = guest.end();
    assert_eq!(status, Some(102), "{complaint}");
    assert!(complaint.contains("the machine reset itself (a triple fault)"), "{complaint}");
    assert!(complaint.contains("at kernel/src/userboot.rs:") && complaint.contains("CPU 1"), "{complaint}");
}
