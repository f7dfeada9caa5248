//! What has to be fetched beside a package: what it needs, and what that needs, unless it is installed.
//!
//! apt itself is not asked, because it answers for what is to be *installed*: where a package breaks
//! another, it removes one of them or refuses. Unpacked somewhere, packages break nothing. So only the
//! relations that say what is needed are looked at.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use anyhow::{Result, bail};

use super::version::compare;

/// The C library belongs to the system's dynamic loader: one without the other does not start.
const NEVER_FETCHED: &str = "libc6";

/// A package, as a list of packages describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture: `amd64`, or `all`.
    pub architecture: String,
    /// What it needs: one of each group.
    needs: Vec<Vec<Relation>>,
    /// The other names that it can be needed by.
    provides: Vec<Relation>,
}

/// A name, and the versions of it that will do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Relation {
    name: String,
    versions: Option<(String, String)>,
}

impl Package {
    /// The file that `apt-get download` makes of it.
    pub fn file_name(&self) -> String {
        format!("{}_{}_{}.deb", self.name, self.version.replace(':', "%3a"), self.architecture)
    }
}

/// Reads a list of packages: what `apt-cache dumpavail` prints, or dpkg's own, of which those count that are
/// installed.
pub fn parse(list: &str) -> Vec<Package> {
    list.split("\n\n").filter_map(paragraph).collect()
}

fn paragraph(text: &str) -> Option<Package> {
    let mut package = Package::default();
    for line in text.lines() {
        let Some((field, value)) = line.split_once(": ") else { continue };
        match field {
            "Package" => package.name = value.trim().to_owned(),
            "Version" => package.version = value.trim().to_owned(),
            "Architecture" => package.architecture = value.trim().to_owned(),
            "Depends" | "Pre-Depends" => package.needs.extend(groups(value)),
            "Provides" => package.provides.extend(groups(value).into_iter().flatten()),
            "Status" if !value.ends_with(" installed") => return None,
            _ => {}
        }
    }
    let ours = ["amd64", "all"].contains(&package.architecture.as_str());
    (ours && !package.name.is_empty()).then_some(package)
}

fn groups(value: &str) -> Vec<Vec<Relation>> {
    value.split(',').map(|group| group.split('|').filter_map(relation).collect()).collect()
}

/// `NAME[:any] [(OPERATOR VERSION)]`.
fn relation(text: &str) -> Option<Relation> {
    let (name, versions) = text.split_once('(').unwrap_or((text, ""));
    let name = name.split(':').next()?.trim().to_owned();
    let versions = versions.trim_end().trim_end_matches(')').trim();
    let operator = versions.trim_start_matches(['<', '=', '>']);
    let split = versions.len() - operator.len();
    let versions = (split > 0).then(|| (versions[..split].to_owned(), operator.trim().to_owned()));
    (!name.is_empty()).then_some(Relation { name, versions })
}

impl Relation {
    /// Whether `version` of what the name stands for will do; a name without a version does for none in
    /// particular.
    fn allows(&self, version: Option<&str>) -> bool {
        let Some((operator, wanted)) = &self.versions else { return true };
        let Some(order) = version.map(|version| compare(version, wanted)) else { return false };
        match operator.as_str() {
            "<<" => order == Ordering::Less,
            "<=" | "<" => order != Ordering::Greater,
            ">=" | ">" => order != Ordering::Less,
            ">>" => order == Ordering::Greater,
            _ => order == Ordering::Equal,
        }
    }

    /// Whether `package` is what is needed, by its name or by one that it provides.
    fn is(&self, package: &Package) -> bool {
        let provided = |other: &Relation| {
            let version = other.versions.as_ref().map(|(_, version)| version.as_str());
            other.name == self.name && self.allows(version)
        };
        package.name == self.name && self.allows(Some(&package.version))
            || package.provides.iter().any(provided)
    }

    /// Whether exactly one version will do: the two are halves of one thing, and have to lie side by side.
    fn is_exact(&self) -> bool {
        self.versions.as_ref().is_some_and(|(operator, _)| operator == "=")
    }
}

/// Packages by each name that they can be needed by.
struct Index<'a>(HashMap<&'a str, Vec<&'a Package>>);

impl<'a> Index<'a> {
    fn of(packages: &'a [Package]) -> Self {
        let mut index: HashMap<&str, Vec<&Package>> = HashMap::new();
        for package in packages {
            let provided = package.provides.iter().map(|other| other.name.as_str());
            for name in provided.chain([package.name.as_str()]) {
                index.entry(name).or_default().push(package);
            }
        }
        Self(index)
    }

    /// What is needed, the one that has the very name first.
    fn find(&self, relation: &Relation) -> Option<&'a Package> {
        let named = self.0.get(relation.name.as_str())?.iter().copied();
        named.filter(|package| relation.is(package)).max_by_key(|package| package.name == relation.name)
    }
}

/// Everything to fetch for `wanted`, which are fetched in any case, in the order of their names.
///
/// # Errors
/// Something is needed that there is not, or not in that version.
pub fn resolve(wanted: &[&str], available: &[Package], installed: &[Package]) -> Result<Vec<Package>> {
    let (available, installed) = (Index::of(available), Index::of(installed));
    let exactly = |name: &&str| vec![Relation { name: (*name).to_owned(), versions: None }];
    let mut chosen: BTreeMap<&str, &Package> = BTreeMap::new();
    let mut open: Vec<(Vec<Relation>, bool)> = wanted.iter().map(|name| (exactly(name), true)).collect();
    let mut seen = BTreeSet::new();
    while let Some((group, together)) = open.pop() {
        let here = |relation: &Relation| installed.find(relation).is_some();
        let fetched = |relation: &Relation| chosen.values().any(|package| relation.is(package));
        if !together && group.iter().any(here) || group.iter().any(fetched) {
            continue;
        }
        let Some(package) = group.iter().find_map(|relation| available.find(relation)) else {
            bail!("no list of packages has {}", in_words(&group));
        };
        if package.name == NEVER_FETCHED {
            bail!("{} is needed, and this system has another", in_words(&group));
        }
        chosen.insert(&package.name, package);
        if seen.insert(&package.name) {
            let together = |group: &Vec<Relation>| {
                group.iter().any(|relation| relation.is_exact() && relation.name != NEVER_FETCHED)
            };
            open.extend(package.needs.iter().map(|group| (group.clone(), together(group))));
        }
    }
    Ok(chosen.into_values().cloned().collect())
}

fn in_words(group: &[Relation]) -> String {
    let one = |relation: &Relation| match &relation.versions {
        Some((operator, version)) => format!("{} ({operator} {version})", relation.name),
        None => relation.name.clone(),
    };
    group.iter().map(one).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const AVAILABLE: &str = "\
Package: emulator
Version: 1:7.2-1
Architecture: amd64
Pre-Depends: libc6 (>= 2.36)
Depends: emulator-data (= 1:7.2-1), libone (>= 2), libtwo | libthree, virtual, perl:any
Breaks: utilities (<< 1:8)

Package: emulator-data
Version: 1:7.2-1
Architecture: all
Depends: emulator

Package: libone
Version: 2.1-1
Architecture: amd64

Package: libone
Version: 3-1
Architecture: i386

Package: libthree
Version: 1
Architecture: amd64

Package: real
Version: 1
Architecture: all
Provides: virtual (= 4), other
";

    const INSTALLED: &str = "\
Package: libc6
Status: install ok installed
Version: 2.36-9
Architecture: amd64

Package: libone
Status: install ok installed
Version: 1.9-1
Architecture: amd64

Package: perl
Status: install ok installed
Version: 5
Architecture: amd64

Package: libthree
Status: deinstall ok config-files
Version: 1
Architecture: amd64

Package: emulator-data
Status: install ok installed
Version: 1:7.2-1
Architecture: all
";

    fn fetched(wanted: &[&str], installed: &str) -> String {
        match resolve(wanted, &parse(AVAILABLE), &parse(installed)) {
            Ok(packages) => packages.iter().map(Package::file_name).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    /// The old library, the one that was removed, the name that another provides, and the half that has
    /// to lie beside, whether it is installed or not.
    #[test]
    fn what_is_not_installed_well_enough_is_fetched() {
        let all = "emulator_1%3a7.2-1_amd64.deb emulator-data_1%3a7.2-1_all.deb libone_2.1-1_amd64.deb \
            libthree_1_amd64.deb real_1_all.deb";
        assert_eq!(fetched(&["emulator"], INSTALLED), all);
        let more = INSTALLED.replace("1.9-1", "2-1")
            + "\n\nPackage: own\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nProvides: virtual, libtwo\n";
        let fewer = "emulator_1%3a7.2-1_amd64.deb emulator-data_1%3a7.2-1_all.deb";
        assert_eq!(fetched(&["emulator"], &more), fewer);
    }

    #[test]
    fn what_can_not_be_had_is_named() {
        assert_eq!(fetched(&["nothing"], INSTALLED), "no list of packages has nothing");
        let old = INSTALLED.replace("2.36-9", "2.31-1");
        assert_eq!(fetched(&["emulator"], &old), "no list of packages has libc6 (>= 2.36)");
        assert_eq!(fetched(&["real"], ""), "real_1_all.deb");
    }

    #[test]
    fn relations_hold_as_they_are_written() {
        let holds = |text: &str, version: &str| relation(text).unwrap().allows(Some(version));
        assert!(
            holds("a", "1") && holds("a:any (>= 1)", "1") && holds("a (<= 1)", "1") && holds("a (=1)", "1")
        );
        assert!(!holds("a (>> 1)", "1") && !holds("a (<< 1)", "1") && !holds("a (= 2)", "1"));
        assert!(!relation("a (>= 1)").unwrap().allows(None));
    }
}
