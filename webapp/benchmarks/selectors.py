"""Reading benchmarks, and the JSON of them that leaves the system."""

import uuid
import zlib
from typing import Any, TypeAlias, TypedDict

from django.db.models import Count, Q, QuerySet
from django_stubs_ext import WithAnnotations

from base.errors import ConflictError, NotFoundError
from benchmarks.models import Benchmark, BenchmarkStatus, PartStatus


class Progress(TypedDict):
    parts_count: int
    parts_finished: int


BenchmarkWithProgress: TypeAlias = "WithAnnotations[Benchmark, Progress]"


def benchmarks_with_progress(*, run_id: uuid.UUID | None = None) -> QuerySet[BenchmarkWithProgress]:
    """Benchmarks, newest first, annotated with what `benchmark_json` needs beyond the row."""
    benchmarks = Benchmark.objects.all() if run_id is None else Benchmark.objects.filter(run_id=run_id)
    # Ordered here: a query that groups does without the model's ordering.
    return (
        benchmarks.defer("results_file", "report")
        .annotate(
            parts_count=Count("parts"),
            parts_finished=Count("parts", filter=Q(parts__status=PartStatus.FINISHED)),
        )
        .order_by("-created_at", "-id")
    )


def get_benchmark(*, benchmark_id: uuid.UUID) -> BenchmarkWithProgress:
    """With its progress; NotFoundError if there is none."""
    benchmark = benchmarks_with_progress().filter(pk=benchmark_id).first()
    if benchmark is None:
        raise NotFoundError(f"no benchmark {benchmark_id}", field="benchmark_id")
    return benchmark


def benchmark_json(benchmark: BenchmarkWithProgress) -> dict[str, Any]:
    """The JSON of a benchmark that came from `benchmarks_with_progress`."""
    return {
        "id": str(benchmark.id),
        "run_id": str(benchmark.run_id),
        "status": benchmark.status,
        "error": benchmark.error or None,
        "checkpoint": benchmark.checkpoint,
        "sha256": benchmark.sha256,
        "env_steps_total": benchmark.env_steps_total,
        "seed_base": benchmark.seed_base,
        "episodes": benchmark.episodes,
        "time_max": benchmark.time_max,
        "greedy": benchmark.greedy,
        "sampling_seed": benchmark.sampling_seed,
        "parts": benchmark.parts_count,
        "parts_finished": benchmark.parts_finished,
        "progress": benchmark.parts_finished / benchmark.parts_count,
        "created_at": benchmark.created_at.isoformat(),
        "started_at": benchmark.started_at and benchmark.started_at.isoformat(),
        "finished_at": benchmark.finished_at and benchmark.finished_at.isoformat(),
    }


def benchmark_payload(*, benchmark_id: uuid.UUID) -> dict[str, Any]:
    """The same and its results, if it is finished. NotFoundError if there is none."""
    benchmark = get_benchmark(benchmark_id=benchmark_id)
    return {**benchmark_json(benchmark), "results": benchmark.results}


def finished_benchmark(*, benchmark_id: uuid.UUID) -> BenchmarkWithProgress:
    """NotFoundError if there is none; ConflictError if it isn't finished."""
    benchmark = get_benchmark(benchmark_id=benchmark_id)
    if benchmark.status != BenchmarkStatus.FINISHED:
        raise ConflictError(f"benchmark {benchmark_id} is {benchmark.status}: it has no results")
    return benchmark


def results_file(benchmark: Benchmark) -> bytes:
    """results.json of a finished benchmark, as `abp benchmark` writes it."""
    if benchmark.results_file is None:
        raise ConflictError(f"benchmark {benchmark.pk} is {benchmark.status}: it has no results")
    return zlib.decompress(benchmark.results_file)
