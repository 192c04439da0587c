from django.contrib import admin

from base.admin import ReadOnlyAdmin
from play.models import PlaySession


@admin.register(PlaySession)
class PlaySessionAdmin(ReadOnlyAdmin[PlaySession]):
    list_display = ("id", "seed", "frame_index", "ended", "used_at", "expires_at")
    # Its state bytes are of no use to a reader.
    exclude = ("state",)
