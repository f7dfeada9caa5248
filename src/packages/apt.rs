//! Fetching packages with apt, of which only such commands are used that change nothing in the system and
//! need no root: `apt-cache dumpavail` and `apt-get download`, with the system's own lists of packages, or,
//! when those are missing or stale, with lists of our own that `apt-get update` fetches.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::closure::{Package, parse, resolve};
use crate::steps::Step;

/// What is installed, as dpkg keeps it.
const INSTALLED: &str = "/var/lib/dpkg/status";

/// A package's file.
#[derive(Debug)]
pub struct Fetched {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it is.
    pub path: PathBuf,
}

/// Fetches `packages`, and what they need that is not installed, into `downloads`; `own` is for apt's files.
///
/// # Errors
/// That is impossible; the text has what apt said.
pub fn fetch(packages: &[&str], downloads: &Path, own: &Path, step: &Step) -> Result<Vec<Fetched>> {
    let apt = Apt { own, lists_of_our_own: false, step };
    let first = match apt.fetch(packages, downloads) {
        Ok(files) => return Ok(files),
        Err(error) => error,
    };
    let apt = Apt { lists_of_our_own: true, ..apt };
    let fetched = apt.update().and_then(|()| apt.fetch(packages, downloads));
    fetched.map_err(|second| anyhow!("{first:#}\n{second:#}"))
}

/// How apt is called.
struct Apt<'a> {
    own: &'a Path,
    lists_of_our_own: bool,
    step: &'a Step,
}

impl Apt<'_> {
    fn update(&self) -> Result<()> {
        fs::create_dir_all(self.own.join("lists/partial"))?;
        self.run(self.command("apt-get").arg("update"))
    }

    fn fetch(&self, packages: &[&str], downloads: &Path) -> Result<Vec<Fetched>> {
        fs::create_dir_all(self.own.join("cache/archives/partial"))?;
        fs::create_dir_all(downloads)?;
        let list = self.command("apt-cache").arg("dumpavail").output().context("cannot start apt-cache")?;
        ensure!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
        let available = parse(&String::from_utf8_lossy(&list.stdout));
        // Where dpkg keeps nothing, nothing is installed.
        let installed = parse(&fs::read_to_string(INSTALLED).unwrap_or_default());
        let all = resolve(packages, &available, &installed)?;
        let mut download = self.command("apt-get");
        self.run(
            download.arg("download").args(all.iter().map(|package| &package.name)).current_dir(downloads),
        )?;
        all.iter().map(|package| fetched(package, downloads)).collect()
    }

    fn run(&self, command: &mut Command) -> Result<()> {
        let (status, said) = self.step.listen(command)?;
        if !status.success() {
            let task = command.get_args().find(|word| *word == "update" || *word == "download");
            bail!("{said}`apt-get {}` failed ({status})", task.unwrap_or_default().display());
        }
        Ok(())
    }

    /// A command that writes nowhere but to our own directory.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let mut set = |key: &str, directory: &str| {
            command.arg("-o").arg(format!("{key}={}", self.own.join(directory).display()));
        };
        set("Dir::Cache", "cache");
        if self.lists_of_our_own {
            set("Dir::State::lists", "lists");
        }
        // For root, apt would fetch as a user that can not write here.
        command.args(["-o", "APT::Sandbox::User=root"]).env("LC_ALL", "C.UTF-8");
        command
    }
}

fn fetched(package: &Package, downloads: &Path) -> Result<Fetched> {
    let path = downloads.join(package.file_name());
    ensure!(path.is_file(), "`apt-get download` made no {}", path.display());
    Ok(Fetched { name: package.name.clone(), version: package.version.clone(), path })
}
