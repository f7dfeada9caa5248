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

    /// Where this project is behind someone, unit by unit.
    fn standing(&self) -> String {
        let mut text = String::from("\n## Where hafnon is behind\n");
        for unit in &UNITS {
            text += unit.heading;
            let rows: Vec<_> =
                self.rows.iter().filter_map(|(row, cells)| behind(unit, *row, cells)).collect();
            let rows = if rows.is_empty() { "nowhere".into() } else { rows.join("; ") };
            let _ = writeln!(text, "\n- {}: {rows}", unit.name);
        }
        text
    }
}

/// Something that can be compared.
struct Unit {
    /// What stands above it on the page.
    heading: &'static str,
    name: &'static str,
    figure: fn(&Figures) -> Option<f64>,
}

const UNITS: [Unit; 4] = [
    Unit { heading: "", name: "Time, in nanoseconds", figure: |figures| figures.nanoseconds },
    Unit { heading: "", name: "Allocations", figure: |figures| figures.allocations },
    Unit { heading: ASIDE, name: "Bytes", figure: |figures| figures.bytes.map(|bytes| bytes as f64) },
    Unit { heading: "", name: "Instructions", figure: |figures| figures.instructions },
];

/// Who is ahead of this project in a row, with the figures, as they are printed.
fn behind(unit: &Unit, row: Row, cells: &[(&'static str, Figures)]) -> Option<String> {
    let own = cells.iter().find(|(contender, _)| *contender == HAFNON)?;
    let own = (unit.figure)(&own.1)?.round();
    let ahead = |(name, other): &(&str, Figures)| {
        let other = (unit.figure)(other)?.round();
        (other < own).then(|| format!("{name} {other}"))
    };
    let ahead: Vec<_> = cells.iter().filter_map(ahead).collect();
    (!ahead.is_empty()).then(|| format!("{} ({own}; {})", row.title(), ahead.join(", ")))
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

const HEAD: &str = "| | ns | instructions | allocations |\n|---|---|---|---|\n";

const ASIDE: &str = include_str!("aside.md");

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
