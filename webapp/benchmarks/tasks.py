"""Celery tasks, on a queue of their own: thin, the work is in `benchmarks.part_worker`."""

import uuid

from celery import shared_task

from benchmarks import part_worker
from benchmarks.services.claims import MEASURE_BENCHMARK, PLAY_PART


@shared_task(name=PLAY_PART)
def play_part(part_id: int) -> None:
    """Plays a part; returns at once if another worker has it, or nobody waits for it any more."""
    part_worker.play_part(part_id=part_id)


@shared_task(name=MEASURE_BENCHMARK)
def measure_benchmark(benchmark_id: str) -> None:
    """Joins the parts of a benchmark and measures; returns at once if that is done."""
    part_worker.measure_benchmark(benchmark_id=uuid.UUID(benchmark_id))
