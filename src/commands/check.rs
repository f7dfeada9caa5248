//! Lints and documentation of the code for the kernel's target, with warnings as
//! errors: what `cargo clippy` and `cargo doc` do for the host's packages, done
//! with the kernel's toolchain and flags.

use anyhow::Result;
use hafnon::{
    compile::{self, Kind},
    image::Builder,
    steps::Step,
    toolchain::{self, Toolchain},
};

/// The packages of the kernel's half.
const KERNEL_PACKAGES: [&str; 5] =
    [compile::KERNEL, "hafnon-kernel", "hafnon-zircon", "hafnon-magenta", "hafnon-kernel-tests"];

/// Lints and documents everything that runs in the guest, and lints `image/`.
pub fn run() -> Result<u8> {
    let toolchain = toolchain::for_lints()?;
    let kernel: Vec<String> = KERNEL_PACKAGES.iter().map(|&name| name.into()).collect();
    let user = compile::user_packages()?;
    for (kind, packages) in [(Kind::Kernel, &kernel), (Kind::User, &user)] {
        lint(&toolchain, kind, packages)?;
        document(&toolchain, kind, packages)?;
    }
    let mut image = Builder::ensure()?.cargo("clippy")?;
    Step::new("linting what writes the images").run(image.args(["--", "-Dwarnings"]))?;
    Ok(0)
}

fn lint(toolchain: &Toolchain, kind: Kind, packages: &[String]) -> Result<()> {
    let mut command = compile::cargo(toolchain, "clippy", kind);
    command.args(["--lib", "--bins", "--examples"]);
    command.args(packages.iter().map(|name| format!("-p={name}")));
    Step::new(&format!("linting {}", packages.join(", "))).run(command.args(["--", "-Dwarnings"]))
}

fn document(toolchain: &Toolchain, kind: Kind, packages: &[String]) -> Result<()> {
    let mut command = compile::cargo(toolchain, "doc", kind);
    command.arg("--no-deps").args(packages.iter().map(|name| format!("-p={name}")));
    let step = Step::new(&format!("documenting {}", packages.join(", ")));
    step.run(command.env("RUSTDOCFLAGS", "-Dwarnings"))
}
