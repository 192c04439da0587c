"""Reading benchmarks, and the JSON of them that leaves the system."""

import uuid
import zlib
from typing import Any, TypeAlias, TypedDict

from django.db.models import Count, Q, QuerySet
from django_stubs_ext import WithAnnotations

from base.errors import ConflictError, NotFoundError
from benchmarks.models import Benchmark, BenchmarkStatus, PartStatus
from benchmarks.schemas import BenchmarkDetail, BenchmarkOut


class Progress(TypedDict):
    parts_count: int
    parts_finished: int


BenchmarkWithProgress: TypeAlias = "WithAnnotations[Benchmark, Progress]"


def benchmarks_with_progress(*, run_id: uuid.UUID | None = None) -> QuerySet[BenchmarkWithProgress]:
    """Benchmarks, newest first, annotated with what `benchmark_out` needs beyond the row."""
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
    """A benchmark with its progress; NotFoundError if there is none."""
    benchmark = benchmarks_with_progress().filter(pk=benchmark_id).first()
    if benchmark is None:
        raise NotFoundError(f"no benchmark {benchmark_id}", field="benchmark_id")
    return benchmark


def benchmark_out(benchmark: BenchmarkWithProgress) -> BenchmarkOut:
    """What the API says of a benchmark that came from `benchmarks_with_progress`."""
    return BenchmarkOut(**_out(benchmark))


def benchmark_detail(*, benchmark_id: uuid.UUID) -> BenchmarkDetail:
    """The same and its results, if it is finished. NotFoundError if there is none."""
    benchmark = get_benchmark(benchmark_id=benchmark_id)
    return BenchmarkDetail(**_out(benchmark), results=benchmark.results)


def _out(benchmark: BenchmarkWithProgress) -> dict[str, Any]:
    reckoned = {
        "error": benchmark.error or None,
        "parts": benchmark.parts_count,
        "progress": benchmark.parts_finished / benchmark.parts_count,
    }
    same = BenchmarkOut.model_fields.keys() - reckoned.keys()
    return {**{name: getattr(benchmark, name) for name in same}, **reckoned}


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
