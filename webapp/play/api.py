"""HTTP API of play: open to anybody, so it takes no CSRF token and its sessions are bounded (`play.services`)."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StrictInt

from base.responses import json_response
from play import services
from play.models import PlaySession

router = Router(tags=["play"])


class StartIn(Schema):
    model_config = ConfigDict(extra="forbid")

    seed: StrictInt | None = Field(default=None, ge=0, le=services.MAX_SEED)
    time_max: float | None = Field(default=None, gt=0, le=services.MAX_TIME, strict=True, allow_inf_nan=False)


class ResetIn(Schema):
    model_config = ConfigDict(extra="forbid")

    seed: StrictInt | None = Field(default=None, ge=0, le=services.MAX_SEED)


class StepIn(Schema):
    model_config = ConfigDict(extra="forbid")

    action: StrictInt = Field(ge=0, le=68)
    expect: StrictInt = Field(ge=0, le=2**31 - 1, description="frame_index of the frame acted on")


def _opened(session: PlaySession, frame: dict[str, Any], status: int) -> HttpResponse:
    return json_response(
        {
            "session_id": str(session.pk),
            "expires_at": session.expires_at.isoformat(),
            "seed": session.seed,
            "frame": frame,
        },
        status=status,
    )


@router.post("/play/session")
def start(request: HttpRequest, payload: StartIn | None = None) -> HttpResponse:
    """A new session and its first frame. Without a seed: a random world."""
    payload = payload or StartIn()
    session, frame = services.start_session(seed=payload.seed, time_max=payload.time_max)
    return _opened(session, frame, 201)


@router.post("/play/session/{uuid:session_id}/reset")
def reset(request: HttpRequest, session_id: uuid.UUID, payload: ResetIn | None = None) -> HttpResponse:
    """Starts the episode again, in the same world unless `seed` names another."""
    session, frame = services.reset_session(session_id=session_id, seed=payload.seed if payload else None)
    return _opened(session, frame, 200)


@router.post("/play/session/{uuid:session_id}/step")
def step(request: HttpRequest, session_id: uuid.UUID, payload: StepIn) -> HttpResponse:
    """409 if the session is not at frame `expect`, or its episode has ended."""
    session, frame = services.step_session(session_id=session_id, action=payload.action, expect=payload.expect)
    return json_response({"frame": frame, "expires_at": session.expires_at.isoformat()})


@router.delete("/play/session/{uuid:session_id}")
def end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    services.end_session(session_id=session_id)
    return HttpResponse(status=204)
