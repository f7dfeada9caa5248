//! The families of objects: the core names none of them, and they name no more of each other than each one shows.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

use crate::names::{Token, names, paths, tokens_that_ship};

/// What stands above the families, and may name everything.
const ABOVE: [&str; 4] = ["host", "lib", "object", "testing"];

/// What every object is made of.
const CORE: &str = "core";

/// The one name above the families that what is below may use: there a reference to an object of any kind is.
const OBJECT: &str = "object";

/// A crate whose modules are families.
#[derive(Default)]
pub struct House {
    /// By their names, with what the root file of each shows to the others.
    families: BTreeMap<String, BTreeSet<String>>,
    /// The kinds of objects.
    kinds: BTreeSet<String>,
    /// The path of each file below `src`, and its text.
    files: Vec<(String, String)>,
}

impl House {
    /// What is in this directory; `kinds` are the types of the kinds of objects.
    pub fn read(src: &Path, kinds: BTreeSet<String>) -> Self {
        let mut files = Vec::new();
        collect(src, src, &mut files);
        Self::of(files, kinds)
    }

    fn of(files: Vec<(String, String)>, kinds: BTreeSet<String>) -> Self {
        let mut house = Self { files, kinds, ..Self::default() };
        for (path, text) in &house.files {
            if let Some(family) = path.strip_suffix("/mod.rs").filter(|family| !family.contains('/')) {
                house.families.insert(family.into(), shown(text));
            }
        }
        house.families.remove(CORE);
        house
    }

    /// What is against the rules.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut named = BTreeMap::new();
        for (path, text) in &self.files {
            let module: Vec<&str> = module(path);
            match module.first() {
                None => {}
                Some(top) if ABOVE.contains(top) => {}
                Some(_) if is_for_tests(path) => {}
                Some(&top) if top == CORE || self.families.contains_key(top) => {
                    let found = self.faults_of(top, &module, text, named.entry(top).or_default());
                    faults.extend(found.iter().map(|fault| format!("{path} {fault}")));
                }
                Some(_) => faults.push(format!("{path} is in no family")),
            }
        }
        faults.extend(circle(named));
        faults
    }

    /// What is wrong with a file of the core or of a family; which other families it names is noted.
    fn faults_of<'a>(
        &'a self,
        family: &str,
        module: &[&str],
        text: &str,
        named: &mut BTreeSet<&'a str>,
    ) -> BTreeSet<String> {
        let mut faults = BTreeSet::new();
        for name in names(module, text) {
            let whole = name.join("::");
            let Some(first) = name.first() else { continue };
            if [family, CORE, OBJECT].contains(&first.as_str()) {
                continue;
            }
            let Some((other, shown)) = self.families.get_key_value(first) else {
                faults.insert(format!("names {whole} without its family"));
                continue;
            };
            named.insert(other);
            if family == CORE {
                faults.insert(format!("is in the core and names {whole}"));
            } else if !name.get(1).is_some_and(|item| shown.contains(item)) {
                faults.insert(format!("names {whole}, which {first}/mod.rs does not show"));
            }
        }
        if family == CORE {
            let kinds = kinds_named(text).into_iter().filter(|kind| self.kinds.contains(kind));
            faults.extend(kinds.map(|kind| format!("is in the core and names the kind {kind}")));
        }
        faults
    }
}

fn collect(src: &Path, directory: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(src, &entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let path = entry.strip_prefix(src).expect("it is below").to_str().expect("text").to_owned();
            files.push((path, fs::read_to_string(&entry).expect("text")));
        }
    }
}

/// The module that a file is.
fn module(path: &str) -> Vec<&str> {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<&str> = stem.split('/').collect();
    module.pop_if(|last| *last == "mod");
    module
}

/// Tests may name everything.
fn is_for_tests(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// What the root file of a family shows to the others: what it exports again, its public modules, and its own items.
fn shown(text: &str) -> BTreeSet<String> {
    let tokens = tokens_that_ship(text);
    let mut shown = BTreeSet::new();
    for at in 0..tokens.len() {
        if tokens[at].word() != Some("pub") {
            continue;
        }
        let of_crate = tokens.get(at + 1) == Some(&Token::Other('('));
        let item = &tokens[at + if of_crate { 4 } else { 1 }..];
        match item {
            [Token::Word(word), rest @ ..] if word == "use" => {
                paths(rest, &[], &mut |_, name| _ = shown.insert(name.into()));
            }
            [Token::Word(word), ..] if word == "mod" && of_crate => {}
            [Token::Word(word), Token::Word(_), Token::Word(name), ..] if word == "const" => {
                shown.insert(name.clone());
            }
            [Token::Word(_), Token::Word(name), ..] => _ = shown.insert(name.clone()),
            _ => {}
        }
    }
    shown
}

/// What stands behind `Object::`.
fn kinds_named(text: &str) -> Vec<String> {
    let tokens = tokens_that_ship(text);
    let windows = tokens.windows(3);
    let of_object = windows.filter(|w| w[0].word() == Some("Object") && w[1] == Token::PathSeparator);
    of_object.filter_map(|window| window[2].word().map(str::to_owned)).collect()
}

/// The families that name each other in a circle, if there are some.
fn circle(mut named: BTreeMap<&str, BTreeSet<&str>>) -> Option<String> {
    loop {
        let open: Vec<&str> = named.keys().copied().collect();
        named.retain(|_, others| others.iter().any(|other| open.contains(other)));
        if named.len() == open.len() {
            let names: Vec<&str> = named.into_keys().collect();
            return (!names.is_empty()).then(|| format!("a circle is among {}", names.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a small house, into which this file comes.
    fn faults_with(path: &str, text: &str) -> Vec<String> {
        let files = [
            ("lib.rs", "mod core; mod ipc; mod wait; pub use ipc::Event;"),
            ("object.rs", "use crate::{ipc::Event, wait::Port};"),
            ("core/mod.rs", "pub(crate) mod base;"),
            ("core/base.rs", "use crate::object::Object; fn f(object: Object) { Object::koid(object) }"),
            ("ipc/mod.rs", "mod event; pub use event::Event; use crate::wait::{Port, until as wait};"),
            (
                "wait/mod.rs",
                "mod port; pub mod futex; pub(crate) mod store; pub use port::{self as ports, Port, run as until}; \
                 pub(crate) use port::Observer; pub const MOST: usize = 1; pub const fn few() {} fn own() {}",
            ),
        ];
        let files = files.into_iter().filter(|(other, _)| *other != path).chain([(path, text)]);
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        House::of(files, ["Event", "Port"].map(str::to_owned).into()).faults()
    }

    #[test]
    fn what_is_allowed_is_no_fault() {
        for (path, text) in [
            ("core/slab.rs", "use crate::core::base::Base; use super::base; use crate::object::Object;"),
            ("ipc/event.rs", "use crate::core::base::Base; use super::event; use crate::object::Object;"),
            ("ipc/event.rs", "use crate::wait::{Observer, MOST, few, futex::anything, ports, until};"),
            ("ipc/event.rs", "#[cfg(test)] mod tests { use crate::Port; }"),
            ("ipc/event/tests.rs", "use crate::{Port, testing::poll};"),
            ("wait/port/mod.rs", "use crate::wait::port::deep::Thing; use super::super::core::base::Base;"),
            ("host.rs", "use crate::{ipc::event::Event, Port};"),
        ] {
            assert_eq!(faults_with(path, text), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn the_core_names_no_family_and_no_kind() {
        for text in [
            "use crate::wait::Port;",
            "use crate::{object::Object, wait::{Port}};",
            "fn f() { super::super::wait::until() }",
            "fn f() { crate::wait::until() }",
            "fn f(object: &Object) { matches!(object, Object::Port(_)); }",
            "use crate::Port;",
        ] {
            let faults = faults_with("core/slab.rs", text);
            assert!(
                faults.len() == 1 && faults[0].contains("Port") | faults[0].contains("until"),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn a_family_names_no_more_than_another_shows() {
        for name in [
            "wait::port::Port",
            "wait::own",
            "wait::store::Store",
            "wait::*",
            "wait",
            "Port",
            "testing::poll",
        ] {
            let faults = faults_with("ipc/event.rs", &format!("use crate::{name};"));
            assert!(faults.len() == 1 && faults[0].contains(name), "{name}: {faults:?}");
        }
    }

    #[test]
    fn families_form_no_circle() {
        let faults = faults_with("wait/port.rs", "use crate::ipc::Event;");
        assert_eq!(faults, ["a circle is among ipc, wait"]);
    }

    #[test]
    fn every_file_has_a_family() {
        assert_eq!(faults_with("loose.rs", "use crate::core::base::Base;"), ["loose.rs is in no family"]);
        assert_eq!(faults_with("lost/loose.rs", ""), ["lost/loose.rs is in no family"]);
    }
}
