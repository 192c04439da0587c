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
    """A single ship prospects a procedurally generated asteroid belt (rules: spec/game.md).

    One step is one decision; it consumes ``info["dt"]`` ticks of the episode's ``time_max``.

    ## Action space: ``Discrete(69)``

    | action | name | does | invalid when |
    |---|---|---|---|
    | 0..5 | TRAVEL_NEIGHBOR[k] | travel along slot k | the slot is empty |
    | 6 | HOLD_DRIFT | alert falls, heat dissipates | |
    | 7 | EMERGENCY_BURN | 18 fuel for a better chance against pirates | |
    | 8 | WIDE_SCAN | better estimates of all asteroids here | |
    | 9, 10 | FOCUSED, DEEP SCAN | much better ones of the selected asteroid | no valid selection |
    | 11 | PASSIVE_THREAT_LISTEN | better threat estimates of the ways out | |
    | 12..27 | SELECT_ASTEROID[a] | select slot a | slot missing or depleted |
    | 28, 29, 30 | MINE conservative, standard, aggressive | mine the selected asteroid | no valid selection |
    | 31 | STABILIZE_SELECTED | fewer fractures for 6 ticks | no valid selection, no stabilizers |
    | 32 | REFINE_ONBOARD | iron and nickel into rare isotopes | |
    | 33 | ACTIVE_COOLDOWN | heat -20 | |
    | 34, 35 | TOOL_MAINTENANCE, HULL_PATCH | tool +25, hull +20 for a kit | no repair kits |
    | 36..41 | JETTISON_COMMODITY[c] | throw a commodity away, alert falls | |
    | 42 | DOCK | alert falls | not at the station |
    | 43..60 | SELL[c, b] | sell 25, 50, 100 % of commodity (a-43)//3 | not at the station |
    | 61, 62, 63 | BUY_FUEL small, med, large | fuel for credits | not at the station, credits short |
    | 64, 65, 66 | BUY repair kit, stabilizer, decoy | one more | not at the station, credits short, full |
    | 67 | FULL_REPAIR_OVERHAUL | hull and tool to 100 | not at the station, credits short |
    | 68 | CASH_OUT_END_EPISODE | ends the episode | |

    An invalid action costs 0.01 and drifts for a tick. ``step`` accepts any integer; one outside 0..68 is
    invalid. ``info["action_mask"]`` (uint8[69], 1 = valid now) is there after every reset and step, also as
    ``action_masks()``.

    ## Observation space: ``Box(-1, 1, (260,), float32)``

    | index | content |
    |---|---|
    | 0..7 | fuel, hull, heat, tool, cargo, alert, time remaining, log credits, each in [0, 1] |
    | 8..13 | cargo by commodity (iron, nickel, water_ice, pge, rare_isotopes, volatiles) |
    | 14..16 | repair kits, stabilizers, decoys |
    | 17, 18 | at the station; a valid selection |
    | 19..23 | node type (one-hot: station, cluster, hazard), node index, steps to the station |
    | 24..65 | 6 neighbor slots of 7: exists, type (3), time, fuel, threat estimate; 66 and 67 are always 0 |
    | 68..243 | 16 asteroid slots of 11: exists, composition (6), stability, depletion, confidence, selected |
    | 244..255 | prices over base price; change of price |
    | 256..259 | station inventory of iron, water_ice, pge, rare_isotopes |

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
    """

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
        """Start an episode:

        world ``seed`` (0..2**64-1), or one drawn from ``np_random``. No options are known.
        """
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
