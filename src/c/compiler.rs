//! The compilers of the host: where they are, and how they are called for a program of ours.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{directory, language::Language};
use crate::{
    packages::{Tree, install, unpacked},
    workspace::find_in_path,
};

/// Position-independent code that does not take the thread pointer for that of the host's C library.
/// A stack protector, for those who ask for one, looks where `zircon/tls.h` has the guard.
pub(super) const COMPILE: [&str; 6] = [
    "-O2",
    "-nostdinc",
    "-fPIE",
    "-fno-stack-protector",
    "-mstack-protector-guard-offset=16",
    "-ffunction-sections",
];

/// No library and no start file of the host's; only what is used stays.
pub(super) const LINK: [&str; 3] = ["-nostdlib", "-static-pie", "-Wl,--gc-sections,-z,noexecstack"];

/// A compiler, before it was asked anything.
#[derive(Debug)]
pub struct Found {
    language: Language,
    program: PathBuf,
    /// Where it was unpacked, unless it is installed.
    unpacked: Option<Tree>,
}

/// The compiler of a language, if one is here.
pub fn find(language: Language) -> Option<Found> {
    let names = language.programs();
    let installed = names.into_iter().find_map(find_in_path);
    installed.map(|program| Found { language, program, unpacked: None }).or_else(|| {
        let tree = unpacked(&names[..1])?;
        Some(Found { language, program: tree.file(&format!("usr/bin/{}", names[0]))?, unpacked: Some(tree) })
    })
}

impl Found {
    /// Where it is, and why that one is used.
    pub fn describe(&self) -> String {
        match &self.unpacked {
            Some(tree) => format!("{} ({})", self.program.display(), tree.describe()),
            None => format!("{} (in PATH)", self.program.display()),
        }
    }

    /// The compiler without arguments.
    fn command(&self) -> Command {
        self.program(&self.program)
    }

    /// A program that came with it, or the compiler itself.
    fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(tree) = &self.unpacked {
            // The assembler and the linker lie beside it.
            let path = env::var_os("PATH").unwrap_or_default();
            let all = [tree.directory.join("usr/bin")].into_iter().chain(env::split_paths(&path));
            command.env("PATH", env::join_paths(all).unwrap_or(path.clone()));
            command.env("LD_LIBRARY_PATH", tree.libraries());
        }
        command
    }

    /// Where the compiler's own headers are, and those of the language's library that need no library behind them.
    fn headers(&self) -> Result<Vec<PathBuf>> {
        let asked = self.command().arg("-print-file-name=include").output();
        let answer = asked.context("cannot start the compiler")?.stdout;
        let own = PathBuf::from(String::from_utf8_lossy(&answer).trim());
        let mut all = match self.language {
            Language::C => Vec::new(),
            Language::CPlusPlus => self.library_headers()?,
        };
        all.push(own);
        Ok(all)
    }

    /// Where g++ looks for the headers of C++'s library.
    fn library_headers(&self) -> Result<Vec<PathBuf>> {
        let asked = self.command().args(["-E", "-v", "-x", "c++", "/dev/null", "-o", "/dev/null"]).output();
        let said = asked.context("cannot start the C++ compiler")?.stderr;
        let said = String::from_utf8_lossy(&said);
        let places = said.lines().filter_map(|line| line.strip_prefix(' '));
        let of_library = |place: &&str| place.starts_with('/') && place.contains("/c++");
        Ok(places.filter(of_library).map(PathBuf::from).collect())
    }
}

/// The host's compiler, and where headers are beside the library's.
pub(super) struct Compiler {
    found: Found,
    headers: Vec<PathBuf>,
}

impl Compiler {
    pub(super) fn ensure(language: Language) -> Result<Self> {
        let found = match find(language) {
            Some(found) => found,
            None => {
                let what = format!("a {}", language.compiler());
                install(&what, language.ways_to_compiler(), || find(language))?
            }
        };
        let headers = found.headers()?;
        Ok(Self { found, headers })
    }

    /// A command that compiles `arguments` for a user program.
    pub(super) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.found.command();
        command.args(self.found.language.flags()).args(COMPILE);
        for place in [headers()].iter().chain(&self.headers) {
            command.arg("-isystem").arg(place);
        }
        command.args(arguments);
        command
    }

    /// A command that makes a program of `arguments`.
    pub(super) fn link(&self, arguments: &[impl AsRef<OsStr>], library: &[PathBuf]) -> Command {
        let mut command = self.command(arguments);
        // The library is what its names say, whatever `-x` the arguments have.
        command.args(LINK).args(["-x", "none"]).args(library);
        command
    }

    /// A program that came with the compiler.
    pub(super) fn tool(&self, name: &str) -> Command {
        self.found.program(Path::new(name))
    }
}

/// Where the library's own headers are.
pub(super) fn headers() -> PathBuf {
    directory().join("include")
}
