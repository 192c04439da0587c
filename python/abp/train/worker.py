"""A part of a run: some of its environments, and what is learned from what they showed."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from abp.players.network import Policy
from abp.rules import NUM_ACTIONS
from abp.runs.config import TrainConfig
from abp.seeds import episode_seeds
from abp.train.envs import TrainingEnvs
from abp.train.heads import Experience, Heads
from abp.train.mlp import MLP, body_dtype
from abp.train.rollout import Rollout
from abp.train.value_scale import ValueScale
from abp.train.windows import Tally

BLOCK = 16
"""Rows that are shuffled together (``Samples``), or fewer where a share of a minibatch isn't a multiple of it."""


@dataclass(frozen=True)
class Samples:
    """A worker's rollout as rows to learn from, in blocks of ``k`` rows that lie side by side: b blocks.

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


class Worker(ABC):
    """Environments ``envs`` of a run with their ``rollout``, T = num_steps, and the buffers to learn from it, where the
    policy is: a ``CpuWorker`` on the CPU, a ``GpuWorker`` on a GPU.

    What it draws depends on the seed and on ``envs``, not on where the other environments are. ``gradients`` are
    what ``differentiate`` found, a tensor for each of the policy's parameters.
    """

    parts: list[TrainingEnvs]
    """The environments, in order."""

    def __init__(self, config: TrainConfig, envs: slice, policy: Policy, scale: ValueScale) -> None:
        self.config = config
        self.policy = policy
        self.scale = scale
        self.device = policy.critic.weight.device
        dtype = body_dtype(config.precision, self.device)
        n = envs.stop - envs.start
        self.rollout = Rollout.allocate(config.num_steps, n, config.inputs, dtype, self.device)
        self.generator = torch.Generator().manual_seed(int(episode_seeds(config.seed, -1, envs.start)[0]))
        self.env_time = 0.0
        """Seconds spent in the environments, since the start."""
        rows = self.rollout.advantages.numel()
        self._block = math.gcd(BLOCK, rows, rows // config.num_minibatches)
        self._samples = self._view_samples()
        self._chunk = self._chunk_rows()
        self._learning = MLP(policy, self._chunk, dtype)
        self.gradients = self._learning.gradients
        self._obs = torch.zeros(self._chunk * config.inputs, dtype=dtype, device=self.device)
        self._masks = torch.zeros(self._chunk * NUM_ACTIONS, dtype=torch.uint8, device=self.device)
        self._heads = self._make_heads()

    @abstractmethod
    def _chunk_rows(self) -> int:
        """Rows that are learned from in one go, at most."""

    @abstractmethod
    def _make_heads(self) -> Heads:
        """Those to learn with, of a chunk of rows at most."""

    @abstractmethod
    def collect(self) -> Tally:
        """Play T steps of every environment into the rollout. Returns what they counted."""

    def reset(self) -> None:
        """Start the first episode of every environment."""
        for part in self.parts:
            part.reset()

    def moments(self) -> Tensor:
        """Sums over the rollout, float64[6]: rows, rewards, advantages, their squares, targets and their squares."""
        advantages = self.rollout.advantages.double()
        targets = advantages + self.rollout.values[:-1]
        rewards = self.rollout.rewards.double()
        sums = [rewards.sum(), advantages.sum(), advantages.square().sum(), targets.sum(), targets.square().sum()]
        rows = torch.full((), advantages.numel(), dtype=torch.float64, device=self.device)
        return torch.stack([rows, *sums])

    def samples(self, mean: Tensor, std: Tensor) -> Samples:
        """The rollout to learn from, with advantages less ``mean`` over ``std``: float32, of all workers.

        The tensors are the same ones every time.
        """
        rollout, samples = self.rollout, self._samples
        advantages = (rollout.advantages - mean) / (std + 1e-8)
        samples.advantages.copy_(advantages.view_as(samples.advantages))
        targets = self.scale.normalise(rollout.advantages + rollout.values[:-1])
        samples.targets.copy_(targets.view_as(samples.targets))
        return samples

    def _view_samples(self) -> Samples:
        rollout, blocks = self.rollout, self.rollout.advantages.numel() // self._block
        return Samples(
            obs=rollout.obs.view(blocks, -1),
            masks=rollout.masks.view(blocks, -1),
            actions=rollout.actions.view(blocks, -1),
            log_probs=rollout.log_probs.view(blocks, -1),
            advantages=torch.zeros(blocks, self._block, device=self.device),
            targets=torch.zeros(blocks, self._block, device=self.device),
        )

    def shuffle(self) -> tuple[Tensor, ...]:
        """This worker's share of each minibatch of a pass: blocks of its ``samples``, int64[c] each."""
        blocks = self.rollout.advantages.numel() // self._block
        order = torch.randperm(blocks, generator=self.generator).to(self.device)
        return order.tensor_split(self.config.num_minibatches)

    @torch.no_grad()
    def differentiate(self, samples: Samples, blocks: Tensor) -> Tensor:
        """Set ``gradients`` to those of the loss, summed over the rows of ``blocks`` (int64[c]).

        Returns float32[6]: the sums of policy loss, value loss, entropy, KL divergence and clipped rows, and the rows.
        """
        self._learning.refresh()
        self._heads.refresh()
        self._learning.clear()
        sums = torch.zeros(6, device=self.device)
        # Chunks of the same size: a small one costs nearly as much as a full one.
        fit = self._chunk // samples.actions.shape[1]
        for chunk in blocks.tensor_split(max(1, -(-len(blocks) // fit))):
            sums += self._differentiate_chunk(samples, chunk)
        return sums

    def _differentiate_chunk(self, samples: Samples, blocks: Tensor) -> Tensor:
        config, passes = self.config, self._learning
        rows = len(blocks) * samples.actions.shape[1]
        obs, masks = self._obs[: rows * config.inputs], self._masks[: rows * NUM_ACTIONS]
        torch.index_select(samples.obs, 0, blocks, out=obs.view(len(blocks), samples.obs.shape[1]))
        torch.index_select(samples.masks, 0, blocks, out=masks.view(len(blocks), samples.masks.shape[1]))
        experience = Experience(
            masks=masks.view(rows, NUM_ACTIONS),
            actions=samples.actions.index_select(0, blocks).view(-1),
            log_probs=samples.log_probs.index_select(0, blocks).view(-1),
            advantages=samples.advantages.index_select(0, blocks).view(-1),
            targets=samples.targets.index_select(0, blocks).view(-1),
        )
        features = passes.forward(obs.view(rows, config.inputs))
        sums = self._heads.differentiate(features, experience, passes.derivatives[:rows])
        passes.backward()
        return sums

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain values only, as ``torch.load(weights_only=True)`` takes them."""
        return {"generator": self.generator.get_state(), "envs": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave under the same config."""
        self.generator.set_state(state["generator"])
        for part, saved in zip(self.parts, state["envs"], strict=True):
            part.load_state_dict(saved)
