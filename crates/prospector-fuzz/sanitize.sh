#!/usr/bin/env bash
# The Rust tests under AddressSanitizer, with the C reference under gcc's address and undefined-behaviour checks, and those with
# threads under ThreadSanitizer. usage: sanitize.sh [address|thread]...
# Stable Rust ships the runtimes; RUSTC_BOOTSTRAP=1 lets it take the flag. The standard library stays as it is: races inside it
# are not seen, nor is what it does to memory but for allocations and the calls that the runtimes intercept.
set -euo pipefail
cd "$(dirname "$0")/../.."
sanitizers=("$@")
[ ${#sanitizers[@]} -gt 0 ] || sanitizers=(address thread)

export RUSTC_BOOTSTRAP=1
triple=$(rustc -vV | sed -n 's/^host: //p')
for sanitizer in "${sanitizers[@]}"; do
    runtime=$(rustc --print sysroot)/lib/rustlib/$triple/lib/librustc-stable_rt.${sanitizer:0:1}san.a
    [ -e "$runtime" ] || { echo "this toolchain has no runtime for the $sanitizer sanitizer" >&2; exit 2; }
    printf '\n== %s sanitizer\n' "$sanitizer"
    # Of its own, so that what is built here and what is built without stay apart.
    export CARGO_TARGET_DIR=target/sanitize/$sanitizer
    export RUSTFLAGS="-Zsanitizer=$sanitizer -Cunsafe-allow-abi-mismatch=sanitizer"
    test=(cargo test --locked --target "$triple")
    case $sanitizer in
        address)
            # What these checks put into the code confuses gcc's guess of what is initialised.
            c_flags="-fsanitize=address,undefined,float-cast-overflow -fsanitize-undefined-trap-on-error"
            env "CFLAGS_${triple//-/_}=$c_flags -Wno-error=maybe-uninitialized" \
                "${test[@]}" -p prospector-simd -p prospector-core -p prospector-pilot -p prospector-ppo -p prospector-parity -p prospector-fuzz
            ;;
        thread)
            # The harness reports by a queue of the standard library, of which this sees the copies and not the locks.
            known=$(mktemp)
            trap 'rm -f "$known"' EXIT
            echo "race:test::event::CompletedTest" >"$known"
            export TSAN_OPTIONS="suppressions=$known"
            "${test[@]}" -p prospector-core --lib -- threads::
            "${test[@]}" -p prospector-core --test native
            ;;
    esac
done
