//! Generates the system call stubs and tells the linker to make the vDSO image, not a program.

fn main() {
    generator::build_script();
    let directory = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=image.ld");
    println!("cargo::rustc-link-arg-bins=-T{directory}/image.ld");
    for argument in ["--export-dynamic", "--hash-style=sysv", "-soname=libzircon.so", "--strip-all"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // The image has no writable data, so every reference must be resolved now.
    println!("cargo::rustc-link-arg-bins=-ztext");
    println!("cargo::rustc-link-arg-bins=-znorelro");
}
