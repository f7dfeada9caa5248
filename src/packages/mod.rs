//! Getting what is missing: through rustup where it can download, through apt on Debian and its kin, and
//! otherwise not at all: then the caller gets a sentence that names the command to type.
//!
//! Nothing is installed. What is fetched goes into a directory of our own (`cache`): packages are unpacked there, and
//! rustup has a home there. So nothing that is installed changes, no toolchain either, whoever calls, and whatever a
//! package would break.
//!
//! One at a time: tests run side by side, and each may be the first to miss something.

mod apt;
mod cache;
mod closure;
mod version;

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail, ensure};

pub use cache::{Tree, place, rustup_homes, unpacked};

use crate::{steps::Step, toolchain::environment, workspace::find_in_path};

/// One way to get something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installation {
    /// A toolchain with this target and these components, which rustup fetches into a home of our own.
    Rustup {
        /// The compiler's version.
        release: &'static str,
        /// For which there is a compiled library.
        target: &'static str,
        /// Besides the compiler and cargo.
        components: &'static [&'static str],
    },
    /// `apt-get download PACKAGES` with what they need, unpacked.
    Apt(&'static [&'static str]),
}

impl Installation {
    /// What a shell is to be given to do the same, for what is put into `place`: without a home, rustup would change
    /// the person's own toolchain.
    pub fn command(&self, place: &Path) -> String {
        match self {
            Self::Rustup { release, target, components } => {
                let home = quoted(&cache::rustup_home(place).display().to_string());
                format!("RUSTUP_HOME={home} rustup {}", rustup_words(release, target, components).join(" "))
            }
            Self::Apt(packages) => format!("apt-get download {}", packages.join(" ")),
        }
    }
}

/// What rustup is told.
fn rustup_words<'a>(release: &'a str, target: &'a str, components: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["toolchain", "install", release, "--profile", "minimal", "--no-self-update"];
    words.extend(["--target", target]);
    words.extend(components.iter().flat_map(|name| ["--component", *name]));
    words
}

/// `word` as a shell reads it whole.
fn quoted(word: &str) -> String {
    if word.chars().all(|one| one.is_alphanumeric() || "/._-+".contains(one)) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
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
            Installation::Rustup { .. } => self.rustup,
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
            Some(Installation::Rustup { target, components, .. }) => {
                let rustup = if self.rustup { "" } else { "install rustup (https://rustup.rs) and " };
                let words = match components {
                    [] => format!("target add {target}"),
                    components => format!("component add {}", components.join(" ")),
                };
                format!("{rustup}type `rustup {words}`")
            }
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
        let tried = place().and_then(|place| {
            run(what, way, &place)?;
            found().with_context(|| format!("after `{}` it is still missing", way.command(&place)))
        });
        match tried {
            Ok(thing) => return Ok(thing),
            Err(error) => failures += &format!("{}\n", format!("{error:#}").trim_end()),
        }
    }
    eprint!("{failures}");
    bail!("{what} is missing: {}", installers.advice(ways))
}

/// Tries one way; what is fetched is put into `place`.
fn run(what: &str, way: &Installation, place: &Path) -> Result<()> {
    let step = Step::new(&format!("fetching {what} into {}; nothing is installed", place.display()));
    match way {
        Installation::Rustup { release, target, components } => {
            let mut rustup = Command::new("rustup");
            environment::scrub(&mut rustup).args(rustup_words(release, target, components));
            let (status, said) = step.listen(rustup.env("RUSTUP_HOME", cache::rustup_home(place)))?;
            ensure!(status.success(), "{said}`{}` failed ({status})", way.command(place));
            Ok(())
        }
        Installation::Apt(packages) => cache::unpack(packages, place, &step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, thread};

    const WAYS: [Installation; 2] =
        [Installation::Rustup { release: "1", target: "x", components: &[] }, Installation::Apt(&["a", "b"])];

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
    fn a_command_names_rustups_home_as_a_shell_reads_it() {
        let words = "rustup toolchain install 1 --profile minimal --no-self-update --target x";
        assert_eq!(WAYS[0].command(Path::new("/a")), format!("RUSTUP_HOME=/a/rustup {words}"));
        assert_eq!(WAYS[0].command(Path::new("/a b'")), format!(r"RUSTUP_HOME='/a b'\''/rustup' {words}"));
    }

    #[test]
    fn advice_names_one_command() {
        let debian = Installers { rustup: true, apt: true }.advice(&WAYS);
        assert!(debian.contains("sudo apt-get install --no-install-recommends a b"), "{debian}");
        let rustup = Installers { rustup: true, apt: false }.advice(&WAYS);
        assert_eq!(rustup, "type `rustup target add x`");
        let components = [Installation::Rustup { release: "1", target: "x", components: &["c", "d"] }];
        let none = Installers { rustup: false, apt: false }.advice(&components);
        assert_eq!(none, "install rustup (https://rustup.rs) and type `rustup component add c d`");
        let other = Installers { rustup: false, apt: false }.advice(&WAYS[1..]);
        assert!(other.contains("Debian calls `a b`"), "{other}");
    }
}
