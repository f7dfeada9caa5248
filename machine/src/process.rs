//! The QEMU process, and the promise that it never outlives this one.
//!
//! Dropping [`Process`] kills QEMU. That does not help when this process itself
//! is killed, so QEMU asks the host's kernel for a SIGKILL at its parent's death:
//! `setpriv --pdeathsig` sets that and stays in force across `exec`. Between the
//! fork and that request the parent may die already; therefore a shell in between
//! looks, after the request, whether the parent is still the one it was.
//!
//! "Parent" is the *thread* that started QEMU, so a machine is followed to its
//! end on the thread that starts it.

use std::{
    fs::File,
    io::{self, PipeReader, Write, pipe},
    net::TcpListener,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
};

use anyhow::{Context, Result};
use command_fds::{CommandFdExt, FdMapping};

use crate::{Boot, Debugger, Machine, arguments, backlog::Backlog, qemu};

/// Run by the shell: `$1` is the parent's number, the rest is QEMU's command line.
const UNLESS_ORPHANED: &str = r#"[ "$PPID" = "$1" ] || exit 1; shift; exec "$@""#;

/// A running QEMU.
pub struct Process {
    child: Child,
    /// What the guest prints.
    pub console: PipeReader,
    /// How much of that is unread, which stops QEMU when it is much.
    pub backlog: Arc<Backlog>,
    /// What QEMU itself complains about.
    pub complaints: PipeReader,
    /// The host's end of COM2.
    pub control: UnixStream,
    /// The host's end of the monitor.
    pub monitor: UnixStream,
}

impl Process {
    /// Starts QEMU.
    ///
    /// # Errors
    /// QEMU or `setpriv` is missing, or the system has no descriptors or processes left.
    pub fn start(machine: &Machine) -> Result<Self> {
        let (console, console_end) = pipe()?;
        let (complaints, complaints_end) = pipe()?;
        let (control, control_end) = UnixStream::pair()?;
        let (monitor, monitor_end) = UnixStream::pair()?;
        let mut inherited =
            vec![mapping(control_end, arguments::CONTROL), mapping(monitor_end, arguments::MONITOR)];
        if let Boot::Direct { ramdisk: Some(file), .. } = &machine.boot {
            inherited.push(mapping(reopen(file)?, arguments::RAMDISK));
        }
        if let Some(announce) = machine.debugger {
            let (listener, debugger) = listen_for_debugger(machine)?;
            announce(&debugger);
            inherited.push(mapping(listener, arguments::DEBUGGER));
        }
        let mut command = command(machine)?;
        command
            .stdin(if machine.input { Stdio::piped() } else { Stdio::null() })
            .stdout(console_end)
            .stderr(complaints_end)
            .fd_mappings(inherited)
            .context("two of QEMU's descriptors collide")?;
        let mut child = command.spawn().context("cannot start setpriv (of util-linux), which starts QEMU")?;
        if let Some(console) = child.stdin.take() {
            pass_input(console);
        }
        let backlog = Arc::new(Backlog::of(child.id()));
        Ok(Self { child, console, backlog, complaints, control, monitor })
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends QEMU, if it still runs, and waits until it is gone.
    pub fn end(&mut self) -> io::Result<ExitStatus> {
        self.backlog.end();
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing is left to do for a process that can not be killed.
        let _ = self.end();
    }
}

/// `setpriv`, the shell, and QEMU with its arguments.
fn command(machine: &Machine) -> Result<Command> {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "sh", "-c", UNLESS_ORPHANED, "sh"])
        .arg(std::process::id().to_string())
        .args(machine.qemu_words()?)
        .args(arguments::arguments(machine));
    Ok(command)
}

/// Starts QEMU with the hardware of `machine` and ends it again; what it complains about, if it can not.
pub fn check(machine: &Machine) -> Result<std::result::Result<(), String>> {
    let words = machine.qemu_words()?;
    let mut qemu = Command::new(&words[0]);
    qemu.args(&words[1..]).args(arguments::hardware(machine));
    qemu.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = qemu.spawn().context("cannot start QEMU")?;
    if let Some(mut monitor) = child.stdin.take() {
        // One that refuses the machine does not listen.
        let _ = monitor.write_all(b"quit\n");
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find(|line| !line.contains("warning:")).unwrap_or("(it says nothing)");
    // Its own name and the place of the option say nothing new.
    let own = format!("{}: ", qemu::PROGRAM);
    Ok(Err(line.rsplit_once(&own).map_or(line, |(_, complaint)| complaint).to_owned()))
}

fn mapping(descriptor: impl Into<OwnedFd>, number: i32) -> FdMapping {
    FdMapping { parent_fd: descriptor.into(), child_fd: number }
}

fn reopen(file: &File) -> Result<OwnedFd> {
    file.as_fd().try_clone_to_owned().context("cannot pass the ramdisk on")
}

/// A port that the system chose, and what a debugger has to know of it.
fn listen_for_debugger(machine: &Machine) -> Result<(TcpListener, Debugger)> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen for a debugger")?;
    let debugger = Debugger { address: listener.local_addr()?, symbols: machine.symbols.clone() };
    Ok((listener, debugger))
}

/// Copies this process's standard input to the guest until either ends.
fn pass_input(mut guest: ChildStdin) {
    thread::spawn(move || {
        // The guest has gone, or nothing more is typed: both end the copying only.
        let _ = io::copy(&mut io::stdin().lock(), &mut guest);
        let _ = guest.flush();
    });
}
