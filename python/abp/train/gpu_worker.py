"""A worker on a GPU: half of its environments are stepped while the GPU chooses the actions of the other half."""

from itertools import pairwise
from time import perf_counter

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from abp.players.network import Policy
from abp.rules import NUM_ACTIONS
from abp.runs.config import TrainConfig
from abp.train.device import GraphRunner, Staging, host_zeros, new_stream
from abp.train.envs import TrainingEnvs
from abp.train.heads import TensorHeads
from abp.train.mlp import MLP
from abp.train.rollout import Rollout
from abp.train.value_scale import ValueScale
from abp.train.windows import Tally
from abp.train.worker import Samples, Worker

CHUNK_ROWS = 32_768
"""Rows that one pass learns from, at most."""

CutShort = tuple[int, npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""A step, the columns int64[k] whose episodes were truncated there, and what they would have seen next."""


class GpuWorker(Worker):
    """A process's part of the work: it plays ``envs`` in two halves that take turns, stepped by ``num_threads``.

    The rollout and all that is learned from are on the device; of an action only its number comes to the host. Halves
    and chunks do the same on the CPU, where nothing overlaps.
    """

    def __init__(self, config: TrainConfig, envs: slice, policy: Policy, scale: ValueScale) -> None:
        super().__init__(config, envs, policy, scale)
        n = envs.stop - envs.start
        # One environment has no other half.
        ends = sorted({0, n // 2, n})
        self._halves = [Half(config, envs.start, slice(*columns), self.rollout, policy) for columns in pairwise(ends)]
        self.parts = [half.envs for half in self._halves]
        self._rewards = host_zeros((config.num_steps, n), torch.float32, self.device)
        self._dones = host_zeros((config.num_steps, n), torch.float32, self.device)
        self._blocks = torch.zeros(self._chunk // self._block, dtype=torch.int64, device=self.device)
        self._sums = torch.zeros(6, device=self.device)
        self._learn = GraphRunner(self._differentiate_blocks, new_stream(self.device))

    def _chunk_rows(self) -> int:
        """A share of a minibatch, or an equal part of it."""
        blocks = -(-len(self._samples.actions) // self.config.num_minibatches)
        parts = -(-blocks // max(1, CHUNK_ROWS // self._block))
        return -(-blocks // parts) * self._block

    def _make_heads(self) -> TensorHeads:
        return TensorHeads(self.config, self.policy, self._chunk)

    @torch.no_grad()
    def collect(self) -> Tally:
        """Play T steps of every environment into the rollout. Returns what they counted."""
        rollout, tally, steps = self.rollout, Tally(), self.config.num_steps
        cut_short: list[CutShort] = []
        for half in self._halves:
            half.begin()
            half.ask(0, self.generator)
        for t in range(steps):
            for half in self._halves:
                actions = half.answer()
                began = perf_counter()
                half.envs.step(actions, tally)
                self.env_time += perf_counter() - began
                self._rewards[t, half.columns].copy_(torch.from_numpy(half.envs.reward))
                self._dones[t, half.columns].copy_(torch.from_numpy(half.envs.done))
                if len(half.envs.truncated):
                    cut_short.append((t, half.envs.truncated + half.columns.start, half.envs.final_inputs))
                half.ask(t + 1, self.generator)
        for half in self._halves:
            half.end()
        # These wait, and with them for all that the halves have asked: the host's buffers are free again.
        rollout.rewards.copy_(self._rewards)
        rollout.dones.copy_(self._dones)
        rollout.values.copy_(self.scale.restore(rollout.values))
        if cut_short:
            self._reward_the_future(cut_short)
        rollout.estimate_advantages(self.config.gamma, self.config.gae_lambda)
        return tally

    def _reward_the_future(self, cut_short: list[CutShort]) -> None:
        """Time ran out, the ship could have gone on: what it would have earned counts as reward of the last step."""
        steps, columns = [], []
        for t, truncated, _ in cut_short:
            steps += [t] * len(truncated)
            columns += truncated.tolist()
        inputs = torch.from_numpy(np.concatenate([final for _, _, final in cut_short])).to(self.device)
        future = self.scale.restore(self.policy.value(inputs))
        where = torch.tensor([steps, columns]).to(self.device)
        self.rollout.rewards[where[0], where[1]] += self.config.gamma * future

    def _differentiate_chunk(self, samples: Samples, blocks: Tensor) -> Tensor:
        if samples is not self._samples or len(blocks) != len(self._blocks):
            # Not what was captured.
            return super()._differentiate_chunk(samples, blocks)
        self._blocks.copy_(blocks)
        self._learn()
        return self._sums

    def _differentiate_blocks(self) -> None:
        self._sums.copy_(super()._differentiate_chunk(self._samples, self._blocks))


class Half:
    """Some of a worker's environments, and the choice of their actions in a stream of its own.

    ``columns`` are theirs of the ``rollout``. They are stepped on the host between ``answer`` and ``ask``, and in the
    meantime the device works for the other half.
    """

    def __init__(self, config: TrainConfig, first_env: int, columns: slice, rollout: Rollout, policy: Policy) -> None:
        n, device, dtype = columns.stop - columns.start, rollout.obs.device, rollout.obs.dtype
        self.columns = columns
        envs = slice(first_env + columns.start, first_env + columns.stop)
        self.envs = TrainingEnvs(config, envs, config.num_threads)
        self._rollout = rollout
        self._stream = new_stream(device)
        self._inputs = Staging((n, config.inputs), torch.float32, device)
        self._masks = Staging((n, NUM_ACTIONS), torch.uint8, device)
        self._draws = Staging((n, 1), torch.float64, device)
        self._actions = Staging((n,), torch.uint8, device)
        self._obs = torch.zeros(n, config.inputs, dtype=dtype, device=device)
        self._log_probs, self._values = torch.zeros(2, n, device=device)
        self._acting = MLP(policy, n, dtype)
        self._heads = TensorHeads(config, policy, n)
        self._choose = GraphRunner(self._choose_actions, self._stream)

    def begin(self) -> None:
        """Choose by the policy's present weights from now on."""
        if self._stream:
            self._stream.wait_stream(torch.cuda.current_stream(self._stream.device))
        with torch.cuda.stream(self._stream):
            self._acting.refresh()

    def ask(self, t: int, generator: torch.Generator) -> None:
        """Start to choose the actions of step ``t`` and to put it into the rollout; after the last, only its values."""
        rollout, columns = self._rollout, self.columns
        torch.cat((torch.from_numpy(self.envs.obs), torch.from_numpy(self.envs.features)), 1, out=self._inputs.host)
        self._masks.host.copy_(torch.from_numpy(self.envs.mask))
        self._draws.host.uniform_(generator=generator)
        with torch.cuda.stream(self._stream):
            for staging in (self._inputs, self._masks, self._draws):
                staging.upload()
            self._choose()
            self._actions.download()
            rollout.values[t, columns].copy_(self._values)
            if t < len(rollout.obs):
                rollout.obs[t, columns].copy_(self._obs)
                rollout.masks[t, columns].copy_(self._masks.device)
                rollout.actions[t, columns].copy_(self._actions.device)
                rollout.log_probs[t, columns].copy_(self._log_probs)

    def answer(self) -> npt.NDArray[np.uint8]:
        """The actions uint8[n] that were asked for last, when they are there; overwritten by the next."""
        if self._stream:
            self._stream.synchronize()
        actions: npt.NDArray[np.uint8] = self._actions.host.numpy()
        return actions

    def end(self) -> None:
        """Whatever the device does next waits until all that was asked for is in the rollout."""
        if self._stream:
            torch.cuda.current_stream(self._stream.device).wait_stream(self._stream)

    def _choose_actions(self) -> None:
        self._obs.copy_(self._inputs.device)
        logits, values = self._heads.forward(self._acting.forward(self._obs), self._masks.device)
        probs = torch.softmax(logits, -1)
        actions = choose(probs, self._draws.device)
        self._actions.device.copy_(actions[:, 0])
        self._log_probs.copy_(probs.gather(1, actions)[:, 0].log_())
        self._values.copy_(values)


WHOLE = 2.0**30
"""What a probability of 1 is in whole numbers."""


def choose(probs: Tensor, draws: Tensor) -> Tensor:
    """One action a row (int64[b, 1]) of ``probs`` float32[b, 69], by inversion of ``draws`` float64[b, 1] in [0, 1).

    Unlike ``FusedHeads`` it sums whole numbers: a GPU sums in an order of its own, and sums of floats can then rise
    by a rounding where an action is impossible.
    """
    cumulative = (probs * WHOLE).long().cumsum(-1)
    # Less than the whole, so that there is an action whose sum exceeds it.
    draw = (draws * cumulative[:, -1:]).long()
    return torch.searchsorted(cumulative, draw, right=True)
