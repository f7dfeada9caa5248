//! `cargo run`: boots the kernel in QEMU, and the other things a person does
//! with this checkout. What each does stands in `commands`, and how in the
//! library beside this file.

mod commands;
mod options;

use std::process::ExitCode;

use clap::Parser;

use options::{Arguments, Usage};

/// Exit status for arguments that can not be used.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // Help was asked for; that it can not be printed is nobody's concern.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return refuse(&options::sentence(&error)),
    };
    match commands::execute(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) if error.is::<Usage>() => refuse(&format!("{error:#}")),
        Err(error) => {
            eprintln!("hafnon: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn refuse(sentence: &str) -> ExitCode {
    eprintln!("hafnon: {sentence}");
    ExitCode::from(USAGE)
}
