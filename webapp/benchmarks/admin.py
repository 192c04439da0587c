"""Benchmarks in the admin: how far they are, what they came to. An action on runs starts them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from abp.evaluation.benchmark import KPIS
from base.admin import DeletedObjects, ReadOnlyAdmin
from benchmarks import selectors
from benchmarks.models import Benchmark, BenchmarkStatus
from benchmarks.selectors import BenchmarkWithProgress
from benchmarks.services import lifecycle
from runs.admin import RunAdmin
from runs.models import Run


@admin.register(Benchmark)
class BenchmarkAdmin(ReadOnlyAdmin[Benchmark]):
    list_display = ("checkpoint", "run", "status", "progress_bar", "episodes", "profit", "created_at")
    list_filter = ("status", "run")
    list_select_related = ("run",)
    fields = (
        "id",
        "run",
        "status",
        "error",
        "progress_bar",
        "kpis",
        "files",
        "checkpoint",
        "sha256",
        "env_steps_total",
        "seed_base",
        "episodes",
        "time_max",
        "greedy",
        "sampling_seed",
        "created_at",
        "started_at",
        "finished_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[BenchmarkWithProgress]:
        return selectors.benchmarks_with_progress()

    def has_delete_permission(self, request: HttpRequest, obj: Benchmark | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> DeletedObjects:
        """Its parts go with it, though they are in no admin of their own."""
        deleted, counts, _, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Benchmark) -> None:
        lifecycle.delete_benchmark(benchmark_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Benchmark]) -> None:
        for benchmark in queryset:
            self.delete_model(request, benchmark)

    @admin.display(description="progress")
    def progress_bar(self, benchmark: BenchmarkWithProgress) -> SafeString:
        return format_html(
            '<progress max="{0}" value="{1}"></progress> {1} of {0} parts',
            benchmark.parts_count,
            benchmark.parts_finished,
        )

    @admin.display(description="net profit of the policy")
    def profit(self, benchmark: Benchmark) -> str:
        if benchmark.results is None:
            return "-"
        return _interval(benchmark.results["players"][benchmark.results["subject"]]["kpis"]["net_profit"], 0)

    @admin.display(description="KPIs, with 95 % intervals")
    def kpis(self, benchmark: Benchmark) -> SafeString | str:
        if benchmark.results is None:
            return "-"
        head = format_html_join("", "<th>{}</th>", ((kpi.title,) for kpi in KPIS))
        rows = format_html_join(
            "",
            "<tr><th>{}</th>{}</tr>",
            (
                (
                    name,
                    format_html_join(
                        "", "<td>{}</td>", ((_interval(player["kpis"][kpi.name], kpi.decimals),) for kpi in KPIS)
                    ),
                )
                for name, player in benchmark.results["players"].items()
            ),
        )
        return format_html(
            '<table style="white-space:nowrap"><thead><tr><th>player</th>{}</tr></thead><tbody>{}</tbody></table>',
            head,
            rows,
        )

    @admin.display(description="files")
    def files(self, benchmark: Benchmark) -> SafeString | str:
        if benchmark.status != BenchmarkStatus.FINISHED:
            return "-"
        return format_html(
            '<a href="/api/benchmarks/{0}/report.md">report.md</a> · '
            '<a href="/api/benchmarks/{0}/results.json">results.json</a>',
            benchmark.pk,
        )


class BenchmarkedRunAdmin(RunAdmin):
    """Runs, with an action that benchmarks them."""

    actions = (*RunAdmin.actions, "benchmark")

    def has_benchmark_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("benchmarks.add_benchmark")

    @admin.action(description="Benchmark the newest checkpoint", permissions=["benchmark"])
    def benchmark(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.for_each(request, queryset, lifecycle.create_benchmark, "its benchmark is queued")


admin.site.unregister(Run)
admin.site.register(Run, BenchmarkedRunAdmin)


def _interval(value: dict[str, Any], decimals: int) -> str:
    low, high = value["ci95"]
    form = f",.{decimals}f"
    return f"{value['mean']:{form}} [{low:{form}}, {high:{form}}]"
