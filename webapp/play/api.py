"""HTTP API of play: open to anybody, so it takes no CSRF token and its sessions are bounded (`play.services`)."""

import uuid

from django.http import HttpRequest, HttpResponse
from ninja import Router

from base.responses import json_response
from play import services
from play.schemas import PlayOpened, PlayStepped, ResetIn, StartIn, StepIn

router = Router(tags=["play"])


@router.post("/play/session", response={201: PlayOpened})
def start(request: HttpRequest, payload: StartIn | None = None) -> HttpResponse:
    """A new session and its first frame. Without a seed: a random world."""
    payload = payload or StartIn()
    session, frame = services.start_session(seed=payload.seed, time_max=payload.time_max)
    return json_response(PlayOpened.of(session, frame), status=201)


@router.post("/play/session/{uuid:session_id}/reset", response=PlayOpened)
def reset(request: HttpRequest, session_id: uuid.UUID, payload: ResetIn | None = None) -> HttpResponse:
    """Starts the episode again, in the same world unless `seed` names another."""
    session, frame = services.reset_session(session_id=session_id, seed=payload.seed if payload else None)
    return json_response(PlayOpened.of(session, frame))


@router.post("/play/session/{uuid:session_id}/step", response=PlayStepped)
def step(request: HttpRequest, session_id: uuid.UUID, payload: StepIn) -> HttpResponse:
    """409 if the session is not at frame `expect`, or its episode has ended."""
    session, frame = services.step_session(session_id=session_id, action=payload.action, expect=payload.expect)
    return json_response(PlayStepped(frame=frame, expires_at=session.expires_at))


@router.delete("/play/session/{uuid:session_id}", response={204: None})
def end(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    services.end_session(session_id=session_id)
    return HttpResponse(status=204)
