//! Following a machine: its three streams become one, read until it ends.

use std::{
    io::{BufRead, BufReader, Read},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::Result;

use crate::{
    Dialect, LastWord, Listener, Machine,
    backlog::Backlog,
    monitor::Monitor,
    outcome::{End, Outcome, Stack},
    pace::Pace,
    process::Process,
};

/// How long QEMU may take to end when it is told to.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long a kernel that has panicked may take to power off.
const AFTER_PANIC: Duration = Duration::from_secs(5);

/// How long a guest may tell of itself.
const ANSWER: Duration = Duration::from_secs(10);

/// The shortest time to wait for an event: the machine's clock is not read more often.
const SHORTEST: Duration = Duration::from_millis(50);

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
    let backlog = Arc::clone(&process.backlog);
    read_console(process.console.try_clone()?, sender.clone(), Arc::clone(&backlog));
    read_control(process.control.try_clone()?, sender.clone());
    let mut monitor = Monitor::start(process.monitor.try_clone()?, sender)?;
    let complaints = read_complaints(process.complaints.try_clone()?);
    let mut follower = Follower::new(machine, Pace::of(process.id()), backlog);
    let hung = follower.until_end(&events, listener);
    let mut stacks = Vec::new();
    let told = hung && follower.ask(&mut monitor, &events, listener);
    if hung || matches!(follower.end, Some(End::Reset)) {
        // It has to run to be asked.
        process.backlog.end();
        stacks = monitor.stacks(machine.cpus, machine.program.as_deref());
    }
    if follower.stopped {
        // It has said all that it will; what is on the way comes before the streams end.
        monitor.quit();
        follower.stopped = false;
        follower.ends(End::PoweredOff, LAST_WORDS);
        follower.until_end(&events, listener);
    }
    stacks.splice(0..0, std::mem::take(&mut follower.stacks));
    let status = process.end()?;
    let complaints = complaints.join().unwrap_or_default();
    let end = follower.end.unwrap_or_else(|| end_by_status(&*machine.dialect, status.code(), &complaints));
    let Machine { symbols, program, sources, .. } = machine;
    let (symbols, program, sources) = (symbols.clone(), program.clone(), sources.clone());
    Ok(Outcome { end, told, stacks, symbols, program, sources, complaints })
}

/// How a machine ended that did not say so on COM2. The exit device ends QEMU with twice the value written
/// and one more; 1 is also QEMU's own status for what it then complains about.
fn end_by_status(dialect: &dyn Dialect, status: Option<i32>, complaints: &str) -> End {
    let written = match status {
        Some(1) if !complaints.is_empty() => None,
        Some(status) if status & 1 == 1 => u8::try_from(status >> 1).ok(),
        _ => None,
    };
    written.and_then(|value| dialect.exit_device(value)).unwrap_or(End::QemuFailed)
}

/// What is known so far. All times are those of the machine's own clock.
struct Follower<'a> {
    machine: &'a Machine,
    pace: Pace,
    spoke: Duration,
    open: usize,
    /// The machine stands still, and QEMU has not been told to end yet.
    stopped: bool,
    end: Option<End>,
    /// When the machine is ended although its streams are open.
    cut: Option<Duration>,
    stacks: Vec<Stack>,
    /// What is told how much the listener has taken.
    backlog: Arc<Backlog>,
    /// How many bytes it has taken of which that was not told yet.
    taken: usize,
    /// How many bytes the listener had not passed on.
    waiting: usize,
}

impl<'a> Follower<'a> {
    fn new(machine: &'a Machine, pace: Pace, backlog: Arc<Backlog>) -> Self {
        let spoke = Duration::ZERO;
        let (open, stopped, end, cut, stacks) = (2, false, None, None, Vec::new());
        Self { machine, pace, spoke, open, stopped, end, cut, stacks, backlog, taken: 0, waiting: 0 }
    }

    /// Reads events until the machine has ended or stopped, or the listener has heard enough; whether it is to be
    /// ended because it hangs.
    fn until_end(&mut self, events: &Receiver<Event>, listener: &mut dyn Listener) -> bool {
        while self.open > 0 && !self.stopped {
            self.look_at(listener.waiting());
            let (now, deadline) = (self.pace.now(), self.deadline());
            if deadline.is_some_and(|deadline| deadline <= now) {
                if self.end.is_some() {
                    return false;
                }
                let end = self.hang(now);
                let hung = !matches!(end, End::Unread(_));
                self.end = Some(end);
                return hung;
            }
            // The machine's time does not pass faster than the host's; a listener that is at work is looked at again.
            let patience = deadline.map_or(LAST_WORDS, |deadline| deadline - now).max(SHORTEST);
            match events.recv_timeout(if self.waiting > 0 { SHORTEST } else { patience }) {
                Ok(event) => self.take(event, listener),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !listener.listens() {
                self.end.get_or_insert(End::Unheard);
                return false;
            }
        }
        false
    }

    fn take(&mut self, event: Event, listener: &mut dyn Listener) {
        self.spoke = self.pace.now();
        match event {
            Event::Console(bytes) => {
                listener.console(&bytes);
                self.taken += bytes.len();
            }
            Event::Control(line) => self.control(&line, listener),
            Event::Stopped(reason) => {
                let end = if reason == "guest-reset" { End::Reset } else { End::PoweredOff };
                self.ends(end, LAST_WORDS);
                self.stopped = true;
            }
            Event::Closed => self.open -= 1,
        }
    }

    /// Asks a guest that hangs what goes on in it, and listens until it has told; whether it has.
    fn ask(&mut self, monitor: &mut Monitor, events: &Receiver<Event>, listener: &mut dyn Listener) -> bool {
        let Some(last_line) = self.machine.dialect.answers_with() else { return false };
        self.backlog.end();
        monitor.interrupt();
        let deadline = self.pace.now() + ANSWER;
        while self.open > 0 && !self.stopped && self.pace.now() < deadline {
            match events.recv_timeout(SHORTEST) {
                Ok(Event::Control(line)) if line == last_line => {
                    self.hear_the_rest(events, listener);
                    return true;
                }
                Ok(event) => self.take(event, listener),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        false
    }

    /// The console is a stream of its own: what was printed before is there soon.
    fn hear_the_rest(&mut self, events: &Receiver<Event>, listener: &mut dyn Listener) {
        while let Ok(event) = events.recv_timeout(SHORTEST) {
            let is_console = matches!(event, Event::Console(_));
            self.take(event, listener);
            if !is_console {
                return;
            }
        }
    }

    /// Notes how many bytes the listener has not passed on.
    fn look_at(&mut self, waiting: usize) {
        // The guest that waits for a slow reader is not silent.
        if waiting < self.waiting {
            self.spoke = self.pace.now();
        }
        self.waiting = waiting;
        self.backlog.taken(std::mem::take(&mut self.taken), waiting);
    }

    fn control(&mut self, line: &str, listener: &mut dyn Listener) {
        match self.machine.dialect.last_word(line) {
            // The code is the machine's last word; a stop that was seen first was this one's.
            Some(LastWord::Exit(code)) => self.end = Some(End::Exited(code)),
            Some(LastWord::Panic(message)) => {
                self.end = None;
                self.ends(End::Panicked(message), AFTER_PANIC);
            }
            Some(LastWord::Stack(title, addresses)) => {
                self.stacks.push(Stack { title, addresses, program_at: None });
            }
            None => listener.control(line),
        }
    }

    /// Notes an end, unless one is known, and gives the machine `grace` to go. It prints little more, and QEMU has to
    /// run to end.
    fn ends(&mut self, end: End, grace: Duration) {
        self.backlog.end();
        self.end.get_or_insert(end);
        self.cut = Some(self.pace.now() + grace);
    }

    /// When to stop listening.
    fn deadline(&self) -> Option<Duration> {
        let silence = self.machine.silence.map(|time| self.spoke + time);
        self.cut.or_else(|| [silence, self.machine.limit].into_iter().flatten().min())
    }

    fn hang(&self, now: Duration) -> End {
        match (self.machine.limit, self.machine.silence) {
            (Some(limit), _) if now >= limit => End::TookTooLong(limit),
            (_, Some(silence)) if self.backlog.is_stopped() => End::Unread(silence),
            (_, silence) => End::Silent(silence.unwrap_or_default()),
        }
    }
}

/// Reads at all times, whoever is slow: see `backlog.rs`.
fn read_console(mut stream: impl Read + Send + 'static, events: Sender<Event>, backlog: Arc<Backlog>) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            backlog.read(count);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mute;

    /// A guest that writes 0x10 when all is well.
    #[derive(Debug)]
    struct Other;

    impl Dialect for Other {
        fn last_word(&self, _line: &str) -> Option<LastWord> {
            None
        }

        fn exit_device(&self, value: u8) -> Option<End> {
            (value == 0x10).then_some(End::Exited(0))
        }
    }

    #[test]
    fn what_the_guest_wrote_to_the_exit_device_is_the_dialects_to_read() {
        assert_eq!(end_by_status(&Mute, Some(1), ""), End::PoweredOff);
        assert_eq!(end_by_status(&Mute, Some(3), ""), End::QemuFailed);
        assert_eq!(end_by_status(&Other, Some(33), ""), End::Exited(0));
        assert_eq!(end_by_status(&Other, Some(1), ""), End::QemuFailed);
    }

    #[test]
    fn qemus_own_failures_are_no_ends_of_the_guest() {
        assert_eq!(end_by_status(&Mute, Some(1), "no such machine"), End::QemuFailed);
        assert_eq!(end_by_status(&Mute, Some(0), ""), End::QemuFailed);
        assert_eq!(end_by_status(&Mute, None, ""), End::QemuFailed);
    }
}
