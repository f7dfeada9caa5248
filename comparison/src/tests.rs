//! Keeps the comparison honest: every case does its work, and the page in `docs/` shows each of them.

use crate::cases::{Row, Work};
use crate::executors::BATCH;
use crate::{HAFNON, all_cases, table};
use std::fs;
use std::path::Path;

/// The cases check what comes of their work themselves: who was woken, who has ended. Sizes are counted
/// by one thread, so all cases are run by this one.
#[test]
fn every_case_does_its_work() {
    for case in all_cases() {
        match case.work {
            Work::Speed(work) => work(2 * BATCH as u64),
            Work::Size(size) => assert!((1..1 << 12).contains(&size()), "{} counts wrongly", case.name()),
        }
    }
}

#[test]
fn every_row_has_this_project_and_another() {
    for row in Row::ALL {
        let cases = all_cases();
        let contenders: Vec<_> =
            cases.iter().filter(|case| case.row == row).map(|case| case.contender).collect();
        assert!(contenders.len() > 1 && contenders.contains(&HAFNON), "{row:?}: {contenders:?}");
    }
}

#[test]
fn the_page_shows_every_case_and_the_locked_versions() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = fs::read_to_string(docs.join("host-comparison.md")).unwrap();
    let plot = fs::read_to_string(docs.join("host-comparison.svg")).unwrap();
    assert!(page.ends_with(&table::versions()), "measure anew: the page is of other versions");
    for case in all_cases() {
        let title = case.row.title();
        let (_, heading) = title.split_once(": ").unwrap();
        let section = page.split("\n### ").find(|section| section.lines().next().unwrap().ends_with(heading));
        let section = section.unwrap_or_else(|| panic!("the page lacks {title}"));
        assert!(section.contains(case.contender) && plot.contains(title), "no figures of {}", case.name());
    }
}
