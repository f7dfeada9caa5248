//! The command line: its words, and what makes them unusable.

use std::{fmt, path::PathBuf, time::Duration};

use abi::{Abi, CALLS, CallInfo};
use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
    value_parser,
};
use hafnon::{guest, qemu};
use machine::{Accelerator, Boot, Debugger, Machine, accelerator::check_kvm};

use crate::commands;

const STATUS: &str = "\
Exit status: the first process's exit code (its low byte, or 1 if that is 0 and the code is not), or 101 when the kernel panicked, 102 when the
machine reset itself (a triple fault), 103 when QEMU failed or the machine switched off
without an exit code, 124 when the guest hung or nobody read its output, 141 when the reader of its output has gone; 2 for
arguments that can not be used; 1 when something could not be built, found or written on this machine.

To leave a running guest, press Ctrl-C.";

/// Boots the hafnon kernel in QEMU. Without a command: the boot tour.
#[derive(Debug, Parser)]
#[command(name = "hafnon", version, after_help = STATUS)]
pub struct Arguments {
    /// The machine to boot.
    #[command(flatten)]
    pub machine: MachineOptions,

    /// Show what cargo, apt and the compilers say, also when they succeed
    #[arg(long, global = true)]
    pub verbose: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Boot with a program of yours as the first process; its exit code is the command's
    Run {
        /// Boot this kernel of yours (kernel/README.md) instead of hafnon's own
        #[arg(long, value_name = "FILE")]
        kernel: Option<PathBuf>,
        /// An ELF program built for hafnon
        program: PathBuf,
        /// Arguments for the program; everything from the first of them on, or after `--`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compile a C or C++ program for hafnon: gcc or g++ with the right headers, library and flags
    Cc {
        /// Arguments for the compiler, such as `program.c -o program`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
    /// Write disk images for BIOS and UEFI machines
    Image {
        /// Directory for the images
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// List every declared system call with its state
    Syscalls {
        /// Only the calls of one ABI
        #[arg(long, value_parser = abi_parser())]
        abi: Option<Abi>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Count the instructions that operations take: on one CPU, under tcg
    ///
    /// --cpus counts for `qemu_to_user` only, which is the time of an ordinary boot.
    Bench {
        /// Only figures whose names contain this
        name: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Make random calls, with good and bad arguments, from several processes, until the time is over
    ///
    /// A failure is shown with what repeats it, and with the fewest calls that still fail.
    Fuzz(FuzzOptions),
    /// Measure how long the kernel goes without a chance for interrupts, and write docs/latency.md
    ///
    /// Runs the tests of the suite `latency` on one CPU, under tcg, instructions counted.
    Latency {
        /// Only rows whose names contain this, which are printed and not written
        name: Option<String>,
    },
    /// Make every function wrong in small ways, one after the other, and see whether the tests notice
    ///
    /// This takes hours. It needs cargo-mutants, which is built below the target directory if it is missing.
    Mutants(MutantsOptions),
    /// Show what is here and why it is used, what is missing, and where it would come from
    Doctor,
    /// Write the files that are generated from syscalls.toml and kept in the repository
    Generate,
    /// Lint and document the kernel and the user programs, with warnings as errors
    Check,
}

/// The number of virtual CPUs unless another is asked for.
const USUAL_CPUS: u32 = 2;

/// The size of memory unless another is asked for.
const USUAL_MEMORY: &str = "512M";

/// How much to fuzz.
#[derive(Args, Clone, Debug)]
pub struct FuzzOptions {
    /// How long, such as 90s, 10m or 2h [default: 60s, unless --calls is given]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub time: Option<Duration>,
    /// How many calls
    #[arg(long, value_name = "N")]
    pub calls: Option<u64>,
    /// The seed of the first boot; each further boot has the next one [default: the time of day]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Only this round of the seed, as often as it takes for the little that it leaves behind to add up
    #[arg(long, value_name = "N", requires = "seed", conflicts_with_all = ["time", "calls"])]
    pub round: Option<u64>,
    /// Only the steps of the round whose bits are set: a hexadecimal digit for each four
    #[arg(long, value_name = "MASK", requires = "round", value_parser = mask)]
    pub keep: Option<String>,
    /// Take each round in which a step makes this call for a failure, to see what a failure looks like
    #[arg(long, value_name = "CALL", value_parser = call)]
    pub planted: Option<String>,
}

/// What to make wrong.
#[derive(Args, Clone, Debug)]
pub struct MutantsOptions {
    /// Only in this package [default: all of them]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(commands::mutated_packages()))]
    pub package: Option<String>,
    /// Only every Nth change, beginning with the Kth, from 0 on
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<String>,
}

/// The machine to boot.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Machine")]
pub struct MachineOptions {
    /// Number of virtual CPUs
    #[arg(long, global = true, default_value_t = USUAL_CPUS, value_name = "N",
          value_parser = value_parser!(u32).range(1..=64))]
    pub cpus: u32,

    /// CPU as QEMU names models, such as qemu64 or max,-nx [default: the richest]
    #[arg(long, global = true, value_name = "MODEL")]
    pub cpu: Option<String>,

    /// Size of memory, such as 512M or 2G
    #[arg(long, global = true, default_value = USUAL_MEMORY, value_name = "SIZE",
          value_parser = memory)]
    pub memory: String,

    /// What executes the guest [default: kvm where the processor has it, else tcg]
    #[arg(long, global = true)]
    pub accel: Option<Accel>,

    /// Wait for gdb before the first instruction
    #[arg(long, global = true)]
    pub gdb: bool,

    /// Take the guest for hung when it says nothing for so long, or nobody reads what it says, not counting
    /// time in which it waits for a processor of the host; 0 for never [default: 60, or 300 for bench]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub timeout: Option<u64>,
}

/// What executes the guest.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Accel {
    /// QEMU's translator
    Tcg,
    /// The processor's virtualization
    Kvm,
}

/// Arguments that can not be used, as one sentence.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl MachineOptions {
    /// The machine asked for, starting from `boot`, which is taken for hung after `silence`
    /// seconds unless another time was asked for.
    ///
    /// # Errors
    /// KVM was asked for and is of no use here, or there is no QEMU.
    pub fn machine(&self, boot: Boot, silence: u64) -> anyhow::Result<Machine> {
        let seconds = self.timeout.unwrap_or(silence);
        let waits = seconds == 0 || self.gdb;
        Ok(Machine {
            cpus: self.cpus,
            cpu: self.cpu.clone(),
            memory: self.memory.clone(),
            accelerator: self.accelerator()?,
            debugger: self.gdb.then_some(announce),
            silence: (!waits).then(|| Duration::from_secs(seconds)),
            ..guest::machine(boot)?
        })
    }

    /// Says what is wrong with the options, before anything is built for them: QEMU is asked, unless they are
    /// the usual ones.
    ///
    /// # Errors
    /// KVM was asked for and is of no use here, or QEMU can not make such a machine, or there is no QEMU.
    pub fn check(&self) -> anyhow::Result<()> {
        let accelerator = self.accelerator()?;
        qemu::ensure()?;
        if self.cpu.is_none() && self.memory == USUAL_MEMORY && self.cpus <= USUAL_CPUS {
            return Ok(());
        }
        let boot = Boot::Direct { kernel: PathBuf::new(), ramdisk: None, words: Vec::new() };
        let machine = Machine { accelerator, ..self.machine(boot, 0)? };
        machine
            .check()?
            .map_err(|complaint| Usage(format!("QEMU can not make this machine: {complaint}")).into())
    }

    /// The options of the machine's hardware that are not the usual ones, as they are typed.
    pub fn repeated(&self) -> Vec<String> {
        let cpus = (self.cpus != USUAL_CPUS).then(|| format!("--cpus={}", self.cpus));
        let cpu = self.cpu.as_ref().map(|cpu| format!("--cpu={cpu}"));
        let memory = (self.memory != USUAL_MEMORY).then(|| format!("--memory={}", self.memory));
        let accelerator = self.accel.map(|accelerator| match accelerator {
            Accel::Tcg => "--accel=tcg".to_owned(),
            Accel::Kvm => "--accel=kvm".to_owned(),
        });
        [cpus, cpu, memory, accelerator].into_iter().flatten().collect()
    }

    fn accelerator(&self) -> Result<Accelerator, Usage> {
        match self.accel {
            None => Ok(Accelerator::best()),
            Some(Accel::Tcg) => Ok(Accelerator::Tcg),
            Some(Accel::Kvm) => match check_kvm() {
                Ok(()) => Ok(Accelerator::Kvm),
                Err(error) => Err(Usage(format!("--accel kvm: {error}"))),
            },
        }
    }
}

/// Tells the person who asked for a debugger how to start one.
fn announce(debugger: &Debugger) {
    eprintln!("hafnon: waiting for a debugger: {debugger}");
}

/// Reads the name of an ABI.
fn abi_parser() -> impl TypedValueParser<Value = Abi> {
    PossibleValuesParser::new(Abi::ALL.map(Abi::name))
        .try_map(|name| Abi::ALL.into_iter().find(|abi| abi.name() == name).ok_or("unknown"))
}

/// Reads a length of time: a number and `s`, `m` or `h`; seconds without a letter.
fn time(text: &str) -> Result<Duration, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, &text[digits.len()..]),
        None => (text, "s"),
    };
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        _ => 1,
    };
    let number: u64 = digits.parse().map_err(|_| format!("`{text}` is no time such as 90s, 10m or 2h"))?;
    let time = number.checked_mul(seconds).ok_or("that is for ever")?;
    Ok(Duration::from_secs(time))
}

/// Checks a mask of steps.
fn mask(text: &str) -> Result<String, String> {
    let whole = !text.is_empty() && text.chars().all(|digit| digit.is_ascii_hexdigit());
    if whole { Ok(text.to_owned()) } else { Err("a mask is made of hexadecimal digits".into()) }
}

/// Checks the name of a call that the fuzzer makes.
fn call(text: &str) -> Result<String, String> {
    let known = |call: &CallInfo, text: &str| {
        let name = match call.abi {
            Abi::Zircon => text.strip_prefix("zx_"),
            Abi::Magenta => text.strip_prefix("mx_"),
            Abi::Veridian | Abi::Linux => None,
        };
        call.done && name == Some(call.name)
    };
    if CALLS.iter().any(|each| known(each, text)) {
        return Ok(text.to_owned());
    }
    let whole = ["zx_", "mx_"].map(|prefix| format!("{prefix}{text}"));
    let meant = whole.iter().find(|whole| CALLS.iter().any(|each| known(each, whole)));
    let example = meant.map_or("zx_timer_create", String::as_str);
    Err(format!("the fuzzer makes no call {text:?}; one that it makes is {example}"))
}

/// Checks a part of a whole, such as 0/8.
fn shard(text: &str) -> Result<String, String> {
    let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse::<u32>().ok()?, n.parse().ok()?)));
    match numbers {
        Some((part, parts)) if part < parts => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is no part such as 0/8, or 7/8")),
    }
}

/// The smallest memory that a machine may have, in MiB.
const SMALLEST: u64 = 64;

/// The largest memory that a machine may have, in MiB.
const LARGEST: u64 = 1 << 20;

/// Checks a size of memory.
fn memory(text: &str) -> Result<String, String> {
    let digits = text.trim_end_matches(['K', 'M', 'G', 'T', 'k', 'm', 'g', 't']);
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "K" => 10,
        "" | "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("a size is a number and one of K, M, G, T".into()),
    };
    let number: u64 = digits.parse().map_err(|_| "a size is a number and one of K, M, G, T")?;
    match number.checked_mul(1 << shift).map(|bytes| bytes >> 20) {
        Some(SMALLEST..=LARGEST) => Ok(text.to_ascii_uppercase()),
        _ => Err(format!("a machine has between {SMALLEST}M and 1T")),
    }
}

/// What clap has to say, without hints and usage lines: one sentence.
pub fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join(" ");
    joined.strip_prefix("error: ").unwrap_or(&joined).to_owned() + " (see --help)"
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn refused(words: &[&str]) -> String {
        let all = ["hafnon"].iter().chain(words);
        sentence(&Arguments::try_parse_from(all).unwrap_err())
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn refusals_are_one_line() {
        for words in [&["--cpus", "0"][..], &["--memory", "x"], &["run"], &["fly"], &["--bogus"]] {
            let sentence = refused(words);
            assert!(!sentence.contains('\n') && sentence.len() > 20, "{sentence}");
        }
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        let after = Arguments::try_parse_from(["hafnon", "bench", "--cpus", "1"]).unwrap();
        assert_eq!(after.machine.cpus, 1);
        let words = ["hafnon", "--cpus", "3", "run", "p.elf", "--", "--cpus", "9"];
        let before = Arguments::try_parse_from(words).unwrap();
        assert_eq!(before.machine.cpus, 3);
        let Some(Command::Run { arguments, .. }) = before.command else { panic!() };
        assert_eq!(arguments, ["--cpus", "9"]);
        let words = ["hafnon", "run", "p.elf", "a", "--cpus", "9"];
        let Some(Command::Run { arguments, .. }) = Arguments::try_parse_from(words).unwrap().command else {
            panic!()
        };
        assert_eq!(arguments, ["a", "--cpus", "9"]);
    }

    #[test]
    fn lengths_of_time() {
        let seconds = |text| time(text).map(|time| time.as_secs());
        assert_eq!(
            (seconds("90"), seconds("90s"), seconds("10m"), seconds("2h")),
            (Ok(90), Ok(90), Ok(600), Ok(7200))
        );
        for wrong in ["", "m", "1d", "-1s", "99999999999999999h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn calls_and_steps_of_the_fuzzer() {
        assert!(call("zx_timer_create").is_ok());
        for wrong in ["", "timer_create", "zx_nosuchcall", "mx_nosuchcall", "nosuchcall"] {
            assert!(call(wrong).is_err(), "{wrong}");
        }
        assert!(call("handle_duplicate").unwrap_err().ends_with(" is zx_handle_duplicate"));
        assert_eq!(mask("0f8"), Ok("0f8".into()));
        assert!(mask("").is_err() && mask("0x1").is_err());
        assert!(refused(&["fuzz", "--keep", "1"]).contains("--round"));
        assert!(refused(&["fuzz", "--round", "1"]).contains("--seed"));
    }

    #[test]
    fn options_of_the_machine_are_repeated_as_they_were_said() {
        let said = |words: &[&str]| {
            Arguments::try_parse_from(["hafnon"].iter().chain(words)).unwrap().machine.repeated()
        };
        assert_eq!(said(&[]), [""; 0]);
        let words = ["--cpus=4", "--cpu=max,-nx", "--memory=64M", "--accel=tcg"];
        assert_eq!(said(&words), words);
    }

    #[test]
    fn parts_of_a_whole() {
        assert!(shard("0/8").is_ok() && shard("7/8").is_ok());
        for wrong in ["", "8", "8/8", "-1/8", "1/0", "a/b"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_of_memory() {
        assert_eq!(memory("1g").as_deref(), Ok("1G"));
        assert_eq!(memory("256").as_deref(), Ok("256"));
        for wrong in ["", "M", "1MM", "-1M", "1M", "9999999999999T"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }
}
