#!/usr/bin/env bash
# Instructions a step and where they go, by callgrind: numbers that do not depend on what else the machine does.
# usage: instructions.sh [ENVS]   (valgrind runs no AVX-512, so neither that path nor the -O3 build of the reference)
# Start-up is taken out. "uniform" and "legal" play actions with resets, "legal" also reads the masks; "hold" shows what every step
# costs whatever is done in it, "resets" is a reset. Then, for uniform actions, the share of each source file: inlining does not
# blur it, as debug information keeps the file of every line.
set -euo pipefail
envs=${1:-64}
cd "$(dirname "$0")/../../.."
command -v valgrind >/dev/null || { echo "instruction counts are skipped: valgrind is not installed"; exit 0; }
cargo build --locked --release --quiet -p prospector-parity --bin instructions
binary=${CARGO_TARGET_DIR:-target}/release/instructions
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# count CORE WORK ROUNDS FILE: writes the profile, prints the instructions
count() {
    valgrind --tool=callgrind --callgrind-out-file="$4" "$binary" "$1" "$envs" "$3" "$2" 2>&1 | sed -n 's/.*Collected : //p'
}

# files PROFILE: "file instructions" of each source file. Lines after fl, fi or fe are that file's; the line after calls= is the
# callee's. A name is spelt out where it comes first, which may be as the file of a callee.
files() {
    awk '/^(fl|fi|fe|cfi|cfl)=/ {
             callee = /^c/; sub(/^[a-z]+=/, ""); id = $1
             if (NF > 1) { sub(/^[^ ]+ /, ""); name[id] = $0 }
             if (!callee) file = name[id]
             next
         }
         /^calls=/ { getline; next }
         /^[0-9+*-]/ { own[file] += $2 }
         END { for (file in own) print file "\t" own[file] }' "$1" |
        sed -e 's|^.*/crates/||' -e 's|^/rustc/[^/]*/library/\([a-z]*\)/.*\t|rust \1\t|' -e 's|^[^\t]*sysdeps[^\t]*\t|libc\t|'
}

cores=(reference scalar "native avx2 x1" "native portable x1")
rounds=(uniform:200 legal:200 hold:200 resets:10)
printf '%-20s' "instructions, $envs envs"
printf '%10s' "${rounds[@]%:*}"
echo
for core in "${cores[@]}"; do
    start=$(count "$core" uniform 0 "$out/start") || { echo "$core: this machine cannot run it"; continue; }
    line=$(printf '%-20s    ' "$core")
    for work in "${rounds[@]}"; do
        all=$(count "$core" "${work%:*}" "${work#*:}" "$out/$core ${work%:*}")
        line+=$(printf '%10d' $(((all - start) / (envs * ${work#*:}))))
    done
    echo "$line"
    files "$out/start" | awk -F '\t' '{ print $1 "\t" (-$2) }' >"$out/$core files"
    files "$out/$core uniform" >>"$out/$core files"
done
for core in "${cores[@]}"; do
    [ -e "$out/$core files" ] || continue
    printf '\n%s, uniform: instructions a step by source file\n' "$core"
    awk -F '\t' -v steps=$((envs * 200)) '{ own[$1] += $2; all += $2 }
        END { for (file in own) if (own[file] > all / 100) printf "%8.0f %5.1f %%  %s\n", own[file] / steps, 100 * own[file] / all, file }' \
        "$out/$core files" | sort -rn
done
