"""One ship as a Gymnasium environment; importing this registers the environments with Gymnasium."""

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from abp import _core
from abp.core import Backend, BatchCore
from abp.rules import ACTION_NAMES, NUM_ACTIONS, OBS_SIZE, TIME_MAX
from abp.seeds import SEED_BITS

ENV_ID = "abp/Prospector-v1"


class ProspectorEnv(gym.Env[npt.NDArray[np.float32], np.int64]):
    """A single ship prospects a procedurally generated asteroid belt (rules: docs/rules.md).

    One step is one decision; it consumes ``info["dt"]`` ticks of the episode's ``time_max``.

    ## Action space: ``Discrete(69)``

    <!-- generated: actions -->

    | code | name | ticks | credits | effect when valid | invalid when |
    | --- | --- | --- | --- | --- | --- |
    | 0..5 | TRAVEL_NEIGHBOR_0..TRAVEL_NEIGHBOR_5 |  |  | `dt = time`; fuel -= edge fuel x (1 + 0.5 x cargo/200); move; deselect; then *edge exposure* (4.1) | no edge in the slot |
    | 6 | HOLD_DRIFT | 1 |  | alert = max(0, alert-3); one tick of heat dissipation | |
    | 7 | EMERGENCY_BURN | 1 |  | fuel -18, alert +10, escape buff = max(buff, 4) | |
    | 8 | WIDE_SCAN | 3 |  | fuel -5, alert +4; *scan* every existing slot in order with the wide mode; scan_count +1 | |
    | 9 | FOCUSED_SCAN_SELECTED | 2 |  | fuel -4, alert +3; *scan* selected, focused; scan_count +1 | no valid selection (fuel and alert are still charged) |
    | 10 | DEEP_SCAN_SELECTED | 4 |  | fuel -8, alert +6; *scan* selected, deep; scan_count +1 | no valid selection (fuel and alert are still charged) |
    | 11 | PASSIVE_THREAT_LISTEN | 2 |  | for each edge of the node in order of its slot: `noisy = clamp(true + N(0, 0.08), 0, 1)`, est = 0.25 est + 0.75 noisy | |
    | 12..27 | SELECT_ASTEROID_0..SELECT_ASTEROID_15 | 1 |  | select the asteroid of the slot | slot missing, or depletion >= 1 |
    | 28 | MINE_CONSERVATIVE | 1 |  | *mine* (4.2), conservative | no valid selection |
    | 29 | MINE_STANDARD | 1 |  | *mine* (4.2), standard | no valid selection |
    | 30 | MINE_AGGRESSIVE | 1 |  | *mine* (4.2), aggressive | no valid selection |
    | 31 | STABILIZE_SELECTED | 2 |  | stabilizers -1; stabilize buff of the selected slot = 6 | no valid selection, or no stabilizers |
    | 32 | REFINE_ONBOARD | 2 |  | fuel -4, heat +6, alert +3; *refine* (4.3) | |
    | 33 | ACTIVE_COOLDOWN | 2 |  | fuel -2, heat = max(0, heat-20), alert +1 | |
    | 34 | TOOL_MAINTENANCE | 2 |  | kits -1, tool = min(100, tool+25) | no repair kits |
    | 35 | HULL_PATCH | 2 |  | kits -1, hull = min(100, hull+20) | no repair kits |
    | 36..41 | JETTISON_IRON..JETTISON_VOLATILES | 1 |  | cargo of the commodity = 0; alert = max(0, alert-8) | |
    | 42 | DOCK | 1 |  | alert = max(0, alert-20) | not at the station |
    | 43..60 | SELL_IRON_25..SELL_VOLATILES_100 | 1 |  | code 43+3c+b: *sell* share b (25, 50, 100 %) of commodity c (4.4); valid with nothing to sell | not at the station |
    | 61 | BUY_FUEL_SMALL | 1 | 60 | fuel = min(1000, fuel+120) | not at the station, or credits short |
    | 62 | BUY_FUEL_MED | 1 | 120 | fuel = min(1000, fuel+260) | not at the station, or credits short |
    | 63 | BUY_FUEL_LARGE | 1 | 210 | fuel = min(1000, fuel+480) | not at the station, or credits short |
    | 64 | BUY_REPAIR_KIT | 1 | 150 | repair kits +1 | not at the station, credits short, or at the cap |
    | 65 | BUY_STABILIZER | 1 | 175 | stabilizers +1 | not at the station, credits short, or at the cap |
    | 66 | BUY_DECOY | 1 | 110 | decoys +1 | not at the station, credits short, or at the cap |
    | 67 | FULL_REPAIR_OVERHAUL | 3 | 280 | hull = 100, tool = 100 | not at the station, or credits short |
    | 68 | CASH_OUT_END_EPISODE | 1 |  | terminated | |

    <!-- end -->

    An invalid action costs 0.01 and drifts for a tick. ``step`` accepts any integer; one outside 0..68 is
    invalid. ``info["action_mask"]`` (uint8[69], 1 = valid now) is there after every reset and step, also as
    ``action_masks()``.

    ## Observation space: ``Box(-1, 1, (260,), float32)``

    <!-- generated: observation -->

    | index | name | value | meaning |
    | --- | --- | --- | --- |
    | 0 | fuel | x/1000, clamped to [0, 1] | fuel in the tank |
    | 1 | hull | x/100, clamped to [0, 1] | condition of the hull |
    | 2 | heat | x/100, clamped to [0, 1] | heat of the ship |
    | 3 | tool | x/100, clamped to [0, 1] | condition of the mining tool |
    | 4 | cargo_total | x/200, clamped to [0, 1] | all cargo together |
    | 5 | alert | x/100, clamped to [0, 1] | how much the ship has drawn attention |
    | 6 | time | x/time_max, clamped to [0, 1] | time that remains |
    | 7 | credits | ln(1+max(0, x))/ln(1+10000000), clamped to [0, 1] | credits, at least 0, on a log scale |
    | 8..13 | cargo | x/200, clamped to [0, 1] | cargo of each commodity |
    | 14 | repair_kits | x/12, clamped to [0, 1] | repair kits on board |
    | 15 | stabilizers | x/12, clamped to [0, 1] | stabilizers on board |
    | 16 | decoys | x/12, clamped to [0, 1] | decoys on board |
    | 17 | at_station | 0 or 1 | the ship is at the station |
    | 18 | valid_selection | 0 or 1 | there is a valid selection |
    | 19..21 | node_type | 0 or 1 | one-hot type of the current node |
    | 22 | node | x/31, clamped to [0, 1] | index of the current node |
    | 23 | steps_to_station | x/31, clamped to [0, 1] | edges on a shortest path to the station |
    | 24..65 | edges | slots | a slot for each edge of the current node; all 0 where the slot is empty |
    | 24+7k+0 | edge.exists | 0 or 1 | the slot has an edge |
    | 24+7k+1..24+7k+3 | edge.type | 0 or 1 | one-hot type of the node that the edge leads to |
    | 24+7k+4 | edge.time | x/8, clamped to [0, 1] | time that the travel takes |
    | 24+7k+5 | edge.fuel | x/160, clamped to [0, 1] | fuel that the travel takes without cargo |
    | 24+7k+6 | edge.threat | x | estimate of the threat on the edge, in [0, 1] |
    | 66..67 | unused | 0 | |
    | 68..243 | asteroids | slots | a slot for each asteroid of the current node; all 0 where there is none |
    | 68+11k+0 | asteroid.exists | 0 or 1 | the slot has an asteroid |
    | 68+11k+1..68+11k+6 | asteroid.composition | x | estimated share of each commodity, at least 1e-8, normalised |
    | 68+11k+7 | asteroid.stability | x | estimate of the stability, in [0, 1] |
    | 68+11k+8 | asteroid.depletion | x | how much is mined, in [0, 1] |
    | 68+11k+9 | asteroid.confidence | x | confidence of the scans, in [0, 1] |
    | 68+11k+10 | asteroid.selected | 0 or 1 | the slot is selected, even if depleted |
    | 244..249 | price | x/base price, clamped to [0, 1] | price of each commodity |
    | 250..255 | price_change | x/100, clamped to [-1, 1] | price of each commodity less the price before the last step |
    | 256..259 | stock | x/500, clamped to [0, 1] | stock of the station: iron, water_ice, pge, rare_isotopes |

    <!-- end -->

    ## Rewards

    Credits earned (/1000) and a little for cargo value, less fuel, time, wear, heat, hull damage, scans,
    invalid actions and losses to pirates; -50 when stranded, -100 when destroyed (rules, section 5).

    ## Start and end of an episode

    ``reset(seed=s)`` starts world ``s``, the same that ``Episode.start(s)`` and the play page show; without a
    seed the next world is drawn from ``np_random``. The episode *terminates* when the ship cashes out, is
    destroyed or is stranded without fuel, and is *truncated* when ``time_max`` ticks are used up.

    ## Info

    Every field of the rules' section 7 as a Python number (``dt``, ``credits``, ``net_profit``, ``survival``,
    ...), and ``action_mask``.

    ## Version history

    v1: first version; observation layout, action indices and the default reward are frozen.
    """  # noqa: E501

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"], "render_fps": 4}  # type: ignore[misc]

    def __init__(
        self, *, time_max: float = TIME_MAX, backend: Backend = "native", render_mode: str | None = None
    ) -> None:
        """``time_max``: ticks of an episode, > 0; ``backend``: see ``BatchCore``; ``render_mode``: None or
        "ansi".

        Raises ValueError for a value that is not allowed.
        """
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f'render_mode must be None or "ansi", got {render_mode!r}')
        self.render_mode = render_mode
        self.core = BatchCore(1, time_max=time_max, backend=backend)
        self.observation_space = gym.spaces.Box(-1.0, 1.0, (OBS_SIZE,), np.float32)
        self.action_space = gym.spaces.Discrete(NUM_ACTIONS)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[npt.NDArray[np.float32], dict[str, Any]]:
        """Start an episode in the world ``seed`` (0..2**64-1), or in one that ``np_random`` draws. No options."""
        super().reset(seed=seed)
        if options:
            raise ValueError(f"options must be empty, got {sorted(options)}")
        if seed is None:
            seed = int(self.np_random.integers(2**SEED_BITS))
        self.core.reset(np.array([seed], dtype=np.uint64))
        return self.core.obs[0].copy(), self._info()

    def step(self, action: Any) -> tuple[npt.NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take one decision.

        ``action``: any integer. Raises TypeError for a non-integer, EpisodeEndedError after the end.
        """
        self.core.step(_core.action_codes(np.asarray(action).reshape(-1), 1))
        core = self.core
        return (
            core.obs[0].copy(),
            core.reward.item(),
            core.terminated.item(),
            core.truncated.item(),
            self._info(),
        )

    def action_masks(self) -> npt.NDArray[np.uint8]:
        """uint8[69], 1 where the action is valid now (rules, section 4)."""
        mask: npt.NDArray[np.uint8] = self.core.action_mask[0].copy()
        return mask

    def render(self) -> str | None:
        """With ``render_mode="ansi"``: a line about the ship and a line about the last action."""
        if self.render_mode is None:
            return None
        obs, info = self.core.obs[0], self.core.info
        gauges = " ".join(
            f"{name} {100 * obs[i]:.0f}%"
            for i, name in enumerate(("fuel", "hull", "heat", "tool", "cargo", "alert", "time"))
        )
        where = "at the station" if obs[17] else f"at node {round(31 * float(obs[22]))}"
        code = int(info["action"][0])
        last = ACTION_NAMES[code] if code < NUM_ACTIONS else "reset"
        invalid = " (invalid)" if info["invalid_action"][0] else ""
        return (
            f"{where} | credits {info['credits'][0]:.0f} | {gauges}\n"
            f"last: {last}{invalid}, reward {self.core.reward[0]:+.3f}"
        )

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = self.core.info_row(0)
        info["action_mask"] = self.action_masks()
        return info


# ``import abp`` imports this module, which is all that ``gym.make`` and ``gym.make_vec`` need.
if ENV_ID not in gym.registry:
    gym.register(
        ENV_ID, entry_point="abp.envs.env:ProspectorEnv", vector_entry_point="abp.envs.vector:ProspectorVecEnv"
    )
