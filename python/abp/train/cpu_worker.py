"""A worker on the CPU: a thread plays its environments, and chooses for them in between."""

from time import perf_counter

import numpy as np
import torch

from abp.players.network import Policy
from abp.rules import OBS_SIZE
from abp.runs.config import TrainConfig
from abp.train.envs import TrainingEnvs
from abp.train.heads import FusedHeads
from abp.train.mlp import MLP
from abp.train.value_scale import ValueScale
from abp.train.windows import Tally
from abp.train.worker import Worker

CHUNK_BYTES = 1024 * OBS_SIZE * 4
"""Bytes of the observations that one pass learns from: what the second-level cache of a core holds."""


class CpuWorker(Worker):
    """A thread's part of the work: it plays ``envs``, and learns from what they showed in chunks that fit its cache."""

    def __init__(self, config: TrainConfig, envs: slice, policy: Policy, scale: ValueScale) -> None:
        super().__init__(config, envs, policy, scale)
        n = envs.stop - envs.start
        self.envs = TrainingEnvs(config, envs)
        self.parts = [self.envs]
        self._acting = MLP(policy, n, self.rollout.obs.dtype)
        self._acting_heads = FusedHeads(config, policy)
        self._draws = torch.zeros(n)

    def _chunk_rows(self) -> int:
        return CHUNK_BYTES // (self.config.inputs * self.rollout.obs.dtype.itemsize)

    def _make_heads(self) -> FusedHeads:
        return FusedHeads(self.config, self.policy)

    @torch.no_grad()
    def collect(self) -> Tally:
        """Play T steps of every environment into the rollout. Returns what they counted."""
        rollout, envs, tally = self.rollout, self.envs, Tally()
        # The environments' own buffers, seen as tensors.
        seen = (torch.from_numpy(envs.obs), torch.from_numpy(envs.features))
        reward, done = torch.from_numpy(envs.reward), torch.from_numpy(envs.done)
        self._acting.refresh()
        self._acting_heads.refresh()
        for t in range(len(rollout.obs)):
            inputs, masks, actions = rollout.obs[t], rollout.masks[t], rollout.actions[t]
            inputs[:, :OBS_SIZE].copy_(seen[0])
            inputs[:, OBS_SIZE:].copy_(seen[1])
            masks.copy_(torch.from_numpy(envs.mask))
            self._draws.uniform_(generator=self.generator)
            features = self._acting.forward(inputs)
            log_probs, values = rollout.log_probs[t], rollout.values[t]
            self._acting_heads.choose(features, masks, self._draws, actions, log_probs, values)

            began = perf_counter()
            envs.step(actions.numpy().astype(np.uint8), tally)
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
