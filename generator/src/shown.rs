//! Which test shows each error that a call documents: `user/tests/errors.toml`.
//!
//! The test that is generated for a call ([`crate::emit::matrix`]) shows the errors that its declaration implies. The
//! others are named in that file, each with a test of the program `user/tests`, or with the reason why none can show it.

use crate::model::{ArgKind, Call, Spec};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows by call and error.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Shown(BTreeMap<String, BTreeMap<String, Row>>);

/// What shows an error.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Row {
    /// A test, as `module::name`.
    Test(String),
    /// Nothing in that program, and why.
    NotHere {
        /// A sentence.
        not_here: String,
    },
}

impl Shown {
    /// Reads the text of `user/tests/errors.toml`.
    ///
    /// # Errors
    /// When it is no such table, or speaks of errors that `spec` does not declare.
    pub fn parse(text: &str, spec: &Spec) -> Result<Self, String> {
        let shown: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for (call, error, _) in shown.rows() {
            let declared = spec.calls.iter().find(|one| one.full_name() == call);
            if !declared.is_some_and(|call| call.errors.iter().any(|known| known == error)) {
                return Err(format!("{call} does not declare {error}"));
            }
        }
        Ok(shown)
    }

    /// Call, error and what shows it, for every row.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str, &Row)> {
        self.0.iter().flat_map(|(call, rows)| {
            rows.iter().map(move |(error, row)| (call.as_str(), error.as_str(), row))
        })
    }

    /// The errors of a call that have a row.
    pub fn of(&self, call: &Call) -> impl Iterator<Item = &str> {
        self.0.get(&call.full_name()).into_iter().flat_map(|rows| rows.keys().map(String::as_str))
    }
}

/// Whether the generated test of a call can meet this error: what goes wrong there are handles, pointers, options.
pub fn is_implied(call: &Call, error: &str) -> bool {
    let any = |wanted: fn(&ArgKind) -> bool| call.args.iter().any(|arg| wanted(&arg.kind));
    match error {
        "BAD_HANDLE" => any(|kind| matches!(kind, ArgKind::Handle { .. })),
        "WRONG_TYPE" => any(|kind| matches!(kind, ArgKind::Handle { object, .. } if object != "any")),
        "ACCESS_DENIED" => any(|kind| matches!(kind, ArgKind::Handle { rights, .. } if !rights.is_empty())),
        "INVALID_ARGS" => {
            any(|kind| matches!(kind, ArgKind::Pointer { .. } | ArgKind::Address { .. }))
                || call.args.iter().any(|arg| arg.name == "options")
        }
        "NO_MEMORY" => call.creates,
        "NO_RESOURCES" => call.adds,
        _ => false,
    }
}
