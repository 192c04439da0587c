"""Replays: recipes of one episode each, from which its frames are simulated again on request."""

import uuid

from django.db import models

from runs.models import Run


class Replay(models.Model):
    """The evaluation episode of one window. `path` is the recipe's name in the artifact storage."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="replays")
    window_id = models.IntegerField()
    env_steps_total = models.BigIntegerField()
    seed = models.BigIntegerField()
    time_max = models.FloatField()
    return_total = models.FloatField()
    credits = models.FloatField()
    net_profit = models.FloatField()
    survival = models.FloatField()
    steps = models.IntegerField()
    ticks = models.IntegerField()
    end_reason = models.CharField(max_length=32)
    final_state_hash = models.CharField(max_length=64)
    rules_version = models.CharField(max_length=32)
    package_version = models.CharField(max_length=32)
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-window_id", "-created_at")
        constraints = (models.UniqueConstraint(fields=("run", "window_id"), name="one_replay_a_window"),)

    def __str__(self) -> str:
        return f"replay of window {self.window_id}"


class ReplayTag(models.Model):
    """`every_window`, `best_so_far`, `milestone:profit:1000`, ..."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=100)

    class Meta:
        ordering = ("tag",)
        constraints = (models.UniqueConstraint(fields=("replay", "tag"), name="a_tag_once_a_replay"),)
        indexes = (models.Index(fields=("tag", "replay")),)

    def __str__(self) -> str:
        return self.tag
