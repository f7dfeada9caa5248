//! What a guest reports while it runs tests: KTAP, the Linux kernel's form of
//! the Test Anything Protocol (`Documentation/dev-tools/ktap.rst` there).
//!
//! ```text
//! KTAP version 1
//! 1..1
//! # start channel_delivers     this runner's own: sent before the test starts
//! ok 1 channel_delivers        or: not ok 1 channel_delivers
//! ```
//!
//! Subtests are indented; a test passes when it was announced and its own line says so.

/// What is known of one test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// It was announced.
    pub started: bool,
    /// What its result line says.
    pub passed: Option<bool>,
    /// Everything that was said besides, such as the reason of a failure.
    pub remarks: Vec<String>,
}

impl Report {
    /// Takes one more line into account.
    pub fn take(&mut self, name: &str, line: &str) {
        if line.strip_prefix("# start ") == Some(name) {
            self.started = true;
        } else if let Some((passed, _)) = result(line).filter(|(_, of)| *of == name) {
            // What was not announced has not run.
            self.passed = Some(passed && self.started && self.passed != Some(false));
        } else if line.trim_start().starts_with(['#', 'n']) {
            self.remarks.push(line.to_owned());
        }
    }
}

/// Whether a result line says `ok`, and of which test.
fn result(line: &str) -> Option<(bool, &str)> {
    let (passed, rest) = match line.strip_prefix("not ok ") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok ")?),
    };
    let (_number, rest) = rest.split_once(' ')?;
    let name = rest.trim_start_matches("- ").split_whitespace().next();
    Some((passed, name.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: &[&str]) -> Report {
        let mut report = Report::default();
        lines.iter().for_each(|line| report.take("a", line));
        report
    }

    #[test]
    fn a_test_passes_by_its_own_line() {
        let good = report(&["KTAP version 1", "1..1", "# start a", "ok 1 a"]);
        assert!(good.started);
        assert_eq!(good.passed, Some(true));
        assert_eq!(report(&["# start b", "ok 1 b"]), Report::default_with("# start b"));
        assert_eq!(report(&["# start a", "    ok 1 a"]).passed, None);
    }

    #[test]
    fn what_was_not_announced_does_not_pass() {
        assert_eq!(report(&["ok 1 a"]).passed, Some(false));
        assert_eq!(report(&["ok 1 a", "# start a"]).passed, Some(false));
    }

    #[test]
    fn one_failure_is_enough() {
        assert_eq!(report(&["# start a", "not ok 1 a", "ok 2 a"]).passed, Some(false));
        assert_eq!(report(&["# start a", "ok 1 - a", "not ok 2 a # why"]).passed, Some(false));
    }

    #[test]
    fn reasons_are_kept() {
        assert_eq!(report(&["# start a", "ok 1 a # SKIP no such device"]).passed, Some(true));
        assert_eq!(report(&["# left: 1"]).remarks, ["# left: 1"]);
    }

    impl Report {
        fn default_with(remark: &str) -> Self {
            Self { remarks: vec![remark.into()], ..Self::default() }
        }
    }
}
