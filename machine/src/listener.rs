//! Who listens to a machine while it runs, and a listener that keeps what it hears.

use std::borrow::Cow;

/// Who listens to a machine while it runs.
pub trait Listener {
    /// The guest printed these bytes.
    fn console(&mut self, bytes: &[u8]);

    /// The guest sent a line that is not about its own end.
    fn control(&mut self, line: &str);

    /// Whether more is wanted; the machine is ended otherwise.
    fn listens(&self) -> bool {
        true
    }

    /// How many bytes of the console it has taken and not passed on yet. One that would have to wait passes them on
    /// in a thread of its own, so that the machine's limits hold meanwhile; when there are many, QEMU stands still.
    fn waiting(&self) -> usize {
        0
    }
}

/// All that a guest said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// What it printed, byte by byte.
    pub console: Vec<u8>,
    /// The lines on its control channel that are not about its own end.
    pub control: Vec<String>,
}

impl Transcript {
    /// The console as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.console)
    }

    /// The last `most` bytes of the console as text.
    pub fn last(&self, most: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.console[self.console.len().saturating_sub(most)..])
    }
}

impl Listener for Transcript {
    fn console(&mut self, bytes: &[u8]) {
        self.console.extend_from_slice(bytes);
    }

    fn control(&mut self, line: &str) {
        self.control.push(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_kept_in_its_order() {
        let mut transcript = Transcript::default();
        transcript.console(b"one ");
        transcript.control("ok 1");
        transcript.console(b"two\xff");
        transcript.control("ok 2");
        assert_eq!(transcript.text(), "one two\u{fffd}");
        assert_eq!(transcript.last(4), "two\u{fffd}");
        assert_eq!(transcript.last(1000), transcript.text());
        assert_eq!(transcript.control, ["ok 1", "ok 2"]);
    }
}
