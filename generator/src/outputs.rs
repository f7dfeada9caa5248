//! Which crate gets which output, and where the committed ones go.

use crate::emit::{abi, c_headers, c_status, dispatcher, docs, fuzz, matrix, user, vdso};
use crate::model::{Abi, Spec};
use crate::parse::parse;
use crate::shown::Shown;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The declaration of everything.
const DECLARATION: &str = "syscalls.toml";
/// Which test shows which error.
const ERRORS: &str = "user/tests/errors.toml";

/// Body of the shared build script: emits what the crate being built needs into `OUT_DIR`. When that fails, cargo
/// shows why as the crate's build error.
pub fn build_script() {
    if let Err(error) = emit_for_package() {
        println!("cargo::error=syscalls.toml: {error}");
    }
}

fn emit_for_package() -> Result<(), Box<dyn Error>> {
    // Of the package that is being built, asked now: the generator may have been compiled in another checkout.
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut around = package.ancestors();
    let root =
        around.find(|place| place.join(DECLARATION).is_file()).ok_or("there is none above the package")?;
    for read in [DECLARATION, ERRORS] {
        println!("cargo::rerun-if-changed={}", root.join(read).display());
    }
    let spec = load(root)?;
    let package = env::var("CARGO_PKG_NAME")?;
    let (name, text) = match package.as_str() {
        "hafnon-abi" => ("abi.rs", abi::emit(&spec)),
        "hafnon-zircon" => ("table.rs", dispatcher::emit(&spec, Abi::Zircon)),
        "hafnon-magenta" => ("table.rs", dispatcher::emit(&spec, Abi::Magenta)),
        "hafnon-vdso" => ("stubs.rs", vdso::emit(&spec)),
        "hafnon-user" => ("imports.rs", user::emit(&spec)),
        "hafnon-fuzz" => ("calls.rs", fuzz::emit(&spec)),
        "hafnon-tests" => ("matrix.rs", matrix::emit(&spec, &load_shown(root, &spec)?)),
        other => return Err(format!("the generator has nothing for {other}").into()),
    };
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join(name), text)?;
    Ok(())
}

/// Reads and checks `syscalls.toml` under the repository's root.
///
/// # Errors
/// When it cannot be read or is wrong.
pub fn load(root: &Path) -> Result<Spec, Box<dyn Error>> {
    Ok(parse(&fs::read_to_string(root.join(DECLARATION))?)?)
}

/// Reads and checks `user/tests/errors.toml` under the repository's root.
///
/// # Errors
/// When it cannot be read or is wrong.
pub fn load_shown(root: &Path, spec: &Spec) -> Result<Shown, Box<dyn Error>> {
    let text = fs::read_to_string(root.join(ERRORS))?;
    Shown::parse(&text, spec).map_err(|error| format!("{ERRORS}: {error}").into())
}

/// The files that are committed: path under the root, and text.
pub fn committed(spec: &Spec) -> Vec<(String, String)> {
    vec![c_headers::emit(spec), c_status::emit(spec), ("docs/syscalls.md".to_string(), docs::emit(spec))]
}

/// Writes the committed files that are not up to date; returns their paths.
///
/// # Errors
/// When `syscalls.toml` is wrong or a file cannot be written.
pub fn write_committed(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut written = Vec::new();
    for (path, text) in committed(&load(root)?) {
        let target = root.join(&path);
        if fs::read_to_string(&target).ok().as_deref() != Some(text.as_str()) {
            fs::create_dir_all(target.parent().ok_or("a file without a directory")?)?;
            fs::write(target, text)?;
            written.push(path);
        }
    }
    Ok(written)
}
