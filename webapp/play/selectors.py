"""Reading play sessions."""

import uuid

from django.utils import timezone

from base.errors import NotFoundError
from play.models import PlaySession


def get_session(*, session_id: uuid.UUID, lock: bool = False) -> PlaySession:
    """The session, its row locked until the transaction ends if `lock`; NotFoundError if none or expired."""
    sessions = PlaySession.objects.select_for_update() if lock else PlaySession.objects.all()
    session = sessions.filter(pk=session_id, expires_at__gt=timezone.now()).first()
    if session is None:
        raise NotFoundError(f"no play session {session_id}: it ended or expired", field="session_id")
    return session
