from django.contrib import admin

from play.models import PlaySession
from runs.admin import ReadOnlyAdmin


@admin.register(PlaySession)
class PlaySessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "seed", "frame_index", "ended", "used_at", "expires_at")
    # Its state bytes are of no use to a reader.
    exclude = ("state",)
