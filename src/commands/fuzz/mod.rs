//! Fuzzing: boots of `bin/fuzz` one after the other, each with a seed of its own, until the time or the number of calls
//! is over. A failure is shown with the seed and round that repeat it, and with the fewest steps that still fail.

mod minimise;

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use hafnon::{guest::word, qemu, ramdisk};
use machine::{Boot, End, Listener, Outcome};

use super::{Built, build};
use crate::{
    options::{FuzzOptions, MachineOptions},
    output,
};

/// The fuzzer in the ramdisk.
const PROGRAM: &str = "bin/fuzz";
/// Calls between two boots.
const CALLS_PER_BOOT: u64 = 250_000;
/// Seconds without a round after which the guest is taken for hung.
const SILENCE: u64 = 120;
/// How much is done when nobody says how much.
const TIME: Duration = Duration::from_secs(60);
/// How often a round that failed is tried alone.
const TRIES: usize = 3;
/// Lines of the console that are shown with a failure.
const LAST_LINES: usize = 30;

/// What fuzzes: the machine, and what boots on it.
struct Fuzzer<'a> {
    machine: &'a MachineOptions,
    built: Built,
    /// A call that is taken for a failure.
    planted: Option<&'a str>,
}

/// A boot's console.
#[derive(Default)]
struct Console {
    text: String,
    /// What to show on a line that moves, if there is one.
    progress: Option<Progress>,
}

struct Progress {
    seed: u64,
    before: u64,
    parsed: usize,
}

/// Fuzzes; the exit status is 0 if the kernel stood it.
pub fn run(machine: &MachineOptions, options: &FuzzOptions) -> Result<u8> {
    machine.check()?;
    qemu::ensure()?;
    let fuzzer = Fuzzer { machine, built: build()?, planted: options.planted.as_deref() };
    let mut seed = options.seed.unwrap_or_else(any_seed);
    if let Some(round) = options.round {
        return fuzzer.repeat(seed, round, options.keep.as_deref());
    }
    let started = Instant::now();
    let limit = options.time.or(options.calls.is_none().then_some(TIME));
    let mut made = 0;
    loop {
        let left = options.calls.map_or(CALLS_PER_BOOT, |calls| calls.saturating_sub(made));
        let calls = left.min(CALLS_PER_BOOT);
        let words = [format!("seed={seed}"), format!("calls={calls}")];
        let progress = io::stderr().is_terminal().then_some(Progress { seed, before: made, parsed: 0 });
        let mut console = Console { progress, ..Console::default() };
        let outcome = fuzzer.boot(&words, &mut console)?;
        made += console.calls();
        if outcome.end != End::Exited(0) {
            return fuzzer.explain(seed, &console, &outcome);
        }
        let over = limit.is_some_and(|limit| started.elapsed() >= limit);
        if over || options.calls.is_some_and(|calls| made >= calls) {
            let seconds = started.elapsed().as_secs();
            tell(&format!("{made} calls in {seconds} s: no failure; last seed {seed}"))?;
            return Ok(0);
        }
        seed += 1;
    }
}

/// Writes a line.
fn tell(text: &str) -> Result<()> {
    Ok(output::write(format!("{text}\n").as_bytes())?)
}

/// A seed that nobody chose.
fn any_seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

impl Fuzzer<'_> {
    /// Boots the fuzzer with these arguments.
    fn boot(&self, arguments: &[String], console: &mut Console) -> Result<Outcome> {
        let ramdisk = Some(ramdisk::temporary(&self.built.programs)?);
        let mut words = vec![word("run", PROGRAM)];
        words.extend(arguments.iter().map(|argument| word("arg", argument)));
        words.extend(self.planted.map(|call| word("arg", &format!("planted={call}"))));
        let boot = Boot::Direct { kernel: self.built.kernel.clone(), ramdisk, words };
        self.machine.machine(boot, SILENCE)?.run(console)
    }

    /// Runs one round, or the steps of it that a mask keeps.
    fn repeat(&self, seed: u64, round: u64, mask: Option<&str>) -> Result<u8> {
        let mut console = Console::default();
        let outcome = self.boot(&words(seed, round, mask), &mut console)?;
        if outcome.end == End::Exited(0) {
            tell(&format!("{} calls in round {round} of seed {seed}: no failure", console.calls()))?;
            return Ok(0);
        }
        match mask {
            None => self.explain(seed, &console, &outcome),
            Some(_) => console.tell(seed, &outcome).map(|()| 1),
        }
    }

    /// Tells of a failure, and makes it small.
    fn explain(&self, seed: u64, console: &Console, outcome: &Outcome) -> Result<u8> {
        console.tell(seed, outcome)?;
        let Some(last) = console.round() else { return Ok(1) };
        let fails = |round: &u64| (0..self.tries()).any(|_| self.fails(seed, *round, None).unwrap_or(false));
        let round = console.suspects(last).into_iter().find(fails);
        let Some(round) = round else {
            let calls = format!("--calls {CALLS_PER_BOOT}");
            tell(&format!("no round fails alone; again: {}", self.command(seed, &calls)))?;
            return Ok(1);
        };
        tell(&format!("round {round} of seed {seed} fails alone; making it small"))?;
        let all = self.steps(seed, round, None)?;
        let numbers: Vec<usize> = all.iter().map(|(number, _)| *number).collect();
        let few = minimise::minimise(numbers, |kept| {
            (0..self.tries()).any(|_| self.fails(seed, round, Some(&mask(kept))).unwrap_or(false))
        });
        tell(&format!("{} of {} steps are enough:", few.len(), all.len()))?;
        let mask = mask(&few);
        for (_, line) in self.steps(seed, round, Some(&mask))? {
            tell(&format!("  {line}"))?;
        }
        // A failure that needs no step at all has no mask.
        let keep = if mask.is_empty() { String::new() } else { format!(" --keep {mask}") };
        tell(&format!("again: {}", self.command(seed, &format!("--round {round}{keep}"))))?;
        Ok(1)
    }

    /// What a person types to have a failure again.
    fn command(&self, seed: u64, what: &str) -> String {
        let planted = self.planted.map(|call| format!("--planted {call}"));
        let options: Vec<String> = planted.into_iter().chain(self.machine.repeated()).collect();
        format!("cargo run -- fuzz --seed {seed} {what} {}", options.join(" ")).trim_end().to_owned()
    }

    /// How often something is tried before it is taken for right: a planted failure is no matter of chance.
    fn tries(&self) -> usize {
        if self.planted.is_some() { 1 } else { TRIES }
    }

    /// Whether a round alone fails, with the steps of a mask or all.
    fn fails(&self, seed: u64, round: u64, mask: Option<&str>) -> Result<bool> {
        let outcome = self.boot(&words(seed, round, mask), &mut Console::default())?;
        Ok(outcome.end != End::Exited(0))
    }

    /// The steps of a round: the number of each, and its line.
    fn steps(&self, seed: u64, round: u64, mask: Option<&str>) -> Result<Vec<(usize, String)>> {
        let mut console = Console::default();
        let mut words = words(seed, round, mask);
        words.push("print".into());
        self.boot(&words, &mut console)?;
        Ok(console.text.lines().filter_map(step).collect())
    }
}

fn words(seed: u64, round: u64, mask: Option<&str>) -> Vec<String> {
    let mut words = vec![format!("seed={seed}"), format!("round={round}")];
    words.extend(mask.map(|mask| format!("keep={mask}")));
    words
}

/// `#17 process …`: a step with its number.
fn step(line: &str) -> Option<(usize, String)> {
    let (number, text) = line.strip_prefix('#')?.split_once(' ')?;
    Some((number.parse().ok()?, text.trim_end().to_owned()))
}

/// A hexadecimal digit for each four steps, as the fuzzer reads it.
fn mask(numbers: &[usize]) -> String {
    let digits = numbers.iter().max().map_or(0, |last| last / 4 + 1);
    let mut mask = vec![0u8; digits];
    numbers.iter().for_each(|number| mask[number / 4] |= 1 << (number % 4));
    mask.iter().map(|digit| format!("{digit:x}")).collect()
}

impl Console {
    /// Tells how a boot ended, and what was printed last.
    fn tell(&self, seed: u64, outcome: &Outcome) -> Result<()> {
        tell(&format!("seed {seed}: {}", outcome.describe()))?;
        let lines: Vec<&str> = self.text.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].iter().try_for_each(|line| tell(&format!("  {line}")))
    }

    /// How many calls the fuzzer says it made.
    fn calls(&self) -> u64 {
        self.last("fuzz: ", " calls").unwrap_or(0)
    }

    /// The round that began last.
    fn round(&self) -> Option<u64> {
        self.last("fuzz: round ", "")
    }

    /// The rounds that may be to blame: the last one first, then those since the last look at what is left behind.
    fn suspects(&self, last: u64) -> Vec<u64> {
        let looked = self.text.rfind(" rounds").map_or("", |end| &self.text[..end]);
        let begun = |text: &str| text.lines().filter_map(|line| number(line, "fuzz: round ", "")).collect();
        let before: Vec<u64> = begun(looked);
        let from =
            if self.text.contains("left behind") { before.len().saturating_sub(16) } else { before.len() };
        let all: Vec<u64> = begun(&self.text);
        let mut suspects: Vec<u64> = all.into_iter().skip(from).collect();
        suspects.reverse();
        if suspects.is_empty() { vec![last] } else { suspects }
    }

    fn last(&self, before: &str, after: &str) -> Option<u64> {
        self.text.lines().rev().find_map(|line| number(line, before, after))
    }
}

/// The number between `before` and `after` in a line that begins so.
fn number(line: &str, before: &str, after: &str) -> Option<u64> {
    let rest = line.strip_prefix(before)?;
    let end = rest.find(|other: char| !other.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    rest.starts_with(after).then(|| digits.parse().ok()).flatten()
}

impl Listener for Console {
    fn console(&mut self, bytes: &[u8]) {
        self.text += &String::from_utf8_lossy(bytes).replace('\r', "");
        if let Some(Progress { seed, before, parsed }) = self.progress.as_mut() {
            while let Some(length) = self.text[*parsed..].find('\n') {
                let line = &self.text[*parsed..*parsed + length];
                if let Some(calls) = number(line, "fuzz: ", " calls") {
                    eprint!("\rseed {seed}: {} calls", *before + calls);
                }
                *parsed += length + 1;
            }
        }
    }

    fn control(&mut self, _line: &str) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        eprintln!();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_has_a_bit_for_each_step() {
        assert_eq!(mask(&[]), "");
        assert_eq!(mask(&[0, 3, 4, 9]), "912");
    }

    #[test]
    fn what_the_fuzzer_prints_is_read() {
        let text = "fuzz: round 3\nfuzz: 1200 calls, 400 succeeded, 4 rounds\nfuzz: round 4\nfuzz: round 5\n";
        let console = Console { text: text.into(), progress: None };
        assert_eq!((console.calls(), console.round()), (1200, Some(5)));
        assert_eq!(console.suspects(5), [5, 4]);
        assert_eq!(step("#17 process 0 thread 1: zx_x()\r"), Some((17, "process 0 thread 1: zx_x()".into())));
        assert_eq!(step("fuzz: round 4"), None);
    }
}
