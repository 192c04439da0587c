from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from base.admin import ReadOnlyAdmin
from replays.models import Replay


@admin.register(Replay)
class ReplayAdmin(ReadOnlyAdmin[Replay]):
    list_display = (
        "window_id",
        "run",
        "return_total",
        "credits",
        "steps",
        "end_reason",
        "labels",
        "watch",
        "created_at",
    )
    list_filter = ("run", "end_reason")

    @admin.display(description="tags")
    def labels(self, replay: Replay) -> str:
        return ", ".join(tag.tag for tag in replay.tags.all())

    @admin.display(description="watch")
    def watch(self, replay: Replay) -> SafeString:
        return format_html(
            '<a href="/?run={0}&amp;replay={1}">play</a> · <a href="/api/runs/{0}/replays/{1}/download">download</a>',
            replay.run_id,
            replay.pk,
        )
