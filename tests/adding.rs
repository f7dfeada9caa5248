//! `docs/adding.md` is right: the change that the page shows is made in a copy of this checkout, which is built, and the
//! tests of the new calls pass in QEMU. The page is where the change stands, so there is no second copy to keep up.
//!
//! What is compiled is the copy, not what this program was compiled from, so the copy's part is done by this program
//! again, as [`role`], with the copy for its checkout. Copy and compiled code stay for the next run, and the code is
//! compiled in a hurry: nobody counts its instructions.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use generator::{model::Spec, parse::parse, shown::Shown};
use hafnon::{
    compile::{self, Program},
    guest::{self, machine, word},
    ramdisk, toolchain, workspace,
};
use machine::{Boot, End, Transcript};

/// The page.
const PAGE: &str = "docs/adding.md";
/// The most files that a new object with two calls may touch.
const MOST: usize = 10;
/// What tells the second run of this program what it is.
const ROLE: &str = "HAFNON_TEST_ADDING";

/// Text files by their paths in the checkout.
type Files = BTreeMap<String, Vec<u8>>;

/// A part of the change.
struct Edit<'page> {
    file: &'page str,
    place: Place<'page>,
    text: String,
}

/// Where the text of an edit goes.
enum Place<'page> {
    New,
    Below(&'page str),
    Above(&'page str),
}

/// The edits of a page: each is a line such as ``**`Cargo.toml`**, below `[workspace]`:`` and the next block of code.
fn edits(page: &str) -> Vec<Edit<'_>> {
    let mut lines = page.lines();
    let mut edits = Vec::new();
    while let Some(line) = lines.next() {
        let Some((file, place)) = line.strip_prefix("**`").and_then(|line| line.split_once("`**, ")) else {
            continue;
        };
        let anchor = |word| place.strip_prefix(word)?.strip_prefix(" `")?.strip_suffix("`:");
        let place = match (place, anchor("below"), anchor("above")) {
            ("new:", ..) => Place::New,
            (_, Some(anchor), _) => Place::Below(anchor),
            (_, _, Some(anchor)) => Place::Above(anchor),
            _ => panic!("{PAGE} does not say where this goes: {line}"),
        };
        let code = lines.by_ref().skip_while(|line| !line.starts_with("```")).skip(1);
        let text = code.take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        edits.push(Edit { file, place, text });
    }
    edits
}

/// The names of files that a page has in bold.
fn named(page: &str) -> BTreeSet<String> {
    let pieces = page.split("**`").skip(1);
    pieces.map(|piece| piece.split("`**").next().expect("there is a first").to_owned()).collect()
}

impl Edit<'_> {
    fn apply(&self, files: &mut Files) {
        let (file, text) = (self.file, &self.text);
        let (anchor, below) = match self.place {
            Place::New => {
                assert!(files.insert(file.into(), text.clone().into()).is_none(), "there is a {file}");
                return;
            }
            Place::Below(anchor) => (anchor, 1),
            Place::Above(anchor) => (anchor, 0),
        };
        let old = files.get(file).unwrap_or_else(|| panic!("there is no {file}"));
        let old = str::from_utf8(old).expect("text");
        let is_there = |line: &&str| match anchor.strip_suffix('…') {
            Some(begin) => line.starts_with(begin),
            None => *line == anchor,
        };
        let count = old.lines().filter(is_there).count();
        assert_eq!(count, 1, "{file} has `{anchor}` {count} times");
        let at = old.lines().position(|line| is_there(&line)).expect("it is there") + below;
        let (before, behind): (Vec<_>, Vec<_>) =
            old.split_inclusive('\n').enumerate().partition(|(n, _)| *n < at);
        let joined = |lines: Vec<(usize, &str)>| lines.into_iter().map(|(_, line)| line).collect::<String>();
        files.insert(file.into(), [joined(before), text.clone(), joined(behind)].concat().into());
    }
}

/// Every file of a checkout, without what was compiled and what is hidden.
fn read(root: &Path, directory: &Path, files: &mut Files) {
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_str().expect("text");
        if name.starts_with('.') || name.starts_with("target") {
            continue;
        }
        if entry.is_dir() {
            read(root, &entry, files);
        } else {
            let path = entry.strip_prefix(root).unwrap().to_str().expect("text");
            files.insert(path.into(), fs::read(&entry).unwrap());
        }
    }
}

/// Makes a directory have these files and no others. Those that have not changed are as old as before.
fn write(files: &Files, directory: &Path) {
    let mut there = Files::new();
    fs::create_dir_all(directory).unwrap();
    read(directory, directory, &mut there);
    for path in there.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(directory.join(path)).unwrap();
    }
    for (path, content) in files.iter().filter(|(path, content)| there.get(*path) != Some(content)) {
        fs::create_dir_all(directory.join(path).parent().unwrap()).unwrap();
        fs::write(directory.join(path), content).unwrap();
    }
}

/// What the copy's table says.
fn table(files: &Files) -> Spec {
    let text = |path| str::from_utf8(&files[path]).expect("text");
    let spec = parse(text("syscalls.toml")).unwrap_or_else(|error| panic!("syscalls.toml: {error}"));
    Shown::parse(text("user/tests/errors.toml"), &spec)
        .unwrap_or_else(|error| panic!("errors.toml: {error}"));
    spec
}

#[test]
fn the_page_adds_an_object_with_two_calls() {
    let mut before = Files::new();
    read(workspace::root(), workspace::root(), &mut before);
    let page = String::from_utf8(before[PAGE].clone()).unwrap();
    let mut after = before.clone();
    edits(&page).iter().for_each(|edit| edit.apply(&mut after));
    for (path, text) in generator::committed(&table(&after)) {
        after.insert(path, text.into());
    }
    let changed = after.iter().filter(|(path, content)| before.get(*path) != Some(content));
    let changed: BTreeSet<String> = changed.map(|(path, _)| path.clone()).collect();
    assert_eq!(changed, named(&page), "what is touched, and what the page names");
    assert!(changed.len() <= MOST, "{changed:?}");

    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("adding");
    let copy = place.join("checkout");
    write(&after, &copy);
    let rust = changed.iter().filter(|path| path.ends_with(".rs") && !before.contains_key(*path));
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition=2024"]).args(rust.map(|path| copy.join(path)));
    match rustfmt.status() {
        Ok(status) => assert!(status.success(), "the page's code is not formatted"),
        Err(_) => eprintln!("no rustfmt here: not tested whether the page's code is formatted"),
    }

    let mut role = Command::new(env::current_exe().unwrap());
    role.args(["--exact", "role", "--ignored", "--nocapture"]);
    role.env(ROLE, "").env("CARGO_MANIFEST_DIR", &copy).env("CARGO_TARGET_DIR", place.join("target"));
    for (setting, value) in [("OPT_LEVEL", "1"), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("DEBUG", "none")] {
        role.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    assert!(role.status().unwrap().success(), "the copy in {}", copy.display());
}

/// Not a test of its own: what is done in the copy.
#[test]
#[ignore = "started by the test of this file"]
fn role() {
    if env::var_os(ROLE).is_none() {
        return;
    }
    let toolchain = toolchain::for_kernel().unwrap();
    let kernel = compile::kernel(&toolchain, compile::KERNEL).unwrap();
    let program = |package: &str, output: &str, name: &str| {
        compile::user_package(&toolchain, package).unwrap();
        Program { name: name.into(), file: compile::user_output(output) }
    };
    let programs = [
        program("hafnon-vdso", "libzircon", "lib/libzircon.so"),
        program("hafnon-tests", "tests", "bin/tests"),
    ];
    let listed = guest::tests(&programs[1].file).unwrap();
    let names = listed.iter().filter_map(|line| line.split(' ').next());
    let names: Vec<&str> = names.filter(|name| name.contains("tally")).collect();
    for name in ["matrix::tally_create", "matrix::tally_add"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for name in &names {
        boot(&kernel, &programs, name);
    }
}

/// Runs one test of the program.
fn boot(kernel: &Path, programs: &[Program], test: &str) {
    let kernel: PathBuf = kernel.into();
    let ramdisk = Some(ramdisk::temporary(programs).unwrap());
    let words = vec![word("run", "bin/tests"), word("arg", test)];
    let mut transcript = Transcript::default();
    let outcome = machine(Boot::Direct { kernel, ramdisk, words }).unwrap().run(&mut transcript).unwrap();
    assert_eq!(outcome.end, End::Exited(0), "{test}: {}{}", outcome.describe(), transcript.text());
}

#[test]
fn edits_go_where_they_say() {
    let page = "**`a`**, below `two…`:\n\n```rust\nthree\n```\n\n**`b`**, new:\n\nWhy.\n\n```\nnew\n\n```\n\
                **`a`**, above `one`:\n```\nzero\n```\n";
    let mut files = Files::from([("a".into(), b"one\ntwo, or more\n".to_vec())]);
    edits(page).iter().for_each(|edit| edit.apply(&mut files));
    assert_eq!(files["a"], b"zero\none\ntwo, or more\nthree\n");
    assert_eq!(files["b"], b"new\n\n");
    assert_eq!(named(page), ["a", "b"].map(str::to_owned).into());
}
