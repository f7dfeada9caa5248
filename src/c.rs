//! C programs: the library in `user/c`, the programs beside it, and a person's own.
//!
//! ```text
//! user/c/src/*.c ──▶ libc.o ─────────┐
//! user/c/src/*.rs ─▶ libhafnon_c.a ──┼──▶ a static position-independent executable
//! user/c/NAME.c ─────────────────────┘      bin/NAME in the ramdisk
//! user/c/tests/*.c ──────────────────────▶ bin/c-tests
//! ```
//!
//! All of it is compiled by the host's compiler, with none of the host's headers and libraries.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    compile::{self, Program},
    packages::{Installation, Tree, install, unpacked},
    steps::Step,
    toolchain::Toolchain,
    workspace::{self, find_in_path},
};

/// A C compiler as Debian packages it.
const PACKAGES: [&str; 1] = ["gcc"];

/// Ways to a C compiler.
pub const WAYS_TO_COMPILER: [Installation; 1] = [Installation::Apt(&PACKAGES)];

/// The package of the library's Rust half, and what it becomes.
const LIBRARY: (&str, &str) = ("hafnon-c", "libhafnon_c.a");

/// Position-independent code that does not take the thread pointer for that of the host's C library.
/// A stack protector, for those who ask for one, looks where `zircon/tls.h` has the guard.
const COMPILE: [&str; 7] = [
    "-O2",
    "-std=gnu11",
    "-nostdinc",
    "-fPIE",
    "-fno-stack-protector",
    "-mstack-protector-guard-offset=16",
    "-ffunction-sections",
];

/// For the library itself: it is not there for the compiler to call yet.
const LIBRARY_ONLY: &str = "-ffreestanding";

/// No library and no start file of the host's; only what is used stays.
const LINK: [&str; 3] = ["-nostdlib", "-static-pie", "-Wl,--gc-sections,-z,noexecstack"];

/// What this repository's own C code has to satisfy. It calls the library even where the compiler knows the answer:
/// much of it is there to test the library.
const OWN: [&str; 4] = ["-Wall", "-Wextra", "-Werror", "-fno-builtin"];

/// Arguments that stop the compiler before it links.
const NO_LINK: [&str; 5] = ["-c", "-S", "-E", "-M", "-MM"];

/// A C compiler, before it was asked anything.
#[derive(Debug)]
pub struct Found {
    program: PathBuf,
    /// Where it was unpacked, unless it is installed.
    unpacked: Option<Tree>,
}

/// The C compiler, if one is here.
pub fn find() -> Option<Found> {
    let installed = find_in_path("gcc").or_else(|| find_in_path("cc"));
    installed.map(|program| Found { program, unpacked: None }).or_else(|| {
        let tree = unpacked(&PACKAGES)?;
        Some(Found { program: tree.file("usr/bin/gcc")?, unpacked: Some(tree) })
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
        let mut command = Command::new(&self.program);
        if let Some(tree) = &self.unpacked {
            // The assembler and the linker lie beside it.
            let path = env::var_os("PATH").unwrap_or_default();
            let all = [tree.directory.join("usr/bin")].into_iter().chain(env::split_paths(&path));
            command.env("PATH", env::join_paths(all).unwrap_or(path.clone()));
            command.env("LD_LIBRARY_PATH", tree.libraries());
        }
        command
    }
}

/// Builds every C program.
///
/// # Errors
/// There is no compiler, or a program does not compile (the compiler has said why).
pub fn programs() -> Result<Vec<Program>> {
    let compiler = Compiler::ensure()?;
    let library = library(&compiler)?;
    let mut programs = Vec::new();
    for (name, sources) in all_sources()? {
        let file = workspace::target("user/c").join(&name);
        let inputs = [&sources[..], &library, &[headers()]].concat();
        make(&file, &inputs, |out| {
            let mut command = compiler.link(&sources, &library);
            command.args(OWN).arg("-o").arg(out);
            command
        })?;
        programs.push(Program { file, name: format!("bin/{name}") });
    }
    Ok(programs)
}

/// Every C program, where [`programs`] puts it.
///
/// # Errors
/// `user/c` can not be read.
pub fn program_files() -> Result<Vec<Program>> {
    let program =
        |(name, _)| Program { file: workspace::target("user/c").join(&name), name: format!("bin/{name}") };
    Ok(all_sources()?.into_iter().map(program).collect())
}

/// Compiles a person's program: `arguments` are the compiler's own. Whether it succeeded; the compiler has said
/// why not.
///
/// # Errors
/// There is no compiler, or the library does not compile.
pub fn compile(toolchain: &Toolchain, arguments: &[String]) -> Result<bool> {
    let compiler = Compiler::ensure()?;
    let links = !arguments.iter().any(|argument| NO_LINK.contains(&argument.as_str()));
    let mut command = if links {
        compile::user_package(toolchain, LIBRARY.0)?;
        compiler.link(arguments, &library(&compiler)?)
    } else {
        compiler.command(arguments)
    };
    Ok(command.status().context("cannot start the C compiler")?.success())
}

/// Name and sources of each program.
fn all_sources() -> Result<Vec<(String, Vec<PathBuf>)>> {
    let name = |source: &PathBuf| source.file_stem().unwrap_or_default().display().to_string();
    let mut programs: Vec<_> =
        sources(&directory())?.into_iter().map(|source| (name(&source), vec![source])).collect();
    programs.push(("c-tests".into(), sources(&directory().join("tests"))?));
    Ok(programs)
}

fn directory() -> PathBuf {
    workspace::root().join("user/c")
}

fn headers() -> PathBuf {
    directory().join("include")
}

/// The C files right in `directory`, in the order of their names.
fn sources(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "c"));
    files.sort();
    Ok(files)
}

/// Both halves of the library; the Rust one has been built.
fn library(compiler: &Compiler) -> Result<[PathBuf; 2]> {
    let object = workspace::target("user/c").join("libc.o");
    let sources = sources(&directory().join("src"))?;
    make(&object, &[directory().join("src"), headers()], |out| {
        let mut command = compiler.command(&sources);
        command.args(OWN).args([LIBRARY_ONLY, "-r", "-nostdlib", "-o"]).arg(out);
        command
    })?;
    Ok([object, compile::user_output(LIBRARY.1)])
}

/// The host's compiler, and where its own headers are.
struct Compiler {
    found: Found,
    headers: PathBuf,
}

impl Compiler {
    fn ensure() -> Result<Self> {
        let found = match find() {
            Some(found) => found,
            None => install("a C compiler", &WAYS_TO_COMPILER, find)?,
        };
        let asked = found.command().arg("-print-file-name=include").output();
        let answer = asked.context("cannot start the C compiler")?.stdout;
        let headers = PathBuf::from(String::from_utf8_lossy(&answer).trim());
        Ok(Self { found, headers })
    }

    /// A command that compiles `arguments` for a user program.
    fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.found.command();
        command.args(COMPILE).arg("-isystem").arg(headers()).arg("-isystem").arg(&self.headers);
        command.args(arguments);
        command
    }

    /// A command that makes a program of `arguments`.
    fn link(&self, arguments: &[impl AsRef<OsStr>], library: &[PathBuf]) -> Command {
        let mut command = self.command(arguments);
        // The library is what its names say, whatever `-x` the arguments have.
        command.args(LINK).args(["-x", "none"]).args(library);
        command
    }
}

/// Makes `file` unless it is newer than everything in `inputs` and this program.
///
/// The result gets its name only when it is complete: another process may be booting the last.
fn make(file: &Path, inputs: &[PathBuf], compile: impl FnOnce(&Path) -> Command) -> Result<()> {
    let inputs = inputs.iter().cloned().chain(env::current_exe());
    if modified(file) > inputs.map(|input| newest(&input)).max().flatten() {
        return Ok(());
    }
    let place = file.parent().context("a program without a directory")?;
    fs::create_dir_all(place)?;
    let unfinished = tempfile::NamedTempFile::new_in(place)?.into_temp_path();
    let name = file.file_name().unwrap_or_default().display();
    Step::new(&format!("compiling {name}")).run(&mut compile(&unfinished))?;
    unfinished.persist(file).context("cannot keep what the C compiler made")
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

/// When anything in or below `path` was last modified.
fn newest(path: &Path) -> Option<SystemTime> {
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below.filter_map(|entry| newest(&entry.path())).chain(modified(path)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn touch(file: &Path, second: u64) {
        let file = fs::File::options().create(true).append(true).open(file).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).unwrap();
    }

    #[test]
    fn the_newest_file_below_counts() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("below");
        fs::create_dir(&below).unwrap();
        let future = 1 << 33;
        touch(&directory.path().join("one"), 1);
        touch(&below.join("two"), future);
        assert_eq!(newest(directory.path()), modified(&below.join("two")));
        assert_eq!(newest(Path::new("/nowhere/at-all")), None);
    }

    #[test]
    fn the_programs_have_names() {
        let programs = program_files().unwrap();
        let names: Vec<&str> = programs.iter().map(|program| program.name.as_str()).collect();
        assert!(names.contains(&"bin/hello") && names.contains(&"bin/c-tests"), "{names:?}");
    }

    /// The command that user/README.md gives for a build of one's own has the flags that are used here.
    #[test]
    fn the_readme_has_the_flags_that_are_used() {
        let readme = fs::read_to_string(workspace::root().join("user/README.md")).unwrap();
        let from = readme.find("\ngcc ").expect("a command that begins with gcc");
        let command = readme[from..].split("\n```").next().unwrap();
        let words: Vec<&str> = command.split_whitespace().filter(|word| *word != "\\").collect();
        let flags: Vec<&str> = COMPILE.into_iter().chain(LINK).collect();
        assert_eq!(words[0], "gcc");
        assert_eq!(words[1..=flags.len()], flags);
    }
}
