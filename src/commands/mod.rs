//! What the command does, one file a subcommand.

mod bench;
mod cc;
mod check;
mod doctor;
mod fuzz;
mod image;
mod latency;
mod mutants;
mod run;
mod syscalls;

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use hafnon::{
    compile::{self, Program},
    steps, toolchain, workspace,
};

use crate::{
    options::{Arguments, Command},
    output,
};

pub use mutants::packages as mutated_packages;

/// Does what was asked; the exit status.
pub fn execute(arguments: Arguments) -> Result<u8> {
    if arguments.verbose {
        steps::set_verbose();
    }
    let machine = &arguments.machine;
    match arguments.command {
        None => run::tour(machine),
        Some(Command::Run { kernel, program, arguments }) => {
            run::program(machine, &program, &arguments, kernel.as_deref())
        }
        Some(Command::Cc { arguments }) => cc::run(&arguments),
        Some(Command::Image { out }) => image::write(&out),
        Some(Command::Syscalls { abi, json }) => syscalls::list(abi, json),
        Some(Command::Bench { name, json }) => bench::run(machine, name.as_deref(), json),
        Some(Command::Fuzz(options)) => fuzz::run(machine, &options),
        Some(Command::Latency { name }) => latency::run(machine, name.as_deref()),
        Some(Command::Mutants(options)) => mutants::run(&options),
        Some(Command::Doctor) => doctor::report(),
        Some(Command::Generate) => generate(),
        Some(Command::Check) => check::run(),
    }
}

/// The kernel and the programs, built.
struct Built {
    kernel: PathBuf,
    programs: Vec<Program>,
}

/// Builds what boots.
fn build() -> Result<Built> {
    let toolchain = toolchain::for_kernel()?;
    let kernel = compile::kernel(&toolchain, compile::KERNEL)?;
    let programs = compile::user_programs(&toolchain)?;
    Ok(Built { kernel, programs })
}

/// Writes the files that are generated and committed; prints those that were not up to date.
fn generate() -> Result<u8> {
    let written = generator::write_committed(workspace::root())
        .map_err(|error| anyhow!("cannot write the generated files: {error}"))?;
    let lines: String = written.iter().map(|file| format!("{file}\n")).collect();
    output::write(lines.as_bytes())?;
    Ok(0)
}
