//! Compiles the C reference the way it ships: -O2, portable instructions, no contraction of a*b+c. With feature `tuned` also a second
//! time for this machine alone, under other names, to measure what a compiler makes of it.
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=csrc");
    compiler(2).compile("prospector_reference");
    if std::env::var_os("CARGO_FEATURE_TUNED").is_some() {
        let mut tuned = compiler(3);
        tuned.flag("-march=native");
        for name in names() {
            tuned.define(&name, &*format!("tuned_{name}"));
        }
        tuned.compile("prospector_reference_tuned");
    }
}

fn sources(extension: &str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("csrc").expect("csrc/ stands beside build.rs");
    let paths = entries.map(|entry| entry.expect("a readable entry of csrc/").path());
    paths.filter(move |path| path.extension().is_some_and(|found| found == extension))
}

fn compiler(opt_level: u32) -> cc::Build {
    let mut build = cc::Build::new();
    build.files(sources("c")).std("c11").opt_level(opt_level).flag("-ffp-contract=off");
    build.warnings(true).extra_warnings(true).warnings_into_errors(true);
    build
}

/// Everything that one file of csrc/ offers to the others: what the headers call `pr_...`.
fn names() -> BTreeSet<String> {
    let headers = sources("h").map(|path| fs::read_to_string(path).expect("a readable header"));
    let words = |text: String| {
        let words = text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        words.filter(|word| word.starts_with("pr_")).map(str::to_owned).collect::<Vec<_>>()
    };
    headers.flat_map(words).collect()
}
