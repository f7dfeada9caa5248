//! Building the C programs below `user/c`: each `user/c/NAME.c` with the start
//! file and the library in `user/c/src`, by the host's compiler. A person's own C
//! program is built with the same line (README.md).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    compile::Program,
    packages::{Installation, install},
    workspace::{self, find_in_path},
};

/// Ways to a C compiler.
pub const WAYS_TO_COMPILER: [Installation; 1] = [Installation::Apt(&["gcc", "libc6-dev"])];

/// No library and no start file of the host's; position-independent; code for a
/// machine whose thread pointer is not the host C library's.
const FLAGS: [&str; 9] = [
    "-O2",
    "-std=gnu11",
    "-ffreestanding",
    "-fPIE",
    "-fno-stack-protector",
    "-ffunction-sections",
    "-nostdlib",
    "-static-pie",
    "-Wl,--gc-sections,-z,noexecstack",
];

/// The C compiler, if one is here.
pub fn find() -> Option<PathBuf> {
    find_in_path("gcc").or_else(|| find_in_path("cc"))
}

/// Builds every C program.
///
/// # Errors
/// There is no compiler, or a program does not compile (the compiler has said why).
pub fn programs() -> Result<Vec<Program>> {
    let compiler = match find() {
        Some(compiler) => compiler,
        None => install("a C compiler", &WAYS_TO_COMPILER, find)?,
    };
    let programs = program_files()?;
    for (program, source) in programs.iter().zip(sources(&directory())?) {
        build(&compiler, &source, &program.file)?;
    }
    Ok(programs)
}

/// Every C program, where [`programs`] puts it.
///
/// # Errors
/// `user/c` can not be read.
pub fn program_files() -> Result<Vec<Program>> {
    let program = |source: &PathBuf| {
        let name = source.file_stem().unwrap_or_default().display().to_string();
        Program { file: workspace::target("user/c").join(&name), name: format!("bin/{name}") }
    };
    Ok(sources(&directory())?.iter().map(program).collect())
}

fn directory() -> PathBuf {
    workspace::root().join("user/c")
}

/// The C and assembly files right in `directory`, in the order of their names.
fn sources(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "c" || end == "S"));
    files.sort();
    Ok(files)
}

/// Builds one program.
///
/// The result gets its name only when it is complete: another process may be booting the last.
fn build(compiler: &Path, source: &Path, program: &Path) -> Result<()> {
    let directory = directory();
    let place = program.parent().context("a program without a directory")?;
    fs::create_dir_all(place)?;
    let unfinished = tempfile::NamedTempFile::new_in(place)?.into_temp_path();
    let status = Command::new(compiler)
        .args(FLAGS)
        .arg("-I")
        .arg(directory.join("include"))
        .arg("-o")
        .args([&unfinished, source])
        .args(sources(&directory.join("src"))?)
        .status()
        .context("cannot start the C compiler")?;
    if !status.success() {
        bail!("{} does not compile; the reason is above", source.display());
    }
    unfinished.persist(program).context("cannot keep the C program")
}
