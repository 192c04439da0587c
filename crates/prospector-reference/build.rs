//! Compiles the C reference the way it ships: -O2, portable instructions, no contraction of a*b+c.
use std::fs;

fn main() {
    println!("cargo::rerun-if-changed=csrc");
    let sources = fs::read_dir("csrc")
        .expect("csrc/ stands beside build.rs")
        .map(|entry| entry.expect("a readable entry of csrc/").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"));
    cc::Build::new()
        .files(sources)
        .std("c11")
        .opt_level(2)
        .flag("-ffp-contract=off")
        .warnings(true)
        .extra_warnings(true)
        .warnings_into_errors(true)
        .compile("prospector_reference");
}
