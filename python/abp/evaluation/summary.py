"""What episodes come to, as the JSON objects that `abp eval` and `abp bots` print."""

from typing import Any

from abp.evaluation.intervals import mean_interval
from abp.evaluation.rollout import Episodes


def summarise(episodes: Episodes) -> dict[str, Any]:
    """``episodes``, ``credits_mean``, ``credits_ci95`` [low, high], ``survival_rate``, ``return_mean`` and what
    explains them. Credits are those at the end, of survivors or not; the return is of the frozen reward.
    """
    low, high = mean_interval(episodes.credits)
    return {
        "episodes": len(episodes),
        "credits_mean": float(episodes.credits.mean()),
        "credits_ci95": [low, high],
        "survival_rate": float(episodes.survival.mean()),
        "return_mean": float(episodes.return_total.mean()),
        "steps_mean": float(episodes.steps.mean()),
        "pirate_encounters_mean": float(episodes.pirate_encounters.mean()),
        "value_lost_to_pirates_mean": float(episodes.value_lost_to_pirates.mean()),
        "mining_ticks_mean": float(episodes.mining_ticks.mean()),
    }
