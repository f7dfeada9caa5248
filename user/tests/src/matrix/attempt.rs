//! What is tried with a call: nothing wrong, then one thing wrong with one argument.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use hafnon_user::{Rights, Status, handle::Handle};

use super::{Access, Call, KINDS, Kind, Returns, exceptions, objects, scene::Scene};
use crate::harness::{NO_HANDLE, stale_handle};

/// One thing that is wrong, or nothing.
pub struct Attempt {
    /// The argument that is wrong.
    pub argument: Option<usize>,
    pub case: Case,
}

/// What is wrong with an argument.
#[derive(Clone, Copy)]
pub enum Case {
    Nothing,
    /// The handle 0.
    NoHandle,
    /// A handle that was closed.
    Closed,
    /// A value that can be no handle.
    Invalid,
    /// A handle to an object of this kind.
    Object(&'static str),
    /// A handle without one of its rights.
    Without(Rights),
    /// An address that is bad in the way of this name.
    Address(&'static str),
    /// No elements at null.
    Empty,
    /// This option.
    Bit(u32),
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("right"),
            Self::NoHandle => f.write_str("none"),
            Self::Closed => f.write_str("closed"),
            Self::Invalid => f.write_str("invalid"),
            Self::Object(name) | Self::Address(name) => f.write_str(name),
            Self::Without(right) => {
                let names: Vec<_> = right.iter_names().map(|(name, _)| name).collect();
                write!(f, "without {}", names.join(" "))
            }
            Self::Empty => f.write_str("empty"),
            Self::Bit(bit) => write!(f, "bit {bit}"),
        }
    }
}

/// How a call can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returns this.
    Status(Status),
    /// It ends the process, as an exception does.
    Killed,
    /// It ends the thread or process with this code.
    Exited(i64),
}

impl Attempt {
    /// Whether it is this one.
    pub fn is(&self, position: usize, case: &str) -> bool {
        self.argument == Some(position) && exceptions::covers(case, &format!("{}", self.case))
    }

    /// What is tried, in words.
    pub fn describe(&self, call: &Call) -> String {
        match self.argument {
            None => format!("{} with everything right", call.name),
            Some(argument) => format!("{}: {} is {}", call.name, call.arguments[argument].name, self.case),
        }
    }

    /// Makes the argument wrong.
    pub fn apply(&self, scene: &mut Scene<'_>) {
        let Some(position) = self.argument else { return };
        let valid = scene.arguments[position];
        scene.arguments[position] = match self.case {
            Case::Nothing => valid,
            Case::NoHandle => 0,
            Case::Closed => stale_handle() as usize,
            Case::Invalid => NO_HANDLE as usize,
            Case::Object(kind) => objects::make(kind, Rights::NONE) as usize,
            Case::Without(right) => without(valid as u32, right) as usize,
            Case::Bit(bit) => valid | 1 << bit,
            Case::Address(how) => return scene.spoil(position, how),
            Case::Empty => {
                let Kind::Pointer { length: Some(length), .. } = scene.call.arguments[position].kind else {
                    unreachable!("only what has a length can be empty")
                };
                scene.arguments[length] = 0;
                0
            }
        };
    }

    /// The right answer.
    pub fn expected(&self, call: &Call) -> Outcome {
        let usual = exceptions::usual(call);
        let Some(position) = self.argument else { return usual };
        let argument = &call.arguments[position];
        if let Some(outcome) = exceptions::of(call.name, argument.name, &format!("{}", self.case)) {
            return outcome.unwrap_or(usual);
        }
        let status = match (&argument.kind, self.case) {
            (Kind::Handle { optional: true, .. }, Case::NoHandle) => return usual,
            (Kind::Pointer { optional: true, length: None, .. }, Case::Address("null")) => return usual,
            (_, Case::Nothing | Case::Empty) => return usual,
            (_, Case::NoHandle | Case::Closed | Case::Invalid) => Status::BAD_HANDLE,
            (_, Case::Object(_)) => Status::WRONG_TYPE,
            (_, Case::Without(_)) => Status::ACCESS_DENIED,
            (_, Case::Address(_) | Case::Bit(_)) => Status::INVALID_ARGS,
        };
        if call.returns == Returns::Nothing { Outcome::Killed } else { Outcome::Status(status) }
    }
}

/// The handle without a right that it has.
fn without(raw: u32, right: Rights) -> u32 {
    let handle = Handle::from_raw(raw);
    let held = hafnon_user::info::basic(&handle).expect("every handle may be asked").rights;
    assert!(held.contains(right), "{right:?} is not there to be taken away");
    handle.replace(held.difference(right)).expect("fewer rights are always granted").into_raw()
}

/// Everything that is tried with a call.
pub fn attempts(call: &Call) -> Vec<Attempt> {
    let mut attempts = alloc::vec![Attempt { argument: None, case: Case::Nothing }];
    for (position, argument) in call.arguments.iter().enumerate() {
        let cases = match &argument.kind {
            Kind::Scalar { size } if argument.name == "options" => {
                (0..8 * *size as u32).filter(|bit| call.options >> bit & 1 == 0).map(Case::Bit).collect()
            }
            Kind::Scalar { .. } => Vec::new(),
            Kind::Handle { object, rights, .. } => handles(object, rights),
            Kind::Pointer { access, length, optional, .. } => {
                pointers(*access, length.is_some() && *optional)
            }
        };
        attempts.extend(cases.into_iter().map(|case| Attempt { argument: Some(position), case }));
    }
    attempts
}

fn handles(wanted: &str, rights: &[Rights]) -> Vec<Case> {
    let mut cases = alloc::vec![Case::NoHandle, Case::Closed, Case::Invalid];
    let others = KINDS.iter().filter(|kind| !objects::takes(wanted, kind));
    cases.extend(others.map(|kind| Case::Object(kind)));
    cases.extend(rights.iter().map(|right| Case::Without(*right)));
    cases
}

fn pointers(access: Access, may_be_empty: bool) -> Vec<Case> {
    let mut bad = alloc::vec!["null", "unmapped", "kernel", "non-canonical", "wrapping", "straddling"];
    if access != Access::In {
        bad.push("read-only");
    }
    let empty = may_be_empty.then_some(Case::Empty);
    bad.into_iter().map(Case::Address).chain(empty).collect()
}
