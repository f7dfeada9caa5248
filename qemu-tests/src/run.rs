//! One test on one machine, and whether it passed.

use std::fmt::Write;

use hafnon::guest::Stretch;
use machine::{End, Machine, Outcome, Symbols, Transcript};

use crate::{
    plan::{Expectation, Plan},
    report::Report,
};

/// The most of a guest's console that is shown with a failure, in bytes.
const SHOWN: usize = 64 * 1024;

/// Where a guest reports ([`crate::report`]) how a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// The kernel, on COM2.
    Kernel,
    /// A program, which has no line to the host but the console.
    Program,
}

/// What a test's machine told, besides how the test went.
#[derive(Debug)]
pub struct Told {
    /// Whether the test passed, and if not: why, what the guest printed, and where its CPUs were.
    pub result: Result<(), String>,
    /// The longest stretch without a chance for interrupts, if the kernel said so.
    pub stretch: Option<Stretch>,
}

impl Reporter {
    /// What was reported of the test `name` by the end.
    fn report(self, name: &str, transcript: &Transcript) -> Report {
        let mut report = Report::default();
        match self {
            Self::Kernel => transcript.control.iter().for_each(|line| report.take(name, line)),
            Self::Program => {
                transcript.text().lines().for_each(|line| report.take(name, line));
                // They are in the console's text, which is shown as it is.
                report.remarks.clear();
            }
        }
        report
    }
}

/// Runs `plan` on `machine`. The longest stretch must not exceed `limit`, if there is one.
///
/// # Errors
/// The machine can not be started.
pub fn run(plan: &Plan, reporter: Reporter, machine: Machine, limit: Option<u64>) -> Result<Told, String> {
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).map_err(|error| format!("{error:#}"))?;
    let report = reporter.report(&plan.name, &transcript);
    let stretch = Stretch::last_of(&transcript.control);
    let result = match judge(plan.expectation, &report, &outcome.end, outcome.told) {
        Err(reason) => Err(explain(&reason, &report, &transcript, &outcome)),
        Ok(()) => limit.map_or(Ok(()), |limit| bounded(limit, stretch.as_ref(), || outcome.symbols())),
    };
    Ok(Told { result, stretch })
}

/// Whether the longest stretch is within its limit.
fn bounded(limit: u64, stretch: Option<&Stretch>, symbols: impl FnOnce() -> Symbols) -> Result<(), String> {
    let stretch = stretch.ok_or("the kernel told no longest stretch")?;
    if stretch.ticks <= limit {
        return Ok(());
    }
    Err(format!("more than {limit} instructions: {}", stretch.describe(&symbols())))
}

/// Whether a test that was to end as expected did.
fn judge(expectation: Expectation, report: &Report, end: &End, told: bool) -> Result<(), String> {
    if !report.started {
        return Err("the test did not start".into());
    }
    match (expectation, end) {
        (Expectation::Panic, End::Panicked(_)) | (Expectation::Reset, End::Reset) => Ok(()),
        (Expectation::Hang, End::TookTooLong(_)) if told => Ok(()),
        (Expectation::Hang, End::TookTooLong(_)) => Err("the kernel should have told what goes on".into()),
        (Expectation::Hang, _) => Err("the machine should have hung".into()),
        (Expectation::Panic, _) => Err("the kernel should have panicked".into()),
        (Expectation::Reset, _) => Err("the machine should have reset itself".into()),
        (Expectation::Pass, End::Exited(0)) => match report.passed {
            Some(true) => Ok(()),
            Some(false) => Err("the test reported failure".into()),
            None => Err("the machine ended before the test reported a result".into()),
        },
        (Expectation::Pass, _) => Err("the machine did not end well".into()),
    }
}

/// Everything that is known of a failure.
fn explain(reason: &str, report: &Report, transcript: &Transcript, outcome: &Outcome) -> String {
    let mut text = format!("{reason}: {}", outcome.describe());
    for remark in &report.remarks {
        // Writing to a string can not fail.
        let _ = writeln!(text, "{remark}");
    }
    text + "--- console ---\n" + transcript.last(SHOWN).trim_end() + "\n---------------"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn reported(passed: Option<bool>) -> Report {
        Report { started: true, passed, ..Report::default() }
    }

    #[test]
    fn a_kernel_reports_apart_from_its_console() {
        let transcript = Transcript {
            console: b"# start a\n# another\nnot ok 1 a\n".to_vec(),
            control: ["# start a", "# a remark", "ok 1 a"].map(str::to_owned).to_vec(),
        };
        let of_kernel = Reporter::Kernel.report("a", &transcript);
        assert_eq!((of_kernel.passed, of_kernel.remarks), (Some(true), vec!["# a remark".to_owned()]));
        let of_program = Reporter::Program.report("a", &transcript);
        assert_eq!((of_program.passed, of_program.remarks), (Some(false), Vec::new()));
    }

    #[test]
    fn only_a_good_report_and_a_good_end_pass() {
        let pass = Expectation::Pass;
        assert!(judge(pass, &reported(Some(true)), &End::Exited(0), false).is_ok());
        assert!(judge(pass, &reported(Some(false)), &End::Exited(0), false).is_err());
        assert!(judge(pass, &reported(None), &End::Exited(0), false).is_err());
        assert!(judge(pass, &reported(Some(true)), &End::Exited(1), false).is_err());
        assert!(judge(pass, &reported(Some(true)), &End::Reset, false).is_err());
        assert!(judge(pass, &Report::default(), &End::Exited(0), false).is_err());
    }

    #[test]
    fn a_stretch_beyond_the_limit_fails_and_so_does_none() {
        let stretch = Stretch { ticks: 200, during: "polls".into(), addresses: vec![16] };
        assert!(bounded(200, Some(&stretch), Symbols::default).is_ok());
        let failure = bounded(199, Some(&stretch), Symbols::default).unwrap_err();
        assert!(failure.starts_with("more than 199 instructions: 200 ticks"), "{failure}");
        assert!(bounded(199, None, Symbols::default).is_err());
    }

    #[test]
    fn an_expected_end_passes_only_after_the_start() {
        let end = End::Panicked("on purpose".into());
        assert!(judge(Expectation::Panic, &reported(None), &end, false).is_ok());
        assert!(judge(Expectation::Panic, &Report::default(), &end, false).is_err());
        assert!(judge(Expectation::Panic, &reported(Some(true)), &End::Exited(0), false).is_err());
        assert!(judge(Expectation::Reset, &reported(None), &End::Reset, false).is_ok());
        let hung = End::TookTooLong(Duration::from_secs(1));
        assert!(judge(Expectation::Hang, &reported(None), &hung, true).is_ok());
        assert!(judge(Expectation::Hang, &reported(None), &hung, false).is_err(), "it told nothing");
        assert!(judge(Expectation::Hang, &reported(Some(true)), &End::Exited(0), false).is_err());
        assert!(judge(Expectation::Pass, &reported(None), &hung, true).is_err());
    }
}
