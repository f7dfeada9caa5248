//! Build script of every crate that needs code made from `syscalls.toml`; the generator knows what each one gets.

fn main() {
    generator::build_script();
}
