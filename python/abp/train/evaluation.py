"""One episode of a policy, recorded as a replay recipe."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from abp._core import __version__
from abp.core import Backend, BatchCore
from abp.episodes.replay import ReplayRecipe, end_reason, state_hash, top_actions
from abp.episodes.state import parse
from abp.players.logbook import Logbook
from abp.players.network import IMPOSSIBLE, Policy
from abp.rules import RULES_VERSION
from abp.train.value_scale import ValueScale

Floats = npt.NDArray[np.float32]


def record_episode(
    policy: Policy,
    scale: ValueScale,
    *,
    seed: int,
    sampling_seed: int,
    time_max: float,
    backend: Backend,
    config: dict[str, Any],
) -> ReplayRecipe:
    """Play world ``seed`` to its end, with actions sampled from ``policy`` by a generator of
    ``sampling_seed``.
    """
    actor = _Actor(policy)
    rng = np.random.default_rng(sampling_seed)
    core = BatchCore(1, time_max=time_max, backend=backend)
    core.reset(np.array([seed], dtype=np.uint64))
    logbook = Logbook(1, kept=policy.logbook)
    logbook.begin(core.obs)
    action = np.zeros(1, dtype=np.uint8)
    actions: list[int] = []
    hidden_rows: list[Floats] = []
    probability_rows: list[Floats] = []
    return_total = 0.0
    while not (core.terminated[0] or core.truncated[0]):
        mask = logbook.prune_actions(core.obs, core.action_mask)
        hidden, probabilities = actor(np.concatenate([core.obs[0], logbook.features[0]]), mask[0])
        action[0] = _sample(probabilities, rng.random())
        core.step(action)
        logbook.note(action, core.obs)
        return_total += float(core.reward[0])
        actions.append(int(action[0]))
        hidden_rows.append(hidden)
        probability_rows.append(probabilities)

    state = core.state(0)
    info = {name: float(core.info[name][0]) for name in ("credits", "net_profit", "survival", "hull_damage")}
    best, best_probabilities = top_actions(np.stack(probability_rows))
    return ReplayRecipe(
        rules_version=RULES_VERSION,
        package_version=__version__,
        config=config,
        seed=seed,
        time_max=core.time_max,
        actions=np.array(actions, dtype=np.uint8),
        values=_values(policy, scale, np.stack(hidden_rows)),
        top_actions=best,
        top_probs=best_probabilities,
        return_total=return_total,
        credits=info["credits"],
        net_profit=info["net_profit"],
        survival=info["survival"],
        ticks=int(parse(state).ship["ticks"]),
        end_reason=end_reason(
            truncated=bool(core.truncated[0]),
            survived=info["survival"] > 0,
            hull_damage=info["hull_damage"],
        ),
        final_state_hash=state_hash(state),
    )


class _Actor:
    """The policy's hidden layer and probabilities for a single observation, in numpy.

    For one row a call into torch costs more than its arithmetic; this is several times faster. The values,
    which no decision depends on, are computed afterwards for all steps at once.
    """

    def __init__(self, policy: Policy) -> None:
        layers = [layer for layer in policy.body if isinstance(layer, nn.Linear)] + [policy.actor]
        self._layers = [(_array(layer.weight), _array(layer.bias)) for layer in layers]

    def __call__(self, obs: Floats, mask: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """``obs`` float32[inputs], ``mask`` uint8[69]: hidden float32[h], probabilities float32[69]."""
        hidden = obs
        for weight, bias in self._layers[:-1]:
            hidden = np.maximum(weight @ hidden + bias, 0.0)
        weight, bias = self._layers[-1]
        logits = np.where(mask, weight @ hidden + bias, np.float32(IMPOSSIBLE))
        odds = np.exp(logits - logits.max())
        return hidden, odds / odds.sum()


def _sample(probabilities: Floats, draw: float) -> int:
    """The first action whose cumulative probability exceeds ``draw`` (in [0, 1)) of the whole."""
    cumulative = probabilities.cumsum()
    # In float64 a draw times the whole is less than the whole: an impossible action is never chosen.
    return int(cumulative.searchsorted(draw * float(cumulative[-1]), side="right"))


@torch.no_grad()
def _values(policy: Policy, scale: ValueScale, hidden: Floats) -> Floats:
    values: Floats = scale.restore(policy.critic(torch.from_numpy(hidden)).squeeze(-1)).numpy()
    return values


def _array(parameter: torch.Tensor) -> Floats:
    array: Floats = parameter.detach().numpy()
    return array
