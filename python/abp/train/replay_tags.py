"""What is special about a window's replay: the tags it is found by."""

import math

from abp.episodes.replay import ReplayRecipe

PROFIT_MILESTONES = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000)
"""Credits of net profit at the end of the episode."""

RETURN_MILESTONES = (-100, -30, -10, 0, 10, 30, 100)
"""Returns of the frozen reward (rules, section 5): a death alone costs 50 or 100."""

SURVIVAL_MILESTONES = (100, 300, 1_000, 3_000, 10_000, 20_000)
"""Ticks that the ship flew. 20,000 is a whole episode."""

LADDERS = {"profit": PROFIT_MILESTONES, "return": RETURN_MILESTONES, "survival": SURVIVAL_MILESTONES}


class ReplayTags:
    """Remembers the best of all replays before, so that each milestone is reached once in a run."""

    def __init__(self) -> None:
        self._best = dict.fromkeys(LADDERS, -math.inf)

    def of(self, recipe: ReplayRecipe) -> list[str]:
        """``every_window``; ``best_so_far`` for a return strictly above all before; ``milestone:LADDER:STEP`` for
        each step that no replay before has reached.
        """
        tags = ["every_window"]
        if recipe.return_total > self._best["return"]:
            tags.append("best_so_far")
        reached = {"profit": recipe.net_profit, "return": recipe.return_total, "survival": float(recipe.ticks)}
        for ladder, steps in LADDERS.items():
            before, now = self._best[ladder], reached[ladder]
            tags += [f"milestone:{ladder}:{step}" for step in steps if before < step <= now]
            self._best[ladder] = max(before, now)
        return tags

    def state_dict(self) -> dict[str, float]:
        """Plain values, for a checkpoint."""
        return dict(self._best)

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Go on with what ``state_dict`` gave."""
        self._best = dict(state)
