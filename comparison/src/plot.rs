//! The figures as a picture: bars of instructions or bytes, each row by its own measure.

use crate::HAFNON;
use crate::measure::Figures;
use crate::table::Results;
use std::fmt::Write;

const WIDTH: usize = 760;
/// Where bars begin, and how long the longest is.
const LEFT: usize = 150;
const LONGEST: f64 = 520.0;
/// Heights of a title and of a bar with the space around it.
const TITLE: usize = 30;
const BAR: usize = 17;

/// An SVG.
pub fn draw(results: &Results) -> String {
    let mut bars = String::new();
    let mut y = 0;
    for (row, cells) in &results.rows {
        y += TITLE;
        let measured: Vec<_> =
            cells.iter().filter_map(|(name, figures)| Some((*name, value(figures)?))).collect();
        let unit = measured.first().map_or("", |(_, (_, unit))| unit);
        let _ = writeln!(bars, r#"<text x="8" y="{}" class="title">{} ({unit})</text>"#, y - 8, row.title());
        let longest = measured.iter().map(|(_, (value, _))| *value).fold(1.0, f64::max);
        for (name, (value, _)) in measured {
            bar(&mut bars, y, name, value, value / longest * LONGEST);
            y += BAR;
        }
    }
    let height = y + 10;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">
<style>text {{ font: 12px sans-serif; fill: #222 }} .title {{ font-weight: bold }} .hafnon {{ fill: #c2410c }} .other {{ fill: #94a3b8 }}</style>
<rect width="{WIDTH}" height="{height}" fill="white"/>
{bars}</svg>
"#
    )
}

fn bar(svg: &mut String, y: usize, name: &str, value: f64, length: f64) {
    let class = if name == HAFNON { HAFNON } else { "other" };
    let (text, height, end) = (y + 12, BAR - 3, LEFT as f64 + length + 6.0);
    let _ = writeln!(svg, r#"<text x="24" y="{text}">{name}</text>"#);
    let _ = writeln!(
        svg,
        r#"<rect x="{LEFT}" y="{y}" width="{length:.1}" height="{height}" class="{class}"/><text x="{end:.1}" y="{text}">{value:.0}</text>"#
    );
}

/// What a bar shows: what moves least with the machine's noise.
fn value(figures: &Figures) -> Option<(f64, &'static str)> {
    let bytes = figures.bytes.map(|bytes| (bytes as f64, "bytes"));
    let instructions = figures.instructions.map(|value| (value, "instructions"));
    bytes.or(instructions).or(figures.nanoseconds.map(|value| (value, "ns")))
}
