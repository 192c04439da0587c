#!/usr/bin/env bash
# Instructions a step and where they go, by callgrind: numbers that do not depend on what else the machine does.
# usage: instructions.sh CORE [ENVS] [ROUNDS]   CORE: reference, scalar, "native avx2 x1" or "native portable x1"
# (valgrind runs no AVX-512). Prints the instructions of ROUNDS steps of ENVS envs with resets, start-up taken out.
set -euo pipefail
core=${1:?a core} envs=${2:-64} rounds=${3:-200}
here=$(cd "$(dirname "$0")/../../.." && pwd)
cd "$here"
cargo build --locked --release --quiet -p prospector-parity --bin instructions
binary=${CARGO_TARGET_DIR:-target}/release/instructions
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
count() {
    valgrind --tool=callgrind --callgrind-out-file="$out/$1" "$binary" "$core" "$envs" "$1" 2>&1 |
        sed -n 's/.*Collected : //p'
}
start=$(count 0)
all=$(count "$rounds")
awk -v core="$core" -v envs="$envs" -v n=$((envs * rounds)) -v i=$((all - start)) \
    'BEGIN { printf "%s, %d envs: %.0f instructions a step\n", core, envs, i / n }'
callgrind_annotate "$out/$rounds" | grep -E '^ *[0-9,]+ \(' | head -n 16
