//! Following a machine: its three streams become one, read until it ends.

use std::{
    io::{BufRead, BufReader, Read},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{
    Listener, Machine,
    control::Line,
    monitor::Monitor,
    outcome::{End, Outcome, Stack},
    process::Process,
};

/// How long a machine that has stopped may take to deliver its last words.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How long a kernel that has panicked may take to power off.
const AFTER_PANIC: Duration = Duration::from_secs(5);

/// What happened to a machine.
pub enum Event {
    /// It printed.
    Console(Vec<u8>),
    /// It sent a line on COM2.
    Control(String),
    /// It stopped; QEMU's word for why.
    Stopped(String),
    /// A stream has ended, as all do with QEMU.
    Closed,
}

/// Runs `process` to its end.
///
/// # Errors
/// The system fails: no thread, no memory, a descriptor that breaks.
pub fn follow(machine: &Machine, mut process: Process, listener: &mut dyn Listener) -> Result<Outcome> {
    let (sender, events) = mpsc::channel();
    read_console(process.console.try_clone()?, sender.clone());
    read_control(process.control.try_clone()?, sender.clone());
    let mut monitor = Monitor::start(process.monitor.try_clone()?, sender)?;
    let complaints = read_complaints(process.complaints.try_clone()?);
    let mut follower = Follower::new(machine);
    let hung = follower.until_end(&events, listener);
    let mut stacks = std::mem::take(&mut follower.stacks);
    if hung || matches!(follower.end, Some(End::Reset)) {
        stacks.extend(monitor.stacks(machine.cpus, machine.program.as_deref()));
    }
    let status = process.end()?;
    let complaints = complaints.join().unwrap_or_default();
    let end = follower.end.unwrap_or_else(|| end_by_status(status.code(), &complaints));
    Ok(Outcome { end, stacks, program: machine.program.clone(), complaints })
}

/// How a machine ended that did not say so on COM2. `isa-debug-exit` ends QEMU with 1 or 3; 1 is
/// also QEMU's own status for what it then complains about.
fn end_by_status(status: Option<i32>, complaints: &str) -> End {
    match status {
        Some(1) if complaints.is_empty() => End::PoweredOff,
        Some(3) => End::Panicked("(no message came)".into()),
        _ => End::QemuFailed,
    }
}

/// What is known so far.
struct Follower<'a> {
    machine: &'a Machine,
    started: Instant,
    spoke: Instant,
    open: usize,
    end: Option<End>,
    /// When the machine is ended although its streams are open.
    cut: Option<Instant>,
    stacks: Vec<Stack>,
}

impl<'a> Follower<'a> {
    fn new(machine: &'a Machine) -> Self {
        let now = Instant::now();
        Self { machine, started: now, spoke: now, open: 2, end: None, cut: None, stacks: Vec::new() }
    }

    /// Reads events until the machine has ended; whether it was ended because it hangs.
    fn until_end(&mut self, events: &Receiver<Event>, listener: &mut dyn Listener) -> bool {
        while self.open > 0 {
            let left = self.deadline().saturating_duration_since(Instant::now());
            match events.recv_timeout(left) {
                Ok(event) => self.take(event, listener),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if self.end.is_some() => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.end = Some(self.hang());
                    return true;
                }
            }
        }
        false
    }

    fn take(&mut self, event: Event, listener: &mut dyn Listener) {
        self.spoke = Instant::now();
        match event {
            Event::Console(bytes) => listener.console(&bytes),
            Event::Control(line) => self.control(&line, listener),
            Event::Stopped(reason) => {
                let end = if reason == "guest-reset" { End::Reset } else { End::PoweredOff };
                self.ends(end, LAST_WORDS);
            }
            Event::Closed => self.open -= 1,
        }
    }

    fn control(&mut self, line: &str, listener: &mut dyn Listener) {
        match Line::parse(line) {
            // The code is the machine's last word; a stop that was seen first was this one's.
            Line::Exit(code) => self.end = Some(End::Exited(code)),
            Line::Panic(message) => {
                self.end = None;
                self.ends(End::Panicked(message), AFTER_PANIC);
            }
            Line::Backtrace(title, addresses) => {
                self.stacks.push(Stack { title, addresses, program_at: None });
            }
            Line::Other(line) => listener.control(&line),
        }
    }

    /// Notes an end, unless one is known, and gives the machine `grace` to go.
    fn ends(&mut self, end: End, grace: Duration) {
        self.end.get_or_insert(end);
        self.cut = Some(Instant::now() + grace);
    }

    /// When to stop listening.
    fn deadline(&self) -> Instant {
        // A day stands for "never": `Instant` has no greatest value.
        let never = Instant::now() + Duration::from_secs(86_400);
        let silence = self.machine.silence.map_or(never, |time| self.spoke + time);
        let limit = self.machine.limit.map_or(never, |time| self.started + time);
        self.cut.map_or(silence.min(limit), |cut| cut.min(limit))
    }

    fn hang(&self) -> End {
        match (self.machine.limit, self.machine.silence) {
            (Some(limit), _) if self.started.elapsed() >= limit => End::TookTooLong(limit),
            (_, silence) => End::Silent(silence.unwrap_or_default()),
        }
    }
}

fn read_console(mut stream: impl Read + Send + 'static, events: Sender<Event>) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            if events.send(Event::Console(bytes[..count].to_vec())).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Closed);
    });
}

fn read_control(stream: impl Read + Send + 'static, events: Sender<Event>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if events.send(Event::Control(line)).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Closed);
    });
}

fn read_complaints(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        // What could be read of it is all there is to show.
        let _ = stream.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    })
}
