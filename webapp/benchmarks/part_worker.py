"""Playing a part and measuring a benchmark, in the worker process that serves the queue `benchmarks`."""

import importlib
import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from abp.evaluation.benchmark import POLICY, measure, policy_origin
from abp.evaluation.report import report
from abp.evaluation.rollout import Episodes, join, play, seed_range
from abp.players.bots import BOTS
from abp.players.protocol import Player
from base.artifacts import DamagedArtifactError, fetch
from base.leases import worker_name
from base.worker import worker_shutdown
from benchmarks import episodes
from benchmarks.models import ACTIVE, Benchmark, BenchmarkPart, PartStatus
from benchmarks.services import claims
from benchmarks.services.claims import Claim, ClaimLostError

log = logging.getLogger(__name__)


class WorkerStopsError(Exception):
    """This worker process was asked to end."""


class NoPolicyError(Exception):
    """The checkpoint can't be had, or holds no policy; the message says why."""


def play_part(*, part_id: int) -> None:
    """Plays the part if it is queued.

    If the part can't be played, its benchmark fails. If this worker ends meanwhile, the part is queued again.
    """
    part = BenchmarkPart.objects.select_related("benchmark__run").filter(pk=part_id).first()
    if part is None or worker_shutdown.is_set() or part.status == PartStatus.FINISHED:
        return
    if part.player == POLICY:
        # It brings torch, which takes seconds the first time: not on the claim's time.
        importlib.import_module("abp.evaluation.trained_policy")
        importlib.import_module("abp.players.policy")
    claim = claims.claim_part(part_id=part_id, worker=worker_name())
    if claim is None:
        log.info("part %s is not free; nothing to do", part_id)
        return
    begun = time.monotonic()
    try:
        claims.finish_part(part_id=part_id, episodes=_played(part, claim))
        log.info("%s: %s played in %.1f s", part.benchmark, part, time.monotonic() - begun)
    except WorkerStopsError:
        claims.give_back(claim=claim)
    except ClaimLostError as error:
        log.warning("stopped playing: %s", error)
    except DatabaseError:
        # Nobody can be told now. The claim runs out, and the part is sent again.
        raise
    except Exception as error:
        log.exception("%s: %s can't be played", part.benchmark, part)
        reason = str(error) if isinstance(error, NoPolicyError) else repr(error)
        claims.fail_benchmark(benchmark_id=part.benchmark_id, error=f"{part}: {reason}")


def measure_benchmark(*, benchmark_id: uuid.UUID) -> None:
    """Measures a benchmark whose parts are all played. A second call gets the same results."""
    benchmark = Benchmark.objects.filter(pk=benchmark_id, status__in=ACTIVE).first()
    if benchmark is None:
        return
    try:
        results = _measured(benchmark)
        claims.finish_benchmark(benchmark_id=benchmark_id, results=results, report=report(results))
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("%s can't be measured", benchmark)
        claims.fail_benchmark(benchmark_id=benchmark_id, error=f"its parts can't be measured: {error!r}")


def _measured(benchmark: Benchmark) -> dict[str, Any]:
    parts: dict[str, list[Episodes]] = {}
    for player, data in benchmark.parts.order_by("id").values_list("player", "episodes"):
        if data is None:
            raise ValueError(f"a part of {player} has no episodes")
        parts.setdefault(player, []).append(episodes.from_bytes(bytes(data)))
    origin = policy_origin(
        checkpoint=benchmark.checkpoint,
        sha256=benchmark.sha256,
        env_steps_total=benchmark.env_steps_total,
        greedy=benchmark.greedy,
        sampling_seed=benchmark.sampling_seed,
    )
    return measure(
        {player: join(played) for player, played in parts.items()},
        subject=POLICY,
        time_max=benchmark.time_max,
        players={POLICY: origin},
    )


def _played(part: BenchmarkPart, claim: Claim) -> bytes:
    renewed = time.monotonic()

    def keep_claim(ticks: int, total: int) -> None:
        nonlocal renewed
        if worker_shutdown.is_set():
            raise WorkerStopsError
        if time.monotonic() - renewed > settings.ABP_PART_CLAIM_SECONDS / 5:
            claims.renew_claim(claim=claim)
            renewed = time.monotonic()

    return episodes.to_bytes(
        play(
            _player(part),
            seed_range(part.first_seed, part.count),
            time_max=part.benchmark.time_max,
            progress=keep_claim,
        )
    )


def _player(part: BenchmarkPart) -> Player:
    return _policy(part.benchmark) if part.player == POLICY else BOTS[part.player]()


def _policy(benchmark: Benchmark) -> Player:
    """The trained policy. Imported here: no other process of the web side needs torch."""
    import torch

    from abp.evaluation.trained_policy import load_policy
    from abp.players.policy import PolicyPlayer
    from abp.train.checkpoint import CheckpointError

    # One thread: the same sums in the same order on every machine's number of cores, and trainers need the others.
    torch.set_num_threads(1)
    try:
        loaded = load_policy(fetch(name=benchmark.path, sha256=benchmark.sha256))
    except FileNotFoundError:
        raise NoPolicyError("its checkpoint is gone from the storage") from None
    except (CheckpointError, DamagedArtifactError) as error:
        raise NoPolicyError(str(error)) from error
    return PolicyPlayer(loaded.policy, greedy=benchmark.greedy, sampling_seed=benchmark.sampling_seed)
