"""HTTP API of runs. Anybody may read; writing needs a session with the permission, and its CSRF token."""

import uuid
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.security import django_auth

from base.api import Limit, Offset, require
from base.responses import json_response
from runs import selectors
from runs.completeness import completeness
from runs.models import RunStatus
from runs.schemas import CompletenessOut, RunIn, RunList, RunOut, WindowList
from runs.services import lifecycle

router = Router(tags=["runs"])

WindowId = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.get("/runs", response=RunList)
def list_runs(
    request: HttpRequest,
    limit: Limit = 50,
    offset: Offset = 0,
    status: Annotated[RunStatus | None, Query()] = None,
) -> HttpResponse:
    """Newest first. `count` is how many there are in all."""
    runs = selectors.runs_with_totals()
    if status is not None:
        runs = runs.filter(status=status)
    items = [selectors.run_out(run) for run in runs[offset : offset + limit]]
    return json_response(RunList(items=items, count=runs.count()))


@router.post("/runs", auth=django_auth, response={201: RunOut})
def create_run(request: HttpRequest, payload: RunIn) -> HttpResponse:
    """Creates a run and queues it."""
    require(request, "runs.add_run")
    run = lifecycle.create_run(config=payload.config, name=payload.name)
    return json_response(selectors.read_run(run_id=run.pk), status=201)


@router.get("/runs/{uuid:run_id}", response=RunOut)
def read_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return json_response(selectors.read_run(run_id=run_id))


@router.post("/runs/{uuid:run_id}/stop", auth=django_auth, response={202: RunOut})
def stop_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The trainer saves a checkpoint and ends; 409 if the run isn't queued or running."""
    require(request, "runs.change_run")
    lifecycle.stop_run(run_id=run_id)
    return json_response(selectors.read_run(run_id=run_id), status=202)


@router.post("/runs/{uuid:run_id}/resume", auth=django_auth, response={202: RunOut})
def resume_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Goes on from the last checkpoint; 409 unless the run is stopped or failed."""
    require(request, "runs.change_run")
    lifecycle.resume_run(run_id=run_id)
    return json_response(selectors.read_run(run_id=run_id), status=202)


@router.post("/runs/{uuid:run_id}/clone", auth=django_auth, response={201: RunOut})
def clone_run(request: HttpRequest, run_id: uuid.UUID, payload: RunIn) -> HttpResponse:
    """A new run with this one's config, changed by the keys in `config`."""
    require(request, "runs.add_run")
    run = lifecycle.clone_run(run_id=run_id, config=payload.config, name=payload.name)
    return json_response(selectors.read_run(run_id=run.pk), status=201)


@router.get("/runs/{uuid:run_id}/metrics/windows", response=WindowList)
def list_windows(
    request: HttpRequest,
    run_id: uuid.UUID,
    limit: Limit = 100,
    order: Annotated[Literal["asc", "desc"], Query()] = "asc",
    after: WindowId = None,
) -> HttpResponse:
    """`after`: only windows with a greater window_id. `count` is how many windows match without the limit."""
    selectors.get_run(run_id=run_id)
    windows = selectors.windows_of(run_id=run_id, after=after, descending=order == "desc")
    items = [selectors.window_fields(window) for window in windows[:limit]]
    return json_response(WindowList.model_validate({"items": items, "count": windows.count()}))


@router.get("/runs/{uuid:run_id}/analytics/completeness", response=CompletenessOut)
def read_completeness(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return json_response(completeness(run_id=run_id))
