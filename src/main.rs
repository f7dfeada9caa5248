//! `cargo run`: boots the kernel in QEMU, and the other things a person does
//! with this checkout. What each does stands in `commands`, and how in the
//! library beside this file.

mod commands;
mod options;
mod output;

use std::process::ExitCode;

use anyhow::Error;
use clap::Parser;

use options::{Arguments, Usage};
use output::Unwritten;

/// Exit status for arguments that can not be used.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            return match error.print().map_err(Unwritten) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error.into()),
            };
        }
        Err(error) => return refuse(&options::sentence(&error)),
    };
    match commands::execute(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) if error.is::<Usage>() => refuse(&format!("{error:#}")),
        Err(error) => fail(&error),
    }
}

fn fail(error: &Error) -> ExitCode {
    if error.downcast_ref::<Unwritten>().is_some_and(Unwritten::is_unread) {
        return ExitCode::from(output::UNREAD);
    }
    eprintln!("hafnon: {error:#}");
    ExitCode::FAILURE
}

fn refuse(sentence: &str) -> ExitCode {
    eprintln!("hafnon: {sentence}");
    ExitCode::from(USAGE)
}
