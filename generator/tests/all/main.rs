//! The declaration as a whole, and what is made of it: one program, so that there is one to link.

mod c_headers;
mod committed;
mod completeness;
mod emitters;
mod errors;
mod imports;
mod latency;
mod lookups;
mod rights;
mod rules;

use std::path::Path;

use hafnon_generator::model::Spec;

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the generator lies in the repository")
}

/// What `syscalls.toml` declares.
fn spec() -> Spec {
    hafnon_generator::load(root()).expect("syscalls.toml is right")
}
