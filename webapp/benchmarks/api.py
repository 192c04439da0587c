"""HTTP API of benchmarks. Anybody may read; starting one needs a session with the permission, and its CSRF token."""

import uuid
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.security import django_auth

from base.api import Limit, Offset, require
from base.responses import json_response
from benchmarks import selectors
from benchmarks.schemas import BenchmarkDetail, BenchmarkIn, BenchmarkList, BenchmarkOut
from benchmarks.services import lifecycle

router = Router(tags=["benchmarks"])


@router.get("/benchmarks", response=BenchmarkList)
def list_benchmarks(
    request: HttpRequest,
    run_id: Annotated[uuid.UUID | None, Query()] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> HttpResponse:
    """Newest first, all or those of one run."""
    benchmarks = selectors.benchmarks_with_progress(run_id=run_id).defer("results")
    items = [selectors.benchmark_out(benchmark) for benchmark in benchmarks[offset : offset + limit]]
    return json_response(BenchmarkList(items=items, count=benchmarks.count()))


@router.post("/benchmarks", auth=django_auth, response={201: BenchmarkOut})
def create_benchmark(request: HttpRequest, payload: BenchmarkIn) -> HttpResponse:
    """Plays a checkpoint of a run and every scripted player on the same seeds; 409 if it has no checkpoint yet."""
    require(request, "benchmarks.add_benchmark")
    benchmark = lifecycle.create_benchmark(**payload.model_dump())
    return json_response(selectors.benchmark_out(selectors.get_benchmark(benchmark_id=benchmark.pk)), status=201)


@router.get("/benchmarks/{uuid:benchmark_id}", response=BenchmarkDetail)
def read_benchmark(request: HttpRequest, benchmark_id: uuid.UUID) -> HttpResponse:
    """A benchmark, with its KPIs and comparisons once it is finished."""
    return json_response(selectors.benchmark_detail(benchmark_id=benchmark_id))


@router.get("/benchmarks/{uuid:benchmark_id}/results.json")
def download_results(request: HttpRequest, benchmark_id: uuid.UUID) -> HttpResponse:
    """The file that `abp benchmark` writes, with every KPI of every seed; 409 until the benchmark is finished."""
    benchmark = selectors.finished_benchmark(benchmark_id=benchmark_id)
    return _file(selectors.results_file(benchmark), "application/json", f"benchmark-{str(benchmark_id)[:8]}.json")


@router.get("/benchmarks/{uuid:benchmark_id}/report.md")
def download_report(request: HttpRequest, benchmark_id: uuid.UUID) -> HttpResponse:
    """The report for people; 409 until the benchmark is finished."""
    benchmark = selectors.finished_benchmark(benchmark_id=benchmark_id)
    return _file(benchmark.report.encode(), "text/markdown; charset=utf-8", f"benchmark-{str(benchmark_id)[:8]}.md")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
