//! How the host sees a machine end, with a guest of a few instructions in place
//! of the kernel: every end, and no QEMU left after any of them. The guest has a
//! dialect of its own, as a kernel of somebody else's would.

mod guest;

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use hafnon::qemu;
use machine::{Boot, Dialect, End, LastWord, Listener, Machine, Outcome, Transcript, dialect::addresses};

/// What `guest.s` says of its end.
#[derive(Debug)]
struct Few;

impl Dialect for Few {
    fn last_word(&self, line: &str) -> Option<LastWord> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "DONE" => rest.parse().ok().map(LastWord::Exit),
            "OOPS" => Some(LastWord::Panic(rest.into())),
            "AT" => Some(LastWord::Stack("the CPU".into(), addresses(rest)?)),
            _ => None,
        }
    }

    fn exit_device(&self, value: u8) -> Option<End> {
        match value {
            0x10 => Some(End::Exited(0)),
            0x11 => Some(End::PoweredOff),
            _ => None,
        }
    }
}

/// A machine with the guest in `kernel`, told to do `what`.
fn machine(kernel: &Path, what: &str) -> Machine {
    let words = vec![format!("do={what}")];
    let boot = Boot::Direct { kernel: kernel.into(), ramdisk: None, words };
    Machine { qemu: Some(qemu::ensure().unwrap().qemu), ..Machine::new(boot, Few) }
}

/// Boots the guest, told to do `what`, with limits of seconds; what it said and how it ended.
fn boot(what: &str) -> (Transcript, Outcome) {
    let directory = tempfile::tempdir().unwrap();
    let mut machine = machine(&guest::kernel(directory.path()), what);
    machine.silence = Some(Duration::from_secs(2));
    machine.limit = Some(Duration::from_secs(4));
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    assert_eq!(transcript.control, ["KTAP version 1"]);
    assert!(transcript.text().starts_with("hello, console\n"), "{}", transcript.text());
    (transcript, outcome)
}

#[test]
fn an_exit_code_is_delivered() {
    let (_, outcome) = boot("exit");
    assert_eq!(outcome.end, End::Exited(7));
    assert_eq!(outcome.stacks, []);
}

#[test]
fn a_panic_is_told_with_its_stack() {
    let (_, outcome) = boot("panic");
    assert_eq!(outcome.end, End::Panicked("on purpose".into()));
    assert_eq!(outcome.stacks[0].addresses, [0x10_0000]);
}

#[test]
fn a_triple_fault_is_told_with_the_registers_of_each_cpu() {
    let (_, outcome) = boot("triple");
    assert_eq!(outcome.end, End::Reset);
    assert_eq!(outcome.stacks.len(), 2);
    let at = outcome.stacks[0].addresses[0];
    assert!((0x10_0000..0x10_1000).contains(&at), "{at:#x}");
}

#[test]
fn silence_is_a_hang() {
    for what in ["halt", "loop"] {
        let (_, outcome) = boot(what);
        assert_eq!(outcome.end, End::Silent(Duration::from_secs(2)));
        assert_eq!(outcome.stacks.len(), 2);
    }
}

#[test]
fn a_guest_that_talks_for_ever_meets_its_limit() {
    let (_, outcome) = boot("speak");
    assert_eq!(outcome.end, End::TookTooLong(Duration::from_secs(4)));
}

/// A listener that passes on nothing of what it takes.
#[derive(Default)]
struct Stuck {
    taken: usize,
}

impl Listener for Stuck {
    fn console(&mut self, bytes: &[u8]) {
        self.taken += bytes.len();
    }

    fn control(&mut self, _line: &str) {}

    fn waiting(&self) -> usize {
        self.taken
    }
}

#[test]
fn a_guest_that_talks_to_nobody_is_made_to_wait_and_ended() {
    let directory = tempfile::tempdir().unwrap();
    let mut machine = machine(&guest::kernel(directory.path()), "speak");
    machine.silence = Some(Duration::from_secs(2));
    let mut stuck = Stuck::default();
    let outcome = machine.run(&mut stuck).unwrap();
    assert_eq!((outcome.end, outcome.stacks), (End::Unread(Duration::from_secs(2)), Vec::new()));
    // What was on the way when it had to wait, and no more.
    assert!((128 << 10..1 << 20).contains(&stuck.taken), "{}", stuck.taken);
}

#[test]
fn switching_off_without_a_code_is_no_success() {
    let (_, outcome) = boot("off");
    assert_eq!(outcome.end, End::PoweredOff);
    assert_ne!(outcome.end.status(), 0);
}

#[test]
fn a_value_for_the_exit_device_may_be_all_that_a_guest_says() {
    let (_, outcome) = boot("wordless");
    assert_eq!(outcome.end, End::Exited(0));
}

/// Not a test of its own: what the next test starts and kills.
#[test]
#[ignore = "runs for ever; started by no_qemu_outlives_a_killed_parent"]
fn run_until_killed() {
    let Some(kernel) = std::env::var_os("HAFNON_TEST_GUEST") else { return };
    let what = std::env::var("HAFNON_TEST_WHAT").unwrap_or("loop".into());
    let mut machine = machine(Path::new(&kernel), &what);
    if std::env::var_os("HAFNON_TEST_DEBUGGER").is_some() {
        machine.debugger = Some(|debugger| eprintln!("{debugger}"));
    }
    machine.run(&mut Stuck::default()).unwrap();
}

/// Starts [`run_until_killed`] with a guest that does `what`, and waits until its QEMU is there.
fn endless_parent(kernel: &Path, what: &str) -> Child {
    // A shell that runs tests in the background has them ignore SIGINT.
    let parent = Command::new("env")
        .arg("--default-signal=INT")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "run_until_killed", "--ignored", "--nocapture"])
        .env("HAFNON_TEST_GUEST", kernel)
        .env("HAFNON_TEST_WHAT", what)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(eventually(|| qemus(kernel).len() == 1), "QEMU did not start");
    parent
}

#[test]
fn no_qemu_outlives_a_killed_parent() {
    let directory = tempfile::tempdir().unwrap();
    let kernel = guest::kernel(directory.path());
    for signal in ["-KILL", "-TERM", "-INT"] {
        kill(endless_parent(&kernel, "loop"), signal);
        assert!(eventually(|| qemus(&kernel).is_empty()), "QEMU outlived its parent after {signal}");
    }
}

#[test]
fn a_qemu_that_stands_still_for_a_reader_does_not_outlive_its_parent() {
    let directory = tempfile::tempdir().unwrap();
    let kernel = guest::kernel(directory.path());
    for signal in ["-KILL", "-TERM", "-INT"] {
        let parent = endless_parent(&kernel, "speak");
        let stands = |process: &PathBuf| {
            fs::read_to_string(process.join("stat")).is_ok_and(|stat| stat.contains(") T "))
        };
        assert!(eventually(|| qemus(&kernel).iter().any(stands)), "QEMU went on");
        kill(parent, signal);
        assert!(eventually(|| qemus(&kernel).is_empty()), "QEMU outlived its parent after {signal}");
    }
}

/// Ends a process by a signal.
fn kill(mut process: Child, signal: &str) {
    let killed = Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap();
    assert!(killed.success() && !process.wait().unwrap().success());
}

/// Sends gdb's stub a packet; the body of its answer.
fn ask(stub: &mut TcpStream, body: &str) -> String {
    let sum = body.bytes().fold(0_u8, u8::wrapping_add);
    write!(stub, "${body}#{sum:02x}").unwrap();
    let mut answer = Vec::new();
    // An acknowledgement, the packet, and two digits after its end.
    while answer.len() < 3 || answer[answer.len() - 3] != b'#' {
        let mut byte = [0];
        stub.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    stub.write_all(b"+").unwrap();
    let text = String::from_utf8(answer).unwrap();
    let body = text.trim_start_matches('+').trim_start_matches('$');
    body[..body.len() - 3].to_owned()
}

#[test]
fn a_debugger_finds_the_guest_before_its_first_instruction() {
    let directory = tempfile::tempdir().unwrap();
    let kernel = guest::kernel(directory.path());
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "run_until_killed", "--ignored", "--nocapture"])
        .envs([("HAFNON_TEST_GUEST", kernel.as_os_str()), ("HAFNON_TEST_DEBUGGER", OsStr::new("1"))])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("target remote")).expect("the address is announced");
    let address = line.rsplit(' ').next().unwrap().trim_end_matches('\'');
    let mut stub = TcpStream::connect(address).unwrap();
    stub.set_read_timeout(Some(Duration::from_secs(600))).unwrap();
    assert!(ask(&mut stub, "qSupported").contains("PacketSize="));
    assert!(ask(&mut stub, "?").starts_with("T05"), "it stands still");
    // Where a PC begins: 16 bytes below the top of its first 4 GiB, in the code segment's part below.
    assert_eq!(ask(&mut stub, "mfffffff0,1"), "ea", "a far jump");
    parent.kill().unwrap();
    parent.wait().unwrap();
}

/// The QEMU processes that boot `kernel`, as directories of `/proc`.
fn qemus(kernel: &Path) -> Vec<PathBuf> {
    let kernel = kernel.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let boots = |process: &PathBuf| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.contains(kernel) && line.starts_with("/") && line.contains("qemu")
    };
    processes.map(|process| process.path()).filter(boots).collect()
}

/// Whether `condition` comes true within many turns, which on a host with other work take longer than on another.
fn eventually(condition: impl Fn() -> bool) -> bool {
    let tries = std::iter::repeat_with(condition).take(6_000);
    tries
        .inspect(|&done| {
            if !done {
                thread::sleep(Duration::from_millis(50))
            }
        })
        .any(|done| done)
}
