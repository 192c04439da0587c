"""Claims: which worker plays a part of a benchmark. A claim is a token and an expiry time, like a run's lease. But the
result of a part depends on its player and its seeds only, so it is accepted from any worker, also one taken for dead.

A task is a hint. Each service that claims, finishes or fails locks the benchmark's row first. So exactly one call finds
that the last part is finished, and no call changes a benchmark that is over.
"""

import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import group, signature
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from abp.evaluation.benchmark import as_json
from base.leases import expiry
from base.task_queue import send_on_commit
from benchmarks.models import ACTIVE, Benchmark, BenchmarkPart, BenchmarkStatus, PartStatus

PLAY_PART, MEASURE_BENCHMARK = "benchmarks.play", "benchmarks.measure"
"""The names of the tasks: sent from here, defined in `benchmarks.tasks`."""


class ClaimLostError(Exception):
    """Somebody else has the part, or its benchmark is over or deleted. Nobody waits for the result."""


@dataclass(frozen=True)
class Claim:
    """The right to play a part, until another worker gets a higher token."""

    part_id: int
    token: int


def claim_expiry() -> datetime:
    return expiry(seconds=settings.ABP_PART_CLAIM_SECONDS)


def locked_benchmark(*, benchmark_id: uuid.UUID) -> Benchmark | None:
    """The benchmark's row, locked until the transaction ends; None if there is none."""
    return Benchmark.objects.select_for_update().filter(pk=benchmark_id).first()


def _locked_benchmark_of(part_id: int) -> Benchmark | None:
    benchmark_id = BenchmarkPart.objects.filter(pk=part_id).values_list("benchmark_id", flat=True).first()
    return None if benchmark_id is None else locked_benchmark(benchmark_id=benchmark_id)


@transaction.atomic
def claim_part(*, part_id: int, worker: str) -> Claim | None:
    """Takes a queued part; None if it isn't queued. The reaper queues a part again whose claim has expired."""
    benchmark = _locked_benchmark_of(part_id)
    if benchmark is None or benchmark.status not in ACTIVE:
        return None
    taken = BenchmarkPart.objects.filter(pk=part_id, status=PartStatus.QUEUED).update(
        status=PartStatus.RUNNING, token=F("token") + 1, claim_expires_at=claim_expiry(), worker=worker
    )
    if not taken:
        return None
    if benchmark.status == BenchmarkStatus.QUEUED:
        benchmark.status, benchmark.started_at = BenchmarkStatus.RUNNING, timezone.now()
        benchmark.save(update_fields=["status", "started_at"])
    return Claim(part_id, BenchmarkPart.objects.values_list("token", flat=True).get(pk=part_id))


def _claimed(claim: Claim) -> Any:
    return BenchmarkPart.objects.filter(pk=claim.part_id, token=claim.token, status=PartStatus.RUNNING)


def renew_claim(*, claim: Claim) -> None:
    """Extends the claim. ClaimLostError if another worker has the part, or the benchmark is over."""
    active = Benchmark.objects.filter(status__in=ACTIVE)
    if not _claimed(claim).filter(benchmark__in=active).update(claim_expires_at=claim_expiry()):
        raise ClaimLostError(f"part {claim.part_id}: token {claim.token} is not the newest, or the benchmark is over")


def give_back(*, claim: Claim) -> None:
    """The worker is shutting down: the part waits for the next one."""
    _claimed(claim).update(status=PartStatus.QUEUED, claim_expires_at=None, worker="", dispatched_at=None)


@transaction.atomic
def finish_part(*, part_id: int, episodes: bytes) -> None:
    """Stores how the part's episodes ended. After the last part it sends the task that measures the benchmark."""
    benchmark = _locked_benchmark_of(part_id)
    if benchmark is None or benchmark.status not in ACTIVE:
        return
    unplayed = benchmark.parts.exclude(status=PartStatus.FINISHED)
    unplayed.filter(pk=part_id).update(status=PartStatus.FINISHED, episodes=episodes, claim_expires_at=None)
    if not unplayed.exists():
        send_measuring(benchmark)


@transaction.atomic
def finish_benchmark(*, benchmark_id: uuid.UUID, results: dict[str, Any], report: str) -> None:
    """Stores the results of `abp.evaluation.benchmark.measure`, and deletes the episodes of the parts."""
    benchmark = locked_benchmark(benchmark_id=benchmark_id)
    if benchmark is None or benchmark.status not in ACTIVE:
        return
    benchmark.results = {key: value for key, value in results.items() if key != "per_seed"}
    benchmark.results_file = zlib.compress(as_json(results).encode())
    benchmark.report = report
    benchmark.status, benchmark.finished_at = BenchmarkStatus.FINISHED, timezone.now()
    benchmark.save()
    benchmark.parts.update(episodes=None)


@transaction.atomic
def fail_benchmark(*, benchmark_id: uuid.UUID, error: str) -> None:
    """Ends a benchmark that can't be finished; its other parts are not played any more."""
    benchmark = locked_benchmark(benchmark_id=benchmark_id)
    if benchmark is None or benchmark.status not in ACTIVE:
        return
    benchmark.status, benchmark.finished_at = BenchmarkStatus.FAILED, timezone.now()
    # PostgreSQL can't store a NUL.
    benchmark.error = error.replace("\0", "")
    benchmark.save(update_fields=["status", "finished_at", "error"])
    benchmark.parts.update(episodes=None)


# Sending


def send_parts(parts: Iterable[BenchmarkPart]) -> None:
    """Sends the parts' tasks as a group once the transaction commits."""
    ids = [part.pk for part in parts]
    BenchmarkPart.objects.filter(pk__in=ids).update(dispatched_at=timezone.now())
    tasks = group(signature(PLAY_PART, args=(part_id,)) for part_id in ids)
    send_on_commit(tasks, waiting=f"{len(ids)} part(s) of benchmarks")


def send_measuring(benchmark: Benchmark) -> None:
    """Sends the task that joins and measures the parts once the transaction commits."""
    Benchmark.objects.filter(pk=benchmark.pk).update(dispatched_at=timezone.now())
    task = signature(MEASURE_BENCHMARK, args=(str(benchmark.pk),))
    send_on_commit(task, waiting=f"the measuring of benchmark {benchmark.pk}")


def send_again(*, sent_before: datetime) -> int:
    """Sends what was sent by `sent_before` and got lost; returns how many tasks.

    Parts may wait in the queue for long. While any worker plays one, the queue is taken to be alive.
    """
    playing = BenchmarkPart.objects.filter(status=PartStatus.RUNNING, benchmark__status__in=ACTIVE)
    count = sum(_requeue(part) for part in playing.filter(claim_expires_at__lt=timezone.now()))
    unsent = Q(dispatched_at__isnull=True) | Q(dispatched_at__lte=sent_before)
    if not playing.exists():
        waiting = BenchmarkPart.objects.filter(unsent, status=PartStatus.QUEUED, benchmark__status__in=ACTIVE)
        with transaction.atomic():
            parts = [*waiting.only("pk").order_by("benchmark__created_at", "pk")]
            if parts:
                send_parts(parts)
        count += len(parts)
    unplayed = BenchmarkPart.objects.exclude(status=PartStatus.FINISHED).values("benchmark")
    for benchmark in Benchmark.objects.filter(unsent, status__in=ACTIVE).exclude(pk__in=unplayed).only("pk"):
        with transaction.atomic():
            send_measuring(benchmark)
        count += 1
    return count


@transaction.atomic
def _requeue(part: BenchmarkPart) -> bool:
    """Queues a part again whose claim has expired. A part that has lost too many workers fails its benchmark."""
    benchmark = _locked_benchmark_of(part.pk)
    expired = BenchmarkPart.objects.filter(
        pk=part.pk, token=part.token, status=PartStatus.RUNNING, claim_expires_at__lt=timezone.now()
    )
    if benchmark is None or not expired.update(status=PartStatus.QUEUED, claim_expires_at=None, lost=F("lost") + 1):
        return False
    if part.lost + 1 > settings.ABP_MAX_RESTARTS:
        fail_benchmark(
            benchmark_id=benchmark.pk,
            error=f"{part}: its worker was lost {part.lost + 1} times while it played (last: {part.worker})",
        )
        return False
    send_parts([part])
    return True
