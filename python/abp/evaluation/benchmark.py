"""The benchmark: players on the same seeds, their KPIs with intervals, and the differences a seed at a time.

Nothing here depends on the clock or on how the seeds were divided: the same players on the same seeds give the same
results, so parts played on several machines may be joined (``rollout.join``) before they are measured.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from abp._core import __version__
from abp.evaluation import intervals
from abp.evaluation.rollout import Episodes
from abp.rules import RULES_VERSION

FORMAT = 1

POLICY = "policy"
"""The trained policy's name in results."""


@dataclass(frozen=True)
class Kpi:
    """A number that an episode ends with."""

    name: str
    title: str
    higher_is_better: bool
    decimals: int


KPIS = (
    Kpi("net_profit", "Net profit (credits)", True, 0),
    Kpi("survival", "Survival (share)", True, 3),
    Kpi("profit_per_tick", "Profit per tick", True, 2),
    Kpi("overheat_ticks", "Overheat ticks", False, 2),
    Kpi("pirate_encounters", "Pirate encounters", False, 1),
)


def policy_origin(
    *, checkpoint: str, sha256: str, env_steps_total: int, greedy: bool, sampling_seed: int
) -> dict[str, Any]:
    """Which policy played, and how: ``players["policy"]`` of ``measure``. Of the checkpoint it has the file's name
    alone, so it is the same wherever that lies.
    """
    return {
        "checkpoint": checkpoint,
        "sha256": sha256,
        "env_steps_total": env_steps_total,
        "greedy": greedy,
        "sampling_seed": sampling_seed,
    }


def measure(
    episodes: dict[str, Episodes], *, subject: str, time_max: float, players: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """The results as plain JSON values: ``protocol``, ``players``, ``comparisons`` and ``per_seed``.

    ``episodes``: by player, all on the same seeds. ``subject`` is the player that the others are compared with;
    ``players`` tells more of each, to be passed on. Raises ValueError unless the seeds are the same for all.
    """
    seeds = episodes[subject].seed
    for name, played in episodes.items():
        if not np.array_equal(played.seed, seeds):
            raise ValueError(f"{name} played other seeds than {subject}; a paired comparison needs the same")
    values = {name: _values(played) for name, played in episodes.items()}
    others = [name for name in episodes if name != subject]
    differences = {name: values[subject] - values[name] for name in others}
    # One resampling of the seeds for everything, so that all intervals belong together.
    columns = [*values.values(), *differences.values()]
    low, high = intervals.mean_intervals(np.concatenate(columns, axis=1))
    bounds = iter(np.stack([low, high], axis=1).reshape(len(columns), len(KPIS), 2).tolist())
    return {
        "format": FORMAT,
        "protocol": {
            "seeds": {"first": int(seeds[0]), "count": len(seeds), "sha256": _sha256(seeds)},
            "time_max": time_max,
            "rules_version": RULES_VERSION,
            "package_version": __version__,
            "interval": {
                "method": "percentile bootstrap over seeds",
                "level": intervals.LEVEL,
                "resamples": intervals.RESAMPLES,
                "seed": intervals.SEED,
            },
        },
        "subject": subject,
        "players": {name: {**players.get(name, {}), "kpis": _kpis(values[name], next(bounds))} for name in episodes},
        "comparisons": {name: _comparison(differences[name], next(bounds)) for name in others},
        "per_seed": {
            "seed": seeds.tolist(),
            **{name: {kpi.name: values[name][:, k].tolist() for k, kpi in enumerate(KPIS)} for name in episodes},
        },
    }


def as_json(results: dict[str, Any]) -> str:
    """The text of results.json, from what ``measure`` gave."""
    return json.dumps(results, indent=1) + "\n"


def _values(episodes: Episodes) -> npt.NDArray[np.float64]:
    return np.stack([getattr(episodes, kpi.name) for kpi in KPIS], axis=1)


def _kpis(values: npt.NDArray[np.float64], bounds: list[list[float]]) -> dict[str, Any]:
    return {kpi.name: {"mean": float(values[:, k].mean()), "ci95": bounds[k]} for k, kpi in enumerate(KPIS)}


def _comparison(difference: npt.NDArray[np.float64], bounds: list[list[float]]) -> dict[str, Any]:
    """Compare by the differences subject - other: their mean, its interval, and the shares of seeds won and tied."""
    shares = {}
    for k, kpi in enumerate(KPIS):
        better = difference[:, k] > 0 if kpi.higher_is_better else difference[:, k] < 0
        shares[kpi.name] = {
            "difference_mean": float(difference[:, k].mean()),
            "difference_ci95": bounds[k],
            "won": float(better.mean()),
            "tied": float((difference[:, k] == 0).mean()),
        }
    return shares


def _sha256(seeds: npt.NDArray[np.uint64]) -> str:
    return hashlib.sha256(seeds.astype("<u8").tobytes()).hexdigest()
