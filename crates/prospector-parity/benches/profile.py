"""Where the time of a step goes: samples by perf of a core that plays uniform actions with resets.

usage: profile.py [ENVS] [CORE]   Needs perf and binutils, but no hardware counters, which virtual machines often hide.
Only the time in which the program has a processor is sampled; what shares the caches with it still counts.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
BINARY = ROOT / "target/release/instructions"
HERTZ = 4000
STEPS = 20_000_000
PARTS = {
    "reset": "resets",
    "advance_markets": "market",
    "expose_to_nodes": "hazards and pirates",
    "show_surroundings": "observation: place, ways, asteroids",
    "show": "observation: ship and market",
    "travel": "action: travel",
    "see_node": "action: travel",
    "see_asteroids": "action: drawing the asteroids of a node",
    "wide_scan": "action: scans and listening",
    "aimed_scan": "action: scans and listening",
    "listen": "action: scans and listening",
    "mine": "action: mining",
    "begin": "action: the others, choosing and grouping",
    "judge": "valid actions, prefetching nodes",
    "fetch_destinations": "prefetching destinations and asteroids",
    "finish": "the other passes: time, limits, end, reward",
}
"""What a function belongs to; of several that were inlined into each other, the one that is named first here counts."""
REST = "the rest: going from lane to lane, calls, the loop that plays"


def output(*command: str | Path, given: str | None = None) -> str:
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def addresses(recorded: str) -> Counter[int | None]:
    """How often each address was sampled, as the file of the program counts it; None elsewhere."""
    mapped = output("perf", "script", "-i", recorded, "--show-mmap-events")
    code = re.search(rf"\[0x(\w+)\(0x\w+\) @ (?:0x)?(\w+) .*r-xp .*{BINARY.name}$", mapped, re.M)
    loads = re.findall(r"^ +LOAD +0x(\w+) 0x(\w+) \S+ 0x(\w+)", output("readelf", "-lW", BINARY), re.M)
    if code is None:
        raise SystemExit("perf has not seen the program")
    shift = int(code[2], 16) - int(code[1], 16)
    found: Counter[int | None] = Counter()
    for line in output("perf", "script", "-i", recorded, "-F", "ip,dso").splitlines():
        ip, where = line.split(maxsplit=1)
        at = None
        if BINARY.name in where:
            offset = int(ip, 16) + shift
            at = next(
                (
                    offset - int(first, 16) + int(address, 16)
                    for first, address, size in loads
                    if 0 <= offset - int(first, 16) < int(size, 16)
                ),
                None,
            )
        found[at] += 1
    return found


def functions(of: list[int]) -> dict[int, set[str]]:
    """What is inlined at each address, by the names of the functions alone."""
    inlined: dict[int, set[str]] = {}
    here: set[str] = set()
    listed = output("addr2line", "-afiCe", BINARY, given="\n".join(map(hex, of)))
    for line in listed.splitlines():
        if line.startswith("0x"):
            here = inlined.setdefault(int(line, 16), set())
        else:
            here.add(re.sub(r"<.*>", "", line).removesuffix("::avx512").split("::")[-1])
    return inlined


def main() -> None:
    envs = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    core = sys.argv[2] if len(sys.argv) > 2 else "native avx512 x1"
    subprocess.run(
        ["cargo", "build", "--locked", "--release", "--quiet", "-p", "prospector-parity", "--bin", BINARY.name],
        cwd=ROOT,
        check=True,
    )
    rounds = STEPS // envs
    with tempfile.TemporaryDirectory() as folder:
        recorded = f"{folder}/perf.data"
        record = ["perf", "record", "-e", "cpu-clock", "-F", str(HERTZ), "-o", recorded, BINARY, core, str(envs)]
        output(*record, str(rounds), "uniform")
        samples = addresses(recorded)
    inlined = functions([at for at in samples if at is not None])
    parts: Counter[str] = Counter()
    for at, count in samples.items():
        names = inlined.get(at, set()) if at is not None else set()
        parts[next((part for name, part in PARTS.items() if name in names), REST)] += count
    print(f"{'part of a step, ' + core + ', ' + str(envs) + ' envs':<61} {'ns':>6} {'share':>7}")
    for part, count in parts.most_common():
        nanoseconds = 1e9 * count / (HERTZ * rounds * envs)
        print(f"{part:<61} {nanoseconds:>6.1f} {count / samples.total():>7.1%}")
    print(f"{'all':<61} {1e9 * samples.total() / (HERTZ * rounds * envs):>6.1f}")


if __name__ == "__main__":
    main()
