//! The two languages that programs are compiled from, and which of the compiler's arguments are files of one.

use std::path::Path;

use crate::packages::Installation;

/// A language, by what compiles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C, which this repository's own programs are written in.
    C,
    /// C++ without exceptions and run-time type information, as Zircon's own programs are.
    CPlusPlus,
}

/// Ways to a C compiler.
const WAYS_TO_C: [Installation; 1] = [Installation::Apt(&["gcc"])];

/// Ways to a C++ compiler.
const WAYS_TO_CPLUSPLUS: [Installation; 1] = [Installation::Apt(&["g++"])];

/// Options that are followed by something which may look like a source file.
const BEFORE_OTHER_FILES: [&str; 4] = ["-o", "-include", "-MF", "-MT"];

impl Language {
    /// Its compiler, for a person.
    pub const fn compiler(self) -> &'static str {
        match self {
            Self::C => "C compiler",
            Self::CPlusPlus => "C++ compiler (g++)",
        }
    }

    /// Ways to its compiler.
    pub const fn ways_to_compiler(self) -> &'static [Installation] {
        match self {
            Self::C => &WAYS_TO_C,
            Self::CPlusPlus => &WAYS_TO_CPLUSPLUS,
        }
    }

    /// Names of its compiler, the first as Debian calls the package, too.
    pub(super) const fn programs(self) -> [&'static str; 2] {
        match self {
            Self::C => ["gcc", "cc"],
            Self::CPlusPlus => ["g++", "c++"],
        }
    }

    /// Which version of the language, and which parts of it.
    pub(super) const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::C => &["-std=gnu11"],
            Self::CPlusPlus => &["-std=gnu++17", "-fno-exceptions", "-fno-rtti"],
        }
    }

    /// The language of a file, if it is a source of either.
    fn of(file: &str) -> Option<Self> {
        match Path::new(file).extension()?.to_str()? {
            "c" => Some(Self::C),
            "cc" | "cpp" | "cxx" | "c++" | "C" => Some(Self::CPlusPlus),
            _ => None,
        }
    }
}

/// The language of each of a compiler's arguments, for those that are sources.
pub(super) fn languages(arguments: &[String]) -> Vec<Option<Language>> {
    let before = [""].into_iter().chain(arguments.iter().map(String::as_str));
    let each = arguments.iter().zip(before);
    each.map(|(argument, before)| match () {
        () if argument.starts_with('-') || BEFORE_OTHER_FILES.contains(&before) => None,
        () => Language::of(argument),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_by_their_names() {
        let arguments =
            ["-c", "a.c", "-o", "b.cc", "-include", "c.c", "d.cxx", "e.o", "-Wp,f.c", "C", "x.y/z"];
        let found = languages(&arguments.map(String::from));
        let sources: Vec<_> = arguments.iter().zip(found).filter(|(_, found)| found.is_some()).collect();
        assert_eq!(sources, [(&"a.c", Some(Language::C)), (&"d.cxx", Some(Language::CPlusPlus))]);
        for name in ["a.cc", "b/a.cpp", "a.b.cxx", "a.c++", "a.C"] {
            assert_eq!(languages(&[name.into()]), [Some(Language::CPlusPlus)], "{name}");
        }
    }
}
