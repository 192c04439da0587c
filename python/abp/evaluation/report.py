"""The benchmark's results as Markdown, for people."""

from typing import Any

from abp.evaluation.benchmark import KPIS, Kpi


def report(results: dict[str, Any]) -> str:
    """The text of report.md, from what ``benchmark.measure`` gave."""
    protocol, subject = results["protocol"], results["subject"]
    seeds, interval = protocol["seeds"], protocol["interval"]
    lines = [
        f"# Benchmark: {subject} against {len(results['comparisons'])} scripted players",
        "",
        f"{seeds['count']:,} episodes each, on the same seeds {seeds['first']}..{seeds['first'] + seeds['count'] - 1}, "
        f"of {protocol['time_max']:,.0f} ticks; rules {protocol['rules_version']}, abp {protocol['package_version']}.",
        f"In brackets: {interval['level']:.0%} intervals of the mean ({interval['method']}, "
        f"{interval['resamples']:,} resamples).",
        "",
        *_origin(results["players"][subject]),
        "## Each player",
        "",
        *_table(
            ["player", *(kpi.title for kpi in KPIS)],
            [
                [name, *(_mean(player["kpis"][kpi.name], kpi) for kpi in KPIS)]
                for name, player in results["players"].items()
            ],
        ),
        "",
        f"## {subject} less each other player, a seed at a time",
        "",
    ]
    for name, comparison in results["comparisons"].items():
        rows = []
        for kpi in KPIS:
            row = comparison[kpi.name]
            difference = {"mean": row["difference_mean"], "ci95": row["difference_ci95"]}
            rows.append([kpi.title, _mean(difference, kpi, sign="+"), f"{row['won']:.1%}", f"{row['tied']:.1%}"])
        lines += [f"### against {name}", "", *_table(["KPI", "difference", "seeds won", "tied"], rows), ""]
    lines.append("A seed is won where the KPI is better: profit and survival higher, overheating and encounters fewer.")
    return "\n".join(lines) + "\n"


def _origin(player: dict[str, Any]) -> list[str]:
    if "checkpoint" not in player:
        return []
    how = "its most probable actions" if player["greedy"] else f"actions sampled with seed {player['sampling_seed']}"
    return [
        f"Policy: `{player['checkpoint']}` (sha256 `{player['sha256'][:16]}…`) after "
        f"{player['env_steps_total']:,} training steps, {how}.",
        "",
    ]


def _mean(number: dict[str, Any], kpi: Kpi, sign: str = "") -> str:
    low, high = number["ci95"]
    form = f"{sign},.{kpi.decimals}f"
    return f"{number['mean']:{form}} [{low:{form}}, {high:{form}}]"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    ruler = ["---", *["--:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows)]
