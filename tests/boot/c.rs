//! Programs in C and C++: how they are compiled, and how they end.

use std::process::Command;

use hafnon::workspace;

use super::{build, hafnon, said, without_reports};

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
        ("abort", killed, "no line end, ended by signal 6 (abort)\n"),
        ("terminated", killed, "no line end, ended by signal 15\n"),
        ("killed", killed, "no line end, ended by signal 9\n"),
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

/// Where a function lies in a program.
fn symbol(program: &str, name: &str) -> std::ops::Range<u64> {
    let output = Command::new("nm").args(["-S", program]).output().expect("nm comes with gcc");
    let symbols = said(&output.stdout);
    let line = symbols.lines().find(|line| line.ends_with(&format!(" {name}"))).expect("a symbol");
    let mut numbers = line.split(' ').map_while(|word| u64::from_str_radix(word, 16).ok());
    let (start, length) = (numbers.next().unwrap(), numbers.next().unwrap());
    start..start + length
}
