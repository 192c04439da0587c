#!/usr/bin/env bash
# Fuzzes each target for SECONDS on stable Rust: the compiler's own coverage pass, libFuzzer built from the crate's sources.
# usage: fuzz.sh [SECONDS] [TARGET...]   What is found lies in target/fuzz/found; what was learnt in target/fuzz/corpus.
set -euo pipefail
seconds=${1:-60}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(calls blob)
cd "$(dirname "$0")/../.."
command -v "${CXX:-c++}" >/dev/null || { echo "fuzzing needs a C++ compiler (Debian: g++): libFuzzer is C++" >&2; exit 2; }

triple=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-target}/$triple/fuzz
work=${CARGO_TARGET_DIR:-target}/fuzz
coverage="-C passes=sancov-module"
for option in level=3 inline-8bit-counters pc-table; do
    coverage+=" -C llvm-args=-sanitizer-coverage-$option"
done
# The target is named so that the flags reach the programs and not the build scripts.
RUSTFLAGS="$coverage ${RUSTFLAGS:-}" cargo build --locked --profile fuzz --target "$triple" -p prospector-fuzz \
    --features libfuzzer "${targets[@]/#/--bin=fuzz-}"
mkdir -p "$work/found"
cargo run --locked --quiet -p prospector-fuzz -- seeds "$work/seeds"

for target in "${targets[@]}"; do
    mkdir -p "$work/corpus/$target"
    log=$work/$target.log
    "$built/fuzz-$target" "$work/corpus/$target" "$work/seeds/$target" -max_total_time="$seconds" -max_len=2048 -timeout=20 \
        -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$work/found/$target-" >"$log" 2>&1 || {
        grep -v '^#' "$log" | tail -n 60
        found=$(sed -n 's/.*Test unit written to //p' "$log")
        echo "play it again: cargo run -p prospector-fuzz -- play $target ${found:-(see $log)}"
        exit 1
    } >&2
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    printf '%s: %s inputs in %s s, none that parts the implementations; %s\n' "$target" "$executed" "$seconds" \
        "$(grep -o 'cov: [0-9]* ft: [0-9]* corp: [^ ]*' "$log" | tail -n 1)"
done
