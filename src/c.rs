//! C programs: the library in `user/c`, the programs beside it, and a person's own, which may be in C++, too.
//!
//! ```text
//! user/c/src/*.c ──▶ libc.o ─────────┐
//! user/c/math ─────▶ libm.a ─────────┤
//! user/c/src/*.rs ─▶ libhafnon_c.a ──┼──▶ a static position-independent executable
//! user/c/NAME.c ─────────────────────┘      bin/NAME in the ramdisk
//! user/c/tests/*.c ──────────────────────▶ bin/c-tests
//! ```
//!
//! All of it is compiled by the host's compiler, with none of the host's headers and libraries, but those parts of
//! C++'s library that are all header.

mod compiler;
mod language;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    slice,
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    compile::{self, Program},
    steps::Step,
    toolchain::{self, Toolchain},
    workspace,
};

use compiler::{Compiler, headers};
use language::languages;

pub use compiler::{Found, find};
pub use language::Language;

/// The package of the library's Rust half, and what it becomes.
const LIBRARY: (&str, &str) = ("hafnon-c", "libhafnon_c.a");

/// The package with the library's math, and what it becomes.
pub(crate) const MATH: (&str, &str) = ("hafnon-math", "libhafnon_math.a");

/// C's names become weak: a program may have a function `y1` of its own. Not what this archive lacks itself.
const WEAKEN: [&str; 3] = ["--weaken-symbol=[a-z]*", "--weaken-symbol=!mem*", "--weaken-symbol=!abort"];

/// For the library itself: it is not there for the compiler to call yet.
const LIBRARY_ONLY: &str = "-ffreestanding";

/// What this repository's own C code has to satisfy. It calls the library even where the compiler knows the answer:
/// much of it is there to test the library.
const OWN: [&str; 4] = ["-Wall", "-Wextra", "-Werror", "-fno-builtin"];

/// Arguments that stop the compiler before it links.
const NO_LINK: [&str; 5] = ["-c", "-S", "-E", "-M", "-MM"];

/// Builds every C program.
///
/// # Errors
/// There is no compiler, or a program does not compile (the compiler has said why).
pub fn programs(toolchain: &Toolchain) -> Result<Vec<Program>> {
    let compiler = Compiler::ensure(Language::C)?;
    let library = library(toolchain, &compiler)?;
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
pub fn compile(arguments: &[String]) -> Result<bool> {
    let links = !arguments.iter().any(|argument| NO_LINK.contains(&argument.as_str()));
    let languages = languages(arguments);
    let is_cplusplus = languages.contains(&Some(Language::CPlusPlus));
    let compiler = Compiler::ensure(if is_cplusplus { Language::CPlusPlus } else { Language::C })?;
    if !is_cplusplus || !languages.contains(&Some(Language::C)) {
        return run(&compiler, arguments, links);
    }
    let scratch = tempfile::tempdir()?;
    match compile_c(arguments, &languages, links.then_some(scratch.path()))? {
        Some(others) => run(&compiler, &others, links),
        None => Ok(false),
    }
}

/// Compiles those of `arguments` that are C, each by itself: the C++ compiler would take them for C++. Their objects go
/// into `place` if they are to be linked. What is left for the C++ compiler, these objects included; `None` if one does
/// not compile.
fn compile_c(
    arguments: &[String],
    languages: &[Option<Language>],
    place: Option<&Path>,
) -> Result<Option<Vec<String>>> {
    let compiler = Compiler::ensure(Language::C)?;
    let options = options(arguments, languages, place.is_some());
    let mut others = Vec::new();
    for (index, (argument, language)) in arguments.iter().zip(languages).enumerate() {
        if *language != Some(Language::C) {
            others.push(argument.clone());
            continue;
        }
        let object = place.map(|place| place.join(format!("{index}.o")).display().to_string());
        let output: Vec<String> =
            object.iter().flat_map(|object| ["-c", "-o", object].map(String::from)).collect();
        if !run(&compiler, &[&options[..], slice::from_ref(argument), &output].concat(), false)? {
            return Ok(None);
        }
        others.extend(object);
    }
    Ok(Some(others))
}

/// Runs a compiler with a person's arguments; whether it succeeded.
fn run(compiler: &Compiler, arguments: &[String], links: bool) -> Result<bool> {
    let mut command = if links {
        let toolchain = toolchain::for_kernel()?;
        compile::user_package(&toolchain, LIBRARY.0)?;
        compiler.link(arguments, &library(&toolchain, &Compiler::ensure(Language::C)?)?)
    } else {
        compiler.command(arguments)
    };
    Ok(command.status().context("cannot start the compiler")?.success())
}

/// What of `arguments` is neither a source nor an object; not the output either, if that is `linked`.
fn options(arguments: &[String], languages: &[Option<Language>], linked: bool) -> Vec<String> {
    let before = [""].into_iter().chain(arguments.iter().map(String::as_str));
    let each = arguments.iter().zip(languages).zip(before);
    let output = |argument: &str, before| linked && (argument == "-o" || before == "-o");
    let object =
        |argument: &str| !argument.starts_with('-') && [".o", ".a"].iter().any(|end| argument.ends_with(end));
    each.filter(|((argument, language), before)| {
        language.is_none() && !output(argument, *before) && !object(argument)
    })
    .map(|((argument, _), _)| argument.clone())
    .collect()
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

/// The C files right in `directory`, in the order of their names.
fn sources(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "c"));
    files.sort();
    Ok(files)
}

/// The parts of the library, in the order in which they need each other. That in Rust has been built, but for its math.
fn library(toolchain: &Toolchain, compiler: &Compiler) -> Result<[PathBuf; 3]> {
    let object = workspace::target("user/c").join("libc.o");
    let sources = sources(&directory().join("src"))?;
    make(&object, &[directory().join("src"), headers()], |out| {
        let mut command = compiler.command(&sources);
        command.args(OWN).args([LIBRARY_ONLY, "-r", "-nostdlib", "-o"]).arg(out);
        command
    })?;
    Ok([object, math(toolchain)?, compile::user_output(LIBRARY.1)])
}

/// Builds the functions of `<math.h>`; the archive.
///
/// # Errors
/// There is no compiler, or they do not compile (the compiler has said why).
pub fn math(toolchain: &Toolchain) -> Result<PathBuf> {
    let archive = compile::hosted_library(toolchain, MATH.0, MATH.1)?;
    let compiler = Compiler::ensure(Language::C)?;
    let weak = workspace::target("user/c").join("libm.a");
    make(&weak, slice::from_ref(&archive), |out| {
        let mut command = compiler.tool("objcopy");
        command.arg("--wildcard").args(WEAKEN).arg(&archive).arg(out);
        command
    })?;
    Ok(weak)
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
    use super::{
        compiler::{COMPILE, LINK},
        *,
    };
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
        let language = Language::C.flags().iter().copied();
        let flags: Vec<&str> = language.chain(COMPILE).chain(LINK).collect();
        assert_eq!(words[0], "gcc");
        assert_eq!(words[1..=flags.len()], flags);
    }
}
