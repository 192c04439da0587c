"""A thread's part of the work: it plays some of the environments, and learns from what they showed."""

import math
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from abp.constants import NUM_ACTIONS, OBS_SIZE
from abp.seeds import episode_seeds
from abp.train.config import TrainConfig
from abp.train.envs import TrainingEnvs
from abp.train.passes import Passes, body_dtype
from abp.train.policy import Policy, ValueScale, sample
from abp.train.rollout import Rollout
from abp.train.windows import Tally

BLOCK = 16
"""Rows that are shuffled together (``Samples``), or fewer where a share of a minibatch isn't a multiple of it."""
CHUNK_BYTES = 1024 * OBS_SIZE * 4
"""Of the observations of a pass when learning: what the second-level cache of a core holds."""


@dataclass(frozen=True)
class Samples:
    """A shard's rollout as rows to learn from, in blocks of ``k`` rows that lie side by side: b blocks.

    Whole blocks are shuffled: a row of its own would cost a trip to memory each.
    """

    obs: Tensor
    """dtype[b, k * inputs]."""
    masks: Tensor
    """uint8[b, k * 69]."""
    actions: Tensor
    """int64[b, k]."""
    log_probs: Tensor
    """float32[b, k], before learning."""
    advantages: Tensor
    """float32[b, k], normalised."""
    targets: Tensor
    """float32[b, k] of the values, normalised."""


class Shard:
    """Environments ``envs`` of a run with their ``rollout``, T = num_steps, and the buffers to learn from it.

    What it draws depends on the seed and on ``envs``, not on where the other environments are. ``gradients`` are
    what ``differentiate`` found, a tensor for each of the policy's parameters.
    """

    def __init__(self, config: TrainConfig, envs: slice, policy: Policy, scale: ValueScale) -> None:
        self.config = config
        self.policy = policy
        self.scale = scale
        dtype = body_dtype(config.precision)
        self.rollout = Rollout.allocate(config.num_steps, envs.stop - envs.start, config.inputs, dtype)
        self.envs = TrainingEnvs(config, envs)
        self.generator = torch.Generator().manual_seed(int(episode_seeds(config.seed, -1, envs.start)[0]))
        self.env_time = 0.0
        """Seconds spent in the environments, since the start."""
        rows = self.rollout.advantages.numel()
        self._block = math.gcd(BLOCK, rows, rows // config.num_minibatches)
        self._acting = Passes(policy, envs.stop - envs.start, dtype)
        self._chunk = CHUNK_BYTES // (config.inputs * dtype.itemsize)
        self._learning = Passes(policy, self._chunk, dtype)
        self.gradients = self._learning.gradients
        self._obs = torch.zeros(self._chunk * config.inputs, dtype=dtype)
        self._masks = torch.zeros(self._chunk * NUM_ACTIONS, dtype=torch.uint8)
        self._inputs = torch.zeros(envs.stop - envs.start, config.inputs)
        self._acting_probs = torch.zeros(envs.stop - envs.start, NUM_ACTIONS)
        self._log_probs, self._probs, self._d_logits = torch.zeros(3, self._chunk, NUM_ACTIONS)

    @torch.no_grad()
    def collect(self) -> Tally:
        """Play T steps of every environment into the rollout. Returns what they counted."""
        rollout, envs, tally = self.rollout, self.envs, Tally()
        # The environments' own buffers, seen as tensors.
        seen = (torch.from_numpy(envs.obs), torch.from_numpy(envs.features))
        reward, done = torch.from_numpy(envs.reward), torch.from_numpy(envs.done)
        self._acting.refresh()
        for t in range(len(rollout.obs)):
            torch.cat(seen, 1, out=self._inputs)
            rollout.obs[t].copy_(self._inputs)
            rollout.masks[t].copy_(torch.from_numpy(envs.mask))
            logits, values = self._acting.forward(rollout.obs[t], rollout.masks[t])
            probs = torch.softmax(logits, -1, out=self._acting_probs)
            actions = sample(probs, self.generator)
            rollout.actions[t].copy_(actions[:, 0])
            rollout.log_probs[t].copy_(probs.gather(1, actions)[:, 0].log_())
            rollout.values[t].copy_(values)

            began = perf_counter()
            envs.step(actions.numpy()[:, 0].astype(np.uint8), tally)
            self.env_time += perf_counter() - began
            rollout.rewards[t].copy_(reward)
            rollout.dones[t].copy_(done)
            if len(envs.truncated):
                # Time ran out, the ship could have gone on: what it would have earned counts as reward of the
                # last step.
                future = self.scale.restore(self.policy.value(torch.from_numpy(envs.final_inputs)))
                rollout.rewards[t, torch.from_numpy(envs.truncated)] += self.config.gamma * future
        rollout.values[-1].copy_(self.policy.value(torch.cat(seen, 1)))
        rollout.values.copy_(self.scale.restore(rollout.values))
        rollout.estimate_advantages(self.config.gamma, self.config.gae_lambda)
        return tally

    def moments(self) -> Tensor:
        """Sums over the rollout, float64[6]: rows, rewards, advantages, their squares, targets and their squares."""
        advantages = self.rollout.advantages.double()
        targets = advantages + self.rollout.values[:-1]
        rewards = self.rollout.rewards.double()
        sums = [rewards.sum(), advantages.sum(), advantages.square().sum(), targets.sum(), targets.square().sum()]
        return torch.stack([torch.tensor(advantages.numel(), dtype=torch.float64), *sums])

    def samples(self, mean: Tensor, std: Tensor) -> Samples:
        """The rollout to learn from, with advantages less ``mean`` over ``std``: float32, of all shards."""
        rollout, blocks = self.rollout, self.rollout.advantages.numel() // self._block
        return Samples(
            obs=rollout.obs.view(blocks, -1),
            masks=rollout.masks.view(blocks, -1),
            actions=rollout.actions.view(blocks, -1),
            log_probs=rollout.log_probs.view(blocks, -1),
            advantages=((rollout.advantages - mean) / (std + 1e-8)).view(blocks, -1),
            targets=self.scale.normalise(rollout.advantages + rollout.values[:-1]).view(blocks, -1),
        )

    def shuffle(self) -> tuple[Tensor, ...]:
        """This shard's share of each minibatch of a pass: blocks of its ``samples``, int64[c] each."""
        blocks = self.rollout.advantages.numel() // self._block
        return torch.randperm(blocks, generator=self.generator).tensor_split(self.config.num_minibatches)

    @torch.no_grad()
    def differentiate(self, samples: Samples, blocks: Tensor) -> Tensor:
        """Set ``gradients`` to those of the loss, summed over the rows of ``blocks`` (int64[c]).

        Returns float32[6]: the sums of policy loss, value loss, entropy, KL divergence and clipped rows, and the rows.
        """
        self._learning.refresh()
        self._learning.clear()
        sums = torch.zeros(6)
        # Chunks of the same size: a small one costs nearly as much as a full one.
        fit = self._chunk // samples.actions.shape[1]
        for chunk in blocks.tensor_split(max(1, -(-len(blocks) // fit))):
            sums += self._differentiate_chunk(samples, chunk)
        return sums

    def _differentiate_chunk(self, samples: Samples, blocks: Tensor) -> Tensor:
        config = self.config
        actions = samples.actions.index_select(0, blocks).view(-1, 1)
        rows = len(actions)
        obs, masks = self._obs[: rows * config.inputs], self._masks[: rows * NUM_ACTIONS]
        torch.index_select(samples.obs, 0, blocks, out=obs.view(len(blocks), samples.obs.shape[1]))
        torch.index_select(samples.masks, 0, blocks, out=masks.view(len(blocks), samples.masks.shape[1]))
        logits, values = self._learning.forward(obs.view(rows, config.inputs), masks.view(rows, NUM_ACTIONS))
        log_probs = torch.log_softmax(logits, -1, out=self._log_probs[:rows])
        # Not the exponential of those: torch's is several times slower where it underflows.
        probs = torch.softmax(logits, -1, out=self._probs[:rows])

        log_ratio = log_probs.gather(1, actions).squeeze(1) - samples.log_probs.index_select(0, blocks).view(-1)
        ratio = log_ratio.exp()
        clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
        advantage = samples.advantages.index_select(0, blocks).view(-1)
        gain, clipped_gain = advantage * ratio, advantage * clipped
        error = values - samples.targets.index_select(0, blocks).view(-1)
        d_logits = torch.mul(probs, log_probs, out=self._d_logits[:rows])
        entropy = -d_logits.sum(-1)

        # The smaller gain counts, and only the unclipped one moves with the ratio:
        # d gain / d logit[a] = gain * (1 where a is the action - probs[a]).
        pull = torch.where(gain <= clipped_gain, gain, 0.0)
        # - d entropy / d logit[a] = probs[a] * (log_probs[a] + entropy).
        d_logits.addcmul_(probs, entropy[:, None]).mul_(config.ent_coef)
        d_logits.addcmul_(probs, pull[:, None])
        d_logits.scatter_add_(1, actions, -pull[:, None])
        self._learning.backward(d_logits, config.vf_coef * error)

        return torch.stack(
            [
                -torch.min(gain, clipped_gain).sum(),
                0.5 * error.square().sum(),
                entropy.sum(),
                (ratio - 1 - log_ratio).sum(),
                (ratio != clipped).sum(),
                torch.tensor(float(rows)),
            ]
        )

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain values only, as ``torch.load(weights_only=True)`` takes them."""
        return {"generator": self.generator.get_state(), "envs": self.envs.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave under the same config."""
        self.generator.set_state(state["generator"])
        self.envs.load_state_dict(state["envs"])
