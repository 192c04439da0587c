"""Benchmarks: a run's policy and the scripted players on the same seeds, played in parts (docs/benchmark.md)."""

import uuid

from django.db import models

from runs.models import Run


class BenchmarkStatus(models.TextChoices):
    """queued -> running (a part was taken) -> finished (all parts played and measured) | failed."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


ACTIVE = (BenchmarkStatus.QUEUED, BenchmarkStatus.RUNNING)


class Benchmark(models.Model):
    """One benchmark of one checkpoint. Only `benchmarks.services` writes it.

    `path` is a copy of the checkpoint in the artifact storage: the trainer removes its own when newer ones come.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="benchmarks")
    status = models.CharField(max_length=16, choices=BenchmarkStatus, default=BenchmarkStatus.QUEUED)
    error = models.TextField(blank=True, default="")

    checkpoint = models.CharField(max_length=100, help_text="the file's name")
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    env_steps_total = models.BigIntegerField(help_text="of the checkpoint")
    seed_base = models.BigIntegerField(help_text="the first seed")
    episodes = models.IntegerField(help_text="of each player")
    time_max = models.FloatField()
    greedy = models.BooleanField()
    sampling_seed = models.BigIntegerField()

    results = models.JSONField(null=True, blank=True, help_text="without what was measured on each seed")
    results_file = models.BinaryField(null=True, blank=True, help_text="results.json, compressed by zlib")
    report = models.TextField(blank=True, default="", help_text="report.md")
    dispatched_at = models.DateTimeField(null=True, blank=True, help_text="when its measuring was last sent")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("run", "-created_at")), models.Index(fields=("status",)))

    def __str__(self) -> str:
        return f"benchmark of {self.checkpoint} of {self.run}"


class PartStatus(models.TextChoices):
    """queued -> running (claimed by a worker) -> finished; running -> queued when its worker is lost or shut down."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


class BenchmarkPart(models.Model):
    """The seeds first_seed, first_seed + 1, ..., `count` of them, for one player.

    A worker that plays it holds a claim: a `token` that rises with every claim, and a time until which it holds.
    """

    benchmark = models.ForeignKey(Benchmark, on_delete=models.CASCADE, related_name="parts")
    player = models.CharField(max_length=100)
    first_seed = models.BigIntegerField()
    count = models.IntegerField()
    status = models.CharField(max_length=16, choices=PartStatus, default=PartStatus.QUEUED)
    episodes = models.BinaryField(null=True, help_text="how they ended, until all parts are measured")

    token = models.BigIntegerField(default=0)
    claim_expires_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, default="")
    lost = models.IntegerField(default=0, help_text="how many workers were lost while they played it")
    dispatched_at = models.DateTimeField(null=True, help_text="when its task was last sent")

    class Meta:
        # As they were made: seeds rise, and each player has all of them.
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("benchmark", "player", "first_seed"), name="a_seed_once_a_player"),
        )
        indexes = (models.Index(fields=("status", "claim_expires_at")),)

    def __str__(self) -> str:
        return f"{self.player} on the seeds {self.first_seed}..{self.first_seed + self.count - 1}"
