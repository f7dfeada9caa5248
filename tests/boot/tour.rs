//! The tour, with several numbers of CPUs, on poor ones, and from both disk images.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use hafnon::{guest::machine, qemu};
use machine::{Boot, End, Transcript};

use super::{hafnon, is_whole_tour, said};

#[test]
fn the_tour_leaves_nothing_behind() {
    for cpus in ["1", "2", "4"] {
        let output = hafnon(&["--cpus", cpus]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
        is_whole_tour(&said(&output.stdout));
    }
}

#[test]
fn a_poor_cpu_takes_the_tour_too() {
    for cpu in ["max,-nx", "max,-smep,-smap,-umip", "max,-xsave", "qemu64,-nx,-x2apic"] {
        let output = hafnon(&["--accel", "tcg", "--cpu", cpu]);
        assert_eq!(output.status.code(), Some(0), "{cpu}: {}", said(&output.stderr));
        is_whole_tour(&said(&output.stdout));
    }
}

#[test]
fn both_images_boot_to_the_tour() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let output = hafnon(&["image", "--out", directory.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let images = said(&output.stdout);
    let images: Vec<&Path> = images.lines().map(Path::new).collect();
    boots_to_the_tour(images[0], None);
    boots_to_the_tour(images[1], Some(qemu::ensure_firmware(Path::new("/")).unwrap().file));
}

fn boots_to_the_tour(image: &Path, firmware: Option<PathBuf>) {
    let mut machine = machine(Boot::Disk { image: image.to_owned(), firmware }).unwrap();
    machine.limit = Some(Duration::from_secs(120));
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    assert_eq!(outcome.end, End::Exited(0), "{}", transcript.text());
    is_whole_tour(&transcript.text());
}
