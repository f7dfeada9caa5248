//! A person's own program: its name, its arguments and how it was compiled.

use hafnon::{
    compile::{self, Kind, Profile},
    steps::Step,
    toolchain,
};

use super::{hafnon, is_whole_tour, program, said};

#[test]
fn a_program_gets_its_arguments_and_its_exit_code_is_the_commands() {
    let hello = program("bin/hello");
    let output = hafnon(&["run", hello.to_str().unwrap(), "one", "two words", "--cpus"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output.stderr));
    let console = said(&output.stdout);
    for argument in ["argument 1: one", "argument 2: two words", "argument 3: --cpus"] {
        assert!(console.contains(argument), "{console}");
    }
}

#[test]
fn arguments_arrive_whole_or_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    // The longest name that a ramdisk takes, and one more byte.
    let [longest, longer] = [95, 96].map(|length| directory.path().join("p".repeat(length)));
    for name in [&longest, &longer] {
        std::fs::copy(program("bin/hello"), name).unwrap();
    }
    let many = "a".repeat(3_900);
    let output = hafnon(&["run", longest.to_str().unwrap(), &many, "last"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output.stderr));
    assert!(said(&output.stdout).contains("argument 2: last"), "{}", said(&output.stdout));

    let too_many = "a".repeat(4_000);
    let refused = [
        (hafnon(&["run", longer.to_str().unwrap()]), "has more than 95 bytes"),
        (hafnon(&["run", longest.to_str().unwrap(), &too_many]), "there is room for 4096"),
    ];
    for (output, why) in refused {
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains(why), "{}", said(&output.stderr));
    }
}

#[test]
fn a_program_may_have_any_name() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a b.elf", "tab\there", "é", "100%", "%41"] {
        let file = directory.path().join(name);
        std::fs::copy(program("bin/hello"), &file).unwrap();
        let output = hafnon(&["run", file.to_str().unwrap(), "x"]);
        let console = said(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{name}: {console}{}", said(&output.stderr));
        assert!(console.contains("argument 1: x"), "{console}");
    }
}

/// The same program without optimisation calls functions before it is relocated, wherever the compiler likes.
#[test]
fn a_program_that_is_not_optimised_runs() {
    let toolchain = toolchain::for_kernel().unwrap();
    let mut cargo = compile::cargo_for(&toolchain, "build", Kind::User, Profile::Debug);
    Step::new("building the tour without optimisation").run(cargo.args(["-p", "hafnon-tour"])).unwrap();
    let tour = Kind::User.directory().join(toolchain::TARGET).join("debug/tour");
    let output = hafnon(&["run", tour.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    is_whole_tour(&said(&output.stdout));
}
