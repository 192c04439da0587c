"""Play sessions: start, reset, step, end. Every call loads the episode from its bytes and stores it again."""

import math
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from abp.episodes.episode import Episode
from abp.episodes.frame import Frame
from abp.rules import NUM_ACTIONS, TIME_MAX
from base.errors import ConflictError, InvalidError, TooManyError
from play.models import PlaySession
from play.selectors import get_session

MAX_SEED = 2**53 - 1
MAX_TIME = 1e6
# A session nobody has touched for this long makes room for a new one when all are taken.
IDLE = timedelta(minutes=10)


def start_session(*, seed: int | None = None, time_max: float | None = None) -> tuple[PlaySession, Frame]:
    """A new session and its frame 0. Without a seed a random world; TooManyError if all sessions are in use."""
    seed = _seed(seed)
    time_max = TIME_MAX if time_max is None else time_max
    if not (math.isfinite(time_max) and 0 < time_max <= MAX_TIME):
        raise InvalidError(f"time_max is {time_max}: a number over 0, at most {MAX_TIME:.0f}", field="time_max")
    with transaction.atomic():
        _make_room()
        now = timezone.now()
        session = PlaySession(seed=seed, time_max=time_max, used_at=now, expires_at=now + _life())
        episode = _begin(session)
        session.save()
    return session, episode.frame


def reset_session(*, session_id: uuid.UUID, seed: int | None = None) -> tuple[PlaySession, Frame]:
    """Starts the session's episode again, in the same world unless `seed` names another."""
    with transaction.atomic():
        session = get_session(session_id=session_id, lock=True)
        session.seed = session.seed if seed is None else _seed(seed)
        episode = _begin(session)
        _touch(session)
        session.save()
    return session, episode.frame


def step_session(*, session_id: uuid.UUID, action: int, expect: int) -> tuple[PlaySession, Frame]:
    """Takes one action and returns the frame it leads to.

    `expect` is the frame_index the client acts on; ConflictError if the session is at another one, or ended.
    Of two steps with the same `expect` one wins: the row is locked from the check to the write.
    """
    if not 0 <= action < NUM_ACTIONS:
        raise InvalidError(f"action is {action}: 0..{NUM_ACTIONS - 1} exist", field="action")
    with transaction.atomic():
        session = get_session(session_id=session_id, lock=True)
        if session.ended:
            raise ConflictError(f"the episode ended at frame {session.frame_index}: reset it")
        if session.frame_index != expect:
            raise ConflictError(
                f"expect is {expect}, but the session is at frame {session.frame_index}", field="expect"
            )
        episode = Episode.restore(
            bytes(session.state),
            time_max=session.time_max,
            frame_index=session.frame_index,
            visited=session.visited,
        )
        frame = episode.step(action)
        _keep(session, episode)
        _touch(session)
        session.save()
    return session, frame


def end_session(*, session_id: uuid.UUID) -> None:
    """NotFoundError if there is none."""
    get_session(session_id=session_id).delete()


def purge_expired() -> int:
    """Deletes sessions past their time; returns how many."""
    return PlaySession.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _seed(seed: int | None) -> int:
    if seed is None:
        return secrets.randbelow(2**31)
    if not 0 <= seed <= MAX_SEED:
        raise InvalidError(f"seed is {seed}: 0..{MAX_SEED} are allowed", field="seed")
    return seed


def _life() -> timedelta:
    return settings.ABP_PLAY_SESSION_LIFE


def _touch(session: PlaySession) -> None:
    session.used_at = timezone.now()
    session.expires_at = session.used_at + _life()


def _begin(session: PlaySession) -> Episode:
    episode = Episode.start(session.seed, session.time_max)
    _keep(session, episode)
    return episode


def _keep(session: PlaySession, episode: Episode) -> None:
    session.state = episode.state()
    session.visited = episode.visited
    session.frame_index = episode.frame_index
    session.ended = episode.ended


def _make_room() -> None:
    if PlaySession.objects.count() < settings.ABP_PLAY_MAX_SESSIONS:
        return
    purge_expired()
    excess = PlaySession.objects.count() - settings.ABP_PLAY_MAX_SESSIONS + 1
    idle = PlaySession.objects.filter(used_at__lt=timezone.now() - IDLE).order_by("used_at")
    PlaySession.objects.filter(pk__in=[*idle.values_list("pk", flat=True)[: max(0, excess)]]).delete()
    if PlaySession.objects.count() >= settings.ABP_PLAY_MAX_SESSIONS:
        raise TooManyError("all play sessions are in use: try again in a few minutes")
