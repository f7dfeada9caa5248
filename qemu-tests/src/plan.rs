//! A test as its program lists it, before any machine is started.
//!
//! ```text
//! NAME [cpus=1,2,4] [memory=SIZE] [timeout=SECONDS] [expect=panic|reset|hang] [counted] [with=WORD=VALUE] [device=NAME]
//! ```
//!
//! With several numbers of CPUs the test is run once with each. `counted` is for tests of time: each
//! instruction is one tick of every clock, so that no load of the host disturbs them. `memory` is as QEMU reads it,
//! `with` adds a word to the kernel's command line, and `device` a device to the machine, as QEMU's `-device` reads it.

use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How a test's machine has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The test reports `ok`, and the machine ends with exit code 0.
    Pass,
    /// The kernel panics, after the test has started.
    Panic,
    /// The machine resets itself (a triple fault), after the test has started.
    Reset,
    /// The machine hangs, for as long as the test may take, after the test has started, and tells what goes on in it when it
    /// is asked.
    Hang,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name, which the guest is given.
    pub name: String,
    /// The numbers of CPUs to run it with; empty for the suite's own.
    pub cpus: Vec<u32>,
    /// How long it may take; `None` for the suite's own.
    pub timeout: Option<Duration>,
    /// How it has to end.
    pub expectation: Expectation,
    /// Whether instructions are the machine's time.
    pub counted: bool,
    /// How much memory the machine has; `None` for the suite's own.
    pub memory: Option<String>,
    /// Words for the kernel's command line.
    pub words: Vec<(String, String)>,
    /// Devices beside those that every machine has.
    pub devices: Vec<String>,
}

impl Plan {
    /// Reads one line.
    ///
    /// # Errors
    /// A word is not one of those above.
    pub fn parse(line: &str) -> Result<Self> {
        let mut words = line.split_whitespace();
        let name = words.next().context("a test without a name")?.to_owned();
        let mut plan = Self::plain(name);
        for word in words {
            plan.need(word).with_context(|| format!("test `{}`: `{word}`", plan.name))?;
        }
        Ok(plan)
    }

    /// A test that needs nothing.
    fn plain(name: String) -> Self {
        Self {
            name,
            cpus: Vec::new(),
            timeout: None,
            expectation: Expectation::Pass,
            counted: false,
            memory: None,
            words: Vec::new(),
            devices: Vec::new(),
        }
    }

    fn need(&mut self, word: &str) -> Result<()> {
        match word.split_once('=') {
            Some(("cpus", list)) => {
                self.cpus = list.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            Some(("timeout", seconds)) => {
                self.timeout = Some(Duration::from_secs(seconds.parse()?));
            }
            Some(("device", device)) => self.devices.push(device.to_owned()),
            Some(("memory", size)) => self.memory = Some(size.to_owned()),
            Some(("with", word)) => {
                let (name, value) = word.split_once('=').context("a word for the kernel has a value")?;
                self.words.push((name.to_owned(), value.to_owned()));
            }
            None if word == "counted" => self.counted = true,
            Some(("expect", "panic")) => self.expectation = Expectation::Panic,
            Some(("expect", "reset")) => self.expectation = Expectation::Reset,
            Some(("expect", "hang")) => self.expectation = Expectation::Hang,
            _ => bail!(
                "this runner does not know the word; those that there are: cpus=1,2,4 memory=SIZE timeout=SECONDS \
                 expect=panic|reset|hang counted with=WORD=VALUE device=NAME"
            ),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_enough() {
        let plan = Plan::parse("memory::frames_come_back").unwrap();
        assert_eq!(plan.name, "memory::frames_come_back");
        assert_eq!((plan.cpus.len(), plan.timeout, plan.expectation), (0, None, Expectation::Pass));
    }

    #[test]
    fn needs_are_read() {
        let words = "cpus=1,4 timeout=90 expect=panic counted memory=64M with=kernel.trials=on device=edu";
        let plan = Plan::parse(&format!("a {words}")).unwrap();
        assert!(plan.counted);
        assert_eq!(plan.memory.as_deref(), Some("64M"));
        assert_eq!(plan.words, [("kernel.trials".into(), "on".into())]);
        assert_eq!((&plan.cpus[..], &plan.devices[..]), (&[1, 4][..], &["edu".to_owned()][..]));
        assert_eq!(plan.timeout, Some(Duration::from_secs(90)));
        assert_eq!(plan.expectation, Expectation::Panic);
    }

    #[test]
    fn an_unknown_need_is_named() {
        let error = Plan::parse("a color=blue").unwrap_err();
        assert!(format!("{error:#}").contains("test `a`: `color=blue`"));
        assert!(Plan::parse("a cpus=many").is_err());
        assert!(Plan::parse("a with=nothing").is_err());
    }
}
