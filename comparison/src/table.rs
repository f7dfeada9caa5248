//! The figures as tables: plain for a terminal, and as the page in `docs/`.

use crate::HAFNON;
use crate::cases::{Case, Row};
use crate::measure::Figures;
use std::fmt::Write;

/// The rows with their figures.
pub struct Results {
    pub rows: Vec<(Row, Vec<(&'static str, Figures)>)>,
}

impl Results {
    pub fn new(cases: &[Case], figures: &[Figures]) -> Self {
        let cells = |row| {
            let mine = cases.iter().zip(figures).filter(move |(case, _)| case.row == row);
            mine.map(|(case, figures)| (case.contender, *figures)).collect::<Vec<_>>()
        };
        let rows = Row::ALL.into_iter().map(|row| (row, cells(row)));
        Self { rows: rows.filter(|(_, cells)| !cells.is_empty()).collect() }
    }

    /// For a terminal.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for (row, cells) in &self.rows {
            let _ = writeln!(text, "{}", row.title());
            for (contender, figures) in cells {
                let [ns, instructions, allocations, bytes] = columns(figures);
                let _ = writeln!(
                    text,
                    "    {contender:<20}{ns:>9} ns{instructions:>9} instr.{allocations:>7} alloc.{bytes:>7} B"
                );
            }
        }
        text
    }

    /// The page in `docs/`.
    pub fn page(&self) -> String {
        let mut text = String::from(INTRODUCTION) + &self.standing();
        for (row, cells) in &self.rows {
            let sizes = cells.iter().all(|(_, figures)| figures.bytes.is_some());
            let (group, title) = row.title().split_once(": ").expect("rows are named by their groups");
            let _ = writeln!(text, "\n### {}: {title}\n", capitalized(group));
            text += if sizes { "| | bytes |\n|---|---|\n" } else { HEAD };
            for (contender, figures) in cells {
                let [ns, instructions, allocations, bytes] = columns(figures);
                let name = if *contender == HAFNON { format!("**{HAFNON}**") } else { (*contender).into() };
                let _ = match sizes {
                    true => writeln!(text, "| {name} | {bytes} |"),
                    false => writeln!(text, "| {name} | {ns} | {instructions} | {allocations} |"),
                };
            }
        }
        text + "\n## Versions\n\n" + &versions()
    }

    /// Where this project is behind someone: whatever costs more, or is larger.
    fn standing(&self) -> String {
        let mut text =
            String::from("\n## Where hafnon is behind\n\nBy instructions or bytes, which hardly move:\n\n");
        for (row, cells) in &self.rows {
            let own = cells.iter().find(|(contender, _)| *contender == HAFNON);
            let Some((_, own)) = own else { continue };
            let ahead: Vec<_> = cells.iter().filter_map(|(name, other)| ahead(own, name, other)).collect();
            if !ahead.is_empty() {
                let _ = writeln!(text, "- {}: {}", row.title(), ahead.join(", "));
            }
        }
        text
    }
}

/// By what `other` is ahead, if it is: instructions, or bytes, or allocations.
fn ahead(own: &Figures, name: &str, other: &Figures) -> Option<String> {
    let bytes = |figures: &Figures| figures.bytes.map(|bytes| bytes as f64);
    let pairs = [
        ("instructions", own.instructions, other.instructions),
        ("bytes", bytes(own), bytes(other)),
        ("allocations", own.allocations, other.allocations),
    ];
    let mut behind = pairs.into_iter().filter_map(|(unit, own, other)| {
        let (own, other) = (own?.round(), other?.round());
        (own > other).then(|| format!("{own} {unit} beside {other} of {name}"))
    });
    behind.next()
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

const HEAD: &str = "| | ns | instructions | allocations |\n|---|---|---|---|\n";

const INTRODUCTION: &str = include_str!("introduction.md");

/// Nanoseconds, instructions, allocations, bytes.
fn columns(figures: &Figures) -> [String; 4] {
    let number = |value: Option<f64>, digits| value.map_or("–".into(), |value| format!("{value:.digits$}"));
    [
        number(figures.nanoseconds, 1),
        number(figures.instructions, 0),
        number(figures.allocations, 0),
        figures.bytes.map_or("–".into(), |bytes| bytes.to_string()),
    ]
}

/// The versions of what was compared with, from the lock file.
pub fn versions() -> String {
    const COMPARED: [&str; 7] = [
        "async-channel",
        "async-executor",
        "embassy-executor",
        "event-listener",
        "futures-intrusive",
        "maitake-sync",
        "tokio",
    ];
    let lock = include_str!("../Cargo.lock");
    let version = |name: &&str| {
        let entry =
            lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")))?;
        let version = entry.lines().find_map(|line| line.strip_prefix("version = "))?;
        Some(format!("{name} {}", version.trim_matches('"')))
    };
    COMPARED.iter().filter_map(version).collect::<Vec<_>>().join(", ") + ".\n"
}
