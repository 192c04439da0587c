"""What people do with benchmarks: create and delete."""

import math
import uuid

from django.db import transaction

from abp.evaluation import rollout
from abp.evaluation.benchmark import POLICY
from abp.players.bots import BOTS
from abp.rules import TIME_MAX
from base import artifacts
from base.errors import BrokenArtifactError, ConflictError, InvalidError, NotFoundError
from benchmarks.models import Benchmark, BenchmarkPart
from benchmarks.services.claims import locked_benchmark, send_parts
from runs.models import Checkpoint, Run
from runs.selectors import get_run

EPISODES, MAX_EPISODES = 1000, 10_000
SEED_BASE, SAMPLING_SEED, MAX_SEED = 1_000_000, 1, 2**53 - 1
MIN_TIME, MAX_TIME = 1.0, 1e6
NEWEST, BEST = "newest", "best"


def create_benchmark(
    *,
    run_id: uuid.UUID,
    checkpoint: str = NEWEST,
    episodes: int = EPISODES,
    seed_base: int = SEED_BASE,
    time_max: float = TIME_MAX,
    greedy: bool = False,
    sampling_seed: int = SAMPLING_SEED,
) -> Benchmark:
    """A queued benchmark of a run's checkpoint (a file's name, `newest` or `best`), with its parts on their way.

    Raises NotFoundError; ConflictError if the run has no checkpoint yet; InvalidError naming the argument;
    BrokenArtifactError if the checkpoint's file isn't what was recorded.
    """
    _check("episodes", episodes, 1, MAX_EPISODES)
    _check("seed_base", seed_base, 0, MAX_SEED)
    _check("time_max", time_max, MIN_TIME, MAX_TIME)
    _check("sampling_seed", sampling_seed, 0, MAX_SEED)
    run = get_run(run_id=run_id)
    chosen = _chosen_checkpoint(run, checkpoint)
    benchmark = Benchmark(
        run=run,
        checkpoint=_file_name(chosen),
        sha256=chosen.sha256,
        env_steps_total=chosen.env_steps_total,
        seed_base=seed_base,
        episodes=episodes,
        time_max=time_max,
        greedy=greedy,
        sampling_seed=sampling_seed,
    )
    benchmark.path = _kept(chosen, f"{run.pk}/benchmarks/{benchmark.pk}-{benchmark.checkpoint}")
    try:
        with transaction.atomic():
            benchmark.save(force_insert=True)
            send_parts(BenchmarkPart.objects.bulk_create(_parts(benchmark)))
    except Exception:
        artifacts.storage().delete(benchmark.path)
        raise
    return benchmark


@transaction.atomic
def delete_benchmark(*, benchmark_id: uuid.UUID) -> None:
    """Deletes a benchmark, its parts and its copy of the checkpoint; a worker that plays one of them stops."""
    benchmark = locked_benchmark(benchmark_id=benchmark_id)
    if benchmark is None:
        raise NotFoundError(f"no benchmark {benchmark_id}", field="benchmark_id")
    path = benchmark.path
    benchmark.delete()
    transaction.on_commit(lambda: artifacts.storage().delete(path), robust=True)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise InvalidError(f"{name} is {value}: {low:,.0f} to {high:,.0f} are allowed", field=name)


def _parts(benchmark: Benchmark) -> list[BenchmarkPart]:
    """Every player on every seed. A part is a batch that `play` steps together when it is given all seeds at once: then
    the network's sums are the same to the last bit (they may depend on how many rows there are).
    """
    end = benchmark.seed_base + benchmark.episodes
    return [
        BenchmarkPart(benchmark=benchmark, player=player, first_seed=first, count=min(rollout.BATCH, end - first))
        for first in range(benchmark.seed_base, end, rollout.BATCH)
        for player in (POLICY, *BOTS)
    ]


def _file_name(checkpoint: Checkpoint) -> str:
    return checkpoint.path.rpartition("/")[2]


def _chosen_checkpoint(run: Run, name: str) -> Checkpoint:
    checkpoints = [*run.checkpoints.order_by("-env_steps_total")]
    if not checkpoints:
        raise ConflictError(f"run {run.pk} has no checkpoint yet: train longer, or stop it once, which saves one")
    if name == NEWEST:
        return checkpoints[0]
    if name == BEST:
        rows = dict(
            run.windows.filter(window_id__in=[each.window_id for each in checkpoints]).values_list("window_id", "row")
        )
        # The trainer's own measure: it keeps the checkpoint whose last whole window earned the most.
        return max(checkpoints, key=lambda each: rows.get(each.window_id, {}).get("credits_mean") or -math.inf)
    for each in checkpoints:
        if _file_name(each) == name:
            return each
    allowed = ", ".join([NEWEST, BEST, *map(_file_name, checkpoints)])
    raise InvalidError(f"the run has no checkpoint of this name; allowed: {allowed}", field="checkpoint")


def _kept(checkpoint: Checkpoint, name: str) -> str:
    try:
        return artifacts.copy(name=checkpoint.path, sha256=checkpoint.sha256, to=name)
    except FileNotFoundError:
        raise BrokenArtifactError(f"{_file_name(checkpoint)} is gone: take another checkpoint") from None
    except artifacts.DamagedArtifactError as error:
        raise BrokenArtifactError(f"{error}: take another checkpoint") from None
