from collections.abc import Sequence
from typing import Any, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "INFO_FIELDS",
    "LEAST_YIELD",
    "LOGBOOK_SIZE",
    "MINING_TICKS",
    "SEED_BITS",
    "STATION_TICK",
    "UNSEEN_GAIN",
    "Autoreset",
    "BatchCore",
    "EpisodeEndedError",
    "Heads",
    "Logbook",
    "__version__",
    "action_codes",
    "best_sales",
    "episode_seeds",
    "expected_robbery",
    "follow_prices",
    "forecast_mining",
    "mined_richness",
    "ore_prices",
    "paths_home",
    "refining_gain",
    "rules_table",
    "simd_path",
    "trip_profit",
]

__version__: str
INFO_FIELDS: list[str]
LEAST_YIELD: float
LOGBOOK_SIZE: int
MINING_TICKS: float
SEED_BITS: int
STATION_TICK: float
UNSEEN_GAIN: float

def action_codes(actions: npt.NDArray[np.integer[Any]], num_envs: int) -> npt.NDArray[np.uint8]: ...
def episode_seeds(
    seeds: npt.NDArray[np.uint64], envs: npt.NDArray[np.uint64], episodes: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]: ...
def rules_table() -> str: ...
def simd_path() -> str: ...
def follow_prices(prices: npt.NDArray[np.float32], obs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...
def ore_prices(prices: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...
def refining_gain(hold: npt.NDArray[np.float32], prices: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...
def best_sales(
    hold: npt.NDArray[np.float32], prices: npt.NDArray[np.float32], obs: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]: ...
def expected_robbery(value: npt.NDArray[np.float32], alert: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]: ...
def forecast_mining(
    ore_prices: npt.NDArray[np.float32],
    composition: npt.NDArray[np.float32],
    trust: npt.NDArray[np.float32],
    richness: npt.NDArray[np.float32],
    left: npt.NDArray[np.float32],
    stability: npt.NDArray[np.float32],
    tool: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
def mined_richness(
    known: npt.NDArray[np.float32],
    tool: npt.NDArray[np.float32],
    before: npt.NDArray[np.float32],
    after: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]: ...
def paths_home(
    to: npt.NDArray[np.int64], ticks: npt.NDArray[np.float32], fuel: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int64]]: ...
def trip_profit(
    gain: npt.NDArray[np.float32], ticks: npt.NDArray[np.float32], fuel: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]: ...

class EpisodeEndedError(RuntimeError): ...

@final
class BatchCore:
    def __new__(
        cls,
        num_envs: int,
        time_max: float,
        backend: str,
        record_events: bool,
        obs: npt.NDArray[np.float32],
        reward: npt.NDArray[np.float32],
        terminated: npt.NDArray[np.bool_],
        truncated: npt.NDArray[np.bool_],
        num_threads: int = 1,
    ) -> BatchCore: ...
    def reset(self, seeds: npt.NDArray[np.uint64], mask: npt.NDArray[np.bool_] | None) -> None: ...
    def step(self, actions: npt.NDArray[np.uint8], mask: npt.NDArray[np.bool_] | None) -> None: ...
    def fill_action_mask(self, out: npt.NDArray[np.uint8]) -> None: ...
    def last_dt(self) -> npt.NDArray[np.int32]: ...
    def last_action(self) -> npt.NDArray[np.uint8]: ...
    def last_invalid(self) -> npt.NDArray[np.bool_]: ...
    def info(self, field: int) -> npt.NDArray[np.float32]: ...
    def info_row(self, env: int) -> dict[str, int | float | bool]: ...
    def cargo_value(self) -> npt.NDArray[np.float32]: ...
    def events(self, env: int) -> list[tuple[int, int, int, Sequence[float]]]: ...
    def state(self, env: int) -> bytes: ...
    def set_state(self, env: int, bytes: bytes) -> None: ...

@final
class Autoreset:
    def __new__(cls, core: BatchCore, mode: str, seed: int, first_env: int) -> Autoreset: ...
    def start(
        self, mask: npt.NDArray[np.bool_] | None, seed: int | None, worlds: Sequence[int | None] | None
    ) -> None: ...
    def step(self, actions: npt.NDArray[np.integer[Any]]) -> int: ...
    @property
    def ended(self) -> npt.NDArray[np.bool_]: ...
    @property
    def final_obs(self) -> npt.NDArray[np.float32]: ...
    @property
    def endings(self) -> dict[str, npt.NDArray[Any]]: ...
    @property
    def episodes(self) -> npt.NDArray[np.int64]: ...
    @property
    def returns(self) -> npt.NDArray[np.float64]: ...
    @property
    def lengths(self) -> npt.NDArray[np.int64]: ...

@final
class Heads:
    def __new__(cls, hidden_size: int) -> Heads: ...
    def load(
        self,
        actor: npt.NDArray[np.float32],
        actor_bias: npt.NDArray[np.float32],
        critic: npt.NDArray[np.float32],
        critic_bias: npt.NDArray[np.float32],
    ) -> None: ...
    def choose(
        self,
        features: npt.NDArray[np.float32] | npt.NDArray[np.uint16],
        masks: npt.NDArray[np.uint8],
        draws: npt.NDArray[np.float32],
        actions: npt.NDArray[np.int64],
        log_probs: npt.NDArray[np.float32],
        values: npt.NDArray[np.float32],
    ) -> None: ...
    def learn(
        self,
        features: npt.NDArray[np.float32] | npt.NDArray[np.uint16],
        masks: npt.NDArray[np.uint8],
        actions: npt.NDArray[np.int64],
        log_probs: npt.NDArray[np.float32],
        advantages: npt.NDArray[np.float32],
        targets: npt.NDArray[np.float32],
        clip_coef: float,
        ent_coef: float,
        vf_coef: float,
        derivatives: npt.NDArray[np.float32] | npt.NDArray[np.uint16],
    ) -> list[float]: ...

@final
class Logbook:
    def __new__(cls, num_envs: int) -> Logbook: ...
    def note(
        self,
        rows: npt.NDArray[np.int64],
        actions: npt.NDArray[np.uint8],
        first: npt.NDArray[np.bool_],
        obs: npt.NDArray[np.float32],
        features: npt.NDArray[np.float32],
    ) -> None: ...
    def prune_actions(
        self, rows: npt.NDArray[np.int64], obs: npt.NDArray[np.float32], mask: npt.NDArray[np.uint8]
    ) -> None: ...
    def since_high(self) -> npt.NDArray[np.int64]: ...
    def state(self) -> npt.NDArray[np.uint32]: ...
    def restore(self, state: npt.NDArray[np.uint32]) -> None: ...
