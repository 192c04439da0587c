"""Proximal policy optimisation (Schulman et al. 2017) with masked actions, GAE and normalised values.

One ``iteration`` is a rollout of ``num_steps`` in every environment and the passes of gradient steps over it. Each of
``num_threads`` threads has a ``Worker``: environments that it plays, and an equal share of every minibatch, taken from
what they showed. With a GPU there is one worker, and one thread that attends to it. Their sums are added in a fixed
order. Everything that the next iteration depends on is in ``state_dict``: a run that goes on from it ends in the same
weights.
Several processes (``Ranks``) are as one with the threads of all.
"""

import copy
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from time import perf_counter
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from abp.players.network import Policy
from abp.runs.config import TrainConfig
from abp.train.cpu_worker import CpuWorker
from abp.train.device import choose_device, prepare_thread
from abp.train.gpu_worker import GpuWorker
from abp.train.ranks import Ranks
from abp.train.value_scale import ValueScale
from abp.train.windows import Window
from abp.train.worker import Samples, Worker

Result = TypeVar("Result")


class DivergedError(RuntimeError):
    """The loss is no longer a number."""


class PPO:
    """A learner and its environments: of those of ``config``, this process's share.

    ``device`` is where the policy is. What the first process calls of ``iteration``, ``state_dict`` and
    ``load_state_dict``, the others ``follow``.
    """

    def __init__(self, config: TrainConfig, ranks: Ranks | None = None) -> None:
        """Raises DeviceError."""
        self.config = config
        self.ranks = ranks or Ranks()
        self.device = choose_device(config.device)
        prepare_thread(self.device)
        threads = config.threads(self.ranks.size) if self.device.type == "cpu" else 1
        self._threads = ThreadPoolExecutor(threads, "learner", prepare_thread, (self.device,))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.policy = Policy(config.hidden_size, config.inputs).to(self.device)
        self.values_scale = ValueScale().to(self.device)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), config.learning_rate, eps=1e-5, fused=True)
        first, workers = self.ranks.rank * threads, self.ranks.size * threads
        bounds = [config.num_envs * i // workers for i in range(first, first + threads + 1)]
        kind: type[Worker] = CpuWorker if self.device.type == "cpu" else GpuWorker
        self.workers = [kind(config, slice(*ends), self.policy, self.values_scale) for ends in pairwise(bounds)]
        self.env_steps = 0
        for worker in self.workers:
            worker.reset()

    @property
    def learning_rate(self) -> float:
        """Learning rate of the next update. It falls linearly to zero over the run when ``anneal_lr``."""
        if not self.config.anneal_lr:
            return self.config.learning_rate
        total = self.config.total_windows * self.config.window_env_steps
        return self.config.learning_rate * max(0.0, 1.0 - self.env_steps / total)

    def iteration(self, window: Window) -> None:
        """A rollout and an update, counted in ``window``, with the times of this process.

        Raises DivergedError, LostTouchError.
        """
        self.ranks.tell("iteration")
        began = perf_counter()
        env_time = self.env_time
        self.collect(window)
        collected = perf_counter()
        window.add_update(self.update())
        env_time = self.env_time - env_time
        window.add_times(env=env_time, inference=collected - began - env_time, learning=perf_counter() - collected)
        self.env_steps += self.config.batch_size

    @property
    def env_time(self) -> float:
        """Seconds spent in the environments, the mean of the threads."""
        return sum(worker.env_time for worker in self.workers) / len(self.workers)

    def collect(self, window: Window) -> None:
        """Fill the rollouts with T steps of every environment, and estimate the advantages."""
        for tallies in self.ranks.share(self._in_threads(lambda worker: worker.collect(), self.workers)):
            for tally in tallies:
                window.add(tally)

    @torch.no_grad()
    def update(self) -> dict[str, float]:
        """Gradient steps over the rollout.

        Returns the LOSS_FIELDS of windows.py, means over all minibatches.
        """
        self.optimizer.param_groups[0]["lr"] = self.learning_rate
        (moments,) = self.ranks.add([torch.stack(self._in_threads(Worker.moments, self.workers)).sum(0)])
        rows, *sums = moments
        reward, advantage, advantage_square, target, target_square = (total / rows for total in sums)
        variance = (advantage_square - advantage.square()).clamp_min(0.0)
        explained = 1.0 - (variance / (target_square - target.square()).clamp_min(1e-12)).item()
        self.values_scale.update(target.float(), target_square.float(), self.policy.critic)

        mean, std = advantage.float(), variance.sqrt().float()
        samples = self._in_threads(lambda worker: worker.samples(mean, std), self.workers)
        totals = torch.zeros(6, device=self.device)
        for _ in range(self.config.update_epochs):
            for minibatch in zip(*(worker.shuffle() for worker in self.workers), strict=True):
                totals += self._gradient_step(samples, minibatch)

        *means, _ = (totals / totals[-1]).tolist()
        names = ("policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction")
        return {
            **dict(zip(names, means, strict=True)),
            "explained_variance": explained,
            "reward_mean": reward.item(),
        }

    def _gradient_step(self, samples: list[Samples], minibatch: tuple[Tensor, ...]) -> Tensor:
        """Learn from the blocks ``minibatch``, a worker each. Returns the sums of ``Worker.differentiate``."""
        sums = self._in_threads(Worker.differentiate, self.workers, samples, minibatch)
        parts = [sums, *zip(*(worker.gradients for worker in self.workers), strict=True)]
        totals, *gradients = self.ranks.add([torch.stack(list(part)).sum(0) for part in parts])
        for parameter, gradient in zip(self.policy.parameters(), gradients, strict=True):
            parameter.grad = gradient.div_(totals[-1])
        norm = nn.utils.clip_grad_norm_(self.policy.parameters(), self.config.max_grad_norm)
        if not torch.isfinite(norm):
            raise DivergedError(
                f"the gradient's norm is {norm.item()} after {self.env_steps} steps; try a lower learning_rate"
            )
        self.optimizer.step()
        return totals

    def _in_threads(self, work: Callable[..., Result], *arguments: Iterable[Any]) -> list[Result]:
        """``map`` with a thread for each worker."""
        return list(self._threads.map(work, *arguments))

    def state_dict(self) -> dict[str, Any]:
        """Tensors on the CPU and plain values only, as ``torch.load(weights_only=True)`` takes them.

        Only the first process's has the workers, those of all processes. Raises LostTouchError.
        """
        self.ranks.tell("state_dict")
        workers = self.ranks.gather([worker.state_dict() for worker in self.workers])
        return {
            "device": self.device.type,
            "policy": _on_cpu(self.policy.state_dict()),
            "values_scale": _on_cpu(self.values_scale.state_dict()),
            "optimizer": _on_cpu(self.optimizer.state_dict()),
            "workers": list(chain.from_iterable(workers)),
            "env_steps": self.env_steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave under the same config, as many processes and the same kind of device.

        Raises LostTouchError.
        """
        self.ranks.tell(state)
        self.policy.load_state_dict(state["policy"])
        self.values_scale.load_state_dict(state["values_scale"])
        self.optimizer.load_state_dict(state["optimizer"])
        first = self.ranks.rank * len(self.workers)
        for worker, saved in zip(self.workers, state["workers"][first : first + len(self.workers)], strict=True):
            worker.load_state_dict(saved)
        self.env_steps = state["env_steps"]

    def player(self) -> tuple[Policy, ValueScale]:
        """The policy as it is now and the scale of its values, to play with on the CPU."""
        if self.device.type == "cpu":
            return self.policy, self.values_scale
        return copy.deepcopy(self.policy).cpu(), copy.deepcopy(self.values_scale).cpu()

    def follow(self) -> None:
        """Take part in what the first process calls, until it calls ``dismiss``: for every other process.

        Raises DivergedError, LostTouchError.
        """
        while (call := self.ranks.hear()) is not None:
            match call:
                case "iteration":
                    self.iteration(Window(0))
                case "state_dict":
                    self.state_dict()
                case state:
                    self.load_state_dict(state)

    def dismiss(self) -> None:
        """Let the processes that ``follow`` go."""
        self.ranks.tell(None)


def _on_cpu(value: Any) -> Any:
    """``value`` with the tensors in its dicts and lists on the CPU."""
    match value:
        case Tensor():
            return value.cpu()
        case dict():
            return {key: _on_cpu(item) for key, item in value.items()}
        case list():
            return [_on_cpu(item) for item in value]
        case _:
            return value
