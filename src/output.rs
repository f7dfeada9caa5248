//! Standard output, of which the command says so when it can not be written: a listing that is cut off by a
//! full disk is no success, and one whose reader has gone ends as programs in a pipe do.

use std::{
    fmt,
    io::{self, Write},
};

/// Exit status when the reader of the output has gone: that of a program that SIGPIPE ended.
pub const UNREAD: u8 = 141;

/// The output could not be written.
#[derive(Debug)]
pub struct Unwritten(pub io::Error);

impl Unwritten {
    /// Whether there is nobody to write for.
    pub fn is_unread(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot write to standard output: {}", self.0)
    }
}

impl std::error::Error for Unwritten {}

/// Writes `bytes` at once.
///
/// # Errors
/// That is impossible.
pub fn write(bytes: &[u8]) -> Result<(), Unwritten> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Unwritten)
}
