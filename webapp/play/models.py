"""Play sessions: an episode between two of a person's actions, kept as its state bytes."""

import uuid

from django.db import models


class PlaySession(models.Model):
    """Open to anybody who knows the id. `frame_index` is also the version that a step must expect."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seed = models.BigIntegerField()
    time_max = models.FloatField()
    state = models.BinaryField()
    visited = models.JSONField(default=list)
    frame_index = models.IntegerField(default=0)
    ended = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"play session {self.id}"
