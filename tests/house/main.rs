//! What may depend on what, and where unsafe code may be: the rules of the house (docs/architecture.md), held against
//! `cargo metadata` and the sources. Each rule is a list here or in a module of its own, with tests of the checker
//! itself, so that a rule that is broken is known to be noticed.

mod names;
mod objects;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use hafnon::workspace;
use serde_json::Value;

/// The packages whose dependencies on others of this workspace are fixed, and which these are. Those for tests count, too:
/// a test of what is below needs nothing of what is above.
const DEPENDENCIES: [(&str, &[&str]); 8] = [
    ("hafnon-abi", &["hafnon-generator"]),
    ("hafnon-waitq", &[]),
    ("hafnon-frames", &[]),
    ("hafnon-executor", &["hafnon-waitq"]),
    ("hafnon-objects", &["hafnon-abi", "hafnon-executor", "hafnon-waitq"]),
    (
        "hafnon-kernel",
        &["hafnon-abi", "hafnon-executor", "hafnon-frames", "hafnon-objects", "hafnon-vdso", "hafnon-waitq"],
    ),
    (
        "hafnon-zircon",
        &[
            "hafnon-abi",
            "hafnon-executor",
            "hafnon-generator",
            "hafnon-kernel",
            "hafnon-objects",
            "hafnon-waitq",
        ],
    ),
    // Its calls are forms of Zircon's.
    (
        "hafnon-magenta",
        &[
            "hafnon-abi",
            "hafnon-executor",
            "hafnon-generator",
            "hafnon-kernel",
            "hafnon-objects",
            "hafnon-waitq",
            "hafnon-zircon",
        ],
    ),
];

/// The rooms of unsafe code: what the processor, the machine's memory and intrusive lists ask for, and the edges of user
/// programs.
const ROOMS: [&str; 6] = [
    "waitq/src/lib.rs",
    "executor/src/lib.rs",
    "kernel/src/arch/",
    "kernel/src/boot/",
    "kernel/src/mm/",
    "user/",
];

/// What else may say `unsafe`, and does nothing unsafe: a static in a section of its own, and the symbols that the linker
/// gives its ends.
const SECTIONS: [&str; 4] =
    ["kernel/src/lib.rs", "kernel/src/personality.rs", "kernel/src/service.rs", "kernel/src/testing.rs"];

/// Tests that are programs of their own: allocators that count, platforms of models, bytes of the kernel itself.
const TESTS: [&str; 3] = ["executor/tests/", "objects/tests/", "qemu-tests/kernel/src/"];

#[test]
fn packages_depend_one_way() {
    let packages = packages();
    let faults = faults_of_packages(&packages, &DEPENDENCIES);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn families_of_objects_name_what_they_may() {
    let table = generator::load(workspace::root()).expect("syscalls.toml is right");
    let kinds = table.objects.into_iter().filter(|kind| kind.family.is_some()).map(|kind| kind.rust);
    let faults = objects::House::read(&workspace::root().join("objects/src"), kinds.collect()).faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The hardware knows no objects, and what it is to memory objects are their traits, which `mm` implements.
#[test]
fn the_hardware_names_no_family_of_objects() {
    let kernel = workspace::root().join("kernel/src");
    let may = [("arch", &[][..]), ("boot", &[]), ("mm", &["memory", "account"])];
    for (room, named) in may {
        let mut files = 0;
        rust_files(&kernel.join(room), &mut |path, text| {
            files += 1;
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let names = code.flat_map(|line| line.split("objects::").skip(1));
            let others = names.filter(|name| !named.iter().any(|family| name.starts_with(family)));
            assert_eq!(others.collect::<Vec<_>>(), [""; 0], "{}", path.display());
        });
        assert!(files >= 3, "{room}: {files}");
    }
}

/// What a system call needs of the processor it has from `machine` and `sched` of the kernel.
#[test]
fn personalities_name_no_hardware() {
    let mut files = 0;
    rust_files(&workspace::root().join("personalities"), &mut |path, text| {
        files += 1;
        let named = ["hafnon_kernel::arch", "hafnon_kernel::boot", "x86_64::", "core::arch"];
        let named: Vec<_> = named.iter().filter(|name| text.contains(**name)).collect();
        assert!(named.is_empty(), "{} names {named:?}", path.display());
    });
    assert!(files > 40, "{files}");
}

#[test]
fn unsafe_code_stays_in_its_rooms() {
    let allowed: Vec<&str> = ROOMS.iter().chain(&SECTIONS).chain(&TESTS).copied().collect();
    let mut faults = Vec::new();
    for package in packages().values() {
        let manifest = fs::read_to_string(&package.manifest).expect("a manifest");
        faults.extend(
            (!denies_unsafe(&manifest)).then(|| format!("{} denies nothing", package.manifest.display())),
        );
    }
    rust_files(workspace::root(), &mut |path, text| {
        let path = path.strip_prefix(workspace::root()).expect("it is below").to_str().expect("text");
        let is_room = allowed.iter().any(|room| path.starts_with(room));
        faults.extend((allows_unsafe(text) && !is_room).then(|| format!("{path} allows unsafe code")));
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The packages that read foreign bytes, whose arithmetic is checked in every build
/// (docs/decisions/0010-overflow-checks.md).
const CHECKED: [&str; 3] = ["acpi", "elf", "tar-no-std"];

#[test]
fn arithmetic_on_foreign_bytes_is_checked() {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).expect("a manifest");
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock")).expect("a lock file");
    assert_eq!(unchecked(&manifest, &lock), [""; 0]);
}

/// Those of [`CHECKED`] that a manifest does not have checked, or that are no dependencies any more.
fn unchecked(manifest: &str, lock: &str) -> Vec<&'static str> {
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let release = manifest.get("profile").and_then(|profile| profile.get("release"));
    let packages = release.and_then(|release| release.get("package"));
    let is_checked = |name: &&str| {
        let checks = packages.and_then(|packages| packages.get(*name)?.get("overflow-checks"));
        let is_used = lock.contains(&format!("name = \"{name}\"\n"));
        is_used && checks.and_then(toml::Value::as_bool) == Some(true)
    };
    CHECKED.into_iter().filter(|name| !is_checked(name)).collect()
}

/// A package of this workspace.
struct Package {
    manifest: PathBuf,
    /// The packages of this workspace that it depends on.
    dependencies: Vec<String>,
}

/// The packages of this workspace, by their names.
fn packages() -> BTreeMap<String, Package> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--format-version=1"]).current_dir(workspace::root());
    let output = cargo.output().expect("cargo runs");
    packages_of(&serde_json::from_slice(&output.stdout).expect("it answers in JSON"))
}

fn packages_of(metadata: &Value) -> BTreeMap<String, Package> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let packages = metadata["packages"].as_array().expect("a list").iter();
    let packages = packages.map(|package| {
        let dependencies = package["dependencies"].as_array().expect("a list").iter();
        let ours = dependencies.filter(|dependency| dependency["path"].is_string());
        let mut dependencies: Vec<String> = ours.map(|dependency| text(&dependency["name"])).collect();
        dependencies.sort();
        dependencies.dedup();
        (text(&package["name"]), Package { manifest: text(&package["manifest_path"]).into(), dependencies })
    });
    packages.collect()
}

fn faults_of_packages(packages: &BTreeMap<String, Package>, rules: &[(&str, &[&str])]) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, allowed) in rules {
        let Some(package) = packages.get(*name) else {
            faults.push(format!("there is no {name}"));
            continue;
        };
        let others = package.dependencies.iter().filter(|other| !allowed.contains(&other.as_str()));
        faults.extend(others.map(|other| format!("{name} depends on {other}")));
    }
    faults
}

/// Whether a manifest has the workspace's lints, which deny unsafe code.
fn denies_unsafe(manifest: &str) -> bool {
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let lints = manifest.get("lints").and_then(toml::Value::as_table);
    lints.and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
}

/// Whether a file allows unsafe code, to itself or to a part of it.
fn allows_unsafe(text: &str) -> bool {
    let tokens = names::tokens(text);
    tokens.iter().enumerate().any(|(at, token)| {
        let begins = matches!(token.word(), Some("allow" | "expect" | "warn"))
            && tokens.get(at + 1) == Some(&names::Token::Other('('));
        let listed = tokens[at..].iter().take_while(|token| **token != names::Token::Other(')'));
        begins && listed.filter_map(names::Token::word).any(|lint| lint == "unsafe_code")
    })
}

/// What is in the checkout and no part of its workspace.
const OTHERS: [&str; 3] = ["comparison", "image", "target"];

/// Hands on every source file below, its path and text.
fn rust_files(directory: &Path, found: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().and_then(|name| name.to_str()).expect("text");
        if entry.is_dir() && !name.starts_with('.') && !OTHERS.contains(&name) {
            rust_files(&entry, found);
        } else if name.ends_with(".rs") {
            found(&entry, &fs::read_to_string(&entry).expect("text"));
        }
    }
}

#[test]
fn a_dependency_too_many_is_a_fault() {
    let metadata = serde_json::json!({ "packages": [
        { "name": "below", "manifest_path": "below/Cargo.toml", "dependencies": [
            { "name": "spin", "path": null, "kind": null }, { "name": "above", "path": "/above", "kind": "dev" } ] },
        { "name": "above", "manifest_path": "above/Cargo.toml", "dependencies": [
            { "name": "below", "path": "/below", "kind": null } ] },
    ] });
    let packages = packages_of(&metadata);
    assert_eq!(faults_of_packages(&packages, &[("above", &["below"])]), [""; 0]);
    assert_eq!(faults_of_packages(&packages, &[("below", &[])]), ["below depends on above"]);
    assert_eq!(faults_of_packages(&packages, &[("beside", &[])]), ["there is no beside"]);
}

#[test]
fn arithmetic_that_is_not_checked_is_seen() {
    let manifest = "[profile.release.package.acpi]\noverflow-checks = true\n\
        [profile.release.package.elf]\noverflow-checks = false\n\
        [profile.release.package.tar-no-std]\noverflow-checks = true\n";
    let lock = "name = \"acpi\"\nname = \"elf\"\n";
    assert_eq!(unchecked(manifest, lock), ["elf", "tar-no-std"]);
    assert_eq!(unchecked("[profile.release]\n", lock), CHECKED);
}

#[test]
fn leave_for_unsafe_code_is_seen() {
    for text in [
        "#![allow(unsafe_code)]",
        "#![allow(missing_docs, unsafe_code, reason = \"none\")]",
        "#[expect(\n    unsafe_code,\n)]\nfn f() {}",
        "#[cfg_attr(loom, allow(unsafe_code))]",
    ] {
        assert!(allows_unsafe(text), "{text}");
    }
    for text in ["#![forbid(unsafe_code)]", "// #![allow(unsafe_code)]", "fn f() { \"allow(unsafe_code)\" }"]
    {
        assert!(!allows_unsafe(text), "{text}");
    }
    assert!(denies_unsafe("[lints]\nworkspace = true"));
    assert!(!denies_unsafe("[lints.rust]\nunsafe_code = \"allow\"") && !denies_unsafe("[package]"));
}
