//! A machine without QEMU and without a compiler for the kernel, whose `apt-get` installs nothing: what is
//! missing is fetched and unpacked, by root or not, and nothing of the system changes.
//!
//! The packages are made here, and apt is a script that logs what it was asked for. This program has a second
//! role: [`role`] looks for QEMU or the compiler, as the command would.

mod scripts;

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use hafnon::{image, qemu, steps, toolchain};
use tempfile::TempDir;

use scripts::{copy_program, program};

/// What [`role`] is to look for.
const ROLE: &str = "HAFNON_TEST_ROLE";
/// Set if it shall say what others say.
const VERBOSE: &str = "HAFNON_TEST_VERBOSE";

/// Not a test of its own: what the tests start.
#[test]
#[ignore = "started by the tests of this file"]
fn role() {
    if env::var_os(VERBOSE).is_some() {
        steps::set_verbose();
    }
    let found = match env::var(ROLE).as_deref() {
        Ok("qemu") => qemu::ensure().map(|qemu| qemu.describe()),
        // Nothing is installed there.
        Ok("firmware") => qemu::ensure_firmware(Path::new("/nowhere")).map(|firmware| firmware.describe()),
        Ok("compiler") => toolchain::for_kernel().map(|toolchain| toolchain.describe()),
        Ok("lints") => toolchain::for_lints().map(|toolchain| toolchain.describe()),
        Ok("image") => image::Builder::ensure().map(|builder| builder.describe()),
        _ => return,
    };
    match found {
        Ok(description) => println!("found {description}"),
        Err(error) => panic!("none: {error:#}"),
    }
}

/// A machine that has what is in `bin` and nothing else, and packages in `packages`.
struct Lacking {
    directory: TempDir,
}

/// apt, as far as it is called: it refuses what changes the system.
const APT_GET: &str = r#"#!/bin/sh
echo "apt-get $*" >>"$MACHINE/log"
case " $* " in
*" download "*) ;;
*" update "*) exec touch "$MACHINE/updated" ;;
*) echo "E: Packages need to be removed but remove is disabled." >&2; exit 100 ;;
esac
echo "these are apt's words"
if [ -e "$MACHINE/broken" ]; then
    rm "$MACHINE/broken"
    head -c 10 "$MACHINE"/packages/*.deb >"qemu-system-x86_1%3a7_all.deb"
    echo "E: Failed to fetch a package" >&2
    exit 100
fi
for word; do
    for file in "$MACHINE"/packages/"$word"_*.deb; do [ ! -e "$file" ] || cp "$file" .; done
done
"#;

/// The list of packages, which may be known after an update only.
const APT_CACHE: &str = r#"#!/bin/sh
[ ! -e "$MACHINE/stale" ] || [ -e "$MACHINE/updated" ] || exit 0
exec cat "$MACHINE"/packages/list
"#;

/// What dpkg's own does, for systems without it.
const DPKG_DEB: &str = "#!/bin/sh\nar p \"$2\" data.tar | tar -xf - -C \"$3\"\n";

/// The programs of the system that the scripts need.
const TOOLS: [&str; 10] = ["sh", "cat", "cp", "rm", "mkdir", "head", "touch", "env", "tar", "ar"];

/// Answers as QEMU does, if it finds the library that another package brought.
const QEMU: &str = r#"#!/bin/sh
IFS=:
for directory in $LD_LIBRARY_PATH; do [ ! -e "$directory/libneeded.so" ] || exit 0; done
exit 1
"#;

/// Answers as a compiler does that has the library's source.
const RUSTC: &str = r#"#!/bin/sh
case "$*" in
--version) echo "rustc 1.96.0 (test)" ;;
"--print sysroot") echo "${0%/bin/rustc}" ;;
*) echo /nowhere ;;
esac
"#;

/// Answers as a compiler does that has the kernel's target.
const RUSTC_WITH_TARGET: &str = r#"#!/bin/sh
case "$*" in
--version) echo "rustc 1.96.0 (test)" ;;
"--print sysroot") echo "${0%/bin/rustc}" ;;
*) echo "${0%/bin/rustc}/lib" ;;
esac
"#;

/// rustup, as far as it is called: it makes a toolchain of what it is asked for.
const RUSTUP: &str = r#"#!/bin/sh
echo "rustup in $RUSTUP_HOME: $*" >>"$MACHINE/log"
[ ! -e "$MACHINE/offline" ] || { echo "these are rustup's words" >&2; exit 1; }
release="$RUSTUP_HOME/toolchains/$3"
put() { mkdir -p "${1%/*}"; cp "$MACHINE/rustc-with-target" "$1"; }
put "$release/lib/libcore.rlib"
for name in rustc cargo rustdoc; do put "$release/bin/$name"; done
tools="$release/lib/rustlib/x86_64-unknown-linux-gnu/bin"
for word; do
    case "$word" in
    clippy) put "$release/bin/cargo-clippy" ;;
    rust-src) put "$release/lib/rustlib/src/rust/library/Cargo.lock" ;;
    llvm-tools) put "$tools/llvm-objcopy"; put "$tools/llvm-objdump" ;;
    esac
done
"#;

impl Lacking {
    fn new() -> Self {
        let machine = Self { directory: tempfile::tempdir().unwrap() };
        // Others than its owner use it, too.
        fs::set_permissions(machine.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        for directory in ["bin", "packages", "home"] {
            fs::create_dir(machine.path(directory)).unwrap();
            fs::set_permissions(machine.path(directory), fs::Permissions::from_mode(0o777)).unwrap();
        }
        fs::set_permissions(machine.path(""), fs::Permissions::from_mode(0o777)).unwrap();
        for tool in TOOLS {
            symlink(
                in_path(tool).unwrap_or_else(|| panic!("there is no {tool}")),
                machine.path("bin").join(tool),
            )
            .unwrap();
        }
        program(&machine.path("bin/apt-get"), APT_GET);
        program(&machine.path("bin/apt-cache"), APT_CACHE);
        match in_path("dpkg-deb") {
            Some(real) => symlink(real, machine.path("bin/dpkg-deb")).unwrap(),
            None => program(&machine.path("bin/dpkg-deb"), DPKG_DEB),
        }
        copy_program(&env::current_exe().unwrap(), &machine.path("test"));
        machine.package("qemu-system-x86", "1:7", "libneeded", &[("usr/bin/qemu-system-x86_64", QEMU)]);
        machine.package("ovmf", "2022", "", &[("usr/share/ovmf/OVMF.fd", "firmware")]);
        machine.package("libneeded", "1", "", &[("usr/lib/x86_64-linux-gnu/libneeded.so", "")]);
        let compiler = [
            ("usr/bin/rustc", RUSTC),
            ("usr/bin/cargo", ""),
            ("usr/lib/rustlib/src/rust/library/Cargo.lock", ""),
        ];
        machine.package("rustc-web", "1.96", "", &compiler);
        for name in ["cargo-web", "rust-web-src", "rust-web-llvm", "rustfmt-web", "rust-web-clippy", "lld-22"]
        {
            machine.package(name, "1.96", "", &[]);
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Makes a package with these files, and lists it.
    fn package(&self, name: &str, version: &str, needs: &str, files: &[(&str, &str)]) {
        let content = tempfile::tempdir().unwrap();
        let root = content.path().join("root");
        fs::create_dir(&root).unwrap();
        for (file, text) in files {
            program(&root.join(file), text);
        }
        let control = format!("Package: {name}\nVersion: {version}\nArchitecture: all\n");
        fs::write(content.path().join("control"), &control).unwrap();
        fs::write(content.path().join("debian-binary"), "2.0\n").unwrap();
        let needs = if needs.is_empty() { String::new() } else { format!("Depends: {needs}\n") };
        let list = self.path("packages/list");
        let before = fs::read_to_string(&list).unwrap_or_default();
        fs::write(list, format!("{before}{control}{needs}\n")).unwrap();
        let file = self.path("packages").join(format!("{name}_{}_all.deb", version.replace(':', "%3a")));
        let make = |program: &str, arguments: &[&str]| {
            let made = Command::new(program).args(arguments).current_dir(content.path()).status().unwrap();
            assert!(made.success(), "{program} {arguments:?}");
        };
        make("tar", &["-cf", "control.tar", "./control"]);
        make("tar", &["-cf", "data.tar", "-C", "root", "."]);
        make("ar", &["rcS", file.to_str().unwrap(), "debian-binary", "control.tar", "data.tar"]);
    }

    /// A command that looks for `what` on this machine.
    fn look_for(&self, what: &str, before: &[&str]) -> Command {
        let test = self.path("test");
        let words = [before, &[test.to_str().unwrap()]].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["--exact", "role", "--ignored", "--nocapture"]).env_clear();
        command.env(ROLE, what).env("PATH", self.path("bin")).env("HOME", self.path("home"));
        command.env("MACHINE", self.directory.path()).stdin(Stdio::null());
        command
    }

    /// A command that a person types on this machine.
    fn typed(&self, command: &str) -> Command {
        let mut shell = Command::new(self.path("bin/sh"));
        shell.args(["-c", command]).env_clear().env("PATH", self.path("bin")).env("HOME", self.path("home"));
        shell.env("MACHINE", self.directory.path());
        shell
    }

    /// What it finds of `what`, and all that was said.
    fn found(&self, what: &str) -> (bool, String) {
        said(self.look_for(what, &[]).output().unwrap())
    }

    /// Puts rustup there, and a toolchain of a person's that can not build the kernel; the directory of that.
    fn with_rustup(&self) -> PathBuf {
        program(&self.path("bin/rustup"), RUSTUP);
        program(&self.path("rustc-with-target"), RUSTC_WITH_TARGET);
        let home = self.path("home/.rustup");
        program(&home.join("toolchains/theirs/bin/rustc"), RUSTC);
        program(&home.join("toolchains/theirs/bin/cargo"), "");
        home
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The file of the cache whose name is this below `packages-1/SYSTEM/PACKAGES`.
    fn unpacked(&self, file: &str) -> Vec<PathBuf> {
        let below = |directory: PathBuf| {
            fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
        };
        let systems = below(self.path("home/.cache/hafnon/packages-1"));
        systems.flat_map(below).map(|tree| tree.join(file)).filter(|file| file.exists()).collect()
    }
}

/// Every file below, with its content.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn said(output: Output) -> (bool, String) {
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn in_path(name: &str) -> Option<PathBuf> {
    hafnon::workspace::find_in_path(name)
}

#[test]
fn qemu_is_fetched_and_unpacked_and_nothing_is_installed() {
    let machine = Lacking::new();
    let (good, text) = machine.found("qemu");
    assert!(good, "{text}");
    assert!(
        text.contains("/.cache/hafnon/packages-1/") && text.contains("qemu-system-x86 1:7, unpacked"),
        "{text}"
    );
    assert!(text.contains("fetching QEMU") && !text.contains("apt's words"), "{text}");
    let log = machine.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("download libneeded qemu-system-x86"), "{log}");
    // What is there is used.
    assert!(machine.found("qemu").0);
    assert_eq!(machine.log(), log);
    assert!(!machine.path("home/.cache/hafnon/downloads/qemu-system-x86").exists());
    // A tree that does not work any more is replaced.
    fs::remove_file(&machine.unpacked("usr/lib/x86_64-linux-gnu/libneeded.so")[0]).unwrap();
    assert!(machine.found("qemu").0);
    assert_eq!(machine.log().lines().count(), 2);
}

#[test]
fn firmware_is_fetched_and_unpacked() {
    let machine = Lacking::new();
    let (good, text) = machine.found("firmware");
    assert!(good, "{text}");
    let file = machine.unpacked("usr/share/ovmf/OVMF.fd").remove(0);
    assert!(text.contains(&format!("found {} (ovmf 2022, unpacked", file.display())), "{text}");
    assert!(machine.log().contains("download ovmf"), "{}", machine.log());
}

#[test]
fn what_apt_says_is_shown_to_who_asks_for_it() {
    let machine = Lacking::new();
    let (good, text) = said(machine.look_for("qemu", &[]).env(VERBOSE, "1").output().unwrap());
    assert!(good && text.contains("these are apt's words"), "{text}");
}

#[test]
fn a_compiler_is_fetched_with_its_libraries_source() {
    let machine = Lacking::new();
    let (good, text) = machine.found("compiler");
    assert!(good, "{text}");
    assert!(
        text.contains("found rustc 1.96.0 (test) in ") && text.contains("rustc-web 1.96, unpacked"),
        "{text}"
    );
    assert!(machine.log().contains("rust-web-src"), "{}", machine.log());
}

#[test]
fn rustup_adds_nothing_to_a_toolchain_that_is_installed() {
    let machine = Lacking::new();
    let theirs = machine.with_rustup();
    let before = files(&theirs);
    let asked = [
        ("compiler", "--target x86_64-unknown-none"),
        ("lints", "--target x86_64-unknown-none --component clippy"),
        ("image", "--target x86_64-unknown-none --component rust-src --component llvm-tools"),
    ];
    let home = machine.path("home/.cache/hafnon/rustup").display().to_string();
    for (count, (what, words)) in asked.into_iter().enumerate() {
        let (good, text) = machine.found(what);
        assert!(good && text.contains(&format!("in {home}/toolchains/1.95.0 (fetched because ")), "{text}");
        let log = machine.log();
        let command = "toolchain install 1.95.0 --profile minimal --no-self-update";
        let expected = format!("rustup in {home}: {command} {words}");
        assert_eq!(log.lines().collect::<Vec<_>>()[count..], [expected], "{log}");
        // What is there is used.
        assert!(machine.found(what).0);
        assert_eq!(machine.log(), log);
    }
    assert_eq!(files(&theirs), before);
}

#[test]
fn a_compiler_that_is_too_new_for_the_boot_stages_builds_the_kernel_alone() {
    let machine = Lacking::new();
    let theirs = machine.with_rustup().join("toolchains/theirs");
    let newer = RUSTC_WITH_TARGET.replace("1.96.0", "1.97.0");
    let tools = "lib/rustlib/x86_64-unknown-linux-gnu/bin";
    program(&theirs.join("bin/rustc"), &newer);
    for file in ["lib/rustlib/src/rust/library/Cargo.lock".into(), format!("{tools}/llvm-objcopy")] {
        program(&theirs.join(file), "");
    }
    program(&theirs.join(tools).join("llvm-objdump"), "");
    let (good, text) = machine.found("compiler");
    assert!(good && text.contains("found rustc 1.97.0 (test) in "), "{text}");
    let (good, text) = machine.found("image");
    assert!(good && text.contains("toolchains/1.95.0 (fetched because "), "{text}");
    // As new as it may be.
    program(&theirs.join("bin/rustc"), RUSTC_WITH_TARGET);
    fs::remove_dir_all(machine.path("home/.cache")).unwrap();
    let (good, text) = machine.found("image");
    assert!(good && text.contains("found rustc 1.96.0 (test) in "), "{text}");
}

#[test]
fn rustup_is_not_asked_for_what_was_unpacked() {
    let machine = Lacking::new();
    assert!(machine.found("compiler").0);
    let log = machine.log();
    machine.with_rustup();
    assert!(machine.found("compiler").0);
    assert_eq!(machine.log(), log);
}

#[test]
fn where_rustup_fetches_nothing_packages_are_unpacked() {
    let machine = Lacking::new();
    let theirs = machine.with_rustup();
    let before = files(&theirs);
    fs::write(machine.path("offline"), "").unwrap();
    let (good, text) = machine.found("compiler");
    assert!(good && text.contains("rustc-web 1.96, unpacked") && !text.contains("rustup's words"), "{text}");
    assert_eq!(files(&theirs), before);
    // If nothing helps, all is told.
    fs::remove_dir_all(machine.path("home/.cache")).unwrap();
    fs::remove_file(machine.path("packages/lld-22_1.96_all.deb")).unwrap();
    let (good, text) = machine.found("compiler");
    assert!(!good && text.contains("these are rustup's words"), "{text}");
    // What is quoted, typed by a person, is the same call once more.
    let quoted = text.lines().find_map(|line| line.strip_prefix('`')?.split_once("` failed"));
    let (command, _) = quoted.unwrap_or_else(|| panic!("{text}"));
    let calls = |log: &str| -> Vec<String> {
        log.lines().filter(|line| line.starts_with("rustup in ")).map(String::from).collect()
    };
    let before = calls(&machine.log());
    assert!(!machine.typed(command).status().unwrap().success(), "it is still offline");
    let after = calls(&machine.log());
    assert_eq!(after[..before.len()], before);
    assert_eq!(after[before.len()..], before[before.len() - 1..]);
}

#[test]
fn nobody_in_particular_can_do_it_too() {
    let machine = Lacking::new();
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let setpriv = in_path("setpriv").expect("util-linux has it");
    let words = [setpriv.to_str().unwrap(), "--reuid=65534", "--regid=65534", "--clear-groups"];
    let (good, text) = said(machine.look_for("qemu", if root { &words } else { &[] }).output().unwrap());
    assert!(good, "{text}");
    assert_eq!(machine.unpacked("usr/bin/qemu-system-x86_64").len(), 1);
}

#[test]
fn lists_that_lack_a_package_are_fetched_again_to_a_place_of_our_own() {
    let machine = Lacking::new();
    fs::write(machine.path("stale"), "").unwrap();
    let (good, text) = machine.found("qemu");
    assert!(good, "{text}");
    let log = machine.log();
    let update = log.lines().find(|line| line.ends_with(" update")).expect("an update");
    assert!(update.contains("Dir::State::lists=") && update.contains("/.cache/hafnon/apt/lists"), "{log}");
}

#[test]
fn what_was_broken_off_is_begun_again() {
    let machine = Lacking::new();
    let tree = machine.path("home/.cache/hafnon/packages-1");
    fs::write(machine.path("broken"), "").unwrap();
    // The first download fails, and the second, with lists of our own, succeeds.
    let (good, text) = machine.found("qemu");
    assert!(good, "{text}");
    let system = fs::read_dir(tree).unwrap().next().unwrap().unwrap().path();
    fs::rename(system.join("qemu-system-x86"), system.join(".unfinished-by-somebody")).unwrap();
    assert!(machine.found("qemu").0);
    assert!(!system.join(".unfinished-by-somebody").exists());
}

#[test]
fn who_comes_at_the_same_time_waits_and_fetches_nothing() {
    let machine = Lacking::new();
    let started = [0, 1, 2].map(|_| {
        let mut command = machine.look_for("qemu", &[]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for child in started {
        let (good, text) = said(child.wait_with_output().unwrap());
        assert!(good, "{text}");
    }
    assert_eq!(machine.log().lines().count(), 1, "{}", machine.log());
}

#[test]
fn a_failure_is_told_whole_and_names_the_command_to_type() {
    let machine = Lacking::new();
    fs::remove_file(machine.path("packages/libneeded_1_all.deb")).unwrap();
    let (good, text) = machine.found("qemu");
    assert!(!good && text.contains("`apt-get download` made no "), "{text}");
    assert!(text.contains("sudo apt-get install --no-install-recommends qemu-system-x86"), "{text}");
    program(&machine.path("bin/apt-get"), "#!/bin/sh\necho \"E: there is no network\" >&2\nexit 100\n");
    let (good, text) = machine.found("qemu");
    assert!(!good && text.contains("E: there is no network\n"), "{text}");
}
