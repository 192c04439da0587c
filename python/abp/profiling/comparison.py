"""Trainers take turns in one run, each an iteration at a time: a busy moment of the machine hits all of them alike."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from statistics import median
from time import perf_counter
from typing import Any, Self

from abp.runs.config import TrainConfig
from abp.train.ppo import PPO
from abp.train.windows import TIMED, Window

PREFIX = "steps per second: "
"""Before the number in a baseline's answer: it may print other things."""


class BaselineError(RuntimeError):
    """Another trainer could not be started, or ended."""


class Baseline:
    """Another trainer in a process of its own: some take over signals and warnings when they are imported.

    The process (``abp.profiling.pufferl`` or ``.sb3``) gets the config as its argument and answers every line on
    stdin with the steps per second of one more iteration. A context manager.
    """

    def __init__(self, name: str, config: TrainConfig) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the baseline
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"abp.profiling.{name}", config.model_dump_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def iterate(self) -> float:
        """Steps per second of an iteration. Raises BaselineError with the process's last words."""
        process = self._process
        assert process.stdin
        assert process.stdout
        with suppress(BrokenPipeError):
            process.stdin.write("go\n")
            process.stdin.flush()
        for line in process.stdout:
            if line.startswith(PREFIX):
                return float(line.removeprefix(PREFIX))
        self._errors.seek(0)
        last_words = self._errors.read().strip().splitlines()[-1:] or ["without a word"]
        raise BaselineError(f"{self.name} ended: {last_words[0]}")


def answer_on_stdin(iterate: Callable[[], object], steps: int) -> None:
    """The baseline's side: an iteration of ``steps`` transitions for every line, until there are no more."""
    for _ in sys.stdin:
        began = perf_counter()
        iterate()
        print(f"\n{PREFIX}{steps / (perf_counter() - began)}", flush=True)


def measure(config: TrainConfig, baselines: list[Baseline], rounds: int) -> dict[str, Any]:
    """Medians over ``rounds`` iterations of each, after one that does not count.

    Returns ``sps``, ``breakdown`` (shares of the wall time: env, inference, learning, other), and for each baseline its
    ``<name>_sps`` and ``<name>_ratio``: how many times as fast ours is, the median over the rounds.
    """
    learner = PPO(config)
    speeds: dict[str, list[float]] = {name: [] for name in ("own", *(baseline.name for baseline in baselines))}
    times = dict.fromkeys(TIMED, 0.0)
    total = 0.0
    for round_ in range(rounds + 1):
        window = Window(1)
        began = perf_counter()
        learner.iteration(window)
        seconds = perf_counter() - began
        found = {"own": config.batch_size / seconds, **{baseline.name: baseline.iterate() for baseline in baselines}}
        if round_ == 0:
            continue
        total += seconds
        for name in TIMED:
            times[name] += window.times[name]
        for name, speed in found.items():
            speeds[name].append(speed)

    shares = {name: round(seconds / total, 4) for name, seconds in times.items()}
    result: dict[str, Any] = {
        "sps": round(median(speeds["own"])),
        "breakdown": {**shares, "other": round(max(0.0, 1.0 - sum(shares.values())), 4)},
    }
    for baseline in baselines:
        result[f"{baseline.name}_sps"] = round(median(speeds[baseline.name]))
        ratios = [own / other for own, other in zip(speeds["own"], speeds[baseline.name], strict=True)]
        result[f"{baseline.name}_ratio"] = round(median(ratios), 3)
    fields = ("num_envs", "num_steps", "update_epochs", "num_minibatches", "hidden_size", "num_threads", "logbook")
    shown = {name: getattr(config, name) for name in fields}
    return {
        **result,
        "rounds": rounds,
        "config": {
            **shown,
            "device": learner.device.type,
            "precision": str(learner.workers[0].rollout.obs.dtype).removeprefix("torch."),
        },
    }
