//! A program links the import stubs of the calls it makes, and no others.

use super::{root, spec};
use hafnon_generator::emit::user;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Makes two calls, and walks the records as the start code does.
const PROGRAM: &str = r#"
    #include <zircon/syscalls.h>
    typedef struct { uintptr_t address; int32_t name; uint32_t hash; } import_t;
    extern import_t __start_hafnon_imports[] __attribute__((visibility("hidden")));
    extern import_t __stop_hafnon_imports[] __attribute__((visibility("hidden")));
    void _start(void);
    void _start(void) {
        for (import_t* import = __start_hafnon_imports; import < __stop_hafnon_imports; import++) import->address = 1;
        zx_handle_close(1);
        _zx_nanosleep(2);
    }
"#;

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the compiler is installed");
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn unused_calls_are_dropped() {
    let root = root();
    let source = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("imports.c");
    let program = source.with_extension("elf");
    let stubs = source.with_extension("S");
    let spec = spec();
    let end = ".section .note.GNU-stack, \"\", @progbits";
    let assembly = format!(".intel_syntax noprefix\n{}{end}\n", user::stubs(&spec));
    for (file, text) in [(&source, PROGRAM), (&stubs, &assembly)] {
        fs::write(file, text).expect("the test's own directory is writable");
    }
    let mut link = Command::new("gcc");
    link.args(["-std=c11", "-O2", "-ffreestanding", "-fpie", "-nostdlib", "-static-pie"]);
    link.args(["-Wl,--gc-sections,-z,start-stop-gc", "-I"]).arg(root.join("user/c/include"));
    run(link.args([&source, &stubs]).arg("-o").arg(&program));

    let symbols = run(Command::new("nm").arg("--defined-only").arg(&program));
    let mut calls: Vec<&str> = symbols.split_whitespace().filter(|word| word.starts_with("zx_")).collect();
    calls.sort_unstable();
    assert_eq!(calls, ["zx_handle_close", "zx_nanosleep"]);
    let distance = |name: &str| {
        let line = symbols.lines().find(|line| line.ends_with(name)).expect("the linker defines it");
        u64::from_str_radix(&line[..16], 16).expect("nm prints an address first")
    };
    assert_eq!(distance("__stop_hafnon_imports") - distance("__start_hafnon_imports"), 2 * 16);
}
