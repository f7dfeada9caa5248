//! What is here and why it is used, what is missing, and where that would come from.

use std::path::{Path, PathBuf};

use anyhow::Result;
use hafnon::{
    c::{self, Language},
    image,
    packages::{Installation, Installers, place},
    qemu,
    toolchain::{self, Library, Toolchain},
    workspace::find_in_path,
};
use machine::accelerator::check_kvm;

use crate::output;

/// One thing that is needed.
struct Need {
    name: &'static str,
    found: Option<String>,
    ways: &'static [Installation],
}

/// Prints a line for each need; succeeds when nothing is missing that can not be fetched when it is needed.
pub fn report() -> Result<u8> {
    let installers = Installers::of_this_machine();
    let needs = needs();
    let mut text: String = needs.iter().map(|need| need.line(&installers) + "\n").collect();
    text += &match check_kvm() {
        Ok(()) => "note     KVM works here and is used unless --accel tcg is given\n".to_owned(),
        Err(reason) => format!("note     {reason}; QEMU's translator (tcg) is used\n"),
    };
    output::write(text.as_bytes())?;
    Ok(u8::from(needs.iter().any(|need| need.found.is_none() && !need.can_be_fetched(&installers))))
}

fn needs() -> Vec<Need> {
    let in_path = |path: PathBuf| format!("{} (in PATH)", path.display());
    vec![
        Need { name: "QEMU", found: qemu::find().map(|found| found.describe()), ways: &qemu::WAYS_TO_QEMU },
        Need {
            name: "setpriv",
            found: find_in_path("setpriv").map(in_path),
            ways: &[Installation::Apt(&["util-linux"])],
        },
        Need {
            name: "kernel toolchain",
            found: toolchain::find_for_kernel().as_ref().map(describe),
            ways: &toolchain::WAYS_TO_KERNEL,
        },
        Need {
            name: "kernel lints",
            found: toolchain::find_for_lints().map(|toolchain| toolchain.describe()),
            ways: &toolchain::WAYS_TO_LINTS,
        },
        compiler(Language::C),
        compiler(Language::CPlusPlus),
        Need {
            name: "image toolchain",
            found: image::Builder::find().as_ref().map(image::Builder::describe),
            ways: &toolchain::WAYS_TO_IMAGE,
        },
        Need {
            name: "UEFI firmware",
            found: qemu::find_firmware(Path::new("/")).map(|firmware| firmware.describe()),
            ways: &qemu::WAYS_TO_FIRMWARE,
        },
    ]
}

fn compiler(language: Language) -> Need {
    let found = c::find(language).map(|compiler| compiler.describe());
    Need { name: language.compiler(), found, ways: language.ways_to_compiler() }
}

fn describe(toolchain: &Toolchain) -> String {
    let library = match toolchain.library {
        Some(Library::Source) => "library built from source",
        _ => "library compiled already",
    };
    format!("{}, {library}", toolchain.describe())
}

impl Need {
    fn can_be_fetched(&self, installers: &Installers) -> bool {
        self.ways.iter().any(|way| installers.can(way))
    }

    fn line(&self, installers: &Installers) -> String {
        if let Some(found) = &self.found {
            return format!("found    {}: {found}", self.name);
        }
        let tried = self.ways.iter().filter(|way| installers.can(way));
        let tried: Result<Vec<String>> = tried.map(|way| Ok(attempt(way, &place()?))).collect();
        let remedy = match tried {
            Ok(tried) if !tried.is_empty() => {
                format!("when it is needed, {}", tried.join("; if that fails, "))
            }
            Ok(_) => installers.advice(self.ways),
            Err(error) => format!("{error}; {}", installers.advice(self.ways)),
        };
        format!("missing  {}: {remedy}", self.name)
    }
}

/// What one way would do, with `place` for what is fetched.
fn attempt(way: &Installation, place: &Path) -> String {
    let command = way.command(place);
    match way {
        Installation::Rustup { .. } => format!("`{command}` fetches it there (nothing installed changes)"),
        Installation::Apt(_) => {
            format!("`{command}` fetches it, to be unpacked into {} (nothing is installed)", place.display())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(rustup: bool, apt: bool) -> String {
        let ways = &toolchain::WAYS_TO_KERNEL;
        let need = Need { name: "kernel toolchain", found: None, ways };
        need.line(&Installers { rustup, apt })
    }

    #[test]
    fn says_what_would_be_fetched() {
        let both = missing(true, true);
        let target = "--target x86_64-unknown-none` fetches it there ";
        let first = "(nothing installed changes); if that fails, `apt-get download";
        assert!(both.contains(target) && both.contains(first), "{both}");
        assert!(both.contains("when it is needed, `RUSTUP_HOME="), "{both}");
        assert!(both.contains("nothing is installed"), "{both}");
        assert!(missing(false, true).contains("when it is needed, `apt-get download rustc-web"));
        assert!(missing(false, false).contains("install rustup"));
    }
}
