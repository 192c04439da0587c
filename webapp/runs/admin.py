"""Runs in the admin: the list with its live figures and actions, the form of a new run, what a run produced.

Nothing is written but through the services.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from abp.runs.config import TrainConfig
from base.admin import DeletedObjects, ReadOnlyAdmin
from base.errors import ServiceError
from runs import extensions, selectors
from runs.models import SUPERVISED, Checkpoint, Run, Window
from runs.services import lifecycle
from runs.sparkline import sparkline
from runs.train_config import config_errors
from runs.trainer_process import log_tail


class RunForm(forms.ModelForm[Run]):
    """A new run: TrainConfig as JSON, with the defaults to start from."""

    config = forms.JSONField(
        widget=forms.Textarea(attrs={"rows": 28, "cols": 80, "spellcheck": "false", "class": "vLargeTextField"}),
        initial=lambda: TrainConfig.model_validate({}).model_dump(mode="json"),
        help_text="Keys that are missing take their defaults. The name above replaces the config's.",
    )

    class Meta:
        model = Run
        fields = ("name", "config")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "config" in cleaned:
            config = cleaned["config"]
            if isinstance(config, dict) and cleaned.get("name"):
                config = {**config, "name": cleaned["name"]}
            for field, message in config_errors(config):
                self.add_error("config", f"{field}: {message}" if field else message)
        return cleaned


@admin.register(Run)
class RunAdmin(admin.ModelAdmin[Run]):
    form = RunForm
    list_display = ("name", "state", "progress_bar", "speed", "credits_curve", "windows", "links", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "id")
    list_per_page = 50
    actions: Sequence[str] = ("stop", "resume", "clone")
    readonly_fields = (
        "id",
        "status",
        "error",
        "progress_bar",
        "speed",
        "credits_curve",
        "produced",
        "links",
        "parent",
        "created_at",
        "started_at",
        "finished_at",
        "restarts",
        "supervision",
        "settings",
        "log",
    )

    class Media:
        js = ("runs/live_list.js",)

    def get_fields(self, request: HttpRequest, obj: Run | None = None) -> tuple[str, ...]:
        return ("name", "config") if obj is None else ("name", *self.readonly_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Run | None = None) -> tuple[str, ...]:
        return () if obj is None else ("name", *self.readonly_fields)

    # Writing

    def save_model(self, request: HttpRequest, obj: Run, form: RunForm, change: bool) -> None:
        if not change:
            run = lifecycle.create_run(config=form.cleaned_data["config"], name=form.cleaned_data["name"])
            # The admin goes on with this object: its log entry and its links.
            obj.pk, obj.config = run.pk, run.config

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status not in SUPERVISED)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> DeletedObjects:
        """A run's windows and replays go with it, though nobody may delete them one by one."""
        deleted, counts, _, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Run) -> None:
        lifecycle.delete_run(run_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.for_each(request, queryset, lifecycle.delete_run, "deleted")

    @admin.action(description="Stop (with a checkpoint)", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.for_each(request, queryset, lifecycle.stop_run, "asked to stop")

    @admin.action(description="Resume from the last checkpoint", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.for_each(request, queryset, lifecycle.resume_run, "queued")

    @admin.action(description="Clone: start a new run with the same config", permissions=["add"])
    def clone(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.for_each(request, queryset, lifecycle.clone_run, "cloned and queued")

    def for_each(self, request: HttpRequest, queryset: QuerySet[Run], service: Callable[..., Any], done: str) -> None:
        """Calls `service(run_id=...)` for each run, and shows `done` or why it was refused."""
        for run in queryset:
            try:
                service(run_id=run.pk)
            except ServiceError as error:
                self.message_user(request, error.message, messages.ERROR)
            else:
                self.message_user(request, f"{run}: {done}", messages.SUCCESS)

    # Showing; the cells that live_list.js keeps up to date say which run and which figure they are

    @admin.display(description="status", ordering="status")
    def state(self, run: Run) -> SafeString:
        return _live(run, "status", run.status)

    @admin.display(description="progress")
    def progress_bar(self, run: Run) -> SafeString:
        return format_html(
            '<progress data-run="{}" data-figure="progress" max="1" value="{}"></progress> {} of {} steps',
            run.pk,
            run.progress,
            f"{run.env_steps_total:,}",
            f"{run.total_env_steps:,}",
        )

    @admin.display(description="steps/s")
    def speed(self, run: Run) -> SafeString:
        return _live(run, "steps_per_second", f"{run.steps_per_second:,.0f}" if run.steps_per_second else "-")

    @admin.display(description="credits, last 50 windows")
    def credits_curve(self, run: Run) -> SafeString:
        latest = selectors.windows_of(run_id=run.pk, descending=True)[:50]
        return sparkline([window.row.get("credits_mean") for window in reversed(latest)])

    @admin.display(description="windows")
    def windows(self, run: Run) -> SafeString:
        return _live(run, "windows_count", str(run.windows.count()))

    @admin.display(description="links")
    def links(self, run: Run) -> SafeString:
        return format_html('<a href="/analytics?run={0}">analytics</a> · <a href="/?run={0}">newest replay</a>', run.pk)

    @admin.display(description="produced")
    def produced(self, run: Run) -> SafeString:
        products: list[type[Model]] = [Window, Checkpoint, *extensions.products()]
        changelists = [
            (
                model._meta.verbose_name_plural,
                model._default_manager.filter(run=run).count(),
                reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"),
            )
            for model in products
        ]
        link = '<a href="{}?run__id__exact={}">{} {}</a>'
        return SafeString(" · ".join(format_html(link, url, run.pk, n, name) for name, n, url in changelists))

    @admin.display(description="supervision")
    def supervision(self, run: Run) -> str:
        worker = f"worker {run.worker}" if run.worker else "no worker"
        trainer = f"trainer pid {run.pid} on {run.host}" if run.pid else "no trainer"
        lease = f"lease until {run.lease_expires_at:%H:%M:%S}" if run.lease_expires_at else "no lease"
        return f"{worker}, {trainer}, {lease}, token {run.fencing_token}"

    @admin.display(description="config")
    def settings(self, run: Run) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(run.config, indent=2))

    @admin.display(description="end of the log")
    def log(self, run: Run) -> SafeString:
        return format_html('<pre style="max-height:30em;overflow:auto">{}</pre>', log_tail(run.pk) or "empty")


def _live(run: Run, figure: str, text: str) -> SafeString:
    return format_html('<span data-run="{}" data-figure="{}">{}</span>', run.pk, figure, text)


@admin.register(Window)
class WindowAdmin(ReadOnlyAdmin[Window]):
    list_display = ("window_id", "run", "env_steps_total", "mean_return", "created_at")
    list_filter = ("run",)

    @admin.display(description="return, mean")
    def mean_return(self, window: Window) -> str:
        value = window.row.get("return_mean")
        return "-" if value is None else f"{value:.2f}"


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin[Checkpoint]):
    list_display = ("window_id", "run", "env_steps_total", "path", "bytes", "created_at")
    list_filter = ("run",)
