//! The command as a person uses it, through to the guest. One program, which builds what boots once; a file for each
//! subject.

mod c;
mod crashes;
mod fuzz;
#[path = "../guest/mod.rs"]
mod guest;
mod input;
mod kernels;
mod output;
mod programs;
mod tour;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use hafnon::{
    compile::{self, Program},
    toolchain,
};

/// The last line of a tour that left nothing behind.
const LAST_LINE: &str = "left behind: handles none, pages none, tasks none";

fn hafnon(arguments: &[&str]) -> Output {
    build();
    Command::new(env!("CARGO_BIN_EXE_hafnon")).args(arguments).output().unwrap()
}

/// Builds what boots, once: tests that run side by side would wait for each other in silence.
fn build() -> &'static Vec<Program> {
    static BUILT: OnceLock<Vec<Program>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let toolchain = toolchain::for_kernel().unwrap();
        compile::kernel(&toolchain, compile::KERNEL).unwrap();
        compile::user_programs(&toolchain).unwrap()
    })
}

fn program(name: &str) -> PathBuf {
    build().iter().find(|program| program.name == name).unwrap().file.clone()
}

/// Compiles a C program; its file.
fn compiled(directory: &Path, source: &str, options: &[&str]) -> String {
    build();
    let [file, program] = ["program.c", "program"].map(|name| directory.join(name).display().to_string());
    std::fs::write(&file, source).unwrap();
    let output = hafnon(&[&["cc"], options, &["-o", &program, &file]].concat());
    assert!(output.status.success(), "{}", said(&output.stderr));
    program
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_whole_tour(console: &str) {
    assert_eq!(console.trim_end().lines().last().map(str::trim_end), Some(LAST_LINE), "{console}");
}

/// What was printed, but for the kernel's reports of long polls: on a busy host any poll may be one.
fn without_reports(console: &str) -> String {
    let kept = console.split_inclusive('\n').map(|line| match line.split_once("CPU ") {
        Some((before, report)) if report.contains(": a poll of task ") => before,
        _ => line,
    });
    kept.collect()
}
