//! What a person sees of steps that take long: a moving line for each on a terminal, a plain line
//! elsewhere. What the programs say that do the work is kept back: the moving line shows the last of it, and
//! a failure shows all. With [`set_verbose`] it comes as it is said.

use std::{
    io::{self, BufRead, BufReader, IsTerminal, pipe},
    process::{Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

static VERBOSE: AtomicBool = AtomicBool::new(false);

/// How often the line moves.
const TICK: Duration = Duration::from_millis(120);

/// The most of one line of a program that the moving line shows, in characters.
const SHOWN: usize = 60;

/// From here on, what programs say is passed on.
pub fn set_verbose() {
    VERBOSE.store(true, Relaxed);
}

/// One step, until it is dropped.
#[derive(Debug)]
pub struct Step {
    line: Option<ProgressBar>,
}

impl Step {
    /// Begins the step that `what` names, such as `building the kernel`.
    pub fn new(what: &str) -> Self {
        if VERBOSE.load(Relaxed) || !io::stderr().is_terminal() {
            eprintln!("hafnon: {what}");
            return Self { line: None };
        }
        let line = ProgressBar::new_spinner().with_prefix(format!("hafnon: {what}"));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} ({elapsed}) {msg:.dim}") {
            line.set_style(style);
        }
        line.enable_steady_tick(TICK);
        Self { line: Some(line) }
    }

    /// Runs a program that is part of the step.
    ///
    /// # Errors
    /// It can not be started, or fails: then everything that it said stands on standard error.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let (status, said) = self.listen(command)?;
        if !status.success() {
            self.say(&said);
            bail!("{} failed ({status}); its messages are above", name(command));
        }
        Ok(())
    }

    /// Runs a program; how it ended, and what it said, which has been shown to nobody unless that is
    /// wanted of all programs.
    ///
    /// # Errors
    /// It can not be started.
    pub fn listen(&self, command: &mut Command) -> Result<(ExitStatus, String)> {
        command.stdin(Stdio::null());
        if VERBOSE.load(Relaxed) {
            let status = command.stdout(io::stderr()).status();
            return Ok((status.with_context(|| cannot_start(command))?, String::new()));
        }
        let (words, end) = pipe()?;
        command.stdout(end.try_clone()?).stderr(end);
        let child = command.spawn();
        // The command's own ends would keep the pipe open.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child.with_context(|| cannot_start(command))?;
        let mut said = Vec::new();
        let mut words = BufReader::new(words);
        loop {
            let from = said.len();
            if words.read_until(b'\n', &mut said)? == 0 {
                break;
            }
            self.show(&String::from_utf8_lossy(&said[from..]));
        }
        Ok((child.wait()?, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Writes `text` to standard error, beside the moving line.
    pub fn say(&self, text: &str) {
        match &self.line {
            Some(line) => line.suspend(|| eprint!("{text}")),
            None => eprint!("{text}"),
        }
    }

    fn show(&self, words: &str) {
        if let (Some(line), false) = (&self.line, words.trim().is_empty()) {
            line.set_message(
                words.trim().chars().filter(|one| !one.is_control()).take(SHOWN).collect::<String>(),
            );
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.finish_and_clear();
        }
    }
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().display())
}

/// The program's name and its first argument, which is what it was to do.
fn name(command: &Command) -> String {
    let program = command.get_program().display().to_string();
    let program = program.rsplit('/').next().unwrap_or_default();
    let task = command.get_args().next().unwrap_or_default().display().to_string();
    format!("`{}`", format!("{program} {task}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn what_a_program_said_is_kept() {
        let step = Step::new("testing");
        let (status, said) = step.listen(&mut shell("echo one; echo two >&2; printf three; exit 4")).unwrap();
        assert_eq!((status.code(), said.as_str()), (Some(4), "one\ntwo\nthree"));
    }

    #[test]
    fn a_failure_names_the_program() {
        let step = Step::new("testing");
        step.run(&mut shell("exit 0")).unwrap();
        let failed = step.run(&mut shell("exit 4")).unwrap_err().to_string();
        assert!(failed.starts_with("`sh -c` failed (exit status: 4)"), "{failed}");
        let missing = step.run(&mut Command::new("/nowhere/program")).unwrap_err().to_string();
        assert_eq!(missing, "cannot start /nowhere/program");
    }
}
