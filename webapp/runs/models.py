"""A training run and what it produces: windows and checkpoints (replays are in the app of that name)."""

import uuid

from django.db import models


class RunStatus(models.TextChoices):
    """queued -> running -> finished | failed | stopped; running -> stopping when somebody asks;
    running -> queued when its worker is lost or shut down; stopped | failed -> queued by resume."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


SUPERVISED = (RunStatus.RUNNING, RunStatus.STOPPING)
RESUMABLE = (RunStatus.STOPPED, RunStatus.FAILED)


class Run(models.Model):
    """One training run. Only `runs.services` writes it.

    A supervisor owns a run by a lease: a `fencing_token` that rises with every owner, and a time until which it
    holds. A write that carries an older token is refused. `live_seq` counts what was told to live clients.
    """

    NAME_LENGTH = 200

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    config = models.JSONField(help_text="abp.runs.config.TrainConfig")
    status = models.CharField(max_length=16, choices=RunStatus, default=RunStatus.QUEUED)
    error = models.TextField(blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="clones")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    env_steps_total = models.BigIntegerField(default=0)
    steps_per_second = models.FloatField(null=True, blank=True)
    live_seq = models.BigIntegerField(default=0)

    fencing_token = models.BigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True, default="")
    host = models.CharField(max_length=200, blank=True, default="", help_text="where the trainer's process lives")
    pid = models.BigIntegerField(null=True, blank=True, help_text="the trainer's process and process group")
    pid_started = models.CharField(max_length=64, blank=True, default="", help_text="tells a reused pid apart")
    restarts = models.IntegerField(default=0, help_text="since the last new window")
    dispatched_at = models.DateTimeField(null=True, blank=True, help_text="when its task was last sent")
    events_offset = models.BigIntegerField(default=0, help_text="bytes of events.jsonl that are recorded")
    events_seq = models.BigIntegerField(default=0, help_text="the last event recorded")

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("status", "lease_expires_at")),
            models.Index(fields=("-created_at", "-id")),
        )

    def __str__(self) -> str:
        return f"{self.name} ({str(self.id)[:8]})"

    @property
    def total_env_steps(self) -> int:
        return int(self.config["total_env_steps"])

    @property
    def progress(self) -> float:
        """0..1."""
        return min(1.0, self.env_steps_total / self.total_env_steps)


class Window(models.Model):
    """One window's metrics, as the trainer reported them: `row` has the keys that docs/metrics.md names."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="windows")
    window_id = models.IntegerField()
    env_steps_total = models.BigIntegerField()
    row = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("run", "window_id")
        constraints = (models.UniqueConstraint(fields=("run", "window_id"), name="one_row_a_window"),)

    def __str__(self) -> str:
        return f"window {self.window_id}"


class Checkpoint(models.Model):
    """A file from which a run can go on exactly. `path` is its name in the artifact storage.

    A row goes when the trainer tells that it removed the file: it keeps the newest few and the best.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="checkpoints")
    window_id = models.IntegerField()
    env_steps_total = models.BigIntegerField()
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        # A run that is stopped within a window has one more of that window.
        ordering = ("run", "-env_steps_total")
        constraints = (models.UniqueConstraint(fields=("run", "path"), name="one_row_a_checkpoint"),)

    def __str__(self) -> str:
        return f"checkpoint of window {self.window_id}"
