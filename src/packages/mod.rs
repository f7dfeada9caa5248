//! Getting what is missing: through rustup where it can download, through apt on Debian and its kin, and
//! otherwise not at all: then the caller gets a sentence that names the command to type.
//!
//! Packages are never installed. They are fetched and unpacked into a directory of our own (`cache`), so
//! that nothing that is installed changes, whoever calls, and whatever the package would break.
//!
//! One at a time: tests run side by side, and each may be the first to miss something.

mod apt;
mod cache;
mod closure;
mod version;

use std::{fmt, process::Command};

use anyhow::{Result, bail, ensure};

pub use cache::{Tree, place, unpacked};

use crate::{steps::Step, toolchain::environment, workspace::find_in_path};

/// One way to get something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installation {
    /// `rustup ARGUMENTS`.
    Rustup(&'static [&'static str]),
    /// `apt-get download PACKAGES` with what they need, unpacked.
    Apt(&'static [&'static str]),
}

impl fmt::Display for Installation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rustup(arguments) => write!(out, "rustup {}", arguments.join(" ")),
            Self::Apt(packages) => write!(out, "apt-get download {}", packages.join(" ")),
        }
    }
}

/// What this machine can get things with.
#[derive(Clone, Copy, Debug)]
pub struct Installers {
    /// `rustup` is in the path.
    pub rustup: bool,
    /// apt's and dpkg's programs are in the path.
    pub apt: bool,
}

impl Installers {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        let here = |name: &&str| find_in_path(name).is_some();
        Self { rustup: here(&"rustup"), apt: ["apt-get", "apt-cache", "dpkg-deb"].iter().all(here) }
    }

    /// Whether this machine may try `installation` by itself.
    pub fn can(&self, installation: &Installation) -> bool {
        match installation {
            Installation::Rustup(_) => self.rustup,
            Installation::Apt(_) => self.apt,
        }
    }

    /// What a person should type, given `ways` in order of preference.
    pub fn advice(&self, ways: &[Installation]) -> String {
        // The last way that fits: the earlier ones were tried and failed.
        let way = ways.iter().rfind(|way| self.can(way)).or(ways.first());
        match way {
            Some(Installation::Apt(packages)) if self.apt => {
                let packages = packages.join(" ");
                format!(
                    "type `sudo apt-get update && sudo apt-get install --no-install-recommends {packages}`"
                )
            }
            Some(Installation::Apt(packages)) => format!(
                "install what Debian calls `{}` with this system's package manager",
                packages.join(" ")
            ),
            Some(way) if self.rustup => format!("type `{way}`"),
            Some(way) => format!("install rustup (https://rustup.rs) and type `{way}`"),
            None => "install it".into(),
        }
    }
}

/// Tries `ways` in turn until one succeeds and `found` then finds the thing, unless another process has got it
/// meanwhile.
///
/// # Errors
/// One sentence naming `what` is missing and the command to type, after everything that was said by what was
/// tried.
pub fn install<T>(what: &str, ways: &[Installation], mut found: impl FnMut() -> Option<T>) -> Result<T> {
    let _turn = cache::turn();
    if let Some(thing) = found() {
        return Ok(thing);
    }
    let installers = Installers::of_this_machine();
    let mut failures = String::new();
    for way in ways.iter().filter(|way| installers.can(way)) {
        let tried = run(what, way).and_then(|()| match found() {
            Some(thing) => Ok(thing),
            None => bail!("after `{way}` it is still missing"),
        });
        match tried {
            Ok(thing) => return Ok(thing),
            Err(error) => failures += &format!("{}\n", format!("{error:#}").trim_end()),
        }
    }
    eprint!("{failures}");
    bail!("{what} is missing: {}", installers.advice(ways))
}

/// Tries one way.
fn run(what: &str, way: &Installation) -> Result<()> {
    match way {
        Installation::Rustup(arguments) => {
            let step = Step::new(&format!("fetching {what} with `{way}`"));
            let mut rustup = Command::new("rustup");
            let (status, said) = step.listen(environment::scrub(&mut rustup).args(*arguments))?;
            ensure!(status.success(), "{said}`{way}` failed ({status})");
            Ok(())
        }
        Installation::Apt(packages) => {
            let place = place();
            let step = Step::new(&format!("fetching {what} into {}; nothing is installed", place.display()));
            cache::unpack(packages, &step)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, thread};

    const WAYS: [Installation; 2] =
        [Installation::Rustup(&["target", "add", "x"]), Installation::Apt(&["a", "b"])];

    #[test]
    fn who_comes_second_finds_what_the_first_got() {
        let (get, got) = mpsc::channel();
        let first = cache::turn().expect("a file for the lock");
        thread::scope(|scope| {
            // The first has got the thing before its turn ends, so who comes second always finds it.
            let second = scope.spawn(move || install("something", &[], || got.try_recv().ok()));
            get.send("it").unwrap();
            drop(first);
            assert_eq!(second.join().unwrap().unwrap(), "it");
        });
        assert!(install("nothing", &[], || None::<()>).is_err());
    }

    #[test]
    fn each_way_needs_its_programs() {
        let apt = Installers { rustup: false, apt: true };
        assert!(apt.can(&WAYS[1]) && !apt.can(&WAYS[0]));
        let rustup = Installers { rustup: true, apt: false };
        assert!(rustup.can(&WAYS[0]) && !rustup.can(&WAYS[1]));
    }

    #[test]
    fn advice_names_one_command() {
        let debian = Installers { rustup: true, apt: true }.advice(&WAYS);
        assert!(debian.contains("sudo apt-get install --no-install-recommends a b"), "{debian}");
        let rustup = Installers { rustup: true, apt: false }.advice(&WAYS);
        assert!(rustup.contains("type `rustup target add x`"), "{rustup}");
        let other = Installers { rustup: false, apt: false }.advice(&WAYS[1..]);
        assert!(other.contains("Debian calls `a b`"), "{other}");
    }
}
