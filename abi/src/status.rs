//! The outcome of a call.

use core::fmt;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Why a call failed; [`Status::OK`] is there for the raw form only.
///
/// Functions return `Result<T, Status>`, never `Err(Status::OK)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(transparent)]
pub struct Status(pub i32);

impl Status {
    /// The status of this number, known or not.
    pub const fn from_raw(raw: i32) -> Status {
        Status(raw)
    }

    /// Its number.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// What a call's raw result means.
    ///
    /// # Errors
    /// The status, unless it is zero.
    pub const fn ok(raw: i32) -> Result<(), Status> {
        if raw == Status::OK.0 { Ok(()) } else { Err(Status(raw)) }
    }

    /// The raw form of an outcome.
    pub const fn from_result(result: Result<(), Status>) -> Status {
        match result {
            Ok(()) => Status::OK,
            Err(status) => status,
        }
    }

    /// Its name, such as `BAD_HANDLE`; none if it is no status of this kernel.
    pub fn name(self) -> Option<&'static str> {
        Status::ALL.iter().find(|(status, _)| *status == self).map(|(_, name)| *name)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "status {}", self.0),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Status {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn raw_and_back() {
        assert_eq!(Status::ok(0), Ok(()));
        assert_eq!(Status::ok(-11), Err(Status::BAD_HANDLE));
        assert_eq!(Status::from_result(Err(Status::TIMED_OUT)).raw(), -21);
    }

    #[test]
    fn known_ones_show_their_name() {
        assert_eq!(format!("{}", Status::PEER_CLOSED), "PEER_CLOSED");
        assert_eq!(format!("{:?}", Status::from_raw(-5)), "status -5");
    }
}
