//! The command as a person uses it, through to the guest: the tour with several
//! numbers of CPUs and from both disk images, and programs of a person's own.

mod guest;

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use hafnon::{
    compile::{self, Kind, Profile, Program},
    guest::{machine, symbols, word},
    qemu, ramdisk,
    steps::Step,
    toolchain, workspace,
};
use machine::{Boot, End, Machine, Transcript};

/// The last line of a tour that left nothing behind.
const LAST_LINE: &str = "left behind: handles none, pages none, tasks none";

fn hafnon(arguments: &[&str]) -> Output {
    build();
    Command::new(env!("CARGO_BIN_EXE_hafnon")).args(arguments).output().unwrap()
}

/// Builds what boots, once: tests that run side by side would wait for each other in silence.
fn build() -> &'static Vec<Program> {
    static BUILT: OnceLock<Vec<Program>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let toolchain = toolchain::for_kernel().unwrap();
        compile::kernel(&toolchain, compile::KERNEL).unwrap();
        compile::user_programs(&toolchain).unwrap()
    })
}

fn program(name: &str) -> PathBuf {
    build().iter().find(|program| program.name == name).unwrap().file.clone()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_whole_tour(console: &str) {
    assert_eq!(console.trim_end().lines().last().map(str::trim_end), Some(LAST_LINE), "{console}");
}

#[test]
fn random_calls_are_made_until_there_are_enough() {
    let output = hafnon(&["fuzz", "--calls", "3000", "--seed", "7"]);
    let console = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{console}{}", said(&output.stderr));
    assert!(console.ends_with("no failure; last seed 7\n"), "{console}");
}

#[test]
fn a_failure_of_the_fuzzer_is_made_small() {
    let output = hafnon(&["fuzz", "--calls", "3000", "--seed", "7", "--planted", "zx_timer_create"]);
    let console = said(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{console}{}", said(&output.stderr));
    assert!(console.starts_with("seed 7: "), "{console}");
    let lines: Vec<&str> = console.lines().collect();
    let alone = lines.iter().position(|line| line.ends_with(" of seed 7 fails alone; making it small"));
    let small = &lines[alone.unwrap_or_else(|| panic!("{console}")) + 1..];
    assert!(small[0].starts_with("1 of ") && small[0].ends_with(" steps are enough:"), "{console}");
    assert!(small[1].contains(": zx_timer_create(") && small.len() == 3, "{console}");
    // Who types what is printed meets the failure again.
    let command = small[2].strip_prefix("again: cargo run -- ").unwrap_or_else(|| panic!("{console}"));
    let again = hafnon(&command.split(' ').collect::<Vec<_>>());
    let failure = "zx_timer_create, which is to be a failure";
    assert_eq!(again.status.code(), Some(1), "{command}: {}", said(&again.stderr));
    assert!(console.contains(failure) && said(&again.stdout).contains(failure), "{}", said(&again.stdout));
    // Without the step that is to blame, it does not fail.
    let (before, mask) = command.split_once("--keep ").unwrap_or_else(|| panic!("{command}"));
    let (_, planted) = mask.split_once(' ').unwrap();
    let without = format!("{before}--keep 0 {planted}");
    let without = hafnon(&without.split(' ').collect::<Vec<_>>());
    assert_eq!(without.status.code(), Some(0), "{}{}", said(&without.stdout), said(&without.stderr));
}

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
fn chance_does_not_need_the_cpu() {
    let directory = tempfile::tempdir().unwrap();
    let (source, file) = (directory.path().join("draw.c"), directory.path().join("draw"));
    let draw =
        "int main(void) { unsigned long drawn; zx_cprng_draw(&drawn, 8); printf(\"drew %lx\\n\", drawn); }";
    std::fs::write(&source, format!("#include <stdio.h>\n#include <zircon/syscalls.h>\n{draw}\n")).unwrap();
    build();
    let [source, file] = [&source, &file].map(|path| path.to_str().unwrap());
    let compiled = hafnon(&["cc", "-o", file, source]);
    assert!(compiled.status.success(), "{}", said(&compiled.stderr));
    let drawn = || {
        let output = hafnon(&["run", "--accel", "tcg", "--cpu", "max,-rdrand,-rdseed", file]);
        let console = said(&output.stdout);
        let line = console.lines().find_map(|line| line.strip_prefix("drew "));
        line.unwrap_or_else(|| panic!("{console}")).trim().to_owned()
    };
    let [one, two] = [drawn(), drawn()];
    assert!(one != two && one.len() > 8, "{one} and {two}");
}

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

/// Compiles a C program; its file.
fn compiled(directory: &Path, source: &str, options: &[&str]) -> String {
    build();
    let [file, program] = ["program.c", "program"].map(|name| directory.join(name).display().to_string());
    std::fs::write(&file, source).unwrap();
    let output = hafnon(&[&["cc"], options, &["-o", &program, &file]].concat());
    assert!(output.status.success(), "{}", said(&output.stderr));
    program
}

#[test]
fn output_that_can_not_be_shown_ends_the_guest() {
    let directory = tempfile::tempdir().unwrap();
    let endless =
        compiled(directory.path(), "#include <stdio.h>\nint main(void) { for (;;) puts(\"more\"); }\n", &[]);
    let run = |out: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
        command.args(["run", &endless]).stdout(out).stderr(Stdio::piped()).spawn().unwrap()
    };
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = run(full.into()).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output.stderr));
    assert!(said(&output.stderr).contains("cannot write to standard output: "), "{}", said(&output.stderr));
    // A reader of one line.
    let mut piped = run(Stdio::piped());
    let mut line = String::new();
    BufReader::new(piped.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "more\n");
    assert_eq!(piped.wait().unwrap().code(), Some(141));
}

/// A reader that is there and does not read does not keep the machine from its limit.
#[test]
fn output_that_nobody_reads_ends_the_guest_in_time() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(void) { for (;;) puts(\"more\"); }\n";
    let endless = compiled(directory.path(), source, &[]);
    let arguments = ["--timeout", "5", "run", &endless];
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    let mut stuck = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _reader = stuck.stdout.take();
    let output = stuck.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(124), "{}", said(&output.stderr));
    let complaint = said(&output.stderr);
    assert!(complaint.ends_with("hafnon: nobody has read for 5 s what the guest prints\n"), "{complaint}");
    assert_eq!(complaint.matches("nobody has read").count(), 1, "{complaint}");
}

/// One that takes a few bytes at a time, and once none for a while, misses nothing.
#[test]
fn output_is_whole_for_a_reader_that_is_slow() {
    let directory = tempfile::tempdir().unwrap();
    let lines = 60_000;
    let source = format!(
        "#include <stdio.h>\nint main(void) {{ for (int line = 0; line < {lines}; line++) printf(\"%d\\n\", line); }}\n"
    );
    let much = compiled(directory.path(), &source, &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    let mut slow = command.args(["run", &much]).stdout(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::with_capacity(64, slow.stdout.take().unwrap());
    let mut read = String::new();
    while !read.ends_with("\n10000\n") {
        assert_ne!(reader.read_line(&mut read).unwrap(), 0, "{} bytes arrived", read.len());
    }
    // The guest prints on and finds no room any more. One that is slower makes this test easier, and no other.
    thread::sleep(Duration::from_secs(2));
    reader.read_to_string(&mut read).unwrap();
    let expected: String = (0..lines).map(|line| format!("{line}\n")).collect();
    assert!(without_reports(&read) == expected, "{} bytes arrived of {}", read.len(), expected.len());
    assert_eq!(slow.wait().unwrap().code(), Some(0));
}

#[test]
fn carriage_returns_of_a_program_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(void) { printf(\"1 %%\\r2 %%\\r\\n\\r\\rdone\\n\\r\"); }\n";
    let output = hafnon(&["run", &compiled(directory.path(), source, &[])]);
    assert!(output.status.success(), "{}", said(&output.stderr));
    let console = said(&output.stdout);
    assert!(console.ends_with("1 %\r2 %\r\n\r\rdone\n\r"), "{console:?}");
}

#[test]
fn a_crash_is_told_with_function_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let source = "static int at(volatile int* place) {\n    return *place;\n}\n\
        int main(int argc, char** argv) {\n    (void)argv;\n    return at((int*)(8l * argc));\n}\n";
    let output = hafnon(&["run", &compiled(directory.path(), source, &["-g"])]);
    let complaint = said(&output.stderr);
    assert!(!output.status.success(), "{complaint}");
    assert!(complaint.contains("it was in at at ") && complaint.contains("program.c:2\n"), "{complaint}");
    assert!(complaint.contains("it was in main at ") && complaint.contains("program.c:6\n"), "{complaint}");
}

/// Standard error does not overtake the console where both go to one reader, however slow that is.
#[test]
fn a_crash_is_told_after_all_that_was_printed() {
    let directory = tempfile::tempdir().unwrap();
    let source = "#include <stdio.h>\nint main(int argc, char** argv) {\n    (void)argv;\n\
        for (int line = 0; line < 30000; line++) printf(\"%d\\n\", line);\n    fflush(stdout);\n\
        return *(volatile int*)(8l * argc);\n}\n";
    let program = compiled(directory.path(), source, &["-g"]);
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"));
    command.args(["run", &program]).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    // It keeps the writing ends.
    drop(command);
    let read: Vec<u8> = BufReader::with_capacity(64, reader).bytes().map(Result::unwrap).collect();
    let read = said(&read);
    assert_eq!(child.wait().unwrap().code(), Some(0xfc), "{read}");
    let at = |text: &str| read.find(text).unwrap_or_else(|| panic!("{text}: {read}"));
    let order = ["\n29999\n", ": killed\n", "hafnon: it was in main at ", "hafnon: the first process exited"];
    assert!(order.map(at).is_sorted(), "{read}");
}

#[test]
fn lines_are_told_of_code_without_functions() {
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    let bytes = std::fs::read(&endless).unwrap();
    let entry = object::Object::entry(&object::File::parse(bytes.as_slice()).unwrap());
    let frames = symbols(&endless).frames(entry);
    assert!(
        frames.len() == 1 && frames[0].starts_with("start at ") && frames[0].contains("loop.s:"),
        "{frames:?}"
    );
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

#[test]
fn a_kernel_without_a_program_ends_with_a_sentence() {
    let ramdisk = Some(ramdisk::temporary(build()).unwrap());
    let words = vec![word("run", "bin/nothing")];
    let kernel = compile::kernel_file(compile::KERNEL);
    let mut transcript = Transcript::default();
    let machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
    let outcome = machine.run(&mut transcript).unwrap();
    assert_eq!(outcome.end, End::Exited(2));
    assert!(transcript.text().contains("no first process: bin/nothing is not in the ramdisk"));
}

/// Runs one test of the kernel's own that ends the machine; how it ended, for a person.
fn told(test: &str) -> (End, String) {
    build();
    let kernel = compile::kernel(&toolchain::for_kernel().unwrap(), "hafnon-kernel-tests").unwrap();
    let words = vec![word("test", &format!("ends::{test}"))];
    let machine = machine(Boot::Direct { kernel, ramdisk: None, words }).unwrap();
    let outcome = machine.run(&mut Transcript::default()).unwrap();
    let told = outcome.describe();
    (outcome.end, told)
}

#[test]
fn the_ends_of_a_kernel_are_told_with_symbols() {
    let (end, told_of) = told("a_panic_is_reported");
    assert!(matches!(&end, End::Panicked(text) if text.contains("on purpose")), "{told_of}");
    assert!(
        told_of.contains("ends.rs:") && told_of.contains("cpu_loop at kernel/src/sched/run.rs:"),
        "{told_of}"
    );

    let (end, told_of) = told("a_stack_overflow_is_reported");
    assert!(matches!(&end, End::Panicked(text) if text.contains("stack")), "{told_of}");
    assert!(told_of.contains("endless at qemu-tests/kernel/src/ends.rs:"), "{told_of}");

    let (end, told_of) = told("a_triple_fault_is_a_reset");
    assert_eq!((end.status(), end), (102, End::Reset), "{told_of}");
    assert!(told_of.contains("reset at kernel/src/arch/power.rs:"), "{told_of}");
}

#[test]
fn a_c_program_of_several_files_is_compiled_and_run() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name).display().to_string();
    let main = "#include <assert.h>\n#include <threads.h>\nint twice(void*);\n\
        int main(int argc, char** argv) { (void)argv; assert(argc > 1); thrd_t thread; int code = 0;\n\
        return thrd_create(&thread, twice, &argc) || thrd_join(thread, &code) ? 100 : code; }\n";
    std::fs::write(file("main.c"), main).unwrap();
    std::fs::write(file("twice.c"), "int twice(void* number) { return *(int*)number * 2; }\n").unwrap();
    let compiled = |arguments: &[&str]| {
        let output = hafnon(&[&["cc"], arguments].concat());
        assert!(output.status.success(), "{}", said(&output.stderr));
    };
    compiled(&["-c", &file("twice.c"), "-o", &file("twice.o")]);
    compiled(&["-Wall", "-Werror", &file("main.c"), &file("twice.o"), "-o", &file("program")]);

    let output = hafnon(&["run", &file("program"), "one", "two"]);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output.stderr));
    let output = hafnon(&["run", &file("program")]);
    let console = said(&output.stdout);
    assert!(!output.status.success() && console.contains("assertion failed: argc > 1"), "{console}");

    let output = hafnon(&["cc", &file("missing.c"), "-o", &file("missing")]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output.stderr));
}

#[test]
fn a_program_may_be_in_c_and_cplusplus() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name).display().to_string();
    let main = "extern \"C\" int of_c(int);\nstruct Made { Made() : made(of_c(1)) {} int made; } made;\n\
        int main(int argc, char**) { static Made again; return made.made + again.made + (argc > 1); }\n";
    std::fs::write(file("main.cpp"), main).unwrap();
    std::fs::write(file("of_c.c"), "int of_c(int class) { return class * FACTOR; }\n").unwrap();
    let compile = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_hafnon"))
            .arg("cc")
            .args(arguments)
            .current_dir(&directory)
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output.stderr));
    };
    build();
    let strict = ["-Wall", "-Wextra", "-Werror", "-DFACTOR=20"];
    compile(&[&strict[..], &["main.cpp", "of_c.c", "-o", "together"]].concat());
    compile(&[&strict[..], &["-c", "of_c.c", "main.cpp"]].concat());
    compile(&["of_c.o", "main.o", "-o", "apart"]);
    for program in ["together", "apart"] {
        let output = hafnon(&["run", &file(program), "one"]);
        assert_eq!(output.status.code(), Some(41), "{program}: {}", said(&output.stderr));
    }
}

#[test]
fn a_cplusplus_program_finds_what_its_compiler_takes_for_granted() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("cplusplus").display().to_string();
    let source = workspace::root().join("user/c/tests/cplusplus.cc").display().to_string();
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    let compiled = hafnon(&[&["cc"], &strict[..], &[&source, "-o", &program]].concat());
    assert!(compiled.status.success(), "{}", said(&compiled.stderr));
    let output = hafnon(&["--cpus", "4", "run", &program]);
    let console = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{console}{}", said(&output.stderr));
    let begin = "made first\nmade second\nmade third\n";
    // The end of main's thread, what main registered last, and then the rest, each in turn.
    let end = "\nof main's thread: 100\nat exit\nunmade third\nunmade second\nunmade first\n";
    assert!(console.starts_with(begin) && console.ends_with(end), "{console}");
}

#[test]
fn however_a_c_program_ends_its_output_and_code_arrive() {
    let program = r#"#include <assert.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        static void at_exit(void) { puts("at exit"); }
        static void fill(volatile char* bytes, int count) { while (count-- > 0) bytes[count] = 1; }
        __attribute__((destructor)) static void at_last(void) { puts("at last"); }
        int main(int argc, char** argv) {
            atexit(at_exit);
            char few[8];
            printf("no line end, ");
            fill(few, argv[1][0] == 's' ? 80 : 8);
            if (argv[1][0] == 'r' || argv[1][0] == 's') return -3;
            if (argv[1][0] == 'q') quick_exit(40);
            if (argv[1][0] == 'a') abort();
            if (argv[1][0] == 't') raise(SIGTERM);
            if (argv[1][0] == 'k') raise(SIGKILL);
            if (argv[1][0] == 'c') *(volatile int*)(8ul * (unsigned)argc) = 1;
            assert(argv[1][0] == 'e');
        }
    "#;
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(file("ends.c"), program).unwrap();
    let strict = ["-fstack-protector-all", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    let compiled = hafnon(&[&["cc"], &strict[..], &[&file("ends.c"), "-o", &file("ends")]].concat());
    assert!(compiled.status.success(), "{}", said(&compiled.stderr));
    // The low byte of ZX_TASK_RETCODE_EXCEPTION_KILL.
    let killed = 0xfc;
    for (how, code, console) in [
        ("end", 0, "no line end, at exit\nat last\n"),
        ("return", 0xfd, "no line end, at exit\nat last\n"),
        ("quick", 40, "no line end, "),
        ("abort", killed, "no line end, "),
        ("terminated", killed, "no line end, "),
        ("killed", killed, "no line end, "),
        ("crash", killed, "): page fault at 0x10"),
        ("stack", killed, "no line end, a function wrote beyond its part of the stack\n"),
        ("fail", killed, "ends.c:19: main: assertion failed: argv[1][0] == 'e'"),
    ] {
        let output = hafnon(&["run", &file("ends"), how]);
        assert_eq!(output.status.code(), Some(code), "{how}: {}", said(&output.stderr));
        let all = without_reports(&said(&output.stdout).replace('\r', ""));
        assert!(
            all.contains(console) && (code == killed || all.trim_end() == console.trim_end()),
            "{how}: {all}"
        );
        if how == "crash" {
            let (_, offset) = all.split_once("(image + 0x").expect("where it was");
            let offset = u64::from_str_radix(offset.split_once(')').unwrap().0, 16).unwrap();
            assert!(symbol(&file("ends"), "main").contains(&offset), "{offset:#x} is not in main: {all}");
        }
    }
}

/// What was printed, but for the kernel's reports of long polls: on a busy host any poll may be one.
fn without_reports(console: &str) -> String {
    let kept = console.split_inclusive('\n').map(|line| match line.split_once("CPU ") {
        Some((before, report)) if report.contains(": a poll of task ") => before,
        _ => line,
    });
    kept.collect()
}

/// Where a function lies in a program.
fn symbol(program: &str, name: &str) -> std::ops::Range<u64> {
    let output = Command::new("nm").args(["-S", program]).output().expect("nm comes with gcc");
    let symbols = said(&output.stdout);
    let line = symbols.lines().find(|line| line.ends_with(&format!(" {name}"))).expect("a symbol");
    let mut numbers = line.split(' ').map_while(|word| u64::from_str_radix(word, 16).ok());
    let (start, length) = (numbers.next().unwrap(), numbers.next().unwrap());
    start..start + length
}

#[test]
fn a_program_that_hangs_is_ended_with_the_place_of_every_cpu() {
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    // At any moment the CPU may be taking an interrupt.
    let hang = || hafnon(&["--timeout", "3", "run", endless.to_str().unwrap()]);
    let in_user_mode = |output: &Output| said(&output.stderr).contains("in user mode");
    let output = std::iter::repeat_with(hang).take(5).find(in_user_mode).expect("never in user mode");
    let complaint = said(&output.stderr);
    assert_eq!(output.status.code(), Some(124), "{complaint}");
    assert!(complaint.contains("the guest hangs: it said nothing for 3 s"), "{complaint}");
    assert!(complaint.ends_with("hafnon: `--timeout 0` lets it be silent\n"), "{complaint}");
    // The program has lines, and a symbol, but describes no function.
    assert!(complaint.contains("in user mode at") && complaint.contains(" start at "), "{complaint}");
    assert!(complaint.contains("loop.s:"), "{complaint}");
    assert!(complaint.contains("halted") && complaint.contains("cpu_loop"), "{complaint}");
}

#[test]
fn a_kernel_of_ones_own_runs_its_service() {
    let mut cargo = compile::cargo(&toolchain::for_kernel().unwrap(), "build", Kind::Kernel);
    Step::new("building heartbeat")
        .run(cargo.args(["-p", compile::KERNEL, "--example", "heartbeat"]))
        .unwrap();
    let kernel = Kind::Kernel.directory().join(toolchain::TARGET).join("release/examples/heartbeat");
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    let programs = ramdisk::with(build().clone(), "bin/endless", &endless);
    let ramdisk = Some(ramdisk::temporary(&programs).unwrap());
    let words = vec![word("run", "bin/endless")];
    let mut machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
    let limit = Duration::from_secs(8);
    machine.limit = Some(limit);
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    let console = transcript.text();
    assert_eq!(outcome.end, End::TookTooLong(limit), "{console}");
    assert!(console.contains("alive for 1 s"), "{console}");
}

#[test]
fn a_poll_over_its_budget_is_reported_with_the_tasks_name() {
    build();
    let kernel = compile::kernel(&toolchain::for_kernel().unwrap(), "hafnon-kernel-tests").unwrap();
    let said = |budget: &str| {
        let words = vec![word("test", "scheduling::a_long_poll"), word("kernel.poll-budget", budget)];
        let mut transcript = Transcript::default();
        let boot = Boot::Direct { kernel: kernel.clone(), ramdisk: None, words };
        // Instructions are the guest's time: no load of the host makes a poll longer.
        let machine = Machine { counted: true, ..machine(boot).unwrap() };
        let outcome = machine.run(&mut transcript).unwrap();
        let console = transcript.text().into_owned();
        assert_eq!(outcome.end, End::Exited(0), "{console}");
        console
    };
    let report = "a poll of task lengthy took";
    assert!(said("5").contains(report));
    assert!(!said("60000").contains(report), "it takes 20 ms");
}

#[test]
fn what_is_typed_reaches_the_program() {
    let tests = program("bin/tests");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["run", tests.to_str().unwrap(), "child", "console-echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // What is typed before the kernel has set the console up is lost, as on any machine.
    let mut lines = BufReader::new(command.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "type something"));
    // More than the program reads at once, and than a UART keeps; a terminal's line ends and a file's.
    let long = "0123456789".repeat(30);
    write!(command.stdin.take().unwrap(), "hello\r{long}\nend\n").unwrap();
    let typed: Vec<String> = lines.collect();
    assert_eq!(typed, ["typed: hello\\n", &format!("typed: {long}\\n"), "typed: end\\n"]);
    assert_eq!(command.wait().unwrap().code(), Some(2));
}

/// Ctrl-T is for the kernel; what else is typed is for the program.
#[test]
fn a_key_of_the_console_tells_what_goes_on() {
    let tests = program("bin/tests");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hafnon"))
        .args(["run", tests.to_str().unwrap(), "child", "console-echo"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(command.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "type something"));
    let mut keys = command.stdin.take().unwrap();
    keys.write_all(b"be\x14fore").unwrap();
    let told: Vec<String> = lines.by_ref().take_while(|line| line != TOLD).collect();
    keys.write_all(b"\nend\n").unwrap();
    drop(keys);
    assert_eq!(lines.collect::<Vec<_>>(), ["typed: before\\n", "typed: end\\n"]);
    assert_eq!(command.wait().unwrap().code(), Some(1));
    tells_of_a_program(
        &told.join("\n"),
        "bin/tests",
        "1 Job, 1 Process, 1 Resource, 1 Thread",
        " in system call ",
    );
}

/// The last line of what the kernel tells of itself.
const TOLD: &str = "hafnon: that is all";

/// A thread of the program is told with what it is at, and the program with its handles.
fn tells_of_a_program(told: &str, name: &str, handles: &str, is_at: &str) {
    let find = |what: &dyn Fn(&str) -> bool| {
        told.lines().find(|line| what(line)).unwrap_or_else(|| panic!("{told}"))
    };
    let process =
        find(&|line| line.starts_with("process ") && line.contains(&format!(" \"{name}\" in job ")));
    assert!(process.contains("; handles: ") && process.contains(handles), "{process}");
    let thread = find(&|line| line.starts_with("thread ") && line.contains(" \"main\" of process "));
    let number = thread.split(' ').nth(1).unwrap();
    find(&|line| line.starts_with(&format!("thread {number} on CPU ")) && line.contains(is_at));
    assert!(told.lines().any(|line| line.starts_with("console input ")), "{told}");
}

/// What QEMU's monitor sends makes the kernel tell the same: here since the limit is over.
#[test]
fn a_machine_that_hangs_is_asked_what_goes_on() {
    build();
    let directory = tempfile::tempdir().unwrap();
    let endless = guest::endless_program(directory.path());
    let programs = ramdisk::with(build().clone(), "bin/endless", &endless);
    let ramdisk = Some(ramdisk::temporary(&programs).unwrap());
    let kernel = compile::kernel_file(compile::KERNEL);
    let mut machine =
        machine(Boot::Direct { kernel, ramdisk, words: vec![word("run", "bin/endless")] }).unwrap();
    machine.limit = Some(Duration::from_secs(8));
    let mut transcript = Transcript::default();
    let outcome = machine.run(&mut transcript).unwrap();
    let console = transcript.text().replace('\r', "");
    assert!(outcome.told && matches!(outcome.end, End::TookTooLong(_)), "{console}");
    let (_, told) =
        console.split_once("hafnon: asked by a non-maskable interrupt; CPU ").expect("it was asked");
    assert!(told.trim_end().ends_with(TOLD), "{told}");
    tells_of_a_program(told, "bin/endless", "handles: 1, 1 Channel", ": runs");
}

#[test]
fn the_command_line_takes_the_console_from_programs() {
    for (value, calls) in [("true", 3), ("output-only", 1), ("false", 0), ("nonsense", 0)] {
        let option = word("kernel.enable-serial-syscalls", value);
        let child = [word("run", "bin/tests"), word("arg", "child"), word("arg", "console-calls")];
        let ramdisk = Some(ramdisk::temporary(build()).unwrap());
        let words = [option].into_iter().chain(child).collect();
        let kernel = compile::kernel_file(compile::KERNEL);
        let mut machine = machine(Boot::Direct { kernel, ramdisk, words }).unwrap();
        machine.limit = Some(Duration::from_secs(60));
        let outcome = machine.run(&mut Transcript::default()).unwrap();
        assert_eq!(outcome.end, End::Exited(calls), "{value}");
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
