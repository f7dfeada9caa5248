//! Installing what is missing: through rustup where it can download, through
//! `apt-get` where this is root on Debian or Ubuntu, and otherwise not at all:
//! then the caller gets a sentence that names the command to type.
//!
//! One at a time: tests run side by side, and each may be the first to miss something.

use std::{
    env, fmt,
    fs::{self, File},
    os::unix::fs::MetadataExt,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::{toolchain::environment, workspace::find_in_path};

/// One way to install something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installation {
    /// `rustup ARGUMENTS`.
    Rustup(&'static [&'static str]),
    /// `apt-get install PACKAGES`.
    Apt(&'static [&'static str]),
}

impl fmt::Display for Installation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rustup(arguments) => write!(out, "rustup {}", arguments.join(" ")),
            Self::Apt(packages) => {
                write!(out, "apt-get install --no-install-recommends {}", packages.join(" "))
            }
        }
    }
}

/// What this machine can install with.
#[derive(Clone, Copy, Debug)]
pub struct Installers {
    /// `rustup` is in the path.
    pub rustup: bool,
    /// `apt-get` is in the path.
    pub apt: bool,
    /// This process is root.
    pub root: bool,
}

impl Installers {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        Self {
            rustup: find_in_path("rustup").is_some(),
            apt: find_in_path("apt-get").is_some(),
            root: fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0),
        }
    }

    /// Whether this machine may try `installation` by itself.
    pub fn can(&self, installation: &Installation) -> bool {
        match installation {
            Installation::Rustup(_) => self.rustup,
            Installation::Apt(_) => self.apt && self.root,
        }
    }

    /// What a person should type, given `ways` in order of preference.
    pub fn advice(&self, ways: &[Installation]) -> String {
        let fits = |way: &&Installation| match way {
            Installation::Rustup(_) => self.rustup,
            Installation::Apt(_) => self.apt,
        };
        // The last way that fits: the earlier ones were tried and failed.
        let way = ways.iter().rfind(fits).or(ways.first());
        match way {
            Some(way @ Installation::Apt(_)) if self.apt => {
                format!("type `sudo apt-get update && sudo {way}`")
            }
            Some(Installation::Apt(packages)) => format!(
                "install what Debian calls `{}` with this system's package manager",
                packages.join(" ")
            ),
            Some(way) => format!("install rustup (https://rustup.rs) and type `{way}`"),
            None => "install it".into(),
        }
    }
}

/// Tries `ways` in turn until one succeeds and `found` then finds the thing, unless another process has installed
/// it meanwhile.
///
/// # Errors
/// One sentence naming `what` is missing and the command to type.
pub fn install<T>(what: &str, ways: &[Installation], mut found: impl FnMut() -> Option<T>) -> Result<T> {
    let _turn = turn();
    if let Some(thing) = found() {
        return Ok(thing);
    }
    let installers = Installers::of_this_machine();
    for way in ways.iter().filter(|way| installers.can(way)) {
        eprintln!("hafnon: {what} is missing; installing it: {way}");
        if run(way)
            && let Some(thing) = found()
        {
            return Ok(thing);
        }
        eprintln!("hafnon: that did not install {what}");
    }
    bail!("{what} is missing: {}", installers.advice(ways))
}

/// Waits until nobody else on this machine installs for this command; nobody does until the file is closed.
/// Where there can be no such file, who installs goes without.
fn turn() -> Option<File> {
    let file = File::create(env::temp_dir().join("hafnon-installs")).ok()?;
    file.lock().ok().map(|()| file)
}

/// Runs one installation; whether it succeeded.
fn run(way: &Installation) -> bool {
    match way {
        Installation::Rustup(arguments) => {
            succeeds(environment::scrub(&mut Command::new("rustup")).args(*arguments))
        }
        Installation::Apt(packages) => {
            // Without fresh lists a package may have moved; a failed refresh may still do.
            succeeds(apt().arg("update"));
            succeeds(
                apt().args(["install", "--yes", "--no-remove", "--no-install-recommends"]).args(*packages),
            )
        }
    }
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    // Another program's turn at the packages ends, too.
    command.args(["--quiet", "-o", "DPkg::Lock::Timeout=300"]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Runs `command` with its output on this process's standard error.
fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(std::io::stderr()).status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicBool, Ordering::SeqCst},
        thread,
        time::Duration,
    };

    const WAYS: [Installation; 2] =
        [Installation::Rustup(&["target", "add", "x"]), Installation::Apt(&["a", "b"])];

    fn machine(rustup: bool, apt: bool, root: bool) -> Installers {
        Installers { rustup, apt, root }
    }

    #[test]
    fn who_comes_second_finds_what_the_first_installed() {
        let installed = AtomicBool::new(false);
        let first = turn().expect("a file for the lock");
        thread::scope(|scope| {
            let found = || installed.load(SeqCst).then_some("it");
            let second = scope.spawn(move || install("something", &[], found));
            thread::sleep(Duration::from_millis(100));
            installed.store(true, SeqCst);
            drop(first);
            assert_eq!(second.join().unwrap().unwrap(), "it");
        });
        assert!(install("nothing", &[], || None::<()>).is_err());
    }

    #[test]
    fn only_root_installs_packages() {
        assert!(machine(false, true, true).can(&WAYS[1]));
        assert!(!machine(false, true, false).can(&WAYS[1]));
        assert!(!machine(false, false, true).can(&WAYS[1]));
        assert!(machine(true, false, false).can(&WAYS[0]));
    }

    #[test]
    fn advice_names_one_command() {
        let debian = machine(true, true, false).advice(&WAYS);
        assert!(debian.contains("sudo apt-get install --no-install-recommends a b"), "{debian}");
        let rustup = machine(true, false, false).advice(&WAYS);
        assert!(rustup.contains("`rustup target add x`"), "{rustup}");
        let other = machine(false, false, false).advice(&WAYS[1..]);
        assert!(other.contains("Debian calls `a b`"), "{other}");
    }
}
